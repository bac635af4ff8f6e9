"""Analysts and risk officers: how far may I trust these probabilities?"""

import streamlit as st

from churn_core.campaign.optimise import best_threshold
from churn_core.charts.model import probability_distributions_figure
from churn_core.decisions.policies import average_break_even
from churn_core.model import metrics
from pages.parts import words
from pages.parts.audience import audience
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import chart, errors_in_words, page_frame, palette, rests_on
from pages.parts.model.calibration_chart import calibration_chart
from pages.parts.model.candidates_tab import candidates_tab
from pages.parts.model.card import model_card_tab
from pages.parts.model.groups_tab import groups_tab
from pages.parts.model.remedies_tab import remedies_tab
from pages.parts.model.scored import how_many, in_use
from pages.parts.model.training_tab import training_tab
from pages.parts.model.versions_tab import versions_tab
from pages.parts.one_offer import of_one_offer

TABS = {
    "Candidates": candidates_tab,
    "Remedies": remedies_tab,
    "Model card": model_card_tab,
    "Groups of people": groups_tab,
    "Versions": versions_tab,
    "Train on your customers": training_tab,
}

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace)
    rests_on(workspace, plan)
    plan = of_one_offer(plan, workspace.schema, "Thresholds and contacts on this page are worked out")
    scored = in_use(workspace)
    customers, leavers = scored(how_many)
    best = best_threshold(audience(workspace).expected_sweep, plan.campaign, plan.objective)
    at = scored(metrics.at_threshold, best.threshold)
    measures = workspace.measures
    top = scored(metrics.top_share, 0.2)

    st.title(
        f"The riskiest fifth of customers holds {words.percent(top['gain'])} of those who leave"
        f"{words.within(workspace.schema)}; "
        f"probabilities and outcomes are {words.percent(measures.calibration_error)} apart on average"
    )
    st.caption(
        "Read the first chart to see what a threshold separates and what it cannot; check with the second that the "
        "probabilities are true, because every amount of money rests on them. "
        f"{words.of_leaving(workspace.schema)} All are tested on customers the "
        "model had not seen (cross-validation); below, in short: on unseen customers."
    )
    left, right = st.container(key="two_charts").columns([3, 2])
    with left:
        chart(
            "Churned and stayed overlap: no threshold keeps them apart"
            if best.threshold is None
            else f"The best threshold would have contacted {words.count(at['found'])} of "
            f"{words.counted(leavers, 'leaver')}, and {words.count(at['in_vain'])} who stayed",
            probability_distributions_figure(scored(metrics.probability_distributions), palette(), best.threshold),
            key="distributions",
        )
    with right:
        calibration_chart(scored, measures, key="calibration")
    st.markdown(
        f"**What the overlap means.** The columns of this table do not say who leaves, only how likely it is: at every probability "
        f"some stay and some leave. A threshold of {words.percent(best.threshold)} would have contacted "
        f"{words.count(at['contacted'])} of all {words.counted(customers, 'customer')}, {words.percent(at['precision'])} of whom "
        f"left, and missed {words.counted(at['missed'], 'leaver')}. "
        "Where the threshold lies is decided by the money, not by the model: on average contacting pays from "
        f"{words.percent(average_break_even(audience(workspace), plan.campaign))} up."
        if best.threshold is not None
        else "**What the overlap means.** At every probability some stay and some leave. With the draft campaign no threshold pays, "
        "so none is drawn. Change the campaign in the side bar to see what one would separate."
    )
    # Only the tab that is open computes and draws.
    for tab, show in zip(st.tabs(list(TABS), key="model_tab", on_change="rerun"), TABS.values(), strict=True):
        if tab.open:
            with tab, errors_in_words():
                show(workspace, plan)
