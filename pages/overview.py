"""Executives, one minute: what is at stake, what to do, what it earns."""

import streamlit as st

from churn_core.campaign.plan import ONE_THRESHOLD as BY_THRESHOLD
from churn_core.decisions.compare_offers import ALL_OFFERS, policies_of_offers
from churn_core.decisions.policies import EACH, ONE_THRESHOLD, policies
from churn_core.decisions.recommendation import recommend
from pages.parts import words
from pages.parts.audience import audience
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.campaign_words import in_words
from pages.parts.frame import page_frame, rests_on
from pages.parts.headline import headline
from pages.parts.open_margin import about_the_margin
from pages.parts.overview.actions import actions
from pages.parts.overview.because import because
from pages.parts.overview.figures import cards, more_figures
from pages.parts.overview.policies_chart import policies_chart
from pages.parts.policies import about_the_forbidden, message, message_of_offers, spends_less
from pages.parts.published import badge
from pages.parts.take_along import take_along

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace)
    badge(rests_on(workspace, plan))

    population = audience(workspace)
    recommended = recommend(population, plan)
    table = policies_of_offers(population, plan) if plan.offers else policies(population, plan)
    chosen = ALL_OFFERS if plan.offers else ONE_THRESHOLD if plan.rule == BY_THRESHOLD else EACH
    foresight = population.is_back_test and not plan.offers
    st.title(words.markdown(headline(recommended)))
    st.caption(words.amounts(f"At {words.markdown(in_words(plan, workspace.schema))}."))
    about_the_margin(recommended)
    with actions(workspace, recommended):
        take_along(workspace, plan)
    cards(workspace, recommended)

    left, right = st.columns([3, 2])
    with left:
        policies_chart(
            message_of_offers(table) if plan.offers else f"{message(table, chosen)}{spends_less(table, chosen)}",
            table,
            chosen,
            f"Coloured: expected profit, tested on customers the model had not seen. Grey: spend. {about_the_forbidden(table)}"
            f"Recommended is “{chosen.lower()}”."
            + (" Perfect foresight is what contacting exactly those who left would have realised." if foresight else ""),
        )
    with right, st.container(border=True):
        because(workspace, recommended)
    more_figures(workspace, recommended)
