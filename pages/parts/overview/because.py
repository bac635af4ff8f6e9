"""Why the recommendation is what it is: the strongest drivers, the segments to look at, how sure it is."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.contact_list import Recommendation
from churn_core.decisions.describe import segment_against_rest
from churn_core.model.explain import drivers
from pages.parts import words

_DRIVERS = 3  # as many as a sentence holds


def because(workspace: Workspace, recommended: Recommendation) -> None:
    customers, schema = workspace.customers, workspace.schema
    st.markdown("**Because**")
    strongest = drivers(workspace.version.model, customers, schema)[:_DRIVERS]
    st.markdown(f"- What tells leavers apart most: {words.listed(f'**{schema[name].label.lower()}**' for name in strongest)}.")
    for segment in schema.segments:
        against_rest = segment_against_rest(customers, segment, schema)
        for row in against_rest[against_rest["group"] == segment.name].itertuples():
            st.markdown(
                words.markdown(
                    f"- **{segment.name}**, {segment.definition.lower()}: {words.count(row.customers)} customers pay "
                    f"{words.money(row.monthly_revenue)} a month; {words.percent(row.churn_rate)} left, "
                    f"{words.percent(row.share_of_churned)} of all who did."
                )
            )
    outcome, realised = recommended.outcome, recommended.profit
    st.markdown(
        words.markdown(
            f"- **How sure**: that {words.percent(recommended.plan.campaign.success_rate, 0)} of the leavers contacted stay is an "
            "assumption; these data hold no campaign."
            + (
                f" If it holds, the same contacts would have realised {words.money(realised.estimate)} on what really "
                f"happened ({words.money(realised.low)} to {words.money(realised.high)} with 95%), against "
                f"{words.money(outcome.expected_profit)} expected."
                if outcome.contacted
                else ""
            )
        )
    )
