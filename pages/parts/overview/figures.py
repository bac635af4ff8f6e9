"""The figures of one minute: customers, churn rate, revenue, what is at risk, and what the recommended campaign earns."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.contact_list import Recommendation
from churn_core.decisions.policies import revenue_at_risk
from pages.parts import words
from pages.parts.campaign_words import is_for_life, worth_in_words
from pages.parts.figure import figure


def figures(workspace: Workspace, recommended: Recommendation) -> None:
    schema = workspace.schema
    population, outcome = recommended.population, recommended.outcome
    of_all = f"of {words.count(len(workspace.customers))} in the data"
    with st.container(horizontal=True):
        if population.is_back_test:
            figure("Customers", words.count(len(population)), help="All customers in the data, those who have left included.")
        else:
            figure(
                "Customers still here",
                words.count(len(population)),
                of_all,
                help="Who left is evidence, and cannot be contacted.",
            )
        within = words.within(schema)
        figure(
            "Churn rate",
            words.percent(workspace.churned.mean()),
            within,
            help=f"Share of all customers in the data who left{within}. {words.of_leaving(schema) if not within else ''}".strip(),
        )
        if is_for_life(schema):
            figure(
                "Lifetime value",
                words.money(population.worth.amount.sum()),
                help=f"Of all these customers. {worth_in_words(schema)}",
            )
            figure(
                "Lifetime value at risk",
                words.money(revenue_at_risk(population)),
                help=f"Expected to leave{within}: the sum of lifetime value × churn probability of these customers, by a model "
                "that had not seen them.",
            )
        else:
            figure(
                "Monthly revenue",
                words.money(population.worth.amount.sum()),
                help="Sum of the monthly charges of these customers.",
            )
            figure(
                "Revenue at risk a year",
                words.money(revenue_at_risk(population)),
                help=f"Expected to leave{within}: the sum of 12 × monthly charge × churn probability of these customers, by a model "
                "that had not seen them.",
            )
        figure(
            "Expected profit",
            words.money(outcome.expected_profit),
            f"± {words.money(recommended.forecast.range.half_width)}" if outcome.contacted else None,
            help="Of the recommended campaign against contacting nobody; ± is the 95% range of what it will earn, by chance and by "
            "the give or take of the success rate.",
        )
        figure("ROI", words.percent(outcome.roi, 0), help="Expected profit ÷ expected spend.")
