"""Analysts and risk officers: how far may I trust these probabilities?"""

import pandas as pd
import streamlit as st

from churn_core.campaign.optimise import best_threshold
from churn_core.charts.model import calibration_figure, gain_figure, probability_distributions_figure, roc_figure
from churn_core.model import evaluate
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import chart, page_frame, palette, rests_on

with page_frame() as workspace:
    campaign = campaign_in_sidebar()
    rests_on(workspace, campaign)
    probability, churned = workspace.probability, workspace.churned
    metadata = workspace.version.metadata
    metrics, plain = metadata["metrics"], metadata["plain_logistic"]
    best = best_threshold(workspace.expected_sweep, campaign)
    at = evaluate.at_threshold(probability, churned, 1.1 if best.threshold is None else best.threshold)
    gain = evaluate.gain_table(probability, churned)
    top = evaluate.top_share(probability, churned, 0.2)

    st.title(
        f"The riskiest fifth of customers holds {words.percent(top['gain'], 0)} of those who leave; "
        f"probabilities are within {words.percent(metrics['pooled_calibration_error'])} of what happened"
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
            f"Predicted against observed: {words.percent(metrics['pooled_calibration_error'])} apart on average",
            calibration_figure(evaluate.calibration_table(probability, churned), palette()), key="calibration",
            caption="Each dot is a fifteenth of the customers with its 95% interval. By chance alone even true "
            f"probabilities would be {words.percent(metrics['calibration_noise'])} apart on this many customers.",
        )  # fmt: skip
    st.markdown(
        words.markdown(
            f"**What the overlap means.** The columns of this table do not say who leaves, only how likely it is: many customers "
            f"with a low probability left and many with a high one stayed. At a threshold of {words.percent(best.threshold)}, "
            f"{words.count(at['contacted'])} customers are contacted, of whom {words.percent(at['precision'])} leave if left alone; "
            f"{words.count(at['missed'])} leavers are missed. That a threshold this low pays is no fault of the model: one save is "
            "worth many contacts, so contacting many in vain is cheap."
        )
        if best.threshold is not None
        else "**What the overlap means.** At the campaign in force no contact pays, so no threshold is drawn. Change the campaign "
        "in the side bar to see what one would separate."
    )
    left, right = st.columns(2)
    with left:
        chart(
            f"Ranking: a leaver scores above a stayer in {words.percent(metrics['auc']['mean'], 0)} of pairs",
            roc_figure(evaluate.roc_table(probability, churned), palette(), metrics["auc"]["mean"]), key="roc",
        )  # fmt: skip
    with right:
        chart(
            f"Gain: the top 20% holds {words.percent(top['gain'], 0)} of the leavers, {top['lift']:.1f} times their share",
            gain_figure(gain, palette()), key="gain",
        )  # fmt: skip

    st.subheader("How good, and how we know")
    ahead = metadata["auc_minus_plain_logistic"]
    with st.container(horizontal=True):
        for label, name in (("AUC", "auc"), ("Average precision", "average_precision"), ("Log loss", "log_loss"), ("Brier score", "brier")):
            st.metric(
                label, f"{metrics[name]['mean']:.4f}", border=True,
                help=f"Mean over the held-out folds; standard deviation {metrics[name]['sd']:.4f}. "
                f"Plain logistic regression: {plain[name]['mean']:.4f}.",
            )  # fmt: skip
        st.metric("Calibration error", f"{metrics['pooled_calibration_error']:.4f}", border=True,
                  help="Expected calibration error, 15 equal-mass bins, pooled over the folds.")  # fmt: skip
    protocol = metadata["protocol"]
    st.caption(
        f"{protocol['folds']}-fold cross-validation, {protocol['repeats']} times, seed {protocol['seed']}. Against plain logistic "
        f"regression the AUC differs by {ahead['mean']:+.4f}, 95% interval {ahead['low']:+.4f} to {ahead['high']:+.4f} "
        "(paired by fold, Nadeau–Bengio)."
    )
    left, right = st.columns([3, 2])
    with left, st.container(border=True):
        st.markdown(f"**The whole model: log-odds = {metadata['intercept']:.3f} + the sum of coefficient × term**")
        st.dataframe(
            pd.DataFrame(metadata["terms"]), hide_index=True, height="content", key="terms",
            column_config={
                "term": "Term",
                "coefficient": st.column_config.NumberColumn("Coefficient", format="%.3f"),
                "odds_ratio": st.column_config.NumberColumn("Odds ratio", format="%.2f", help="What one unit more multiplies the odds of leaving by."),
            },
        )  # fmt: skip
    with right, st.container(border=True):
        st.markdown("**This version**")
        st.markdown(
            f"- id `{workspace.version.model_id}`\n"
            f"- trained {metadata['created_at'].replace('T', ' ')[:16]} UTC in {metadata['seconds']} s\n"
            f"- on {words.count(metadata['data']['rows'])} customers of {metadata['data']['name']}, SHA-256 `{metadata['data']['sha256'][:12]}…`\n"
            f"- churn rate in training {words.percent(metadata['data']['churn_rate'], 2)}; mean probability minus churn rate "
            f"{metrics['mean_probability_minus_churn_rate']:+.5f}\n"
            + "\n".join(f"- {name} {version}" for name, version in metadata["packages"].items())
        )
