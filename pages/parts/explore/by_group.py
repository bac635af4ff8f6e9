"""Churn rates by group of customers: two columns crossed, bands of the charge, the account, each service."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from churn_core.charts.customers import churn_heat_map_figure, churn_rate_bars_figure, with_and_without_figure
from churn_core.decisions import describe
from churn_core.schema import Column, Schema
from pages.parts import words
from pages.parts.explore.chosen import Chosen
from pages.parts.explore.columns import by_hand, compared, crossed
from pages.parts.frame import chart, palette

_BANDS, _BAND = 7, 15  # about so many bands of the charge; money per month, where nobody has seen how large charges are


def churn_by_group(chosen: Chosen, schema: Schema) -> None:
    """A part is left out where the schema has no column for it."""
    if not by_hand(schema):
        charge_bands(chosen, schema)
        return
    st.header("Churn rate by group")
    sides = crossed(schema)
    cards = [partial(_together, chosen, *sides, schema)] if len(sides) == 2 else []
    for column in compared(schema):
        table = chosen.told(describe.churn_rate_by, column.name, schema)
        if len(table) > 1:
            cards.append(partial(_by_column, column, table))
    cards.append(partial(charge_bands, chosen, schema))
    for first in range(0, len(cards), 2):
        for place, card in zip(st.columns(2), cards[first : first + 2], strict=False):
            with place:
                card()
    services = chosen.told(services_table, schema)
    if not services.empty:
        chart(
            "With and without each service" + most(describe.highest(services)),
            with_and_without_figure(services, palette()),
            key="yes_no",
        )


def _by_column(column: Column, table: pd.DataFrame) -> None:
    chart(
        f"By {column.label.lower()}" + most(describe.highest(table)),
        churn_rate_bars_figure(table, palette(), x="", height=280),
        key=f"by_{column.name}",
    )


def charge_bands(chosen: Chosen, schema: Schema) -> None:
    """Left out where there is no charge, or one band of it only."""
    if schema.monthly_charge is None:
        return
    bands = chosen.told(bands_table, schema)
    if len(bands) > 1:
        chart(
            "By monthly charge" + most(describe.highest(bands)),
            churn_rate_bars_figure(bands, palette(), x=f"Monthly charge ({words.currency() or 'money'} per month)"),
            key="charge_bands",
        )


def services_table(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    return describe.churn_by_each(customers, schema.yes_no, schema)


def bands_table(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    column = schema[schema.named("monthly_charge")]
    charge = customers[column.name]
    width = describe.width_for(charge, _BANDS) if np.isfinite(column.seen_high) else _BAND
    held_back = customers.assign(**{column.name: describe.without_tail(charge, width, _BANDS)})
    return describe.churn_by_charge(held_back, schema, width)


def _together(chosen: Chosen, first: Column, second: Column, schema: Schema) -> None:
    cells = chosen.told(describe.churn_rate_by, (first.name, second.name), schema)
    if len(cells) < 2:
        return
    worst = describe.highest(cells)
    chart(
        f"{first.label} and {second.label.lower()} together"
        + ("" if worst is None else f": {words.percent(worst.churn_rate)} left of {worst[first.name]} × {worst[second.name]}"),
        churn_heat_map_figure(cells, palette(), x=second.name, y=first.name),
        key="together",
    )


def most(worst: pd.Series | None) -> str:
    """The group that loses most, for the title of its chart."""
    if worst is None:
        return ""
    name = f"{worst.label}: {worst.group}" if "label" in worst else worst.group
    return f" — most where {name} ({words.percent(worst.churn_rate)})"
