"""Excel → parts of a raw table: the sheet of the customers, its cells with their types."""

from collections.abc import Iterator
from typing import BinaryIO

import pandas as pd

from churn_core.data.reading.archive import Archive
from churn_core.data.reading.sheet_choice import choose_sheet
from churn_core.data.reading.sheet_rows import SheetRow, SheetRows
from churn_core.data.reading.workbook import open_workbook
from churn_core.formats import counted
from churn_core.jobs import Report, silent
from churn_core.schema import Schema

_ROWS = 8_000  # rows of a part
_WORK = 5_000_000  # of a part; it has fewer rows if they are wide, long or far between
_MOST_UNPACKED = 2 * 2**30  # bytes of a sheet; a million rows of 30 columns unpack to half of it


def open_excel(
    stream: BinaryIO, size: int, notices: list[str], schema: Schema, report: Report = silent, named: str | None = None
) -> tuple[list[str], Iterator[pd.DataFrame]]:
    """The columns and the parts of the sheet ``named``, or of that of the customers (see ``choose_sheet``). Its first row that is
    not empty is the header. Cells keep their types, errors their text. ``notices`` grows, until the last part. ``report`` is told
    before each block of XML.

    Raises ``DataError``, at once or while iterating, if the file is damaged, is not a workbook, or holds or unpacks to far more
    than customers do.
    """
    archive = Archive(stream, size, report)
    book = open_workbook(archive)
    found = next((each for each in book.sheets if each.name == named), None)
    sheet = found or choose_sheet(archive, book, schema, notices)
    archive.check(sheet.part, _MOST_UNPACKED)
    seen = SheetRows(archive, sheet.part, book, "Reading the Excel file")
    rows = iter(seen)
    header = next(rows).cells
    bodies = _in_parts(rows)
    first, last = next(bodies, ([], True))
    # A column without a name counts if its cells in the first part hold something.
    widest = max(map(len, (header, *(row.cells for row in first))))
    header = header + [None] * (widest - len(header))
    wide = [
        i
        for i in range(widest)
        if not all(_is_blank(cells[i]) for cells in (header, *(r.cells for r in first)) if i < len(cells))
    ]
    columns = ["" if _is_blank(header[i]) else str(header[i]).strip() for i in wide]
    hidden = [name for i, name in zip(wide, columns, strict=True) if i in seen.hidden_columns]
    if hidden:
        notices.append(_hidden_columns(hidden))
    told = _Told(seen, notices)

    def parts() -> Iterator[pd.DataFrame]:
        body = first
        while body:
            yield _frame(body, columns, wide)
            body, last = next(bodies, ([], True))
            told.about(body, last)

    told.about(first, last)
    return columns, parts()


class _Told:
    """Notices about rows, each once: formulas without a value as soon as one is seen, hidden rows when all are counted."""

    def __init__(self, seen: SheetRows, notices: list[str]) -> None:
        self._seen, self._notices = seen, notices
        self._hidden, self._uncomputed = 0, False

    def about(self, body: list[SheetRow], last: bool) -> None:
        self._hidden += sum(row.hidden for row in body)
        if self._seen.uncomputed and not self._uncomputed:
            self._uncomputed = True
            self._notices.append(
                "The sheet has formulas that were never computed; their cells are blank. Open and save it in Excel first."
            )
        if last and self._hidden:
            told = counted(self._hidden, "row of the sheet is hidden", "rows of the sheet are hidden")
            self._notices.append(f"{told} in Excel and read like the others. Delete them first if they are not meant.")
            self._hidden = 0


def _hidden_columns(names: list[str]) -> str:
    listed = ", ".join(repr(name[:40]) if name else "one without a name" for name in names[:5]) + (", …" if names[5:] else "")
    told = counted(len(names), "column of the sheet is hidden", "columns of the sheet are hidden")
    return f"{told} in Excel and read like the others: {listed}."


def _in_parts(rows: Iterator[SheetRow]) -> Iterator[tuple[list[SheetRow], bool]]:
    """The rows of each part, and whether it is the last."""
    row = next(rows, None)
    while row is not None:
        body, work = list[SheetRow](), 0
        while row is not None and len(body) < _ROWS and work < _WORK:
            body.append(row)
            work += row.work + len(row.cells)
            row = next(rows, None)
        yield body, row is None


def _frame(body: list[SheetRow], columns: list[str], wide: list[int]) -> pd.DataFrame:
    last = wide[-1] + 1
    padded = (row.cells + [None] * (last - len(row.cells)) if len(row.cells) < last else row.cells for row in body)
    cells = [row[:last] if len(wide) == last else [row[i] for i in wide] for row in padded]
    return pd.DataFrame(cells, columns=columns, index=[row.line for row in body], dtype="object")


def _is_blank(cell: object) -> bool:
    return cell is None or not str(cell).strip()
