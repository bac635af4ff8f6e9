"""The columns of a file that the schema knows, each once: one that is there twice is one column if both mean the same."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.cleaning.account import Account, plain_text, shown
from churn_core.data.cleaning.missing import require
from churn_core.data.cleaning.values import CLEANERS
from churn_core.data.columns import Columns
from churn_core.data.nothing import is_no_total, is_nothing
from churn_core.errors import DataError
from churn_core.schema import Column, Schema

_SINGLE = 1e-7  # share; a number of single precision is as near to what it was made of


def taken(raw: pd.DataFrame, found: Columns, schema: Schema, decimal: str = ".") -> pd.DataFrame:
    """The columns of ``raw`` that the schema knows, under the schema's names, each once; others are left out. ``decimal``: the
    decimal mark of the file.

    Raises ``DataError`` if a required column is missing, or is there more than once with values that differ after cleaning.
    """
    require(raw, found, schema)
    columns = {name: together(raw, at, schema[name], decimal) for name, at in found.at.items()}
    columns |= {name: raw.iloc[:, each.position] for name, each in found.converted.items()}
    return pd.DataFrame(columns, index=raw.index, copy=False)


def together(raw: pd.DataFrame, at: tuple[int, ...], column: Column, decimal: str = ".") -> pd.Series:
    """One column of those at the positions ``at`` of ``raw``, which all are ``column``. What one leaves blank another may tell.

    Raises ``DataError`` with the first row in which two of them mean different things.

    >>> from churn_core.schema import Column
    >>> raw = pd.DataFrame({"Tenure": ["12", "", "3"], "tenure": [12.0, 5.0, 3.0]})
    >>> together(raw, (0, 1), Column(name="tenure", label="Tenure", kind="whole")).tolist()
    ['12', 5.0, '3']
    """
    first, *again = at
    values = raw.iloc[:, first]
    for position in again:
        other = raw.iloc[:, position]
        if values.astype(str).str.strip().equals(other.astype(str).str.strip()):
            continue
        (one, one_blank), (two, two_blank) = (_understood(each, column, decimal) for each in (values, other))
        differ = np.flatnonzero(~one_blank & ~two_blank & (one != two))
        differ = differ[[not _same_number(one[i], two[i]) for i in differ]]
        if len(differ):
            row, names = differ[0], sorted({repr(str(raw.columns[i]).strip()) for i in (first, position)})
            both = " and ".join(shown(each.iloc[row]) for each in (values, other))
            raise DataError(
                f"Column '{column.name}' appears more than once ({' and '.join(names)}) with different values: {both} in row "
                f"{raw.index[row]}. Keep one of them."
            )
        if (one_blank & ~two_blank).any():
            values = values.astype("object").mask(one_blank, other.astype("object"))
    return values


def _same_number(one: object, two: object) -> bool:
    return isinstance(one, float) and isinstance(two, float) and math.isclose(one, two, rel_tol=_SINGLE)


def _understood(values: pd.Series, column: Column, decimal: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """What each value means, as objects, and which are blank; what cannot be understood means its own text."""
    values = values.reset_index(drop=True)
    words = values.map(plain_text).astype("object")
    nothing = is_no_total if column.role == "total_charge" else is_nothing
    blank = words.map(nothing).to_numpy(dtype=bool)
    account = Account(rows=len(values), labels=values.index, typed=False, decimal=decimal)
    means = np.asarray(CLEANERS[column.kind](values, column, account)).astype("object")
    unread = account.bad | pd.isna(means)
    means[unread] = words[unread].str.strip()
    if column.kind == "text":  # 12 beside 12.0
        means = pd.Series(means).str.replace(r"^(\d+)\.0+$", r"\1", regex=True).to_numpy(dtype="object")
    return means, blank
