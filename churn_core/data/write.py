"""Tables → CSV and Excel files that are safe to open in a spreadsheet."""

import math
import re
from io import BytesIO

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

_RUNS = re.compile(r"""^["'\s]*[=+\-@\t\r]|^[\t\r]""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML can carry them
_NUMBER = re.compile(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$")


def to_csv(table: pd.DataFrame) -> tuple[bytes, int]:
    """``table`` as UTF-8 CSV without its index, and the number of cells that were made harmless.

    Text that a spreadsheet would run as a formula (it begins with = + - @, tab or carriage return, also after
    quotes and spaces, and is not a plain number) gets a leading apostrophe, in the header too. Everything else
    stays as it is; floats are written so that reading them back gives the same bits. Lines end in CR LF
    (RFC 4180), which makes the writer quote a lone CR too.

    >>> to_csv(pd.DataFrame({"note": ["=1+1", "-5", "fine"]}))
    (b"note\\r\\n'=1+1\\r\\n-5\\r\\nfine\\r\\n", 1)
    """
    safe, count = _harmless(table)
    return safe.to_csv(index=False, lineterminator="\r\n").encode(), count


def to_xlsx(sheets: dict[str, pd.DataFrame]) -> tuple[bytes, int]:
    """Tables as the sheets of one Excel file, without their indices, and the number of cells that were made harmless.

    The same text gets the same apostrophe as in ``to_csv``; besides, text is stored as text and never as a formula. Numbers
    stay numbers, negative ones too; what has no value is an empty cell. Control characters, which the format forbids, go.
    """
    book, count = Workbook(write_only=True), 0
    for title, table in sheets.items():
        safe, harmless = _harmless(table.map(_printable).rename(columns=_printable))
        count += harmless
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, name) for name in safe.columns])
        for row in safe.itertuples(index=False, name=None):
            sheet.append([_cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue(), count


def _cell(sheet, value):
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if not isinstance(value, str):
        return value.item() if isinstance(value, np.generic) else value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _printable(value):
    return _FORBIDDEN.sub("", value) if isinstance(value, str) else value


def _harmless(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
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
