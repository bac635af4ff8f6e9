"""JSON from untrusted clients: what is ambiguous, nested too deeply or not finite is refused with a sentence, in linear time."""

import codecs
import json
from typing import Any, NoReturn

from churn_core.data.cleaning.fields import shown
from churn_core.errors import RequestError

MOST_NESTING = 20  # levels; a batch of customers has three
_NESTING = {dict, list}


def loads(body: bytes) -> object:
    """The value of a JSON text in UTF-8, a byte order mark before it passed over. Raises ``RequestError`` for anything else: for
    NaN and Infinity, numbers of thousands of digits, a key that comes twice in one object, more than ``MOST_NESTING`` levels.

    >>> loads(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    churn_core.errors.RequestError: The key "a" comes twice in one object. Keep one of them.
    """
    try:
        text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(f"The body is not UTF-8 (byte {error.start}). Send JSON in UTF-8.") from error
    try:
        value = json.loads(text, parse_constant=_constant)
        levels, keys = _measured(value)
        if text.count(":") != keys:  # a colon in a text, or a key that comes twice: read again pair by pair, at twice the time
            value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        what = error.msg.lower().partition(" (")[0].removesuffix(" at")  # in brackets is a name of Python's
        raise RequestError(
            f"The body is not JSON: {what} at line {error.lineno}, column {error.colno}. Send a JSON object."
        ) from error
    except RecursionError as error:
        raise RequestError(_too_deep()) from error
    except RequestError:
        raise
    except ValueError as error:  # Python does not read whole numbers of more than 4,300 digits
        raise RequestError("A number in the body has thousands of digits. Send a number that fits.") from error
    if levels > MOST_NESTING:
        raise RequestError(_too_deep())
    return value


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


def _measured(value: Any) -> tuple[int, int]:
    """Levels of objects and lists, and keys of all objects; stops counting one level above the limit."""
    level, keys, here = 0, 0, [value]
    while here := [each for each in here if each.__class__ in _NESTING]:
        level += 1
        if level > MOST_NESTING:
            break
        keys += sum([len(each) for each in here if each.__class__ is dict])
        within = [each.values() if each.__class__ is dict else each for each in here]
        here = [inner for values in within if not _NESTING.isdisjoint(map(type, values)) for inner in values]
    return level, keys


def _too_deep() -> str:
    return f"The body is nested too deeply; {MOST_NESTING} levels are the most. Send customers as flat objects."
