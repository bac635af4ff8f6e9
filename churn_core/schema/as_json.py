"""A schema ↔ a JSON value: how a version remembers what its customer tables look like.

Every field is written out, an infinite limit as ``null``. Within a process the same JSON is the same object, because a schema is
compared by identity.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from churn_core.errors import DataError
from churn_core.schema.schema import Schema
from churn_core.schema.telco import TELCO

FORMAT = 1  # of the JSON; a program that reads another one says so
_T = TypeVar("_T")


def as_json(schema: Schema) -> dict[str, Any]:
    """The schema as JSON values: ``format``, and its fields by name.

    >>> as_json(TELCO)["columns"][5]["name"], as_json(TELCO)["columns"][0]["high"]
    ('tenure', None)
    """
    value = {"format": FORMAT, **_plain(schema)}
    _KNOWN.setdefault(_text(value), schema)
    return value


def from_json(value: object) -> Schema:
    """The schema of a JSON value that ``as_json`` gave. Raises ``DataError`` where it is none, or of another format.

    >>> from_json(as_json(TELCO)) is TELCO
    True
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        said = f"format {value['format']!r}" if isinstance(value, dict) and "format" in value else "no format"
        raise DataError(f"This is no schema that this program can read: it has {said}, not {FORMAT}. Make it with this program.")
    text = _text(value)
    if text not in _KNOWN:
        schema = _built(Schema, {name: each for name, each in value.items() if name != "format"}, "schema")
        schema = _KNOWN.setdefault(_text({"format": FORMAT, **_plain(schema)}), schema)  # a JSON of before some field was there
        _KNOWN.setdefault(text, schema)
    return _KNOWN[text]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _plain(value: Any) -> Any:
    """A field's value as JSON has it."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return None if isinstance(value, float) and math.isinf(value) else value


def _built(kind: type[_T], value: object, where: str) -> _T:
    """An object of the dataclass ``kind`` from its fields by name; a field that is not there has its default."""
    hints = get_type_hints(kind)
    if not isinstance(value, dict) or not set(value) <= {field.name for field in fields(kind)}:  # type: ignore[arg-type]
        raise DataError(f"The schema cannot be read: {where} has other fields than {', '.join(hints)}. Mend or remove them.")
    read = {name: _read(hints[name], each, f"{where}.{name}") for name, each in value.items() if not _infinite(hints[name], each)}
    try:
        return kind(**read)
    except TypeError as error:  # one that has no default is missing
        raise DataError(f"The schema cannot be read: {where} is not complete ({error}). Add what is missing.") from error


def _infinite(hint: Any, value: object) -> bool:
    return hint is float and value is None


def _read(hint: Any, value: Any, where: str) -> Any:
    """A field's value from JSON, of the type that its annotation says."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return None if value is None else _read(args[0], value, where)
    if is_dataclass(hint):
        return _built(hint, value, where)  # type: ignore[arg-type]
    if origin is tuple and isinstance(value, list):
        return tuple(_read(args[0], each, f"{where}[{i}]") for i, each in enumerate(value))
    if origin is Mapping and isinstance(value, dict):
        return {key: _read(args[1], each, f"{where}.{key}") for key, each in value.items()}
    if origin is Literal and value in args:
        return value
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if hint in (str, bool) and type(value) is hint:
        return value
    raise DataError(f"The schema cannot be read: {where} is {value!r:.60}. Write {_words(hint)} there.")


def _words(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(repr, get_args(hint)))}"
    named = {str: "text", bool: "true or false", float: "a number or null", tuple: "a list", Mapping: "an object"}
    return named.get(get_origin(hint) or hint, "another value")


_KNOWN: dict[str, Schema] = {}  # canonical JSON → its one object
as_json(TELCO)
