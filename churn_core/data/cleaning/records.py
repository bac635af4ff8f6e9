"""Many customers as JSON objects → columns of clean customers, where nothing has to be understood, repaired or refused."""

import math
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from churn_core.data.cleaning.fields import other_names
from churn_core.data.cleaning.number_values import is_in_range
from churn_core.data.cleaning.record import LONGEST_TEXT, READ
from churn_core.data.nothing import NOTHING
from churn_core.schema import Column, Schema


def clean_columns(customers: Sequence[Mapping[str, object]], schema: Schema) -> dict[str, list[Any]] | None:
    """``clean_record`` of each customer, as columns, at a fifth of the cost; ``None`` if one of them needs ``clean_record``
    itself, because a name or a value must be understood, repaired or refused.
    """
    columns: dict[str, list[Any]] = {}
    try:
        said = _by_name(customers, schema)
        if said is None:
            return None
        for column in schema.inputs:
            values = said.get(column.name)
            if values is None and column.required:
                return None
            plain = values is not None and not _has_to_be_read(column)
            if plain and values and _as_they_should_be(values, column):
                columns[column.name] = list(values if column.required or column.kind != "number" else map(float, values))
            elif plain and column.required:
                return None
            elif column.role == "id" and values and are_plain_ids(values):
                columns[column.name] = list(values)
            else:
                read = [READ[column.kind](value, column, ".") for value in values or repeat(None, len(customers))]
                if any(how for _, how in read):
                    return None
                columns[column.name] = [value for value, _ in read]
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return None
    total = schema.total_charge
    if total and None in columns[total]:
        of_tenure, of_charge = schema.tenure_and_charge
        computed = zip(columns[total], columns[of_tenure], columns[of_charge], strict=True)
        columns[total] = [tenure * charge if known is None else known for known, tenure, charge in computed]
    return columns


def _by_name(customers: Sequence[Mapping[str, object]], schema: Schema) -> dict[str, Sequence[Any]] | None:
    """What the customers say under each name; without a name that some of them lack. ``None`` where a column is named otherwise."""
    if set(map(type, customers)) != {dict}:
        return None
    names = tuple(customers[0])
    if all(map(names.__eq__, map(tuple, customers))):  # the customers of a program all have the same fields, in the same order
        fields: dict[str, Sequence[Any]] = dict(
            zip(names, zip(*[customer.values() for customer in customers], strict=True), strict=True)
        )
        return None if other_names(fields, schema) else fields
    spelt = set(map(tuple, customers))
    if any(other_names(dict.fromkeys(each), schema) for each in spelt):
        return None
    return {
        column.name: [customer.get(column.name) for customer in customers]
        for column in schema.inputs
        if not column.required or all(column.name in each for each in spelt)
    }


def _has_to_be_read(column: Column) -> bool:
    return (
        column.kind in ("text", "date")
        or column.blanks
        or column.factor != 1
        or (column.kind == "number" and bool(column.synonyms))
    )


def _as_they_should_be(values: Sequence[Any], column: Column) -> bool:
    if column.kind == "category":
        return column.values.issuperset(values)
    kinds = set(map(type, values))
    if column.kind == "flag":
        return kinds == {int} and {0, 1}.issuperset(values)
    known = {int} if column.kind == "whole" else {int, float}
    in_range = kinds <= known and is_in_range(min(values), column) and is_in_range(max(values), column)
    return in_range and math.isfinite(sum(values))  # min and max can miss a NaN


def are_plain_ids(values: Sequence[Any]) -> bool:
    """Whether these are texts without spaces, and none of them stands for nothing."""
    try:
        spaced = " ".join(values)
    except TypeError:  # something is no text
        return False
    if not values or max(map(len, values)) > LONGEST_TEXT:
        return False
    words = spaced.lower().split()
    return len(words) == len(values) and "'" not in spaced and NOTHING.isdisjoint(words)
