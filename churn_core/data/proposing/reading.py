"""A file whose columns nobody has told yet → its raw table, by the product's own reader."""

import io
from contextlib import ExitStack
from pathlib import Path

from churn_core.data.reading.archive import Archive
from churn_core.data.reading.packed import ZIP, unpacked
from churn_core.data.reading.reader import RawTable, read_content, read_table
from churn_core.data.reading.sheet_rows import SheetRow, SheetRows
from churn_core.data.reading.workbook import open_workbook
from churn_core.errors import DataError
from churn_core.jobs import Report, silent
from churn_core.schema import Column, Schema

_TOLD_BY = 2_000  # rows of a sheet; how much they hold tells which sheet has the data
_WORK = 5_000_000  # in one sheet
_HEADER_WITHIN = 10  # rows
_NO_NAME = "a name that no column has"
# No file has this column, so its other columns are neither required nor looked for.
_UNKNOWN = Schema(name="", columns=(Column(name=_NO_NAME, label=_NO_NAME, kind="text"),), decimal=".")


def read_unknown(source: Path | bytes, report: Report = silent) -> RawTable:
    """The table of a CSV, TSV, JSON, Parquet or Excel file, packed or not, whatever its columns are. Of a workbook it is the
    sheet that holds most in its first 2,000 rows, which a description of the columns never is.

    Raises ``DataError`` where ``read_table`` does, and where the names of a sheet are not in its first row.
    """
    content = source if isinstance(source, bytes) else read_content(source)
    header = _of_the_fullest_sheet(content, report)
    names = dict.fromkeys(str(cell).strip() for cell in header.cells if _holds(cell)) if header else {}
    schema = Schema(name="", columns=tuple(Column(name=each, label=each, kind="text") for each in names)) if names else _UNKNOWN
    return read_table(content, schema, report)


def _of_the_fullest_sheet(content: bytes, report: Report) -> SheetRow | None:
    """The first row of the sheet with most cells that hold something; ``None`` if the file is no workbook."""
    with ExitStack() as closing:
        stream, head = unpacked(io.BytesIO(content), [], report, closing)
        if not head.startswith(ZIP):
            return None
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        archive = Archive(stream, size, report)
        book = open_workbook(archive)
        fullest, most = None, 0
        for entry in book.sheets:
            rows = SheetRows(archive, entry.part, book, "Looking for the sheet of the customers", most=_WORK)
            try:
                told = [row for row, _ in zip(rows, range(_TOLD_BY), strict=False)]
            except DataError:  # told again if it is the only sheet
                continue
            cells = sum(_width(row) for row in told)
            if cells > most:
                fullest, most = told, cells
    if fullest is None:
        return None
    _refuse_title(fullest[:_HEADER_WITHIN])
    return fullest[0]


def _refuse_title(rows: list[SheetRow]) -> None:
    """Raises ``DataError`` if the first row is a title: a single cell above rows of many."""
    widest = max(rows, key=_width)
    if _width(rows[0]) == 1 and _width(widest) > 2:
        raise DataError(f"The column names are in row {widest.line} of the sheet, not in the first. Delete the rows above it.")


def _width(row: SheetRow) -> int:
    return sum(map(_holds, row.cells))


def _holds(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())
