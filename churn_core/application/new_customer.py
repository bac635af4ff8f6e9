"""A customer who is in no file: what such a customer usually has, as a record of the API, and what is decided of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from churn_core.application.look_up import decided
from churn_core.application.workspace import Workspace
from churn_core.data.cleaning.day_values import day_of
from churn_core.data.cleaning.record import clean_record
from churn_core.data.seen import most_frequent, with_what_was_seen
from churn_core.decisions.what_if import with_changes
from churn_core.errors import DataError
from churn_core.formats import plain_number
from churn_core.schema import Column, Schema
from churn_core.storage.publications import Decision

_DIGITS = 12  # of a usual number that was converted; more are an artefact of the conversion


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """What is asked of a new customer. ``columns``: those with a value to give, as files have them (``as_stated``), in the order of
    the schema, with what the customers at hand had; ``usual``: a whole record, its values the typical ones.
    """

    columns: tuple[Column, ...]
    usual: Mapping[str, object]

    def beyond(self, record: Mapping[str, object]) -> list[str]:
        """The numbers of a record that no customer at hand reaches, each in a sentence without a full stop."""
        return [
            f"{column.label}: {plain_number(value)} is beyond what the model has seen "
            f"({plain_number(column.seen_low)} to {plain_number(column.seen_high)})"
            for column in self.columns
            if column.kind in ("number", "whole")
            for value in (record[column.name],)
            if isinstance(value, int | float) and not column.seen_low <= value <= column.seen_high
        ]


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """``customer``: the clean customer, one row; ``decision``: its ``DECISION_COLUMNS``, as a scored file has them."""

    customer: pd.DataFrame
    decision: pd.Series


def asked_of_new(customers: pd.DataFrame, schema: Schema) -> Asked:
    """What is asked of somebody who is like none of these clean customers. Ids and free text, which no model looks at, are not
    asked and empty in the record.
    """
    seen = with_what_was_seen(schema, customers)
    asked = tuple(as_stated(column) for column in seen.inputs if column.kind != "text")
    usual: dict[str, object] = {column.name: "" for column in schema.inputs if column.kind == "text"}
    for column in asked:
        usual[column.name] = None if column.role == "total_charge" else _usual(customers[column.name], column, schema)
    return Asked(columns=asked, usual=following(usual, schema))


def following(record: Mapping[str, object], schema: Schema) -> dict[str, object]:
    """The record after each column that builds on something agrees with it, as of a customer who is changed (``with_changes``).

    >>> from churn_core.schema.telco import TELCO
    >>> following({"PhoneService": "No", "MultipleLines": "Yes"}, TELCO)["MultipleLines"]
    'No phone service'
    """
    agreed = dict(record)
    for column in schema.inputs:
        if column.needs in agreed and column.name in agreed:
            if agreed[column.needs] in schema[column.needs].nothing:
                agreed[column.name] = column.without
            elif agreed[column.name] == column.without:
                agreed[column.name] = next(value for value in column.allowed if value != column.without)
    return agreed


def as_stated(column: Column) -> Column:
    """The column as files have it: numbers in the unit that is stated there. Dates are dates, and stay as they are.

    >>> years = Column(name="age", label="Age", kind="whole", unit="months", stated="years", factor=12.0, seen_low=0, seen_high=30)
    >>> as_stated(years).unit, as_stated(years).seen_high
    ('years', 2.5)
    """
    if column.kind == "date" or column.factor == 1:
        return column
    low, high, seen_low, seen_high = (
        _rounded(end / column.factor) for end in (column.low, column.high, column.seen_low, column.seen_high)
    )
    return replace(
        column,
        kind="number",
        unit=column.stated,
        stated="",
        factor=1.0,
        low=low,
        high=high,
        seen_low=seen_low,
        seen_high=seen_high,
    )


def _usual(values: pd.Series, column: Column, schema: Schema) -> object:
    """The median of numbers, the most frequent word, as a record has it; ``None`` where nobody has any."""
    if column.kind in ("category", "flag"):
        most = most_frequent(values, column)
        return column.allowed[0] if most is None and column.kind == "category" else most
    known = values.dropna()
    if known.empty:
        return None
    middle = float(np.quantile(known, 0.5, method="lower"))
    if column.kind == "date":
        return day_of(middle, column)
    return int(middle) if column.kind == "whole" else _rounded(middle / schema[column.name].factor)


def _rounded(value: float) -> float:
    return float(np.format_float_positional(value, _DIGITS, fractional=False))


def problem_of(record: Mapping[str, object], schema: Schema) -> str:
    """What is wrong with a record, in the words in which ``/predict`` refuses it; empty where nothing is."""
    try:
        clean_record(record, schema)
    except DataError as problem:
        return str(problem)
    return ""


def answer_for(workspace: Workspace, record: Mapping[str, object], decision: Decision) -> Answer:
    """What is decided of the customer of a record, with the probability of ``/predict`` to the last bit.

    Raises ``DataError`` where the record is none of a customer (``problem_of``).
    """
    schema = workspace.schema
    anybody = workspace.customers.iloc[[0]].drop(columns=schema.target)
    customer = with_changes(anybody, clean_record(record, schema), schema)
    return Answer(customer=customer, decision=decided(workspace, customer, decision))
