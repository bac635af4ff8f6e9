"""Retention managers: whom do I contact at this cost, and what does it earn?"""

import streamlit as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import Outcome, at_threshold, best_threshold, contact_all, plateau
from churn_core.campaign.sweep import profit_curve
from churn_core.charts.campaign import profit_curve_figure, roi_curve_figure
from churn_core.schema import TELCO
from churn_core.scoring import average_break_even, outcome_of
from churn_core.workspace import Workspace
from pages.parts import words
from pages.parts.campaign_inputs import campaign_inputs
from pages.parts.contact_tabs import contact_list_tab, policies_tab
from pages.parts.frame import chart, page_frame, palette, rests_on

CURVE_POINTS = 200  # rows; what a chart of this width can show


@st.fragment
def live(workspace: Workspace, side_bar) -> None:
    """Everything that follows the sliders."""
    customers, probability, swept = workspace.customers, workspace.probability, workspace.expected_sweep
    sliders, results = st.columns([1, 3], gap="large")
    with sliders, st.container(border=True):
        st.markdown("**Your campaign**")
        campaign = campaign_inputs()
    rests_on(workspace, campaign, side_bar)

    best = best_threshold(swept, campaign)
    each = outcome_of(customers, probability, campaign)
    realised = outcome_of(customers, probability, campaign, leaving=workspace.churned)
    flat = plateau(swept, campaign)
    with results:
        st.title(words.markdown(words.recommendation(each, len(customers))))
        if not each.contacted:
            st.info("Lower the retention cost, or raise the success rate or the horizon, if you have reason to.")
        with st.container(horizontal=True):
            st.metric(
                "Best threshold",
                words.percent(best.threshold),
                border=True,
                help="With one threshold for everybody, the one that earns most: exact, over every distinct probability.",
            )
            st.metric("Customers to contact", words.count(each.contacted), border=True, help="Each from the own break-even up.")
            st.metric(
                "Expected profit",
                words.money(each.expected_profit),
                border=True,
                help="Against contacting nobody, by out-of-fold probabilities.",
            )
            st.metric("Expected spend", words.money(each.expected_spend), border=True)
            st.metric("ROI", words.percent(each.roi, 0), border=True, help="Expected profit ÷ expected spend.")
        if best.threshold is not None:
            _one_threshold(workspace, campaign, best, flat, realised)
        curve = profit_curve(swept, campaign, CURVE_POINTS)
        marks = {"best": best.threshold, "plateau": flat, "break_even": average_break_even(customers, campaign)}
        unit = words.currency() or "money"
        left, right = st.columns(2)
        with left:
            chart(
                "No threshold pays"
                if best.threshold is None
                else f"Profit is highest at a threshold of {words.percent(best.threshold)}",
                profit_curve_figure(curve, palette(), best_profit=best.expected_profit, money=unit, **marks),
                key="profit_curve",
            )
        with right:
            chart(
                _about_roi(best, curve["roi"].max()),
                roi_curve_figure(curve, palette(), best_roi=best.roi, **marks),
                key="roi_curve",
            )

    listed, compared = st.tabs(["Contact list", "Customer by customer or one threshold"])
    with listed:
        contact_list_tab(workspace, campaign, best.threshold)
    with compared:
        policies_tab(workspace, campaign)


def _about_roi(best: Outcome, highest: float) -> str:
    """What the ROI curve says at these parameters; ``highest`` is its highest point."""
    if best.threshold is None:
        return "At no threshold do the contacts earn back what they cost"
    if best.roi is None:
        return "Nothing is spent, so there is no ROI"
    there = f"ROI there is {words.percent(best.roi, 0)}"
    return f"{there}: a higher ratio means fewer contacts and less profit" if highest > best.roi else there


def _one_threshold(workspace: Workspace, campaign: Campaign, best: Outcome, flat, realised: Outcome) -> None:
    """The single threshold in a sentence, beside 0.5, everybody, and what really happened."""
    half = at_threshold(workspace.expected_sweep, campaign, 0.5)
    everybody = contact_all(workspace.expected_sweep, campaign)
    st.markdown(
        words.markdown(
            f"With **one threshold** instead, contact everyone from **{words.percent(best.threshold)}** up: "
            f"{words.count(best.contacted)} customers, {words.money(best.expected_profit)} expected profit; anything from "
            f"{words.percent(flat[0])} to {words.percent(flat[1])} is within 1% of that. A threshold of 50% would earn "
            f"{words.money(half.expected_profit)}, contacting everybody {words.money(everybody.expected_profit)}. On what really "
            f"happened, the recommended list would have realised {words.money(realised.expected_profit)}, if the success rate "
            "holds."
        )
    )


with page_frame() as workspace:
    live(workspace, st.sidebar.empty())
    st.caption(
        f"All figures: {workspace.dataset.name}, {words.count(len(workspace.customers))} customers, out of fold, "
        f"{TELCO.name} model version {workspace.version.model_id}. Success rate and horizon are your assumptions: these data "
        "hold no treatment arm. Measure them with a control group."
    )
