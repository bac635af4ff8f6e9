"""How a text separates and quotes its values, and the rows that its lines make."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from churn_core.data.reading.encoding import BLOCK

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MOST_LINES = 50  # lines; the most that one row may take, by line breaks in quotes
_MOST_OF_A_ROW = 2**18  # characters; a row of several lines takes no further one after so many
_OPEN = "unexpected end of data"  # what the parser says of a quotation mark that is not closed
csv.field_size_limit(3 * BLOCK)  # characters; the default of 128 K is shorter than some legitimate notes


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """``delimiter`` separates the values, ``quote`` stands around those that hold one. ``spaced``: a space before a quotation
    mark is no part of the value.
    """

    delimiter: str = ","
    quote: str = '"'
    spaced: bool = False

    def values(self, line: str) -> list[str]:
        """The values of one line; none if it cannot be split."""
        try:
            return next(csv.reader([line.removesuffix("\r")], delimiter=self.delimiter, quotechar=self.quote), [])
        except csv.Error:
            return []

    def row(self, lines: list[str], i: int, width: int, ended: bool, complete: int | None = None) -> tuple[list[str] | None, int]:
        """The values of the row that begins in line ``i``, and how many lines it takes; line ends in quotes stay as they are. The
        values are ``None`` if the row cannot be split; the lines are 0 if the row continues in the next block.

        ``width``: how many values a row has. ``complete``: how many of the ``lines`` are whole, by default all. ``ended``: no
        line follows them.
        """
        complete = len(lines) if complete is None else complete
        try:
            return next(self._split([lines[i].removesuffix("\r")]), []), 1
        except csv.Error as error:
            if _OPEN not in str(error):
                return None, 1
        taken = _Taken(lines, i, complete, self.delimiter, width)
        try:
            return next(self._split(taken), []), taken.used
        except csv.Error:
            return None, 0 if taken.continues and not ended else 1

    def _split(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=True, skipinitialspace=self.spaced)


class _Taken:
    """The lines that a row with an open quotation mark may take, each once. ``used``: how many it took; ``continues``: it
    asked for more than there are.
    """

    def __init__(self, lines: list[str], i: int, complete: int, delimiter: str, width: int) -> None:
        self._lines, self._first, self._complete, self._delimiter = lines, i, complete, delimiter
        self._last = width - 1  # delimiters of a whole row
        self.used, self.continues = 0, False

    def __iter__(self) -> Iterator[str]:
        first = self._lines[self._first]
        full, size = self._is_full(first), len(first)
        self.used = 1
        yield first + "\n"
        while self.used < _MOST_LINES and size <= _MOST_OF_A_ROW:
            if self._first + self.used == self._complete:
                self.continues = True
                return
            line = self._lines[self._first + self.used]
            if full and self._is_full(line):
                return  # each line is a row, so the quotation mark is a stray one
            self.used, size = self.used + 1, size + len(line)
            yield line + "\n"

    def _is_full(self, line: str) -> bool:
        return line.count(self._delimiter) >= self._last


def dialect_of(header: str) -> Dialect:
    """The dialect of a file, judged by the line of its column names.

    >>> dialect_of("'a'|'b'")
    Dialect(delimiter='|', quote="'", spaced=False)
    >>> dialect_of('"a"; "b"')
    Dialect(delimiter=';', quote='"', spaced=True)
    """
    quote = "'" if re.fullmatch(r"\s*'[^']*'([,;\t|]'[^']*')+\s*", header) else '"'
    bare = re.sub(f"{quote}[^{quote}]*{quote}", "", header)
    delimiter = max(DELIMITERS, key=bare.count)
    name = f"{quote}[^{quote}]*{quote}"
    spaced = re.fullmatch(rf"{name}({re.escape(delimiter)} +{name})+\s*", header) is not None
    return Dialect(delimiter=delimiter, quote=quote, spaced=spaced)
