"""The figures of one minute: four cards, and below the chart what stands behind them."""

from typing import Any

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.at_stake import last_contacts, recovered_share
from churn_core.decisions.policies import revenue_at_risk
from churn_core.decisions.recommendation import Recommendation
from pages.parts import words
from pages.parts.campaign_words import is_for_life, worth_in_words
from pages.parts.figure import figure


def cards(workspace: Workspace, recommended: Recommendation) -> None:
    """Four cards of one width."""
    schema, population, outcome = workspace.schema, recommended.population, recommended.outcome
    within, for_life = words.within(schema), is_for_life(workspace.schema)
    of_all = f"of {words.count(len(workspace.customers))} in the data"
    with st.grid(4, min_column_width=170):
        if population.is_back_test:
            figure("Customers", words.count(len(population)), help="All customers in the data, those who have left included.")
        else:
            figure(
                "Customers still here",
                words.count(len(population)),
                of_all,
                help="Who left is evidence, and cannot be contacted.",
            )
        figure(
            "Churn rate",
            words.percent(workspace.churned.mean()),
            within,
            help=f"Share of all customers in the data who left{within}. {words.of_leaving(schema) if not within else ''}".strip(),
        )
        figure(
            "Lifetime value at risk" if for_life else "Revenue at risk a year",
            words.money(revenue_at_risk(population)),
            _can_be_kept(recommended),
            help=f"Expected to leave{within}: the sum of {'lifetime value' if for_life else '12 × monthly charge'} × churn "
            "probability of these customers, by a model that had not seen them. Of what those whom the campaign contacts would "
            "take with them, its success rate is kept.",
        )
        figure(
            "Expected profit",
            words.money(outcome.expected_profit),
            f"± {words.money(recommended.forecast.range.half_width)}" if outcome.contacted else None,
            help="Of the recommended campaign against contacting nobody; ± is the 95% range of what it will earn, by chance and by "
            "how well the success rate is known.",
        )


def more_figures(workspace: Workspace, recommended: Recommendation) -> None:
    """Below the chart: what customers pay, what the campaign spends and returns, and what its last contacts bring back."""
    schema, population, outcome = workspace.schema, recommended.population, recommended.outcome
    look: dict[str, Any] = {"border": True, "height": "stretch"}
    with st.grid(4, min_column_width=170):
        if is_for_life(schema):
            figure(
                "Lifetime value",
                words.money(population.worth.amount.sum()),
                help=f"Of all these customers. {worth_in_words(schema)}",
            )
        else:
            figure(
                "Monthly revenue",
                words.money(population.worth.amount.sum()),
                help="Sum of the monthly charges of these customers.",
            )
        st.metric("Expected spend", words.money(outcome.expected_spend), help="The fixed cost included.", **look)
        figure("ROI", words.percent(outcome.roi, 0), help="Expected profit ÷ expected spend.")
        last = last_contacts(recommended)
        if last is not None:
            figure(
                f"Last {words.count(last.contacts)} bring back",
                words.money(last.brought_back),
                f"for {words.money(last.spend)}",
                help="What the contacts that a shorter list would leave out first are expected to save, and what they cost.",
            )


def _can_be_kept(recommended: Recommendation) -> str | None:
    share = recovered_share(recommended)
    if not recommended.outcome.contacted or share <= 0:
        return None
    return f"{words.percent(share)} of it can be kept"
