"""JSON text → its values one after the other, in constant memory."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from churn_core.data.reading.encoding import BLOCK
from churn_core.errors import DataError
from churn_core.formats import count
from churn_core.jobs import Report

_DIGITS = 18  # of a whole number that each program can hold; a longer one, such as an id, stays text
_MOST_DIGITS = 400  # of any number; a longer one stays text
_MOST_BLANK = 64 * 2**20  # bytes without a value
_BETWEEN = re.compile(r"[\s,\x1e]*")  # between values; RFC 7464 puts a record separator before each


class Twice(dict[str, Any]):
    """An object that has ``name`` more than once, with different values."""

    name: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        for name, value in pairs:
            if found[name] != value:
                found = Twice(found)
                found.name = name
                break
    return found


DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=lambda digits: int(digits) if len(digits) <= _DIGITS else digits,
    parse_float=lambda digits: float(digits) if len(digits) <= _MOST_DIGITS else digits,
)


class TooLong(DataError):
    """A value that has more characters than it may."""


class JsonText:
    """The text of a file, and the place ``at`` which it is read. Blocks are added while it is read, and left behind. ``report``
    is told of each block, and may raise to stop.
    """

    def __init__(self, blocks: Iterator[bytes], report: Report) -> None:
        self._blocks, self._decoder, self._before = blocks, codecs.getincrementaldecoder("utf-8")(), 0
        self._report, self._idle = report, 0  # blocks since the last value
        self.text, self.at, self._ended = "", 0, False

    def more(self) -> bool:
        """Add a block; whether there was one."""
        if self._ended:
            return False
        self._report("Reading the file")
        if self._idle * BLOCK > _MOST_BLANK:
            raise DataError(f"The JSON has more than {count(_MOST_BLANK / 2**20)} MB without a value. Write it again.")
        data = next(self._blocks, None)
        self._before, self._idle, self._ended = self._before + self.at, self._idle + 1, data is None
        try:
            self.text, self.at = self.text[self.at :] + self._decoder.decode(data or b"", final=data is None), 0
        except UnicodeDecodeError as error:
            raise DataError("The JSON is not encoded as UTF-8. Write it again as UTF-8.") from error
        return not self._ended

    def peek(self) -> str:
        """The next character of a value; none at the end."""
        while True:
            self.at = _BETWEEN.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches everywhere
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def colon(self) -> bool:
        """Pass over a colon; whether there was one."""
        found = self.peek() == ":"
        self.at += found
        return found

    def value(self, what: str, most: int = BLOCK) -> Any:
        """The next value, whole. Raises ``DataError`` with ``what`` it was to be if it is damaged or too deep, ``TooLong`` if it
        has more than ``most`` characters.
        """
        while True:
            try:
                found, end = DECODER.raw_decode(self.text, self.at)
                if end < len(self.text) or isinstance(found, dict | list) or not self.more():  # a number may go on
                    self.at, self._idle = end, 0
                    return found
            except RecursionError as error:
                raise DataError(f"{what} of the JSON is nested too deep for a customer. Write it flat.") from error
            except json.JSONDecodeError as error:
                if len(self.text) - self.at > most:
                    size = count(most / 2**20)
                    raise TooLong(f"{what} of the JSON is damaged or longer than {size} MB. Write it again.") from error
                if not self.more():
                    raise DataError(f"{what} of the JSON is damaged or cut off. Write it again.") from error

    def sequence(self, end: str = "", after: int = 0) -> Iterator[tuple[int, int, Any]]:
        """The values up to the character ``end``, none being the end of the file: their number, which begins ``after`` another, how
        many characters they take, and themselves.
        """
        number = after
        while (character := self.peek()) != end:
            number += 1
            if not character:
                raise DataError(f"The JSON is cut off after record {count(number - 1)}. Write it again.")
            begin = self._before + self.at
            found = self.value(f"Record {count(number)}")
            yield number, self._before + self.at - begin, found
        self.at += len(end)

    def line_ahead(self) -> str:
        """The text up to the next line end, which is not yet read; none if it is longer than a line may be."""
        while (end := self.text.find("\n", self.at)) < 0:
            if len(self.text) - self.at > BLOCK:
                return ""
            if not self.more():
                return self.text[self.at :]
        return self.text[self.at : end + 1]

    def lines(self) -> Iterator[str]:
        """The lines that follow."""
        while line := self.line_ahead():
            self.at, self._idle = self.at + len(line), 0
            yield line
        if self.at < len(self.text):
            raise DataError(f"A line of the JSON is longer than {count(BLOCK / 2**20)} MB; no customer is. Write it again.")
