"""The figures of one minute: customers, churn rate, revenue, what is at risk, and what the recommended campaign earns."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.contact_list import Recommendation
from churn_core.decisions.policies import revenue_at_risk
from pages.parts import words


def figures(workspace: Workspace, recommended: Recommendation) -> None:
    customers, outcome = workspace.customers, recommended.outcome
    with st.container(horizontal=True):
        _figure("Customers", words.count(len(customers)))
        _figure("Churn rate", words.percent(workspace.churned.mean()), help="Share of customers who left.")
        _figure(
            "Monthly revenue",
            words.money(customers[workspace.schema.monthly_charge].sum()),
            help="Sum of the monthly charges of all customers in the data, those who left included.",
        )
        _figure(
            "Revenue at risk a year",
            words.money(revenue_at_risk(customers, workspace.probability, workspace.schema)),
            help="Expected to leave: the sum of 12 × monthly charge × churn probability, by a model that had not seen the customer.",
        )
        _figure(
            "Expected profit",
            words.money(outcome.expected_profit),
            f"± {words.money(recommended.profit.half_width)}" if outcome.contacted else None,
            help="Of the recommended campaign against contacting nobody; ± is its 95% range for another sample of as many "
            "customers, at these assumptions.",
        )
        _figure("ROI", words.percent(outcome.roi, 0), help="Expected profit ÷ expected spend.")


def _figure(label: str, value: str, beside: str | None = None, help: str | None = None) -> None:
    st.metric(label, value, beside, delta_color="off", delta_arrow="off", border=True, height="stretch", help=help)
