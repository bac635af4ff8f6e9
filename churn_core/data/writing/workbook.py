"""Tables → Excel files that are safe to open."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from churn_core.data.writing.cells import NUMBER

_T = TypeVar("_T")

_RUNS, _NUMBER = re.compile(r"""^["'\s]*[=+\-@\t\r]|^[\t\r]"""), re.compile(NUMBER)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML cannot carry them
_MANY = 1_000  # values; they show how wide a column is
_BOLD = Font(bold=True)
_WIDEST = 60  # characters of a column in a workbook
_EXCEL_KNOWS = (bool, int, float, Decimal, date, time, timedelta)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the tables of a workbook look. ``headings``: what a column is called, by its name; ``formats``: how Excel writes its
    numbers, like ``0.0%``. In a table of ``name`` and ``value`` both are of the name in the row; ``choices``: what its values are
    called, by its name.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def to_xlsx(sheets: dict[str, pd.DataFrame], look: Look | None = None) -> tuple[bytes, int]:
    """Tables as the sheets of one Excel file, without their indices, and the number of cells that were made harmless. Each column is
    as wide as what stands in it, the header stays in view and filters the rows.

    Text gets the same apostrophe as in ``to_csv``, and is stored as text, never as a formula. Numbers stay numbers, negative
    ones too; a missing value is an empty cell. Control characters, which the format forbids, are removed.
    """
    book, count, look = Workbook(write_only=True), 0, look or Look()
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        formats = _formats(table, look)
        table = table.map(printable).rename(columns=printable)
        safe, harmless = _harmless_table(_headed(table, look))
        if safe.shape[1]:
            sheet.auto_filter.ref = f"A1:{get_column_letter(safe.shape[1])}{len(safe) + 1}"
        for position, name in enumerate(safe.columns):
            shown = [str(name), *safe.iloc[:_MANY, position].map(str)]
            sheet.column_dimensions[get_column_letter(position + 1)].width = min(max(map(len, shown)), _WIDEST) + 3
        sheet.append([_heading(sheet, name) for name in safe.columns])
        for row, how in zip(safe.itertuples(index=False, name=None), formats, strict=True):
            sheet.append([_formatted(sheet, value, each) for value, each in zip(row, how, strict=True)])
        count += harmless
    content = BytesIO()
    book.save(content)
    return content.getvalue(), count


def _headed(table: pd.DataFrame, look: Look) -> pd.DataFrame:
    """The table with its columns called as the look says, and its names where it is one of names and values."""
    if _is_of_names(table):
        rows = list(zip(table["name"], table["value"], strict=True))
        values = [look.choices[name].get(value, value) if name in look.choices else value for name, value in rows]
        table = pd.DataFrame(
            {"name": [look.headings.get(name, name) for name, _ in rows], "value": pd.Series(values, dtype=object)}
        )
    headings = [look.headings.get(name, name) for name in table.columns]
    return table.set_axis(headings, axis=1) if len(set(headings)) == len(headings) else table


def _formats(table: pd.DataFrame, look: Look) -> list[list[str]]:
    """The format of each cell, row by row; empty for none."""
    if _is_of_names(table):
        return [["", look.formats.get(name, "")] for name in table["name"]]
    return [[look.formats.get(name, "") for name in table.columns]] * len(table)


def _is_of_names(table: pd.DataFrame) -> bool:
    return list(table.columns) == ["name", "value"]


def _heading(sheet: Any, name: object) -> Any:
    cell = _cell(sheet, name)
    if cell is not None:
        cell = cell if isinstance(cell, Cell) else WriteOnlyCell(sheet, cell)
        cell.font = _BOLD
    return cell


def _formatted(sheet: Any, value: object, how: str) -> Any:
    cell = _cell(sheet, value)
    if how and isinstance(cell, int | float):
        cell = WriteOnlyCell(sheet, cell)
        cell.number_format = how
    return cell


def sheet_rows(sheet: Any, rows: Iterable[Iterable[object]]) -> None:
    """Append rows to a sheet; text is stored as text and never as a formula, whatever it begins with."""
    for row in rows:
        sheet.append([_cell(sheet, printable(value)) for value in row])


def _cell(sheet: Any, value: object) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if not isinstance(value, str):
        value = value.item() if isinstance(value, np.generic) else value
        is_of_a_zone = getattr(value, "tzinfo", None) is not None  # Excel knows no time zones
        if isinstance(value, _EXCEL_KNOWS) and not is_of_a_zone:
            return None if pd.isna(value) else value
        value = str(value)
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def printable(value: _T) -> _T | str:
    """Text without the control characters that an Excel file cannot hold; other values unchanged."""
    return _FORBIDDEN.sub("", value) if isinstance(value, str) else value


def _harmless_table(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    safe = table.copy()
    count = 0
    for position in range(table.shape[1]):
        values = table.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(values):
            harmful = values.map(_is_harmful).astype(bool)
            if harmful.any():
                count += int(harmful.sum())
                safe.isetitem(position, values.astype(object).where(~harmful, "'" + values.astype(str)))
    count += sum(map(_is_harmful, table.columns))
    safe.columns = [f"'{name}" if _is_harmful(name) else name for name in table.columns]
    return safe, count


def _is_harmful(value: object) -> bool:
    return isinstance(value, str) and bool(_RUNS.match(value)) and not _NUMBER.match(value)
