"""JSON from untrusted clients: what is ambiguous, nested too deeply or not finite is refused with a sentence, in linear time.

Python's ``json`` says what a text means and how a value is written. msgspec does both in less than half the time, so it does what it
does to the same bits; what it refuses, and the numbers that it writes otherwise, are left to ``json``.
"""

import codecs
import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import msgspec
import numpy as np
import numpy.typing as npt

from churn_core.data.cleaning.fields import shown
from churn_core.errors import RequestError

MOST_NESTING = 20  # levels; a batch of customers has three
_NESTING = {dict, list, tuple}  # Python writes a tuple as a list
_LONG = 5_000  # bytes; in a longer text NumPy counts faster
_LEAST, _MOST = 1e-4, 1e16  # Python writes numbers from here to there without an exponent


class Table(Sequence[dict[str, Any]]):
    """Objects with the same keys, given as their columns by key, lists or arrays (n,), in which nothing is nested; they are written
    without being made. ``numbers``: all their numbers with fractions, as one array.
    """

    def __init__(self, columns: Mapping[str, list[Any] | npt.NDArray[Any]]) -> None:
        self._keys = tuple(columns)
        self._values = [each.tolist() if isinstance(each, np.ndarray) else each for each in columns.values()]
        self.numbers = np.concatenate([np.empty(0), *map(_with_fractions, columns.values(), self._values)])

    def __len__(self) -> int:
        return len(self._values[0])

    def __getitem__(self, which: Any) -> Any:
        return list(self)[which]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self._keys, row, strict=True)) for row in zip(*self._values, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self._keys, self._values) == (other._keys, other._values)

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    @property
    def structs(self) -> list[Any]:
        """The objects as msgspec makes and writes them fastest; as they are where a key cannot be that of a struct."""
        struct = _struct_of(self._keys)
        return list(self) if struct is None else list(map(struct, *self._values))


@functools.lru_cache(maxsize=8)
def _struct_of(keys: tuple[str, ...]) -> Callable[..., Any] | None:
    names = {f"_{i}": key for i, key in enumerate(keys)}
    try:
        return msgspec.defstruct("Row", list(names), rename=names, frozen=True, gc=False)
    except ValueError:  # a quotation mark
        return None


def _with_fractions(column: list[Any] | npt.NDArray[Any], values: list[Any]) -> npt.NDArray[np.float64]:
    """The numbers with fractions of a column, which holds these values."""
    if isinstance(column, np.ndarray) and column.dtype != object:
        return column if column.dtype.kind == "f" else np.empty(0)
    try:
        "".join(values)  # sees in a third of the time that all of them are texts
    except TypeError:
        return np.array([each for each in values if each.__class__ is float])
    return np.empty(0)


def loads(body: bytes) -> object:
    """The value of a JSON text in UTF-8, a byte order mark before it passed over. Raises ``RequestError`` for anything else: for
    NaN and Infinity, numbers of thousands of digits, a key that comes twice in one object, more than ``MOST_NESTING`` levels.

    >>> loads(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    churn_core.errors.RequestError: The key "a" comes twice in one object. Keep one of them.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # whatever is wrong with it, if anything is, Python says better
        value = _read(body)
    small = value.__class__ is dict and len(body) < _LONG
    if small and body.count(b":") == len(value) and body.count(b"{") == 1 and b"[" not in body:
        return value  # one object with nothing in it but texts and numbers, as a customer is
    levels, keys = _measured(value, count_of(body, b"{") + count_of(body, b"["))
    if levels > MOST_NESTING:
        raise RequestError(_TOO_DEEP)
    if count_of(body, b":") != keys:  # a colon in a text, or a key that comes twice: read again pair by pair
        _read(body, _object)
    return value


def dumps(value: object) -> bytes:
    """A JSON text in ASCII without spaces: half of a surrogate pair is written as it came, where UTF-8 would fail. Raises
    ``ValueError`` for NaN and Infinity.

    >>> dumps({"a": [1e-05, 0.1, None]})
    b'{"a":[1e-05,0.1,null]}'
    """
    with suppress(msgspec.MsgspecError, TypeError, ValueError):
        text = msgspec.json.encode(value, enc_hook=_structs)
        if text.isascii() and b"\x7f" not in text and _are_written_alike(value):
            return text
    return _encode(value).encode("ascii")


def _structs(value: object) -> list[Any]:
    return value.structs if isinstance(value, Table) else _objects(value)


def _objects(value: object) -> list[Any]:
    if isinstance(value, Table):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON value.")


_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_objects).encode


def _are_written_alike(value: object) -> bool:
    """Whether msgspec writes every number of a value as Python does: not one with an exponent, and what is not finite as null."""
    groups: list[Any] = [(value,)]
    for group in groups:  # it grows
        for each in group:
            kind = each.__class__
            if kind is float:
                if not (_LEAST <= each < _MOST or -_MOST < each <= -_LEAST or each == 0):
                    return False
            elif kind in _NESTING:
                groups.append(each.values() if kind is dict else each)
            elif kind is Table and not _are_plain(each.numbers):
                return False
    return True


def _are_plain(numbers: npt.NDArray[np.float64]) -> bool:
    size = np.abs(numbers)
    return bool(((size >= _LEAST) & (size < _MOST) | (size == 0)).all())


def _read(body: bytes, of_pairs: Callable[[list[tuple[str, object]]], object] | None = None) -> object:
    """The value of a JSON text as Python reads it."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=of_pairs, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise RequestError(f"The body is not UTF-8 (byte {error.start}). Send JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        what = error.msg.lower().partition(" (")[0].removesuffix(" at")  # in brackets is a name of Python's
        raise RequestError(
            f"The body is not JSON: {what} at line {error.lineno}, column {error.colno}. Send a JSON object."
        ) from error
    except RecursionError as error:
        raise RequestError(_TOO_DEEP) from error
    except RequestError:
        raise
    except ValueError as error:  # Python does not read whole numbers of more than 4,300 digits
        raise RequestError("A number in the body has thousands of digits. Send a number that fits.") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RequestError(f"The key {shown(key)} comes twice in one object. Keep one of them.")
            seen.add(key)
    return found


def _constant(word: str) -> NoReturn:
    raise RequestError(f"{word} is not a JSON number. Send a finite number, or leave the field out.")


def _measured(value: Any, opened: int) -> tuple[int, int]:
    """Levels of objects and lists, and keys of all objects; stops counting one level above the limit. ``opened``: how many objects and
    lists there are at most.
    """
    level, keys, here = 0, 0, [value]
    while here := [each for each in here if each.__class__ in _NESTING]:
        level += 1
        keys += sum([len(each) for each in here if each.__class__ is dict])
        opened -= len(here)
        if opened <= 0 or level > MOST_NESTING:
            break
        within = [each.values() if each.__class__ is dict else each for each in here]
        here = [inner for values in within if not _NESTING.isdisjoint(map(type, values)) for inner in values]
    return level, keys


def count_of(body: bytes, sign: bytes) -> int:
    """How often one byte is there."""
    return body.count(sign) if len(body) < _LONG else int(np.count_nonzero(np.frombuffer(body, np.uint8) == sign[0]))


_TOO_DEEP = f"The body is nested too deeply; {MOST_NESTING} levels are the most. Send customers as flat objects."
