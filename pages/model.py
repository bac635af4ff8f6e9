"""Analysts and risk officers: how far may I trust these probabilities?"""

import streamlit as st

from churn_core.campaign.optimise import best_threshold
from churn_core.charts.model import calibration_figure, gain_figure, probability_distributions_figure, roc_figure
from churn_core.model import evaluate
from churn_core.scoring import average_break_even
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import chart, page_frame, palette, rests_on
from pages.parts.model_card import model_card

with page_frame() as workspace:
    plan = campaign_in_sidebar()
    rests_on(workspace, plan)
    probability, churned = workspace.probability, workspace.churned
    best = best_threshold(workspace.expected_sweep, plan.campaign, plan.objective)
    at = evaluate.at_threshold(probability, churned, best.threshold)
    apart, by_chance = workspace.calibration
    auc = evaluate.auc(probability, churned)
    top = evaluate.top_share(probability, churned, 0.2)

    st.title(
        f"The riskiest fifth of customers holds {words.percent(top['gain'], 0)} of those who leave; "
        f"probabilities and outcomes are {words.percent(apart)} apart on average"
    )
    st.caption(
        "Read the first chart to see what a threshold separates and what it cannot; check with the second that the "
        "probabilities are true, because every amount of money rests on them. All are out of fold: each customer is "
        "predicted by a model that had not seen that customer."
    )
    left, right = st.columns([3, 2])
    with left:
        chart(
            "Churned and stayed overlap: no threshold keeps them apart"
            if best.threshold is None
            else f"At the best threshold {words.count(at['found'])} of {words.count(int(churned.sum()))} leavers are contacted, "
            f"and {words.count(at['in_vain'])} who would have stayed",
            probability_distributions_figure(evaluate.probability_distributions(probability, churned), palette(), best.threshold),
            key="distributions",
        )
    with right:
        chart(
            f"Predicted against observed: {words.percent(apart)} apart on average",
            calibration_figure(evaluate.calibration_table(probability, churned), palette()),
            key="calibration",
            caption="Each dot is a fifteenth of the customers with its 95% interval. By chance alone even true "
            f"probabilities would be {words.percent(by_chance)} apart on this many customers.",
        )
    st.markdown(
        f"**What the overlap means.** The columns of this table do not say who leaves, only how likely it is: at every probability "
        f"some stay and some leave. At a threshold of {words.percent(best.threshold)}, {words.count(at['contacted'])} customers are "
        f"contacted, of whom {words.percent(at['precision'])} leave if left alone; {words.count(at['missed'])} leavers are missed. "
        "Where the threshold lies is decided by the money, not by the model: on average contacting pays from "
        f"{words.percent(average_break_even(workspace.customers, plan.campaign))} up."
        if best.threshold is not None
        else "**What the overlap means.** At every probability some stay and some leave. At the campaign in force no threshold pays, "
        "so none is drawn. Change the campaign in the side bar to see what one would separate."
    )
    left, right = st.columns(2)
    with left:
        chart(
            f"Ranking: a leaver scores above a stayer in {words.percent(auc, 0)} of pairs",
            roc_figure(evaluate.roc_table(probability, churned), palette(), auc),
            key="roc",
        )
    with right:
        chart(
            f"Gain: the top 20% holds {words.percent(top['gain'], 0)} of the leavers, {top['lift']:.1f} times their share",
            gain_figure(evaluate.gain_table(probability, churned), palette()),
            key="gain",
        )

    model_card(workspace.version)
