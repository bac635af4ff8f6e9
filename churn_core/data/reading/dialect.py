"""How a text separates and quotes its values, and the rows that its lines make."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from churn_core.data.reading.encoding import BLOCK

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MOST_LINES = 50  # lines; the most that one row may take, by line breaks in quotes
csv.field_size_limit(2 * BLOCK)  # characters; the default of 128 K is shorter than some legitimate notes


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
        """The values of the row that begins in line ``i``, and how many lines it takes. The values are ``None`` if the row
        cannot be split; the lines are 0 if the row continues in the next block.

        ``width``: how many values a row has. ``complete``: how many of the ``lines`` are whole, by default all. ``ended``: no
        line follows them.
        """
        complete = len(lines) if complete is None else complete
        text, used = lines[i].removesuffix("\r"), 1
        full = text.count(self.delimiter) >= width - 1
        while True:
            try:
                return next(self._split(text), []), used
            except csv.Error as error:
                if "unexpected end" not in str(error) or used == _MOST_LINES or len(text) > BLOCK:
                    return None, 1
            if i + used == complete:
                return (None, 1) if ended else (None, 0)
            following = lines[i + used].removesuffix("\r")
            if full and following.count(self.delimiter) >= width - 1:
                return None, 1  # each line is a row, so the quotation mark is a stray one
            text, used = f"{text}\n{following}", used + 1

    def _split(self, text: str) -> Iterator[list[str]]:
        return csv.reader([text], delimiter=self.delimiter, quotechar=self.quote, strict=True, skipinitialspace=self.spaced)


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
