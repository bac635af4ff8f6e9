"""Irregular lines of delimited text → rows, and the lines that are no rows, each with its number."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from churn_core.data.reading.dialect import Dialect
from churn_core.errors import DataError
from churn_core.formats import count, counted

_MOST_UNREAD = 10_000  # consecutive lines that are not rows; after so many the file is not a table
_MOST_TEXT = 32 * 2**20  # characters of such lines
_MOST_IN_ALL = 100_000  # lines that are not rows, where more than 19 in 20 lines are none
_ROWS = 25_000  # rows, and lines that are not rows, of a part
_OPEN_QUOTE = "has a quotation mark that is not closed, or one inside a value; double it or remove it"
_NUL = "has a NUL byte, which no text has; remove it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A line that could not be read as a row: its number, the problem, and its text."""

    row: int
    problem: str
    text: str


class LineReader:
    """Reads the lines of one file, text by text: ``line`` is the number of the next line, ``rest`` the text of a row that
    continues behind the last text. ``spare``: so many empty values without a name end each row.
    """

    def __init__(self, columns: list[str], dialect: Dialect, spare: int, line: int) -> None:
        self._columns, self._dialect, self._spare = columns, dialect, spare
        self.line, self.rest = line, ""
        self._rows, self._in_all = 0, 0  # rows, and lines that are not rows
        self._unread, self._text = 0, 0  # consecutive lines that are not rows, and their characters
        self._first: Unread | None = None
        self._has_nul = False
        self._other_widths: dict[int, str] = {}  # how many values a line has that is no row, and the problem in words

    def seen_rows(self, lines: int) -> None:
        """So many lines were rows, and have been read in another way."""
        self.line += lines
        self._rows += lines
        self._unread = self._text = 0

    def parts(self, text: str, ended: bool) -> Iterator[tuple[pd.DataFrame, list[Unread]]]:
        """The rows, their index being their lines, and the lines that are not rows. ``ended``: nothing follows the ``text``.

        Raises ``DataError`` after ``_MOST_UNREAD`` consecutive lines that are not rows, and where hardly any line is one.
        """
        self._has_nul = "\x00" in text
        lines = text.split("\n")
        complete = len(lines) if ended else len(lines) - 1  # a text that is not the last ends with a line feed
        rows, places, unread, i = list[list[str]](), list[int](), list[Unread](), 0
        width, begin = len(self._columns), self.line
        self.rest, blank = "", self._dialect.delimiter + " "
        while i < complete:
            if not lines[i].strip(blank).strip():  # empty, or a row of empty values
                i += 1
                continue
            if returns := self._returns(lines[i]):
                for more, line in enumerate(returns):
                    fields, _ = self._dialect.row([line], 0, width, True)
                    if fields and any(map(str.strip, fields)):
                        rows.append(fields[:width])
                        places.append(begin + i + more)
                self._rows += len(returns)
                begin, i = begin + len(returns) - 1, i + 1
                continue
            fields, used = self._dialect.row(lines, i, width, ended, complete)
            if not used:
                self.rest = "\n".join(lines[i:])
                break
            problem = self._problem(fields, lines, i, used)
            if problem:
                unread.append(self._unread_line(begin + i, problem, "\n".join(lines[i : i + used])))
            elif fields and any(cell.strip() for cell in fields):
                self._unread = self._text = 0
                self._rows += 1
                rows.append(fields[:width])
                places.append(begin + i)
            i += used
            if len(rows) + len(unread) >= _ROWS:
                yield self._frame(rows, places), unread
                rows, places, unread = [], [], []
        self.line = begin + i
        yield self._frame(rows, places), unread

    def _frame(self, rows: list[list[str]], places: list[int]) -> pd.DataFrame:
        return pd.DataFrame(rows, columns=self._columns, index=pd.Index(places, dtype="int64"), dtype="str")

    def _returns(self, line: str) -> list[str]:
        """The rows in a line of an old Mac, which ends lines with a carriage return alone, behind those of another file."""
        line = line.removesuffix("\r")
        if "\r" not in line or self._dialect.quote in line or "\x00" in line:
            return []
        rows = [row for row in line.split("\r") if row.strip()]
        delimiters = len(self._columns) + self._spare - 1
        return rows if all(row.count(self._dialect.delimiter) == delimiters for row in rows) else []

    def _problem(self, fields: list[str] | None, lines: list[str], i: int, used: int) -> str:
        """Why these values are no row, if they are none; no values are a line that could not be split."""
        if self._has_nul and any("\x00" in line for line in lines[i : i + used]):
            return _NUL
        if fields is None:
            return _OPEN_QUOTE
        width = len(self._columns)
        if (len(fields) == width + self._spare and not any(map(str.strip, fields[width:]))) or not any(map(str.strip, fields)):
            return ""
        if len(fields) not in self._other_widths:
            self._other_widths[len(fields)] = f"has {counted(len(fields), 'value')}, the header has {width}: check the separators"
        return self._other_widths[len(fields)]

    def _unread_line(self, row: int, problem: str, text: str) -> Unread:
        line = Unread(row=row, problem=problem, text=text.removesuffix("\r").replace("\x00", "\u2400"))  # ␀, which can be seen
        if not self._unread:
            self._first = line
        self._unread, self._text, self._in_all = self._unread + 1, self._text + len(text), self._in_all + 1
        if self._first and (self._unread > _MOST_UNREAD or self._text > _MOST_TEXT):
            raise DataError(
                f"Line {self._first.row} {self._first.problem}; {count(self._unread - 1)} consecutive lines are no rows of the table. "
                "Look for a quotation mark that is not closed, or export the table again."
            )
        if self._in_all > _MOST_IN_ALL and self._in_all > 19 * self._rows:
            raise DataError(
                f"{count(self._in_all)} of the first {count(self._in_all + self._rows)} lines are no rows of the table. The last, "
                f"line {row}, {problem}. Export the table again."
            )
        return line
