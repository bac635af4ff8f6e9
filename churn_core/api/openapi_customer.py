"""What a customer consists of in a request, by the schema of the version in use, as a JSON schema with an example."""

import functools
import math
from typing import Any

from churn_core.data.cleaning.day_values import example_day
from churn_core.data.synthetic import template
from churn_core.schema import BLANK, Column, Schema

Json = dict[str, Any]

_NULL: Json = {"type": "null"}
_LONGEST = 200  # characters


@functools.lru_cache(maxsize=4)
def customer(schema: Schema) -> Json:
    """The object of one customer; its example is that of the template."""
    return {
        "type": "object",
        "description": "Names, and numbers and words in text, are understood in every spelling in which a file may have them.",
        "properties": {column.name: _column(column) for column in schema.inputs},
        "required": [column.name for column in schema.inputs if column.required],
        "examples": [_example(schema)],
    }


def _example(schema: Schema) -> Json:
    row = template(1, schema=schema).iloc[0]
    return {name: value.item() if hasattr(value, "item") else value for name, value in row.items()}


def _column(column: Column) -> Json:
    """What a JSON value of the column may be."""
    unit = column.stated or column.unit
    text = f"{column.label}{f', {unit}' if unit and column.kind not in ('text', 'date') else ''}"
    if column.kind == "category":
        return _category(column, text)
    if column.kind == "flag":
        words = dict.fromkeys(("0", "1", *(column.word(flag) for flag in (0, 1) if column.synonyms)))
        return {"anyOf": [{"type": "integer", "enum": [0, 1]}, {"type": "string", "enum": list(words)}], "description": text}
    if column.kind == "text":
        said: list[Json] = [{"type": "string", "maxLength": _LONGEST}, *[{"type": "integer"}] * bool(column.stated)]
        return {"anyOf": [*said, _NULL], "description": f"{text}; null where there is none"}
    if column.kind == "date":
        days: list[Json] = [{"type": "string", "examples": [example_day(column)]}, {"type": "integer"}]
        return _or_blank(column, days, f"{text}; a date like {example_day(column)}")
    return _number(column, text)


def _category(column: Column, text: str) -> Json:
    words = [value for value in column.allowed if value not in (column.others, BLANK)] if column.others else list(column.allowed)
    known: Json = {"type": "string", "enum": words}
    if not (column.others or column.blanks):
        return {**known, "description": text}
    any_word: list[Json] = [{"type": "string", "maxLength": _LONGEST}] if column.others else []
    told = f"{text}; any other word counts as {column.others!r}" if column.others else text
    return _or_blank(column, ([known] if words else []) + any_word, told)


def _number(column: Column, text: str) -> Json:
    limits = {"minimum": column.low / column.factor, "maximum": column.high / column.factor}
    number: Json = {
        "type": "integer" if column.kind == "whole" and column.factor == 1 else "number",
        **{name: limit for name, limit in limits.items() if math.isfinite(limit)},
    }
    if column.role == "total_charge":
        return {
            "anyOf": [number, {"type": "string", "pattern": f"^ *$|{_in_text(column)}"}, _NULL],
            "description": f"{text}; as a number or as text; blank, null or absent: tenure × monthly charge",
        }
    if column.low > 0 or column.high < 10:  # no pattern tells which of its numbers are in range
        return _or_blank(column, [number], text) if column.blanks else {**number, "description": text}
    return _or_blank(column, [number, {"type": "string", "pattern": _in_text(column)}], f"{text}; as a number or as text")


def _or_blank(column: Column, values: list[Json], text: str) -> Json:
    """One of these values; ``null`` too where a blank is a value."""
    return (
        {"anyOf": [*values, _NULL], "description": f"{text}; null where it is not known"}
        if column.blanks
        else {
            "anyOf": values,
            "description": text,
        }
    )


def _in_text(column: Column) -> str:
    """A pattern of numbers in text that are in the range of a column: plain ones, without three decimals, which may be thousands."""
    digits = len(str(int(column.high))) - 1 if math.isfinite(column.high) else 7
    decimals = "" if column.kind == "whole" else r"(\.([0-9]{1,2}|[0-9]{4}))?"
    return f"^[0-9]{{1,{digits}}}{decimals}$"
