"""How sure is the profit: intervals, another sample, a threshold chosen elsewhere, and a success rate that is only a range."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.optimise import at_threshold
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.uncertainty import (
    Band,
    bootstrap,
    chance_of_loss,
    if_success_rate_differs,
    optimism,
    possible_spread,
    realised_bands,
    spread,
)
from churn_core.charts.sensitivity import bands_figure
from churn_core.decisions.contact_list import Recommendation
from churn_core.settings import REPLICATES, SUCCESS_RATE_SPREAD
from pages.parts import words
from pages.parts.frame import chart, palette
from pages.parts.tables import success_rate_columns


@st.cache_data(show_spinner=False, max_entries=32)
def _samples(model_id: str, data: str, plan: Plan, threshold: float | None, _workspace: Workspace, _recommended: Recommendation):
    """1,000 resamples and the split halves; computed once for everybody who looks at the same plan."""
    back_test = _workspace.back_test
    chosen = _recommended.contacts_in(back_test) if threshold is None else back_test.score >= threshold
    return bootstrap(back_test, plan.campaign, chosen, plan.objective), optimism(back_test, plan.campaign, plan.objective)


def how_sure_tab(workspace: Workspace, recommended: Recommendation) -> None:
    plan, campaign = recommended.plan, recommended.plan.campaign
    left, right = st.columns(2, gap="large")
    give_or_take = left.slider(
        "Success rate, give or take",
        0.0,
        0.3,
        SUCCESS_RATE_SPREAD,
        0.01,
        format="percent",
        key="success_rate_spread",
        bind="query-params",
        help="Half of the range that you hold 95% likely. No data without a campaign can tell it.",
    )
    own = right.number_input(
        "Instead of the recommended list: everyone from this churn probability up",
        0.0,
        1.0,
        None,
        0.01,
        format="%.10g",
        placeholder="the recommended list",
        key="own_threshold",
        bind="query-params",
    )
    if own is None and not recommended.outcome.contacted:
        st.info("Nobody is contacted, so nothing can be lost. Give a threshold of your own to see what it would risk.")
        return
    give_or_take = possible_spread(campaign.success_rate, give_or_take)
    contact = recommended.contact if own is None else workspace.probability >= own
    expected = recommended.outcome if own is None else at_threshold(workspace.expected_sweep, campaign, own)
    clv = campaign.clv(workspace.customers[workspace.schema.monthly_charge].to_numpy())
    churned = workspace.churned.astype(float)
    profit, roi = realised_bands(contact, churned, clv, campaign)
    with_rate, _ = realised_bands(contact, churned, clv, campaign, give_or_take)
    with st.spinner("Drawing other samples …"):
        replicates, flattery = _samples(workspace.version.model_id, workspace.dataset.sha256, plan, own, workspace, recommended)
    sampled, anew = spread(replicates.profit), spread(replicates.best_profit)
    sampled_roi, thresholds = spread(replicates.roi), spread(replicates.best_threshold)
    loss = chance_of_loss(replicates, campaign, give_or_take)
    rows = [
        ("Other customers", profit),
        (f"{words.count(REPLICATES)} resamples", sampled),
        *([("Threshold chosen anew", anew)] if own is None and plan.rule == ONE_THRESHOLD else []),
        ("And success rate", with_rate),
    ]
    table = pd.DataFrame(
        [(label, b.estimate, b.low, b.high, f"{words.money(b.low)} to {words.money(b.high)}") for label, b in rows if b],
        columns=["label", "estimate", "low", "high", "text"],
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(
            f"The chance that this campaign loses money is {_chance(loss)}",
            bands_figure(table, palette(), words.currency() or "money"),
            key="bands",
            caption="Realised profit on unseen customers, with its 95% interval: for another sample of as many customers, by formula "
            "and by resampling. The last one also counts the range of the success rate, which is your assumption. Choosing the "
            "threshold anew in each sample is optimistic.",
        )
    with right, st.container(border=True):
        st.markdown(
            words.markdown(
                f"- **Expected and realised.** The model expects {words.money(expected.expected_profit)}; on what really happened the "
                f"same list would have earned {words.money(profit.estimate)}"
                + (f", ROI {_between(roi)}" if roi else "")
                + (
                    f", by resampling {words.percent(sampled_roi.low, 0)} to {words.percent(sampled_roi.high, 0)}"
                    if sampled_roi
                    else ""
                )
                + ", if the success rate holds.\n"
                + (
                    ""
                    if thresholds is None
                    else f"- **The threshold.** In other samples the best one lay between {words.percent(thresholds.low)} and "
                    f"{words.percent(thresholds.high)}: the profit is flat there, so its place matters little.\n"
                )
                + f"- **Optimism.** Thresholds chosen on one half of the customers by who left earn {words.money(flattery.chosen)} "
                f"there and {words.money(flattery.held_out)} on the other half: {words.money(flattery.gap)} of optimism."
            )
        )
    st.markdown("**If the success rate differs from what you assume**")
    differs = if_success_rate_differs(workspace.expected_sweep, campaign, give_or_take, plan.objective)
    st.dataframe(differs, hide_index=True, column_config=success_rate_columns(), key="success_rates")
    st.caption(
        "Profit is linear in the success rate, so its mean decides and its range does not: the best list stays the best. What "
        "knowing the rate would be worth is the difference of the two profits in a row."
    )


def _between(roi: Band) -> str:
    return f"{words.percent(roi.estimate, 0)} ({words.percent(roi.low, 0)} to {words.percent(roi.high, 0)})"


def _chance(share: float) -> str:
    if share == 0:
        return f"below 1 in {words.count(REPLICATES)}"
    return words.percent(share)
