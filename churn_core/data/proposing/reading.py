"""A file whose columns nobody has told yet → its raw table, by the product's own reader."""

import io
from collections.abc import Iterator
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
    told = max((rows for _, rows in _sheets(content, report)), key=_cells, default=[])
    if told:
        _refuse_title(told[:_HEADER_WITHIN])
    return read_table(content, of_names(names_of(told[0])) if told else _UNKNOWN, report)


def headers(content: bytes, report: Report = silent) -> dict[str, list[str]]:
    """The names in the first row of each sheet that holds something, by the name of the sheet; empty if the file is no workbook."""
    return {sheet: names_of(rows[0]) for sheet, rows in _sheets(content, report)}


def names_of(row: SheetRow) -> list[str]:
    """The column names in a first row."""
    return list(dict.fromkeys(str(cell).strip() for cell in row.cells if _holds(cell)))


def of_names(names: list[str]) -> Schema:
    """A schema that has these columns, of which nothing else is known."""
    columns = tuple(Column(name=each, label=each, kind="text") for each in names)
    return Schema(name="", columns=columns) if columns else _UNKNOWN


def _sheets(content: bytes, report: Report) -> Iterator[tuple[str, list[SheetRow]]]:
    """The name and the first rows of each sheet that holds something; nothing if the file is no workbook."""
    with ExitStack() as closing:
        stream, head = unpacked(io.BytesIO(content), [], report, closing)
        if not head.startswith(ZIP):
            return
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        archive = Archive(stream, size, report)
        book = open_workbook(archive)
        for entry in book.sheets:
            rows = SheetRows(archive, entry.part, book, "Looking for the sheet of the customers", most=_WORK)
            try:
                told = [row for row, _ in zip(rows, range(_TOLD_BY), strict=False)]
            except DataError:  # told again if it is the only sheet
                continue
            if _cells(told):
                yield entry.name, told


def _cells(rows: list[SheetRow]) -> int:
    return sum(map(_width, rows))


def _refuse_title(rows: list[SheetRow]) -> None:
    """Raises ``DataError`` if the first row is a title: a single cell above rows of many."""
    widest = max(rows, key=_width)
    if _width(rows[0]) == 1 and _width(widest) > 2:
        raise DataError(f"The column names are in row {widest.line} of the sheet, not in the first. Delete the rows above it.")


def _width(row: SheetRow) -> int:
    return sum(map(_holds, row.cells))


def _holds(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())
