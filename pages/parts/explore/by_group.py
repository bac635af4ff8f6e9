"""Churn rates by group of customers: two columns crossed, bands of the charge, the account, each service."""

import pandas as pd
import streamlit as st

from churn_core.charts.customers import churn_heat_map_figure, churn_rate_bars_figure, with_and_without_figure
from churn_core.decisions import describe
from churn_core.schema import Column, Schema
from pages.parts import words
from pages.parts.explore.columns import compared, crossed
from pages.parts.frame import chart, palette


def churn_by_group(customers: pd.DataFrame, schema: Schema) -> None:
    """A part is left out where the schema has no column for it."""
    st.subheader("Churn rate by group")
    sides = crossed(schema)
    left, right = st.columns(2)
    with left:
        if len(sides) == 2:
            _together(customers, *sides, schema)
        bands = describe.churn_by_charge(customers, schema)
        chart(
            "By monthly charge" + _most(describe.highest(bands)),
            churn_rate_bars_figure(bands, palette(), x=f"Monthly charge ({words.currency() or 'money'} per month)"),
            key="charge_bands",
        )
    with right:
        for column in compared(schema):
            table = describe.churn_rate_by(customers, column.name, schema)
            chart(
                f"By {column.label.lower()}" + _most(describe.highest(table)),
                churn_rate_bars_figure(table, palette(), x="", height=280),
                key=f"by_{column.name}",
            )
    with left:
        services = describe.churn_by_each(customers, schema.yes_no, schema)
        if not services.empty:
            chart(
                "With and without each service" + _most(describe.highest(services)),
                with_and_without_figure(services, palette()),
                key="yes_no",
            )


def _together(customers: pd.DataFrame, first: Column, second: Column, schema: Schema) -> None:
    cells = describe.churn_rate_by(customers, [first.name, second.name], schema)
    worst = describe.highest(cells)
    chart(
        f"{first.label} and {second.label.lower()} together"
        + ("" if worst is None else f": {words.percent(worst.churn_rate, 0)} left of {worst[first.name]} × {worst[second.name]}"),
        churn_heat_map_figure(cells, palette(), x=second.name, y=first.name),
        key="together",
    )


def _most(worst: pd.Series | None) -> str:
    """The group that loses most, for the title of its chart."""
    if worst is None:
        return ""
    name = f"{worst.label}: {worst.group}" if "label" in worst else worst.group
    return f" — most where {name} ({words.percent(worst.churn_rate, 0)})"
