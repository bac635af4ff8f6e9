"""The cells of a sheet of Excel: XML → rows of values, block by block."""

import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from churn_core.data.reading.archive import Archive
from churn_core.data.reading.cell_values import TRUE, CellValues
from churn_core.data.reading.plain_rows import plain_rows
from churn_core.data.reading.workbook import Workbook
from churn_core.data.reading.xml_parts import BYTES, DEEPEST, LocalNames, XmlParser, damaged, too_deep
from churn_core.errors import DataError
from churn_core.formats import count

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # of Excel
_MOST_COLUMNS = 500  # columns of a sheet; rows of all the 16,384 that a sheet can have take gigabytes
_MOST_TEXT = 2**16  # characters of a row, as in Parquet
_CHARACTERS = 8  # of text are about as much work, and memory, as a cell
_ELEMENT = 2  # work of one that the parser tells; a cell that the pattern finds is 1
_MOST_EMPTY = 5_000_000  # work between two rows that hold something: two million cells or so
_LETTERS = [get_column_letter(column) for column in range(1, _LAST_COLUMN + 1)]
_COLUMNS = {letters: column for column, letters in enumerate(_LETTERS)}
_USUAL_COLUMNS = {letters: column for letters, column in _COLUMNS.items() if column < _MOST_COLUMNS}
_DEPTH_OF_ROWS = 2  # elements are open around the rows: the sheet and its data
_END_OF_ROW = b"</row>"
_ODD = re.compile(rb"<[!?]")
_DECLARED = 4  # bytes; behind them the XML declaration and a mark of the byte order have begun
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
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
        self._blocks = archive.blocks(part, told)
        self._values = CellValues(book)
        self._names, self._pieces, self._rows = LocalNames(), list[str](), list[SheetRow]()
        self.work, self.uncomputed, self.hidden_columns = 0, False, set[int]()
        self._most, self._odd = most, False  # whether there are comments and the like, which may hide rows
        self._parser = XmlParser(self._start, self._end, self._pieces.append)
        self._in_rows = self._in_row = self._in_cell = self._in_value = self._phonetic = self._ended = False
        self._depth = self._last = 0  # elements without a meaning here that are open; work until the last row
        self._line, self._line_of_last, self._digits, self._hidden = 0, 0, "", False  # of the row
        self._cells, self._column = list[Any](), 0
        self._kind, self._style, self._text, self._formula = "", "", "", False  # of the cell

    def __iter__(self) -> Iterator[SheetRow]:
        rest, begun = b"", False
        for block in self._blocks:
            if self._ended:  # what follows are formats and the like; it is read only for its checksum
                continue
            self._odd = self._odd or block[:1] in (b"!", b"?") or bool(_ODD.search(block, 0 if begun else _DECLARED))
            xml = rest + block
            cut = xml.rfind(_END_OF_ROW) + len(_END_OF_ROW)
            if cut < len(_END_OF_ROW):
                cut = len(xml)
            piece, rest, begun = xml[:cut], xml[cut:], True
            self.work += len(piece) // BYTES
            if not self._read_plainly(piece):
                self._parser.feed(piece)
            yield from self._rows
            self._rows.clear()
            self._check()
            if self.work > self._most:
                return
        if not self._ended:
            self._parser.feed(rest)
            self._parser.feed(b"")
            yield from self._rows

    def _check(self) -> None:
        """Bound what has come since the last row that holds something."""
        if not self._in_value:
            self._pieces.clear()
        elif sum(map(len, self._pieces)) > _MOST_TEXT:
            raise self._long()
        if self.work - self._last > _MOST_EMPTY:
            raise DataError(
                f"The sheet has millions of empty cells after row {count(self._line_of_last)}. "
                "Delete the empty rows below the table and the empty columns beside it, or save it as CSV."
            )

    def _read_plainly(self, piece: bytes) -> bool:
        """Read whole rows without the parser, if it stands between rows and they are written as usual."""
        if not self._in_rows or self._in_row or self._depth != _DEPTH_OF_ROWS or self._odd or not self._parser.is_utf_8:
            return False
        rows = plain_rows(piece, self._values, _USUAL_COLUMNS)
        for row in rows or ():
            self._line = _line(row.line, self._line)
            self.work += row.work
            self._add(row.cells, row.hidden)
        return rows is not None

    def _add(self, cells: list[Any], hidden: bool) -> None:
        """Give a row away if it holds anything."""
        size = sum(len(cell) for cell in cells if type(cell) is str)
        if size > _MOST_TEXT:
            raise self._long()
        self.work += size // _CHARACTERS
        if any(cell is not None and (type(cell) is not str or cell.strip()) for cell in cells):
            self._rows.append(SheetRow(self._line, cells, hidden, self.work - self._last))
            self._last, self._line_of_last = self.work, self._line

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.work += _ELEMENT
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
            self._in_row, self._column, self._cells = True, 0, []
            self._line = _line(_number(attributes.get("r"), self._line), self._line)
            self._digits, self._hidden = str(self._line), attributes.get("hidden") in TRUE
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
        elif tag == "col" and attributes.get("hidden") in TRUE:
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
                try:
                    value = self._values.of(self._kind, self._style, self._text)
                except ValueError as error:
                    raise damaged(f"Cell {_LETTERS[self._column - 1]}{self._digits} of the sheet {error}") from error
                self._take(value)
            elif self._formula and self._kind != "str":
                self.uncomputed = True
        elif tag == "row" and self._in_row:
            self._in_row = False
            self._add(self._cells, self._hidden)
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


def _number(written: str | None, last: int) -> int:
    """The number that a row says; a row without one counts on."""
    if written is None:
        return last + 1
    if written.isascii() and written.isdecimal():
        return int(written[:20])
    raise damaged(f"A row of the sheet has the number {written[:20]!r}")


def _line(line: int, last: int) -> int:
    if line > _LAST_ROW:
        raise DataError(
            f"The sheet has a row with the number {count(line)}; no Excel file has more than {count(_LAST_ROW)}. "
            "Delete what is far below the table and save it again, or save it as CSV."
        )
    if line <= last:
        raise damaged(f"Row {line} of the sheet comes after row {last}")
    return line
