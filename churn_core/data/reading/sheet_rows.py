"""The cells of a sheet of Excel: XML → rows of values, block by block."""

import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601

from churn_core.data.reading.archive import Archive
from churn_core.data.reading.workbook import Workbook
from churn_core.data.reading.xml_parts import BYTES, DEEPEST, LocalNames, XmlParser, damaged, too_deep
from churn_core.errors import DataError
from churn_core.formats import count

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # of Excel
_MOST_COLUMNS = 500  # columns of a sheet; rows of all the 16,384 that a sheet can have take gigabytes
_MOST_TEXT = 2**16  # characters of a row, as in Parquet
_LONG = 256  # characters of a text that counts as more work than an element
_MOST_EMPTY = 4_000_000  # work between two rows that hold something: about as many cells
_LETTERS = [get_column_letter(column) for column in range(1, _LAST_COLUMN + 1)]
_COLUMNS = {letters: column for column, letters in enumerate(_LETTERS)}
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_DIGITS = 30  # of a whole number; a longer one is a float, as nobody counts so far
_TRUE = ("1", "true")
_HOLDS_TEXT = ("v", "t")


class SheetRow(NamedTuple):
    """``line`` counts from 1; ``cells`` end with the last that is not empty; ``work`` is what it took since the last row."""

    line: int
    cells: list[Any]
    hidden: bool
    work: int


class SheetRows:
    """The rows of a sheet that hold something; iterating reads them, once. Numbers, text, bool and dates keep their types,
    errors are their text, formulas their value.

    Seen on the way: ``work``, the elements and bytes so far, which ends the reading after ``most`` of it; ``uncomputed``,
    whether a formula has no value; ``hidden_columns``, from 0, complete with the first row.
    Raises ``DataError`` if the sheet is damaged, or is larger in any direction than a table of customers.
    """

    def __init__(self, archive: Archive, part: str, book: Workbook, told: str, most: int = sys.maxsize) -> None:
        self._blocks = archive.blocks(part, told, share=True)
        self._texts, self._dates, self._epoch = book.texts, book.dates, book.epoch
        self._names, self._pieces, self._rows = LocalNames(), list[str](), list[SheetRow]()
        self.work, self.uncomputed, self.hidden_columns = 0, False, set[int]()
        self._most = most
        self._in_rows = self._in_row = self._in_cell = self._in_value = self._phonetic = self._ended = False
        self._depth = self._last = 0  # elements without a meaning here that are open; work until the last row
        self._line, self._line_of_last, self._digits, self._hidden = 0, 0, "", False  # of the row
        self._cells, self._column, self._size, self._filled = list[Any](), 0, 0, False
        self._kind, self._style, self._text, self._formula = "", "", "", False  # of the cell

    def __iter__(self) -> Iterator[SheetRow]:
        parser = XmlParser(self._start, self._end, self._pieces.append)
        for block in self._blocks:
            if self._ended:  # what follows are formats and the like; it is read only for its checksum
                continue
            self.work += len(block) // BYTES
            parser.feed(block)
            yield from self._rows
            self._rows.clear()
            if not self._in_value:
                self._pieces.clear()
            elif sum(map(len, self._pieces)) > _MOST_TEXT:
                raise self._long()
            if self.work - self._last > _MOST_EMPTY:
                raise DataError(
                    f"The sheet has millions of empty cells after row {count(self._line_of_last)}. "
                    "Delete the empty rows below the table and the empty columns beside it, or save it as CSV."
                )
            if self.work > self._most:
                return
        if not self._ended:
            parser.feed(b"")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.work += 1
        tag = self._names[name]
        if tag == "c" and self._in_row and not self._in_cell:
            self._in_cell, self._formula, self._text = True, False, ""
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            place, column = attributes.get("r"), self._column
            if column >= _LAST_COLUMN or (place and place != _LETTERS[column] + self._digits):
                column = self._placed(place)
            self._column = column + 1
        elif tag in _HOLDS_TEXT and self._in_cell and not self._in_value:
            self._in_value = True
            self._pieces.clear()
        elif tag == "row" and self._in_rows and not self._in_row:
            self._in_row, self._filled, self._column, self._size, self._cells = True, False, 0, 0, []
            self._line = _line(attributes.get("r"), self._line)
            self._digits, self._hidden = str(self._line), attributes.get("hidden") in _TRUE
        else:
            self._other(tag, attributes)

    def _other(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep()
        if self._in_rows and tag in ("v", "t", "c", "row"):
            raise damaged(f"The cells of row {self._line} lie within each other")
        if tag == "f":
            self._formula = self._in_cell
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "sheetData":
            self._in_rows = True
        elif tag == "col" and attributes.get("hidden") in _TRUE:
            first, last = (int(at) if (at := attributes.get(end, "0")).isdecimal() else 0 for end in ("min", "max"))
            self.hidden_columns.update(range(max(first - 1, 0), min(last, _MOST_COLUMNS)))
            self.work += _MOST_COLUMNS

    def _end(self, name: str) -> None:
        tag = self._names[name]
        if tag in _HOLDS_TEXT and self._in_value:
            self._in_value = False
            if (self._kind == "inlineStr" and not self._phonetic) if tag == "t" else self._kind != "inlineStr":
                self._text += "".join(self._pieces) if self._pieces else ""
                if len(self._text) > _MOST_TEXT:
                    raise self._long()
        elif tag == "c" and self._in_cell:
            self._in_cell = False
            if self._text:
                self._take(self._value(self._kind, self._text))
            elif self._formula and self._kind != "str":
                self.uncomputed = True
        elif tag == "row" and self._in_row:
            self._in_row = False
            if self._filled:
                self._rows.append(SheetRow(self._line, self._cells, self._hidden, self.work - self._last))
                self._last, self._line_of_last = self.work, self._line
        else:
            self._depth -= 1
            if tag == "rPh":
                self._phonetic = False
            elif tag == "sheetData":
                self._ended = True

    def _take(self, value: Any) -> None:
        """Put a value into the row."""
        cells, column = self._cells, self._column
        if column > _MOST_COLUMNS:
            raise self._wide(column)
        if type(value) is str:
            size = len(value)
            self._size += size
            if size > _LONG:
                self.work += sys.getsizeof(value) // BYTES
                if self._size > _MOST_TEXT:
                    raise self._long()
            self._filled = self._filled or (size > 0 and not value.isspace())
        else:
            self._filled = True
        gap = column - len(cells) - 1
        if gap > 0:
            cells.extend([None] * gap)
        elif gap < 0:
            if cells[column - 1] is not None:
                raise damaged(f"Cell {_LETTERS[column - 1]}{self._digits} of the sheet is there twice")
            cells[column - 1] = value
            return
        cells.append(value)

    def _placed(self, place: str | None) -> int:
        """The column of a cell, from 0, that is not the next one."""
        if not place:
            raise self._wide(self._column + 1)
        found = _PLACE.fullmatch(place)
        column = _COLUMNS.get(found[1].upper()) if found else None
        if found and column is None:
            raise DataError(
                f"Cell {place} of the sheet is far to the right of any that Excel has. Save the file again, or save it as CSV."
            )
        if found is None or column is None or int(found[2]) != self._line:
            raise damaged(f"A cell of row {self._line} says that it is {place[:20]!r}")
        return column

    def _value(self, kind: str, text: str) -> Any:
        if kind == "n":
            return self._number(text)
        if kind == "s":
            return self._shared(text.strip())
        if kind == "b":
            return text.strip() in _TRUE
        return self._date(text) if kind == "d" else text  # text, of a formula too, and errors

    def _number(self, text: str) -> Any:
        try:
            if "_" in text:
                raise ValueError(text)
            whole = len(text) < _DIGITS and not ("." in text or "E" in text or "e" in text)
            value = int(text) if whole else float(text)
        except ValueError as error:
            raise damaged(f"{self._where()} holds {text[:20]!r} where a number should be") from error
        if self._style not in self._dates:
            return value
        try:
            return from_excel(value, self._epoch, timedelta=self._dates[self._style])
        except (OverflowError, ValueError):
            return "#VALUE!"  # as Excel shows it

    def _shared(self, text: str) -> str:
        if not text.isdecimal() or int(text[:10]) >= len(self._texts):
            raise damaged(f"{self._where()} has a text that the file does not hold")
        return self._texts[int(text)]

    def _date(self, text: str) -> Any:
        try:
            return from_ISO8601(text)
        except (ValueError, OverflowError) as error:
            raise damaged(f"{self._where()} holds {text[:20]!r} where a date should be") from error

    def _where(self) -> str:
        return f"Cell {_LETTERS[self._column - 1]}{self._digits} of the sheet"

    def _wide(self, column: int) -> DataError:
        where = (
            f"cell {_LETTERS[column - 1]}{self._line}" if column <= _LAST_COLUMN else f"more than Excel's {count(_LAST_COLUMN)}"
        )
        return DataError(
            f"Row {self._line} of the sheet has more than {_MOST_COLUMNS} columns ({where}). "
            "Delete what is far to the right of the table."
        )

    def _long(self) -> DataError:
        return DataError(
            f"Row {self._line} of the sheet has more than 64 KB of text, far more than a customer has. Leave out its long texts."
        )


def _line(written: str | None, last: int) -> int:
    """The number of a row; a row without one counts on."""
    if written is None:
        line = last + 1
    elif written.isascii() and written.isdecimal():
        line = int(written[:20])
    else:
        raise damaged(f"A row of the sheet has the number {written[:20]!r}")
    if line > _LAST_ROW:
        raise DataError(
            f"The sheet has a row with the number {count(line)}; no Excel file has more than {count(_LAST_ROW)}. "
            "Delete what is far below the table and save it again, or save it as CSV."
        )
    if line <= last:
        raise damaged(f"Row {line} of the sheet comes after row {last}")
    return line
