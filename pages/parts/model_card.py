"""How good the version in use is, its equation, and what it was made from."""

import pandas as pd
import streamlit as st

from churn_core.model.registry import Version
from pages.parts import words


def model_card(version: Version) -> None:
    metadata = version.metadata
    metrics, plain = metadata["metrics"], metadata["plain_logistic"]
    st.subheader("How good, and how we know")
    ahead = metadata["auc_minus_plain_logistic"]
    with st.container(horizontal=True):
        for label, name in (
            ("AUC", "auc"),
            ("Average precision", "average_precision"),
            ("Log loss", "log_loss"),
            ("Brier score", "brier"),
        ):
            st.metric(
                label,
                f"{metrics[name]['mean']:.4f}",
                border=True,
                help=f"Mean over the held-out folds; standard deviation {metrics[name]['sd']:.4f}. "
                f"Plain logistic regression: {plain[name]['mean']:.4f}.",
            )
        st.metric(
            "Calibration error",
            f"{metrics['pooled_calibration_error']:.4f}",
            border=True,
            help="Expected calibration error, 15 equal-mass bins, pooled over the folds.",
        )
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
            pd.DataFrame(metadata["terms"]),
            hide_index=True,
            height="content",
            key="terms",
            column_config={
                "term": "Term",
                "coefficient": st.column_config.NumberColumn("Coefficient", format="%.3f"),
                "odds_ratio": st.column_config.NumberColumn(
                    "Odds ratio", format="%.2f", help="What one unit more multiplies the odds of leaving by."
                ),
            },
        )
    with right, st.container(border=True):
        st.markdown("**This version**")
        st.markdown(
            f"- id `{version.model_id}`\n"
            f"- trained {metadata['created_at'].replace('T', ' ')[:16]} UTC in {metadata['seconds']} s\n"
            f"- on {words.count(metadata['data']['rows'])} customers of {metadata['data']['name']}, "
            f"SHA-256 `{metadata['data']['sha256'][:12]}…`\n"
            f"- churn rate in training {words.percent(metadata['data']['churn_rate'], 2)}; mean probability minus churn rate "
            f"{metrics['mean_probability_minus_churn_rate']:+.5f}\n"
            + "\n".join(f"- {name} {version}" for name, version in metadata["packages"].items())
        )
