"""The columns that tell those who left apart most, of any schema: the two strongest together, and each by itself."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from churn_core.charts.customers import churn_heat_map_figure, churn_rate_bars_figure
from churn_core.decisions import describe
from churn_core.decisions.strongest import Grouping, Strength
from churn_core.schema import Column, Schema
from pages.parts import words
from pages.parts.campaign_words import is_for_life
from pages.parts.explore.by_group import most
from pages.parts.explore.chosen import Chosen
from pages.parts.frame import chart, palette

_SHOWN = 8  # columns
_FEW, _A_SHARE = 30, 50  # a group worth a headline has so many customers, and a fiftieth of all
EFFECT, MONEY = "How far apart", "Money"


def in_its_order(strengths: tuple[Strength, ...], order: str) -> list[Strength]:
    return sorted(strengths, key=lambda each: -(each.money if order == MONEY else each.effect))


def strongest_columns(chosen: Chosen, strengths: tuple[Strength, ...], schema: Schema) -> None:
    """``strengths``: of all customers; the charts are of those that were chosen."""
    st.header("What tells those who left apart")
    if not strengths:
        st.info(
            "No column tells those who left from those who stayed by more than chance. More customers may show one.",
            icon=":material/info:",
        )
        return
    order = EFFECT
    if schema.clv is None:  # where all are worth the same the two orders are one
        order = st.segmented_control("Strongest by", [EFFECT, MONEY], default=EFFECT, required=True, key="strongest_by") or EFFECT
    ordered = in_its_order(strengths, order)
    if len(ordered) > 1:
        _together(chosen, ordered[0], ordered[1], schema)
    drawn_above = (schema.tenure, schema.monthly_charge)  # these have charts of their own
    places = [place for _ in range(_SHOWN // 2) for place in st.columns(2)]
    tables = [(each, chosen.told(table_by, (each.grouping,), schema)) for each in ordered]
    shown = [(each, table) for each, table in tables if each.column.name not in drawn_above and len(table) > 1]
    for place, (each, table) in zip(places, shown, strict=False):
        with place:
            chart(
                f"By {each.column.label.lower()}{most(describe.highest(table))}",
                churn_rate_bars_figure(table, palette(), x=_axis(each.column), height=280),
                key=f"by_{each.column.name}",
                caption=_money(each, schema),
            )


def strongest_group(chosen: Chosen, strengths: tuple[Strength, ...], schema: Schema) -> str:
    """What the headline says of the group of the strongest column that loses most; empty where no column is strong."""
    if not strengths:
        return ""
    first = strengths[0]
    table = chosen.told(table_by, (first.grouping,), schema)
    worst = describe.highest(table, max(_FEW, len(chosen) // _A_SHARE))
    if worst is None or len(table) < 2:
        return ""
    group = words.with_group(replace(first.column, label=first.column.label.lower()), worst.group)
    return f"; {words.percent(worst.churn_rate)} of the {words.count(worst.customers)} with {group}"


def _axis(column: Column) -> str:
    """What the axis of a number is called; the groups of words speak for themselves."""
    return "" if column.kind in ("category", "flag") else _named(column)


def _named(column: Column) -> str:
    return words.with_unit(column.label, column.unit)


def _money(each: Strength, schema: Schema) -> str:
    money = f"{words.money(each.money)} {'of lifetime value' if is_for_life(schema) else 'of revenue a year'}"
    said = f"Over all customers, the groups above the average lost {money} more than at the average rate."
    if not each.same:
        return said
    says = "says" if len(each.same) == 1 else "say"
    return f"{said} {words.listed(column.label for column in each.same)} {says} the same."


def table_by(customers: pd.DataFrame, groupings: tuple[Grouping, ...], schema: Schema) -> pd.DataFrame:
    groups = [grouping.of(customers) for grouping in groupings]
    return describe.churn_rate_by(customers, groups if len(groups) > 1 else groups[0], schema)


def _together(chosen: Chosen, first: Strength, second: Strength, schema: Schema) -> None:
    cells = chosen.told(table_by, (first.grouping, second.grouping), schema)
    if len(cells) < 2:
        return
    worst = describe.highest(cells)
    names = [each.column.name for each in (first, second)]
    chart(
        f"{first.column.label} and {second.column.label.lower()} together"
        + ("" if worst is None else f": {words.percent(worst.churn_rate)} left of {worst[names[0]]} × {worst[names[1]]}"),
        churn_heat_map_figure(cells, palette(), x=names[1], y=names[0], titles=(_named(second.column), _named(first.column))),
        key="together",
        caption="Each cell: the share that left, and how many customers there are.",
    )
