"""The input for one value of one customer, by the kind of its column: changed within what a model has seen, or given anew."""

import math
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from churn_core.data.cleaning.day_values import day_of
from churn_core.decisions.describe import width_for
from churn_core.schema import BLANK, Column, Schema
from pages.parts import words

_STEPS = 100  # between the ends of a number that is no whole one
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)  # that somebody may give


def value_input(column: Column, customer: pd.Series, schema: Schema) -> object:
    """What is chosen for this column; as long as nobody touches the input, exactly what the customer has."""
    key, now = f"what_if_{column.name}_{customer[schema.id]}", customer[column.name]
    if column.kind in ("category", "flag"):
        return _choice(column, now, key=key)
    return _day(column, float(now), key) if column.kind == "date" else _number(column, float(now), key)


def given_input(column: Column, usual: Any, key: str) -> object:
    """What is given for this column (``as_stated``), as a record of the API has it; ``usual`` as long as nobody touches the input.
    Any number and any day may be given; an input of a column that takes blanks, or is worked out where it is missing, can be emptied.
    """
    kept: dict[str, Any] = {"key": key, "persist_state": "session"}
    if column.kind in ("category", "flag"):
        return _choice(column, usual, **kept)
    if column.kind == "date":
        usual = date.fromisoformat(usual) if usual else None
    if column.blanks or column.role == "total_charge":  # an input that begins with a value goes back to it when it is emptied
        st.session_state.setdefault(key, usual)
        kept["placeholder"] = "blank" if column.blanks else "worked out"
        usual = None
    return _given_day(column, usual, kept) if column.kind == "date" else _given_number(column, usual, kept)


def _given_day(column: Column, usual: date | None, kept: dict[str, Any]) -> str | None:
    first, last = _on(column.seen_high, column), _on(column.seen_low, column)
    told = words.markdown(f"From {first} to {last}, as the model has seen it.") if first and last else None
    kept.pop("placeholder", None)  # an empty day shows how days are written
    day = st.date_input(words.markdown(column.label), usual, _FIRST_DAY, _LAST_DAY, help=told, **kept)
    return f"{day}" if isinstance(day, date) else None


def _given_number(column: Column, usual: float | None, kept: dict[str, Any]) -> float | None:
    label = words.markdown(words.with_unit(column.label, _unit(column)))
    low, high, whole = column.seen_low, column.seen_high, column.kind == "whole"
    step, written = (1, None) if whole else (_step(low, high), "%.10g")
    return st.number_input(label, value=usual, step=step, format=written, help=_seen(low, high), **kept)


def _unit(column: Column) -> str:
    """Money in the label of these customers: ``€ per year``."""
    return column.unit.replace("money", words.currency() or "money", 1)


def _choice(column: Column, now: Any, **kept: Any) -> object:
    """One of the values that are known; a level that stands for no word, or for any other, says so."""
    values = [0, 1] if column.kind == "flag" else list(column.allowed)
    return st.selectbox(words.markdown(column.label), values, values.index(now), partial(_said, column), **kept)


def _said(column: Column, value: str | int) -> str:
    if column.kind == "flag":
        return "Yes" if value else "No"
    spoken = {BLANK: "Not known (blank)" if column.blanks else BLANK, column.others: "Any other"}.get(f"{value}", f"{value}")
    return f"{value}" if spoken in column.values else spoken


def _number(column: Column, now: float, key: str) -> float:
    blank = math.isnan(now)
    low, high = (min(column.seen_low, now), max(column.seen_high, now)) if not blank else (column.seen_low, column.seen_high)
    label = words.markdown(words.with_unit(column.label, column.unit))
    told: dict = {"key": key, "placeholder": "blank" if column.blanks else None, "help": _seen(low, high)}
    if column.kind == "whole":
        given = st.number_input(label, _end(low, int), _end(high, int), None if blank else int(now), 1, **told)
    else:
        given = st.number_input(label, _end(low), _end(high), None if blank else now, _step(low, high), format="%.10g", **told)
    return (float("nan") if column.blanks else now) if given is None else given


def _step(low: float, high: float) -> float:
    return width_for(pd.Series([low, high]), _STEPS) if math.isfinite(high - low) and high > low else 1.0


def _end(value: float, kind: type = float) -> Any:
    return kind(value) if math.isfinite(value) else None


def _seen(low: float, high: float) -> str | None:
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return words.markdown(f"From {words.plain_number(low)} to {words.plain_number(high)}, as the model has seen it.")


def _day(column: Column, now: float, key: str) -> float:
    """A date is kept as the time since then; another day than before is counted anew."""
    before = _on(now, column)
    first, last = _on(max(column.seen_high, now) if before else column.seen_high, column), _on(min(column.seen_low, now), column)
    chosen = st.date_input(words.markdown(column.label), before, first, last, key=key)
    if not isinstance(chosen, date):
        return float("nan") if column.blanks else now
    return now if chosen == before else (date.fromisoformat(column.counted_to) - chosen).days * column.factor


def _on(passed: float, column: Column) -> date | None:
    return date.fromisoformat(day_of(passed, column)) if math.isfinite(passed) else None
