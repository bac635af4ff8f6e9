"""Executives, one minute: what is at stake, what to do, what it earns."""

import streamlit as st

from churn_core.campaign.plan import ONE_THRESHOLD as BY_THRESHOLD
from churn_core.charts.campaign import policies_figure
from churn_core.decisions.compare_offers import ALL_OFFERS, policies_of_offers
from churn_core.decisions.contact_list import recommend
from churn_core.decisions.policies import EACH, ONE_THRESHOLD, policies
from pages.parts import words
from pages.parts.audience import audience
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.campaign_words import in_words
from pages.parts.frame import chart, page_frame, palette, rests_on
from pages.parts.headline import headline
from pages.parts.open_margin import about_the_margin
from pages.parts.overview.because import because
from pages.parts.overview.figures import figures
from pages.parts.policies import about_the_forbidden, beside_the_bars, message, message_of_offers
from pages.parts.published import badge

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace)
    badge(rests_on(workspace, plan))

    population = audience(workspace)
    recommended = recommend(population, plan)
    table = policies_of_offers(population, plan) if plan.offers else policies(population, plan)
    chosen = ALL_OFFERS if plan.offers else ONE_THRESHOLD if plan.rule == BY_THRESHOLD else EACH
    foresight = population.is_back_test and not plan.offers
    st.title(words.markdown(headline(recommended)))
    st.caption(
        words.amounts(
            f"At {words.markdown(in_words(plan, workspace.schema))}. Look at what each choice earns below, then open *Campaign* to "
            "change the parameters and to download the list."
        )
    )
    about_the_margin(recommended)
    figures(workspace, recommended)

    left, right = st.columns([3, 2])
    with left:
        chart(
            message_of_offers(table) if plan.offers else message(table, chosen),
            policies_figure(table, palette(), beside_the_bars(table), chosen, words.currency()),
            key="policies",
            caption=f"Coloured: expected profit, tested on customers the model had not seen. Grey: spend. {about_the_forbidden(table)}"
            f"Recommended is “{chosen.lower()}”."
            + (" Perfect foresight is what contacting exactly those who left would have realised." if foresight else ""),
        )
    with right, st.container(border=True):
        because(workspace, recommended)
