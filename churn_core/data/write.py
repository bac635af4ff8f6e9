"""Tables → CSV that is safe to open in a spreadsheet."""

import re

import pandas as pd

_RUNS = re.compile(r"""^["'\s]*[=+\-@\t\r]|^[\t\r]""")
_NUMBER = re.compile(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$")


def to_csv(table: pd.DataFrame) -> tuple[bytes, int]:
    """``table`` as UTF-8 CSV without its index, and the number of cells that were made harmless.

    Text that a spreadsheet would run as a formula (it begins with = + - @, tab or carriage return, also after
    quotes and spaces, and is not a plain number) gets a leading apostrophe, in the header too. Everything else
    stays as it is; floats are written so that reading them back gives the same bits.

    >>> to_csv(pd.DataFrame({"note": ["=1+1", "-5", "fine"]}))
    (b"note\\n'=1+1\\n-5\\nfine\\n", 1)
    """
    safe = table.copy()
    count = 0
    for position in range(table.shape[1]):
        values = table.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(values):
            harmful = {v for v in values.unique() if _is_harmful(v)}
            count += int(values.isin(harmful).sum())
            if harmful:
                safe.isetitem(position, values.map(lambda v, harmful=harmful: f"'{v}" if v in harmful else v))
    count += sum(map(_is_harmful, table.columns))
    safe.columns = [f"'{name}" if _is_harmful(name) else name for name in table.columns]
    return safe.to_csv(index=False, lineterminator="\n").encode(), count


def _is_harmful(value: object) -> bool:
    return isinstance(value, str) and bool(_RUNS.match(value)) and not _NUMBER.match(value)
