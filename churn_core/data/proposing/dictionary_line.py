"""A second line that describes the columns, between the header and the first customer."""

import numpy as np
import pandas as pd

from churn_core.data.proposing.raw_column import RawColumn, look_at

_LEAST_ROWS = 20
_TOLD_BY = 400  # rows
_LEAST_NUMERIC = 2  # columns
_MOST = 0.8  # share of the columns of numbers in which it holds words, of those in which it holds anything
_LEAST = 0.5  # share of the columns of numbers in which it holds anything


def describes_columns(frame: pd.DataFrame, decimal: str) -> bool:
    """Whether the first row of ``frame`` holds words where the other rows hold numbers."""
    if len(frame) < _LEAST_ROWS:
        return False
    numeric = [
        i
        for i in range(frame.shape[1])
        if look_at("", i, frame.iloc[1:_TOLD_BY, i], decimal).kind in ("number", "whole", "ordinal")
    ]
    first = [look_at("", i, frame.iloc[:1, i], decimal) for i in numeric]
    filled = [column for column in first if column.filled]
    if len(filled) < max(_LEAST_NUMERIC, _LEAST * len(numeric)):
        return False
    return float(np.mean([_is_word(column) for column in filled])) >= _MOST


def _is_word(column: RawColumn) -> bool:
    return column.filled == 1 and bool(np.isnan(column.numbers[0]))
