"""A segment worth a look of its own: size, churn rate against the rest, revenue, and its economics."""

from typing import Any

import pandas as pd
import streamlit as st

from churn_core.campaign.plan import Plan
from churn_core.charts.customers import churn_rate_bars_figure
from churn_core.decisions.describe import segment_against_rest
from churn_core.decisions.policies import segment_economics
from churn_core.decisions.population import Population
from churn_core.schema import Schema, Segment
from pages.parts import words
from pages.parts.campaign_words import in_words, is_for_life
from pages.parts.explore.chosen import Chosen
from pages.parts.frame import chart, palette
from pages.parts.one_offer import of_one_offer


def segment_card(chosen: Chosen, of_campaign: Population, segment: Segment, plan: Plan, schema: Schema) -> None:
    """``chosen``: all of them, for who left; ``of_campaign``: those of them that the campaign is about."""
    st.header(words.markdown(segment.name))
    plan = of_one_offer(plan, schema, "The money of a segment is worked out")
    against_rest = chosen.told(against_rest_table, segment.name, schema)
    economics = economics_of(segment, of_campaign, plan)
    if not (against_rest["group"] == segment.name).any():
        st.info(
            f"{words.markdown(segment.definition)}: none among the customers chosen above. Widen the filters to see them.",
            icon=":material/info:",
        )
    else:
        inside, outcome = against_rest[against_rest["group"] == segment.name].iloc[0], economics["outcome"]
        left, right = st.columns([2, 3])
        with left:
            chart(
                f"{segment.name}: {words.percent(inside.churn_rate)} left",
                churn_rate_bars_figure(against_rest, palette(), x="", highlight=segment.name),
                key=f"segment_{segment.name}",
                caption=f"{segment.definition}.",
            )
        with right:
            with st.grid(4, min_column_width=150):
                st.metric(
                    "Customers",
                    words.count(inside.customers),
                    None if of_campaign.is_back_test else f"{words.count(economics['customers'])} still here",
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                    height="stretch",
                )
                st.metric("Churn rate", words.percent(inside.churn_rate), border=True, height="stretch")
                if is_for_life(schema):
                    st.metric("Lifetime value", words.money(inside.lifetime_value), border=True, height="stretch")
                else:
                    st.metric("Monthly revenue", words.money(inside.monthly_revenue), border=True, height="stretch")
                st.metric("Share of all who left", words.percent(inside.share_of_churned), border=True, height="stretch")
                st.metric(
                    "Break-even probability",
                    words.percent(economics["break_even_probability"]),
                    border=True,
                    height="stretch",
                    help=f"Of a customer with the segment's average {'lifetime value' if is_for_life(schema) else 'charge'}, under "
                    "the draft campaign.",
                )
                st.metric("Worth contacting", words.count(outcome.contacted), border=True, height="stretch")
                st.metric(
                    "Expected profit",
                    words.money(outcome.expected_profit),
                    f"± {words.money(economics['forecast'].range.half_width)}" if outcome.contacted else None,
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                    height="stretch",
                    help="Of contacting them under the draft campaign, tested on customers the model had not seen; ± is the 95% range "
                    "of what that will earn.",
                )
                st.metric(
                    "One point less churn",
                    words.money(economics["value_of_a_point"]),
                    border=True,
                    height="stretch",
                    help="Lifetime value kept if one in a hundred of this segment stayed instead of leaving.",
                )
            st.caption(
                words.markdown(
                    f"Under the draft campaign ({in_words(plan, schema)}). Their mean churn probability is "
                    f"{words.percent(economics['mean_probability'])}. This data does not show what would keep them: "
                    "test an offer on some of them."
                )
            )


def economics_of(segment: Segment, population: Population, plan: Plan) -> dict[str, Any]:
    """``segment_economics``, worked out once for everybody."""
    key = ("segment", segment.name, plan.campaign)
    return population.figures.get(key, lambda: segment_economics(population, segment, plan.campaign))


def against_rest_table(customers: pd.DataFrame, name: str, schema: Schema) -> pd.DataFrame:
    segment = next(each for each in schema.segments if each.name == name)
    return segment_against_rest(customers, segment, schema)
