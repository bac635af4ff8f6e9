"""One quiet line while nobody has stated the margin: what half of the revenue, or less, being profit would leave."""

from dataclasses import replace

import streamlit as st

from churn_core.campaign.open_margin import AtMargin, at_margins, in_words
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts import words
from pages.parts.campaign_words import is_for_life


def about_the_margin(recommended: Recommendation) -> None:
    """Nothing once the margin is stated, where customers are worth a lifetime value, and where nobody is contacted anyway."""
    found = margins_of(recommended)
    if found is not None:
        st.caption(f":material/info: {words.markdown(in_words(found, words.money))} Set it among the assumptions.")


def margins_of(recommended: Recommendation) -> tuple[AtMargin, ...] | None:
    """The best lists at other margins; ``None`` where no line is said."""
    population, plan = recommended.population, recommended.plan
    if is_for_life(population.schema) or not plan.margin_is_open or not recommended.outcome.contacted:
        return None
    return at_margins(lambda other: recommend(population, replace(plan, campaign=other)).outcome, plan.campaign)
