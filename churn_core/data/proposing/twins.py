"""Rows that agree in everything but the id, and columns that say the same in other words."""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.proposing.raw_column import RawColumn

_FEW = 30  # values; where there are more, the same split may say more, as a charge beside minutes
_LEAST = 3  # columns; rows that agree in fewer say nothing


def twins(columns: list[RawColumn]) -> tuple[int, int]:
    """How many rows agree with another one in all of these columns, and how many in all but at most one of them."""
    if len(columns) < _LEAST:
        return 0, 0
    hashed = [pd.util.hash_array(column.codes * len(columns) + i) for i, column in enumerate(columns)]
    whole = np.sum(hashed, axis=0, dtype=np.uint64)  # wraps around; each column can be taken out of the sum again
    exact = pd.Series(whole).duplicated(keep=False)
    near = exact.copy()
    for each in hashed:
        near |= pd.Series(whole - each).duplicated(keep=False)
    return int(exact.sum()), int(near.sum())


def same_columns(columns: list[RawColumn]) -> dict[int, str]:
    """Position → that an earlier column splits the rows in the same way, in up to 30 values, or has the same values."""
    first, found = dict[bytes, str](), dict[int, str]()
    for column in columns:
        if column.distinct < 2:
            continue
        digest = hashlib.blake2b(_by_appearance(column.codes).tobytes())
        if column.distinct > _FEW:
            digest.update("\0".join(column.levels).encode(errors="replace"))
        earlier = first.setdefault(digest.digest(), column.name)
        if earlier != column.name:
            found[column.position] = f"the same as {earlier} in other words"
    return found


def _by_appearance(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same split of the rows, numbered by the first row of each part; blanks stay blank."""
    numbered = pd.factorize(np.where(codes < 0, -1, codes))[0].astype(np.int64)
    return np.where(codes < 0, -1, numbered)
