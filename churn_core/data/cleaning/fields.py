"""The fields of a customer as a JSON object → the columns of the schema, in the spellings in which a file may have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from churn_core.data.columns import find_some
from churn_core.data.nothing import is_no_total, is_nothing
from churn_core.schema import Column, Schema, fold

_LONGEST_NAME = 100  # characters; a longer name is no other spelling of a column, and is not looked at
_USUAL_FIELDS, _USUAL_LENGTH = 200, 8_000  # fields, and characters of their names, that are remembered from customer to customer
_LONGEST_SHOWN = 40  # characters


@dataclass(frozen=True, kw_only=True)
class Named:
    """The fields that name one column; in another ``unit``, of which one is ``factor`` of the column's own, it is one field."""

    fields: tuple[str, ...]
    unit: str = ""
    factor: float = 1.0

    def first(self, record: Mapping[str, object], column: Column) -> object:
        """What the first of the fields says that is not blank."""
        values = [record[field] for field in self.fields]
        return next((value for value in values if not is_blank(value, column)), values[0])


def is_blank(value: object, column: Column) -> bool:
    """Whether a JSON value stands for nothing in the column."""
    nothing = is_no_total if column.role == "total_charge" else is_nothing
    return value is None or (isinstance(value, str) and nothing(value[:_LONGEST_NAME]))


def other_names(record: Mapping[str, object], schema: Schema) -> Mapping[str, Named]:
    """The columns that ``record`` names otherwise than the schema does, each with all fields that name it (``find_columns``).

    >>> from churn_core.schema.telco import TELCO
    >>> other_names({"tenure": 1, "Tenure (months)": 1, "gender": "Male", "sex": "F"}, TELCO)
    {'tenure': Named(fields=('tenure', 'Tenure (months)'), unit='', factor=1.0)}
    >>> other_names({"tenure_years": 1}, TELCO)
    {'tenure': Named(fields=('tenure_years',), unit='years', factor=12.0)}
    """
    if record.keys() <= _names(schema):
        return {}
    names = tuple(record)
    usual = len(names) <= _USUAL_FIELDS and sum(map(len, names)) <= _USUAL_LENGTH
    return (_found if usual else _found.__wrapped__)(names, schema)


@lru_cache(maxsize=64)  # the customers of a program all have the same fields
def _found(names: tuple[str, ...], schema: Schema) -> dict[str, Named]:
    spellings, candidates = _spellings(schema), dict[str, list[str]]()
    for name in names:
        for column in spellings.get(fold(name), ()) if len(name) <= _LONGEST_NAME else ():
            candidates.setdefault(column, []).append(name)
    found = {}
    for column, written in candidates.items():
        columns = find_some((schema[column],), tuple(written), schema)  # strangers send any number of spellings
        at, other = columns.at.get(column, ()), columns.converted.get(column)
        if other:
            found[column] = Named(fields=(written[other.position],), unit=other.unit, factor=other.factor)
        elif any(written[i] != column for i in at):
            found[column] = Named(fields=tuple(written[i] for i in at))
    return found


@lru_cache(maxsize=8)
def _names(schema: Schema) -> frozenset[str]:
    return frozenset(column.name for column in schema.columns)


@lru_cache(maxsize=8)
def _spellings(schema: Schema) -> dict[str, list[str]]:
    """Every folded name that can stand for a column, with a unit in brackets too → these columns. Strangers send any number of
    fields, so each is looked up, and only what is found here is compared with the columns themselves.
    """
    found: dict[str, list[str]] = {}
    for column in schema.columns:
        for spelling in _of(column):
            found.setdefault(spelling, []).append(column.name)
    return found


def _of(column: Column) -> set[str]:
    names = {fold(column.name), *column.names}
    units = {between + fold(unit) for unit in (*column.units, *column.conversions) for between in ("", "in")}
    return names | {name + unit for name in names for unit in units}


def shown(value: object) -> str:
    """A JSON value as it stands in a sentence: as JSON has it, so that its type shows, but short and printable.

    >>> [shown(value) for value in ("0", 0, None, True, [1], {"a": 1})]
    ['"0"', '0', 'null', 'true', 'a list', 'an object']
    """
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if not isinstance(value, str):
        return _cut(json.dumps(value, default=str))
    return "".join(map(_printable, json.dumps(_cut(value), ensure_ascii=False)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return "?" if "\ud800" <= character <= "\udfff" or character > "\uffff" else f"\\u{ord(character):04x}"
