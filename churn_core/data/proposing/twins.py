"""Rows that agree in everything but the id, and columns that say the same in other words."""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.proposing.raw_column import RawColumn

_FEW = 30  # values; where there are more, the same split may say more, as a charge beside minutes
_LEAST = 3  # columns; rows that agree in fewer say nothing


def twins(columns: list[RawColumn]) -> int:
    """How many rows agree with another one in all of these columns."""
    if len(columns) < _LEAST:
        return 0
    alike = pd.DataFrame({i: column.codes for i, column in enumerate(columns)})
    return int(pd.util.hash_pandas_object(alike, index=False).duplicated(keep=False).sum())


def same_columns(columns: list[RawColumn]) -> dict[str, str]:
    """Column → an earlier one that splits the rows in the same way, in up to 30 values, or that has the same values."""
    first, found = dict[bytes, str](), dict[str, str]()
    for column in columns:
        if column.distinct < 2:
            continue
        codes = _by_appearance(column.codes)
        digest = hashlib.blake2b(codes.tobytes())
        if column.distinct > _FEW:
            digest.update("\0".join(column.levels).encode())
        earlier = first.setdefault(digest.digest(), column.name)
        if earlier != column.name:
            found[column.name] = earlier
    return found


def _by_appearance(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same split of the rows, numbered by the first row of each part; blanks stay blank."""
    numbered = pd.factorize(np.where(codes < 0, -1, codes))[0].astype(np.int64)
    return np.where(codes < 0, -1, numbered)
