"""Those who left beside those who stayed: tenure and monthly charge, their means and how they are spread."""

import pandas as pd
import streamlit as st

from churn_core.charts.customers import distribution_figure
from churn_core.decisions import describe
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.frame import chart, palette

_TENURE_BIN, _CHARGE_BIN = 4, 5  # months; money per month


def churned_against_stayed(customers: pd.DataFrame, schema: Schema) -> None:
    sides = describe.churned_against_stayed(customers, schema)
    left, stayed = sides.loc["churned"], sides.loc["stayed"]
    st.subheader("Churned against stayed")
    with st.container(horizontal=True):
        for name, side in (("churned", left), ("stayed", stayed)):
            st.metric(
                f"Mean tenure, {name}",
                words.decimal(side.tenure_mean, unit="months"),
                border=True,
                help=f"Median {words.decimal(side.tenure_median, unit='months')}.",
            )
        for name, side in (("churned", left), ("stayed", stayed)):
            st.metric(f"Mean monthly charge, {name}", words.exact_money(side.charge_mean), border=True)
        st.metric(
            "Charge, churned minus stayed",
            words.exact_money(describe.difference(sides).charge_mean),
            border=True,
            help="Money a month, on average.",
        )
    first, second = st.columns(2)
    with first:
        chart(
            f"Mean tenure of those who left: {words.decimal(left.tenure_mean, unit='months')}; "
            f"of those who stayed: {words.decimal(stayed.tenure_mean, unit='months')}",
            distribution_figure(
                describe.distribution(customers[schema.tenure], customers[schema.target], _TENURE_BIN),
                palette(),
                x="Tenure (months)",
            ),
            key="tenure_distribution",
        )
    with second:
        chart(
            f"Mean charge of those who left: {words.exact_money(left.charge_mean)}; "
            f"of those who stayed: {words.exact_money(stayed.charge_mean)}",
            distribution_figure(
                describe.distribution(customers[schema.monthly_charge], customers[schema.target], _CHARGE_BIN),
                palette(),
                x=f"Monthly charge ({words.currency() or 'money'} per month)",
            ),
            key="charge_distribution",
        )
