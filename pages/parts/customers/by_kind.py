"""The input for one value of one customer, by the kind of its column, within the values that a model has seen."""

import math
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from churn_core.decisions.describe import width_for
from churn_core.schema import Column, Schema
from pages.parts import words

_STEPS = 100  # between the ends of a number that is no whole one


def value_input(column: Column, customer: pd.Series, schema: Schema) -> object:
    """What is chosen for this column; as long as nobody touches the input, exactly what the customer has."""
    key, now = f"what_if_{column.name}_{customer[schema.id]}", customer[column.name]
    if column.kind in ("category", "flag"):
        values = [0, 1] if column.kind == "flag" else list(column.allowed)
        return st.selectbox(
            words.markdown(column.label),
            values,
            index=values.index(now),
            format_func=lambda value: {0: "No", 1: "Yes"}.get(value, value),
            key=key,
        )
    return _day(column, float(now), key) if column.kind == "date" else _number(column, float(now), key)


def _number(column: Column, now: float, key: str) -> float:
    blank = math.isnan(now)
    low, high = (min(column.seen_low, now), max(column.seen_high, now)) if not blank else (column.seen_low, column.seen_high)
    label = words.markdown(words.with_unit(column.label, column.unit))
    told: dict = {"key": key, "placeholder": "blank" if column.blanks else None, "help": _seen(low, high)}
    if column.kind == "whole":
        given = st.number_input(label, _end(low, int), _end(high, int), None if blank else int(now), 1, **told)
    else:
        step = width_for(pd.Series([low, high]), _STEPS) if math.isfinite(high - low) and high > low else 1.0
        given = st.number_input(label, _end(low), _end(high), None if blank else now, step, format="%.10g", **told)
    return (float("nan") if column.blanks else now) if given is None else given


def _end(value: float, kind: type = float) -> Any:
    return kind(value) if math.isfinite(value) else None


def _seen(low: float, high: float) -> str | None:
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return words.markdown(f"From {words.plain_number(low)} to {words.plain_number(high)}, as the model has seen it.")


def _day(column: Column, now: float, key: str) -> float:
    """A date is kept as the time since then; another day than before is counted anew."""
    today = date.fromisoformat(column.counted_to)

    def day(passed: float) -> date | None:
        return today - timedelta(days=round(passed / column.factor)) if math.isfinite(passed) else None

    before = day(now)
    first, last = day(max(column.seen_high, now) if before else column.seen_high), day(min(column.seen_low, now))
    chosen = st.date_input(words.markdown(column.label), before, first, last, key=key)
    if not isinstance(chosen, date):
        return float("nan") if column.blanks else now
    return now if chosen == before else (today - chosen).days * column.factor
