"""Those who left beside those who stayed: tenure, monthly charge and lifetime value, their means and how they are spread."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from churn_core.charts.customers import distribution_figure
from churn_core.decisions import describe
from churn_core.schema import Column, Schema
from pages.parts import words
from pages.parts.explore.chosen import Chosen
from pages.parts.frame import chart, palette

_TENURE_BIN, _CHARGE_BIN = 4, 5  # months; money per month, where nobody has seen how large the values are
_KEYS = {"tenure": "tenure", "clv": "clv"}
_BINS = 20  # about so many else


def churned_against_stayed(chosen: Chosen, schema: Schema) -> None:
    """Left out where the schema has neither a tenure nor a charge nor lifetime values."""
    if schema.tenure is None and schema.monthly_charge is None and schema.clv_column is None:
        return
    sides = chosen.told(describe.churned_against_stayed, schema)
    left, stayed = sides.loc["churned"], sides.loc["stayed"]
    st.header("Churned against stayed")
    with st.container(horizontal=True):
        for name, side in (("churned", left), ("stayed", stayed)):
            if schema.tenure is not None:
                st.metric(
                    f"Mean tenure, {name}",
                    words.decimal(side.tenure_mean, unit="months"),
                    border=True,
                    help=f"Median {words.decimal(side.tenure_median, unit='months')}.",
                )
        if schema.monthly_charge is not None:
            for name, side in (("churned", left), ("stayed", stayed)):
                st.metric(f"Mean monthly charge, {name}", words.exact_money(side.charge_mean), border=True)
            st.metric(
                "Charge, churned minus stayed",
                words.exact_money(describe.difference(sides).charge_mean),
                border=True,
                help="Money a month, on average.",
            )
        if schema.clv_column is not None:
            for name, side in (("churned", left), ("stayed", stayed)):
                st.metric(f"Mean lifetime value, {name}", words.exact_money(side.clv_mean), border=True)
    places, spread = iter(st.columns(2)), {how[1]: chosen.told(*how) for how in spreads(schema)}
    if schema.tenure is not None:
        with next(places):
            _spread(
                f"Mean tenure of those who left: {words.decimal(left.tenure_mean, unit='months')}; "
                f"of those who stayed: {words.decimal(stayed.tenure_mean, unit='months')}",
                spread[schema.tenure],
                schema[schema.tenure],
                "Tenure (months)",
            )
    if schema.monthly_charge is not None:
        with next(places):
            _spread(
                f"Mean charge of those who left: {words.exact_money(left.charge_mean)}; "
                f"of those who stayed: {words.exact_money(stayed.charge_mean)}",
                spread[schema.monthly_charge],
                schema[schema.monthly_charge],
                f"Monthly charge ({words.currency() or 'money'} per month)",
            )
    if schema.clv_column is not None:
        with next(places, st.container()):
            _spread(
                f"Mean lifetime value of those who left: {words.exact_money(left.clv_mean)}; "
                f"of those who stayed: {words.exact_money(stayed.clv_mean)}",
                spread[schema.clv_column],
                schema[schema.clv_column],
                f"Lifetime value ({words.currency() or 'money'})",
            )


def spreads(schema: Schema) -> list[tuple[Callable[..., pd.DataFrame | None], str, float, Schema]]:
    """What is told of how tenure, monthly charge and lifetime value are spread, where there are any: the work, and how."""
    usual = ((schema.tenure, _TENURE_BIN), (schema.monthly_charge, _CHARGE_BIN), (schema.clv_column, _CHARGE_BIN))
    return [(_distribution, name, width, schema) for name, width in usual if name is not None]


def _spread(message: str, table: pd.DataFrame | None, column: Column, x: str) -> None:
    """How the column is spread on both sides; left out where it has one value, or nobody is on one of the sides."""
    if table is not None:
        chart(message, distribution_figure(table, palette(), x=x), key=f"{_KEYS.get(column.role, 'charge')}_distribution")


def _distribution(customers: pd.DataFrame, name: str, usual: float, schema: Schema) -> pd.DataFrame | None:
    column, values = schema[name], customers[name]
    if values.nunique() < 2 or customers.loc[values.notna(), schema.target].nunique() < 2:
        return None
    width = describe.width_for(values, _BINS) if np.isfinite(column.seen_high) else usual
    if column.name == schema.tenure:
        width = max(1.0, round(width))
    shown = describe.without_tail(values, width, _BINS)
    return describe.distribution(shown, customers[schema.target], width)
