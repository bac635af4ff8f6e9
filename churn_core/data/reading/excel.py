"""Excel → parts of a raw table: the sheet of the customers, its cells with their types."""

import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, TypeVar

import openpyxl
import pandas as pd

from churn_core.data.columns import find_columns
from churn_core.errors import DataError
from churn_core.formats import count
from churn_core.jobs import Report, silent
from churn_core.schema import Schema

_T = TypeVar("_T")
Row = tuple[Any, ...]  # the cells of one

_ROWS = 25_000  # rows of a part
_MOST_COLUMNS = 500  # columns of a sheet; rows of all the 16,384 that a sheet can have take gigabytes
_HEADER_WITHIN = 10  # rows; a header below a title is looked for among them
_MOST_TIMES = 200  # no unit; customers compress 5 to 40 times, the content of a bomb a thousand times
_MOST_UNPACKED = 2 * 2**30  # bytes; a million rows of 30 columns unpack to half of it
_SAMPLE = 4096  # bytes of each part of the archive
_HARMLESS = 8 * 2**20  # bytes; repeated XML takes many times its size in memory
_FORMULAS_WITHIN = 8 * 2**20  # bytes of a sheet; they are searched for formulas without a value
_MOST_SHARED = 256 * 2**20  # bytes; the texts of all cells lie in memory together


def open_excel(
    stream: BinaryIO, size: int, notices: list[str], schema: Schema, report: Report = silent
) -> tuple[list[str], Iterator[pd.DataFrame]]:
    """The columns and the parts of the first sheet of customers, or of the first sheet that is not empty. Its first row that is
    not empty is the header. Cells keep their types, errors their text. ``notices`` grows.

    Raises ``DataError`` if the file is damaged, is not a workbook, or unpacks to far more than customers do.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry.file_size for entry in archive.infolist()}
            beginnings = [archive.open(name).read(_SAMPLE) for name in entries if name.endswith((".xml", ".rels"))]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise DataError(
            "The Excel file is damaged, or the file is a damaged archive. Save it again, or save it as CSV."
        ) from error
    if "xl/workbook.xml" not in entries:
        raise DataError(
            "The file is a zip archive or a document, not a table. Unpack it, or save its table as CSV or Excel (.xlsx)."
        )
    if any(b"<!DOCTYPE" in head for head in beginnings):  # no program writes entities, and they can unfold to any size
        raise DataError("The Excel file defines XML entities, which no table needs. Save it again, or save it as CSV.")
    unpacked = sum(entries.values())
    if (
        unpacked > _MOST_UNPACKED
        or (unpacked > _HARMLESS and unpacked > _MOST_TIMES * size)
        or entries.get("xl/sharedStrings.xml", 0) > _MOST_SHARED
    ):
        raise DataError(
            f"The Excel file unpacks to {count(unpacked / 2**20)} MB and is too large to be read. "
            "Split it into smaller files with the same header, or save it as CSV."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl comments on styles, which do not matter here
        book = _or_damaged(lambda: openpyxl.load_workbook(stream, read_only=True, data_only=True))
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # programs write wrong dimensions, and rows outside them would be lost
        heads = {sheet.title: _or_damaged(partial(_head, sheet)) for sheet in book.worksheets}
    filled = [sheet for sheet in book.worksheets if heads[sheet.title]]
    if not filled:
        raise DataError("The Excel file is empty. Put the customers on its first sheet, with a header row.")
    sheet = next((sheet for sheet in filled if _names_customers(heads[sheet.title][0][1], schema)), filled[0])
    if len(book.worksheets) > 1:
        which = "first" if sheet is book.worksheets[0] else "one with the customers"
        notices.append(f"Only the sheet {sheet.title[:40]!r} of the Excel file is read, the {which}.")
    for line, row in heads[sheet.title][1:]:
        if _names_customers(row, schema):
            raise DataError(f"The column names are in row {line} of the sheet, not in the first. Delete the rows above it.")
    numbered = _numbered(sheet)
    _, header = _or_damaged(lambda: next(numbered))
    first = list(itertools.islice(numbered, _ROWS))
    # A column without a name counts if its cells in the first part hold something.
    widest = max(map(len, (header, *(row for _, row in first))))
    header = (*header, *(None,) * (widest - len(header)))
    wide = [i for i in range(widest) if not all(_is_blank(row[i]) for row in (header, *(r for _, r in first)) if i < len(row))]
    if _has_formulas_without_value(stream, sheet):
        notices.append("The sheet has formulas that were never computed; their cells are blank. Open and save it in Excel first.")
    columns = ["" if _is_blank(header[i]) else str(header[i]).strip() for i in wide]

    def parts() -> Iterator[pd.DataFrame]:
        body = first
        while body:
            yield pd.DataFrame(
                [[row[i] if i < len(row) else None for i in wide] for _, row in body],
                columns=columns,
                index=[line for line, _ in body],
                dtype="object",
            )
            body = list(itertools.islice(numbered, _ROWS))

    return columns, parts()


def _has_formulas_without_value(stream: BinaryIO, sheet: Any) -> bool:
    """Whether a formula has no value: programs that cannot compute write the formula alone."""
    with zipfile.ZipFile(stream) as archive, archive.open(sheet._worksheet_path) as source:
        return bool(_FORMULA.search(_or_damaged(lambda: source.read(_FORMULAS_WITHIN))))


_FORMULA = re.compile(rb'<c (?![^>]*t="str")[^>]*>\s*<f(?:/>|[^<]*</f>|[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')


def _numbered(sheet: Any) -> Iterator[tuple[int, Row]]:
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    while (numbered := _or_damaged(lambda: next(rows, None))) is not None:
        _refuse_wide(*numbered)
        if any(not _is_blank(cell) for cell in numbered[1]):
            yield numbered


def _refuse_wide(line: int, row: Row) -> tuple[int, Row]:
    if len(row) > _MOST_COLUMNS:
        raise DataError(
            f"Row {line} of the sheet has more than {_MOST_COLUMNS} columns. Delete what is far to the right of the table."
        )
    return line, row


def _head(sheet: Any) -> list[tuple[int, Row]]:
    """The first rows that are not empty."""
    rows = itertools.islice(enumerate(sheet.iter_rows(values_only=True), start=1), 1000)
    narrow = (_refuse_wide(line, row) for line, row in rows)
    filled = ((line, row) for line, row in narrow if any(not _is_blank(cell) for cell in row))
    return list(itertools.islice(filled, _HEADER_WITHIN))


def _names_customers(row: Row, schema: Schema) -> bool:
    required = {column.name for column in schema.columns if column.required}
    return required <= set(find_columns([str(cell) for cell in row], schema).at)


def _or_damaged(do: Callable[[], _T]) -> _T:
    try:
        return do()
    except DataError:
        raise
    except Exception as error:  # a damaged workbook makes openpyxl, zlib and the XML parser raise anything
        raise DataError("The Excel file is damaged. Save it again, or save it as CSV.") from error


def _is_blank(cell: object) -> bool:
    return cell is None or not str(cell).strip()
