"""Customers as JSON objects → clean customers: what ``clean`` does to a table, in microseconds each."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from churn_core.data.cleaning.day_values import example_day, read_day
from churn_core.data.cleaning.fields import Named, is_blank, other_names, shown
from churn_core.data.cleaning.number_values import ROUNDED, is_in_range, number_meant, out_of_range
from churn_core.data.cleaning.values import read_category, read_flag
from churn_core.data.cleaning.words import word_of
from churn_core.data.nothing import is_no_total, is_nothing
from churn_core.data.numbers import Ambiguous, decimal_mark, read_number
from churn_core.errors import DataError
from churn_core.schema import BLANK, Column, Schema

AS_TEXT = "numbers stored as text, read as numbers"
LONGEST_TEXT = 200  # characters
_LARGEST = 1e300  # the largest number in another unit that is converted
_ABSENT = object()
_MAY_BE_THOUSANDS = re.compile(r"\.\d{3}(?!\d)")  # only of such numbers the decimal mark has to be known


def clean_record(record: Mapping[str, object], schema: Schema, notes: Counter[str] | None = None) -> dict[str, Any]:
    """The customer with the schema's input columns as ``clean`` makes them: the same values, so the same probability.

    Fields are found by their names in any spelling, or by an alias, and values are read in any writing, as in a file; what had
    to be understood that way is counted in ``notes``. Numbers are not true and false. A total charge may be null, absent or a
    word for nothing (``is_nothing``), and then is tenure × monthly charge. Fields that the schema does not know are ignored.
    Raises ``DataError`` with every problem in one sentence.
    """
    clean: dict[str, Any] = {}
    problems, understood, decimal = [], list[str](), "."
    others = other_names(record, schema)
    for column in schema.inputs:
        name = column.name
        value = record.get(name, _ABSENT) if name not in others else others[name].first(record, column)
        if value.__class__ is str and value in column.values and name not in others:  # most fields of most customers
            clean[name] = value
        elif value is _ABSENT and column.required:
            missing = [c.name for c in schema.inputs if c.required and c.name not in record and c.name not in others]
            raise DataError(f"Missing required fields: {missing}")
        else:
            if value.__class__ is str and column.kind in _NUMBERS and _MAY_BE_THOUSANDS.search(value, 0, LONGEST_TEXT):
                decimal = _decimal_mark(record, others, schema)
            try:
                clean[name], how = _read(None if value is _ABSENT else value, column, decimal, others)
                _demand_one(clean[name], record, column, decimal, others)
            except ValueError as problem:
                problems.append(f"{name}: {problem}")
            else:
                understood += [f"{name}: {how}"] * bool(how)
    total = schema.total_charge
    if total and not problems and clean[total] is None:
        tenure, charge = schema.tenure_and_charge
        clean[total] = clean[tenure] * clean[charge]
    problems += _problem_of_the_outcome(record, schema, others)
    for name, named in others.items():
        understood += [f"{name}: taken from the field {shown(each)}" for each in named.fields[:1] if each != name]
        understood += [f"{name}: {named.unit} converted to {schema[name].unit}"] * bool(named.unit)
    if problems:
        raise DataError("; ".join(problems))
    if notes is not None:
        notes.update(understood)
    return clean


def _decimal_mark(record: Mapping[str, object], others: Mapping[str, Named], schema: Schema) -> str:
    """The decimal mark of the customer's numbers in text, as they show it; if they do not, "." where another number is a JSON
    number, else that of the schema. Other customers do not matter: each is the same alone and in any batch.
    """
    numbers = [column for column in schema.inputs if column.kind in _NUMBERS]
    values = [others[c.name].first(record, c) if c.name in others else record.get(c.name) for c in numbers]
    mark, _ = decimal_mark(value for value in values if isinstance(value, str) and len(value) <= LONGEST_TEXT)
    return mark or ("." if any(isinstance(value, int | float) for value in values) else schema.decimal)


def _read(value: object, column: Column, decimal: str, others: Mapping[str, Named]) -> tuple[Any, str]:
    """The clean value of a field, and how it was written if not plainly."""
    named = others.get(column.name)
    if named is not None and named.unit:
        return _converted(value, column, decimal, named.factor)
    return READ[column.kind](value, column, decimal)


def _demand_one(clean: object, record: Mapping[str, object], column: Column, decimal: str, others: Mapping[str, Named]) -> None:
    """Raises ``ValueError`` where one of several fields that name the column says something else than ``clean``; a blank one says
    nothing.
    """
    fields = others[column.name].fields if column.name in others else ()
    for field in fields if len(fields) > 1 else ():
        value = record[field]
        if not is_blank(value, column):
            means = _outcome(value, column) if column.role == "target" else _read(value, column, decimal, others)[0]
            if means != clean:
                both = " and ".join(sorted(map(shown, fields[:3])))
                raise ValueError(f"is there more than once ({both}) with different values; keep one of them")


def _problem_of_the_outcome(record: Mapping[str, object], schema: Schema, others: Mapping[str, Named]) -> list[str]:
    if schema.target not in others:
        return []
    outcome = schema[schema.target]
    try:
        _demand_one(_outcome(others[outcome.name].first(record, outcome), outcome), record, outcome, ".", others)
    except ValueError as problem:
        return [f"{outcome.name}: {problem}"]
    return []


def _outcome(value: object, column: Column) -> str:
    return str(read_flag(value, column))  # NaN, which equals nothing, for any word that is no outcome


def _text(value: object, column: Column, decimal: str) -> tuple[str, str]:
    if value is None:
        return "", ""
    if column.stated and type(value) is int:
        return word_of(value), ""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not text; write it in quotes")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"has {len(value):,} characters; {LONGEST_TEXT} are the most")
    return "" if column.role == "id" and is_nothing(value) else value.strip(), ""


def _category(value: object, column: Column, decimal: str) -> tuple[str, str]:
    if isinstance(value, str) and value in column.values:  # whatever else it could mean
        return value, ""
    if column.blanks and is_blank(value, column):
        return BLANK, ""
    if column.others and not isinstance(value, str | list | dict):
        value = word_of(value)  # 3 and true, as a file would have them
    meant = read_category(value, column) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None
    if meant is None and column.others and isinstance(value, str):
        return column.others, f"{shown(value)} is not known, used as {column.others!r}"
    if meant is None or not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not one of {', '.join(column.allowed)}")
    if value == meant:
        return meant, ""
    bare, same = " ".join(value.split()), " ".join(meant.split())
    if value.casefold() == meant.casefold():
        return meant, "letter case mended"
    return meant, "stray spaces removed" if bare.casefold() == same.casefold() else "other spelling recognised"


def _flag(value: object, column: Column, decimal: str) -> tuple[int, str]:
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        meant = read_flag(value, column)
        if meant in (0, 1) and value in column.synonyms:
            return int(meant), ""
        if meant in (0, 1):
            digit = any(map(str.isdecimal, value))
            return int(meant), AS_TEXT if digit else f"{column.word(1)}/{column.word(0)} read as 1/0"
    if isinstance(value, bool) or value not in (0, 1):
        raise ValueError(f"{shown(value)} is not one of 0, 1")
    return int(value), ""


def _number(value: object, column: Column, decimal: str) -> tuple[float | None, str]:
    if column.blanks and is_blank(value, column):
        return math.nan, ""
    if column.factor != 1:
        return _converted(value, column, decimal, 1.0)
    is_total = column.role == "total_charge"
    if is_total and (value is None or (isinstance(value, str) and is_no_total(value))):
        return None, ""  # to be computed later
    number, how = _any_number(value, column, decimal)
    if not is_in_range(number, column):  # NaN is refused here too
        raise ValueError(f"{shown(value)} {out_of_range(number, column)}")
    return float(number), how


def _any_number(value: object, column: Column, decimal: str) -> tuple[float, str]:
    value = number_meant(value, column)
    if isinstance(value, str):
        return _in_words(value, column, decimal)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{shown(value)} is not a number; write {_form(column)}")
    return value, ""


def _converted(value: object, column: Column, decimal: str, factor: float) -> tuple[float | None, str]:
    """A number in another unit; of a whole one those that are full count, as ``clean`` has it."""
    if is_blank(value, column) and (column.blanks or column.role == "total_charge"):
        return (math.nan if column.blanks else None), ""
    number, how = _any_number(value, column, decimal)
    factor *= column.factor
    number = number * factor if abs(number) < _LARGEST else math.inf
    number = math.floor(number + ROUNDED) if column.kind == "whole" and number < math.inf else number
    if not is_in_range(number, column):
        raise ValueError(f"{shown(value)} {out_of_range(number, column)}")
    return number if column.kind == "whole" else float(number), how


def _whole(value: object, column: Column, decimal: str) -> tuple[float, str]:
    number, how = _number(value, column, decimal)
    if number is not None and math.isnan(number):
        return number, how
    if number is None or number % 1:
        raise ValueError(f"{shown(value)} is not a whole number")
    return (float(number) if column.blanks else int(number)), how


def _date(value: object, column: Column, decimal: str) -> tuple[float, str]:
    if column.blanks and is_blank(value, column):
        return math.nan, ""
    passed = read_day(word_of(value), column) if isinstance(value, str | int) and not isinstance(value, bool) else math.nan
    if math.isnan(passed):
        raise ValueError(f"{shown(value)} is not a date like {example_day(column)}")
    return passed, ""


def _in_words(words: str, column: Column, decimal: str) -> tuple[float, str]:
    """A number written as text, read as ``clean`` reads it, and how it was written. That a total charge is text is no news."""
    try:
        if len(words) > LONGEST_TEXT:
            raise ValueError(words)
        number, how = read_number(words, decimal)
    except Ambiguous as ambiguous:
        raise ValueError(f"{shown(words)} {ambiguous}; write {_form(column)}") from ambiguous
    except ValueError:
        raise ValueError(f"{shown(words)} is not a number; write {_form(column)}") from None
    return number, how or ("" if column.role == "total_charge" else AS_TEXT)


def _form(column: Column) -> str:
    return "a whole number" if column.kind == "whole" else "a number like 70.35, without units"


_NUMBERS = ("whole", "number")
READ = {"text": _text, "category": _category, "flag": _flag, "whole": _whole, "number": _number, "date": _date}
