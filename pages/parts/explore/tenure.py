"""Who leaves when: the churn rate by month of tenure and by bucket."""

import pandas as pd
import streamlit as st

from churn_core.charts.customers import churn_by_tenure_figure, churn_rate_bars_figure
from churn_core.decisions import describe
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.frame import chart, palette


def tenure_charts(customers: pd.DataFrame, buckets: pd.DataFrame, schema: Schema) -> None:
    """``buckets``: the table of ``describe.churn_by_tenure_bucket``, which the headline has too."""
    first, last = buckets.iloc[0], buckets.iloc[-1]
    left, right = st.columns(2)
    with left:
        chart(
            f"Churn rate by month of tenure, {words.percent(customers[schema.target].mean())} over all",
            churn_by_tenure_figure(describe.churn_by_tenure(customers, schema), palette()),
            key="tenure_curve",
        )
    with right:
        chart(
            f"By tenure bucket: from {words.percent(first.churn_rate, 0)} to {words.percent(last.churn_rate, 0)}",
            churn_rate_bars_figure(buckets, palette(), x="Tenure (months)"),
            key="tenure_buckets",
        )
