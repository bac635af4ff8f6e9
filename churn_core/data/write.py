"""Tables → CSV that is safe to open in a spreadsheet."""

import re

import pandas as pd

_RUNS = re.compile(r"""^["'\s]*[=+\-@\t\r]|^[\t\r]""")
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
    return safe.to_csv(index=False, lineterminator="\r\n").encode(), count


def _is_harmful(value: object) -> bool:
    return isinstance(value, str) and bool(_RUNS.match(value)) and not _NUMBER.match(value)
