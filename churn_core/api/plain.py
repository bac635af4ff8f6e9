"""Bodies in which nothing has to be understood, repaired or refused, read in one step: the schema as a type of msgspec, which checks
words and numbers while it reads them. Any other body is ``None`` here: ``strict_json`` reads it, and it is cleaned field by field.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import msgspec
from msgspec import UNSET
from msgspec.structs import astuple

from churn_core.api.strict_json import count_of
from churn_core.data.cleaning.record import READ
from churn_core.data.cleaning.records import are_plain_ids
from churn_core.schema import Column, Schema

_EXACT = 2**53  # the largest whole number that a table holds exactly
_REFUSED = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
_ANY = str | int | float | bool | None  # nothing that could be nested


class Plain(NamedTuple):
    """A clean customer; ``said``: the id as it was sent, if it was."""

    said: Mapping[str, Any]
    clean: dict[str, Any]


class PlainBatch(NamedTuple):
    """Clean customers (n,), as columns; ``ids`` as they were sent, ``None`` for none."""

    ids: list[Any]
    columns: dict[str, list[Any]]


def plain_customer(body: bytes, schema: Schema) -> Plain | None:
    """The customer of a body, to the last bit as ``strict_json.loads`` and ``clean_record`` have it, which would have no note."""
    reader = _reader(schema)
    if reader is None:
        return None
    try:
        clean = reader.one(body)
        if body.count(b":") != len(clean):  # a field more, a key that comes twice, or a colon in a text
            return None
        said = {name: clean[name] for name in reader.id if name in clean}
        for name, read in reader.finish:
            clean[name] = read(clean.get(name))
    except _REFUSED:
        return None
    total = schema.total_charge
    if total and clean[total] is None:
        tenure, charge = schema.tenure_and_charge
        clean[total] = clean[tenure] * clean[charge]
    return Plain(said, clean)


def plain_batch(body: bytes, schema: Schema) -> PlainBatch | None:
    """The same of the customers of a batch."""
    reader = _reader(schema)
    if reader is None:
        return None
    try:
        customers = reader.many(body).customers
        columns, absent = _columns(customers, reader.names), 0
        ids = columns[schema.id]
        for name, read in reader.finish:
            if not _is_finished(columns[name], schema[name]):
                absent += columns[name].count(UNSET)
                columns[name] = [read(None if value is UNSET else value) for value in columns[name]]
    except _REFUSED:
        return None
    if not customers or count_of(body, b":") != 1 + len(customers) * len(columns) - absent:
        return None
    total = schema.total_charge
    if total and None in columns[total]:
        columns[total] = [
            tenure * charge if known is None else known
            for known, tenure, charge in zip(columns[total], *(columns[name] for name in schema.tenure_and_charge), strict=True)
        ]
    return PlainBatch([None if each is UNSET else each for each in ids] if absent else ids, columns)


def _columns(customers: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    """The fields of structs by name: all of them in a row, and of these every k-th, in half of the time that ``zip`` takes."""
    values = list[Any]()
    for customer in customers:
        values += astuple(customer)
    return {name: values[k :: len(names)] for k, name in enumerate(names)}


class _Reader(NamedTuple):
    """``names``: those of the columns in the order of the fields of ``many``; ``finish``: what makes a value clean, where it is not
    clean as it is.
    """

    one: Callable[[bytes], dict[str, Any]]
    many: Callable[[bytes], Any]
    id: tuple[str]
    names: tuple[str, ...]
    finish: tuple[tuple[str, Callable[[Any], Any]], ...]


@functools.lru_cache(maxsize=8)
def _reader(schema: Schema) -> _Reader | None:
    """``None`` for a schema that cannot be written as a type."""
    columns = schema.inputs
    optional = [column.name for column in columns if _may_be_absent(column)]
    try:
        types = {column.name: _type(column) for column in columns}
        one = TypedDict("one", {name: NotRequired[each] if name in optional else each for name, each in types.items()})  # type: ignore[misc]
        # One is read as the mapping that it has to be; many are read as structs, which are columns in two thirds of the time.
        fields = [(f"_{i}", types[column.name], *[UNSET] * _may_be_absent(column)) for i, column in enumerate(columns)]
        own: dict[str, Any] = {"forbid_unknown_fields": True, "frozen": True, "gc": False}
        rename = {f"_{i}": column.name for i, column in enumerate(columns)}
        each: Any = msgspec.defstruct("Each", fields, rename=rename, kw_only=True, **own)  # so any field may be absent
        return _Reader(
            one=msgspec.json.Decoder[Any](one).decode,
            many=msgspec.json.Decoder(msgspec.defstruct("Many", [("customers", list[each])], **own)).decode,
            id=(schema.id,),
            names=tuple(types),
            finish=tuple((column.name, functools.partial(_finished, column)) for column in columns if not _is_ready(column)),
        )
    except (TypeError, ValueError):  # a category without values, a name with a quotation mark
        return None


def _may_be_absent(column: Column) -> bool:
    return not column.required and not _is_ready(column)


def _is_ready(column: Column) -> bool:
    """Whether a value of the type is a clean value."""
    if column.blanks or column.role == "total_charge" or column.factor != 1:
        return False
    return column.kind in ("category", "flag", "whole", "number")


def _type(column: Column) -> Any:
    if _is_a_number(column):
        least, most = [limit if math.isfinite(limit) else None for limit in (column.low, column.high)]
        number = Annotated[float, msgspec.Meta(ge=least, le=most)]
        return number if _is_ready(column) else number | str | int | bool | None
    if not _is_ready(column):
        return _ANY
    if column.kind == "category":
        return Literal[column.allowed]
    if column.kind == "flag":
        return Literal[0, 1]
    low, high = max(column.low, -_EXACT), min(column.high, _EXACT)
    return Annotated[int, msgspec.Meta(ge=math.ceil(low), le=math.floor(high))]


def _finished(column: Column, value: Any) -> Any:
    """The clean value. Raises ``ValueError`` where it would be told how it was understood, or that it was not."""
    if value.__class__ is float and _is_a_number(column):
        return value
    clean, how = READ[column.kind](value, column, ".")
    if how:
        raise ValueError(how)
    return clean


def _is_finished(values: Sequence[Any], column: Column) -> bool:
    """Whether all of them are clean values already, seen at once."""
    if column.role == "id":
        return are_plain_ids(values)
    return _is_a_number(column) and set(map(type, values)) == {float}


def _is_a_number(column: Column) -> bool:
    """Whether a number with a fraction, whose range its type has checked, is a clean value."""
    return column.kind == "number" and column.factor == 1
