"""A readable card line by line: what each column adds, drawn as the churn probability of an otherwise average customer."""

import numpy as np
import pandas as pd
import streamlit as st
from scipy.special import expit

from churn_core.charts.shapes import cells_figure, curve_figure, levels_figure
from churn_core.model.card.card import Card, Line
from churn_core.model.card.picture import in_words, picture, strengths, usual
from churn_core.schema import Column, Schema
from pages.parts import words
from pages.parts.frame import chart, palette
from pages.parts.tables import rule_columns, show_table

_SHOWN = 8  # lines; the others on demand
_LEVELS = 10  # values of one column in a picture


def card_in_pictures(card: Card, schema: Schema) -> None:
    """The strongest lines first; rules, which have two sides only, as a table."""
    average = float(expit(card.base))
    order = strengths(card)
    drawn = [card.lines[place] for place in order.loc[order["kind"] != "rule", "line"]]
    rules = [card.lines[place] for place in order.loc[order["kind"] == "rule", "line"]]
    whole = (
        f"The whole model: {words.counted(len(card.lines), 'line')}, each looked up and added to the log-odds of the average "
        f"customer, who leaves with {words.percent(average)}{words.within(schema)}"
    )
    st.markdown(f"**{words.markdown(whole)}**")
    st.caption(
        "Each picture is one line, the strongest first: the churn probability of a customer who is average in everything else. What a "
        "line adds to one customer is on the page Customers; there it adds up exactly."
    )
    if len(drawn) > _SHOWN and not st.toggle(f"Show all {words.count(len(drawn))} pictures", key="all_shapes"):
        drawn = drawn[:_SHOWN]
    for row in range(0, len(drawn), 2):
        for place, line in zip(st.columns(2), drawn[row : row + 2], strict=False):
            with place:
                _draw(line, card.base, average, schema)
    if rules:
        st.markdown("**Rules**: what a few conditions add where all of them hold")
        show_table(pd.DataFrame([_rule(line, schema) for line in rules]), rule_columns(), key="rules", height="content")
    for note in card.notes:
        st.caption(words.markdown(note))


def _draw(line: Line, base: float, average: float, schema: Schema) -> None:
    table = picture(line)
    table = table.assign(probability=expit(base + table["effect"].to_numpy()))
    title, key = in_words(line, schema), f"shape_{'_'.join(line.columns)}"
    columns = [schema[name] for name in line.columns]
    if "first" in table:
        figure = cells_figure(table, palette(), x=columns[1].label, y=columns[0].label)
        chart(f"{title}: beyond what each adds alone{_ends(table)}", figure, key=key)
    elif "at" in table:
        blank, known = table[table["value"].isna()], usual(table[table["value"].notna()])
        if known.empty:
            return
        few = " Without the 1% of the customers at either end." if len(known) < len(table) - len(blank) else ""
        caption = (f"Blank: {words.percent(blank['probability'].iloc[0])}." if len(blank) else "") + few
        figure = curve_figure(known, palette(), x=words.with_unit(columns[0].label, columns[0].unit), average=average)
        chart(f"{title}{_ends(known)}", figure, key=key, caption=caption)
    else:
        shown = table[table["share"].isna() | (table["share"] > 0)]
        shown = shown.assign(value=[_value(value, columns[0]) for value in shown["value"]])
        farthest = shown.loc[shown["effect"].abs().nlargest(_LEVELS).index.sort_values()]
        beyond = len(shown) - len(farthest)
        caption = f"The {words.count(_LEVELS)} of {words.count(len(shown))} values that differ most." if beyond else ""
        if len(shown) > 1:
            chart(f"{title}{_ends(shown)}", levels_figure(farthest, palette(), average=average), key=key, caption=caption)


def _ends(table: pd.DataFrame) -> str:
    ends = table["probability"].min(), table["probability"].max()
    low, high = (words.percent(end) for end in ends)
    return f": {low} throughout" if low == high else f": from {low} to {high}"


def _value(value: str | int | None, column: Column) -> str:
    if pd.isna(value):
        return "any other"
    return ("Yes" if value else "No") if column.kind == "flag" else str(value)


def _rule(line: Line, schema: Schema) -> dict:
    table = picture(line).set_index("holds")
    return {
        "rule": in_words(line, schema),
        "odds": float(np.exp(table.loc[True, "effect"] - table.loc[False, "effect"])),
        "share": float(table.loc[True, "share"]),
    }
