"""Who leaves when: the churn rate by month of tenure and by bucket."""

import pandas as pd
import streamlit as st

from churn_core.charts.customers import churn_by_tenure_figure, churn_rate_bars_figure
from churn_core.decisions import describe
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.explore.by_group import most
from pages.parts.explore.chosen import Chosen
from pages.parts.frame import chart, palette


def first_months(buckets: pd.DataFrame) -> str:
    """What the headline says of those who came lately; empty where all have about the same tenure."""
    if len(buckets) < 2:
        return ""
    first = buckets.iloc[0]
    return f"; {words.percent(first.churn_rate)} of those in months {first.group}"


def tenure_charts(chosen: Chosen, buckets: pd.DataFrame, schema: Schema) -> None:
    """``buckets``: the table of ``describe.churn_by_tenure_bucket``, which the headline has too."""
    left, right = st.columns(2)
    by_month = chosen.told(describe.churn_by_tenure, schema)
    if len(by_month) < 2:
        return
    with left:
        chart(
            f"Churn rate by month of tenure, {words.percent(chosen.told(describe.churn_rate, schema))} over all",
            churn_by_tenure_figure(by_month, palette()),
            key="tenure_curve",
            caption="Each dot: one month as counted, larger the more customers. The line is smoothed, with its 95% band.",
        )
    if len(buckets) < 2:
        return
    with right:
        chart(
            f"By tenure bucket{course(buckets)}",
            churn_rate_bars_figure(buckets, palette(), x="Tenure (months)"),
            key="tenure_buckets",
        )


def course(buckets: pd.DataFrame) -> str:
    """From the first bucket to the last where they are the ends of all; else the bucket that loses most."""
    rates = buckets["churn_rate"]
    first, last = rates.iloc[0], rates.iloc[-1]
    if {first, last} == {rates.min(), rates.max()}:
        return f": from {words.percent(first)} to {words.percent(last)}"
    return most(describe.highest(buckets))
