"""Customers as JSON objects → clean customers: what ``clean`` does to a table, in microseconds each."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from churn_core.data.cleaning.values import is_in_range, out_of_range
from churn_core.data.nothing import is_no_total, is_nothing
from churn_core.data.numbers import Ambiguous, read_number
from churn_core.errors import DataError
from churn_core.schema import Column, Schema

_LONGEST_TEXT = 200  # characters
_ABSENT = object()


def clean_record(record: Mapping[str, object], schema: Schema) -> dict[str, Any]:
    """The customer with the schema's input columns as ``clean`` makes them: the same values, so the same probability.

    Values have their JSON types: words are text (stray spaces and letter case are mended), numbers are numbers, a flag is 0
    or 1; a total charge may be text, a word for nothing (``is_nothing``), null or absent, and then is tenure × monthly charge.
    Fields that the schema does not know are ignored. Raises ``DataError`` with every problem in one sentence.
    """
    clean: dict[str, Any] = {}
    problems = []
    for column in schema.inputs:
        name = column.name
        value = record.get(name, _ABSENT)
        if value.__class__ is str and value in column.values:  # most fields of most customers
            clean[name] = value
        elif value is _ABSENT and column.required:
            missing = [c.name for c in schema.inputs if c.required and c.name not in record]
            raise DataError(f"Missing required fields: {missing}")
        else:
            try:
                clean[name] = _READ[column.kind](None if value is _ABSENT else value, column)
            except ValueError as problem:
                problems.append(f"{name}: {problem}")
    if problems:
        raise DataError("; ".join(problems))
    total = schema.total_charge
    if total and clean[total] is None:
        clean[total] = clean[schema.tenure] * clean[schema.monthly_charge]
    return clean


def clean_columns(customers: Sequence[Mapping[str, object]], schema: Schema) -> dict[str, list[Any]] | None:
    """``clean_record`` of each customer, as columns, at a third of the cost; ``None`` if one of them needs ``clean_record``
    itself, because a value must be repaired or refused.
    """
    columns: dict[str, list[Any]]
    try:
        columns = {c.name: [customer[c.name] for customer in customers] for c in schema.inputs if c.required}
        for column in schema.inputs:
            if column.name not in columns or column.kind == "text":
                columns[column.name] = [_READ[column.kind](customer.get(column.name), column) for customer in customers]
            elif not _as_they_should_be(columns[column.name], column):
                return None
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return None
    total = schema.total_charge
    if total and None in columns[total]:
        computed = zip(columns[total], columns[schema.tenure], columns[schema.monthly_charge], strict=True)
        columns[total] = [tenure * charge if known is None else known for known, tenure, charge in computed]
    return columns


def _as_they_should_be(values: list[Any], column: Column) -> bool:
    kinds = set(map(type, values))
    if column.kind == "category":
        return kinds == {str} and column.values.issuperset(values)
    if column.kind == "flag":
        return kinds == {int} and {0, 1}.issuperset(values)
    known = {int} if column.kind == "whole" else {int, float}
    in_range = kinds <= known and is_in_range(min(values), column) and is_in_range(max(values), column)
    return in_range and math.isfinite(sum(values))  # min and max can miss a NaN


def _text(value: object, column: Column) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is not text; write it in quotes")
    if len(value) > _LONGEST_TEXT:
        raise ValueError(f"has {len(value):,} characters; {_LONGEST_TEXT} are the most")
    return "" if column.role == "id" and is_nothing(value) else value.strip()


def _category(value: object, column: Column) -> str:
    if isinstance(value, str):
        if value in column.allowed:
            return value
        folded = " ".join(value.split()).casefold()
        for allowed in column.allowed:
            if allowed.casefold() == folded:
                return allowed
    raise ValueError(f"{_shown(value)} is not one of {', '.join(column.allowed)}")


def _flag(value: object, column: Column) -> int:
    if isinstance(value, bool) or value not in (0, 1):
        raise ValueError(f"{_shown(value)} is not one of 0, 1")
    return int(value)


def _number(value: object, column: Column) -> float | None:
    if column.role == "total_charge" and (value is None or isinstance(value, str)):
        return _charge_in_words(value, column)
    if isinstance(value, bool) or not isinstance(value, int | float):
        form = "a whole number" if column.kind == "whole" else "a number like 70.35"
        raise ValueError(f"{_shown(value)} is not a number; write {form}")
    if not is_in_range(value, column):  # NaN is refused here too
        raise ValueError(f"{_shown(value)} {out_of_range(value, column)}")
    return float(value)


def _whole(value: object, column: Column) -> int:
    number = _number(value, column)
    if number is None or number % 1:
        raise ValueError(f"{_shown(value)} is not a whole number")
    return int(number)


def _charge_in_words(value: str | None, column: Column) -> float | None:
    """A total charge written as text, read as ``clean`` reads it; ``None`` if it is blank, to be computed later."""
    if value is None or is_no_total(value):
        return None
    try:
        number, _ = read_number(value)
    except Ambiguous as ambiguous:
        raise ValueError(f"{_shown(value)} {ambiguous}; write a number like 70.35, without units") from ambiguous
    except ValueError:
        raise ValueError(f"{_shown(value)} is not a number; write a number like 70.35, without units") from None
    return _number(number, column)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    text = text.encode("utf-8", "replace").decode("utf-8").strip()
    return repr(text if len(text) <= 40 else text[:39] + "…") if text else "blank"


_READ = {"text": _text, "category": _category, "flag": _flag, "whole": _whole, "number": _number}
