"""The columns of a table of clean customers as arrays: fetching a column from a table takes longer than most of what is done with it
where there are few customers, or few distinct ones.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Values: TypeAlias = np.ndarray | pd.Categorical  # (n,)
Columns: TypeAlias = Mapping[str, Values]  # by name


def arrays_of(customers: pd.DataFrame, names: Iterable[str]) -> Columns:
    """These columns, each fetched once; the values are those of the table, not copies of them."""
    series = {name: customers[name] for name in dict.fromkeys(names)}
    return {name: each.array if isinstance(each.dtype, pd.CategoricalDtype) else each.to_numpy() for name, each in series.items()}


def array_of(values: Any) -> np.ndarray:
    """The array of a column. One of Python's own words is made and compared in a quarter of the time that one of NumPy's fixed width
    takes.
    """
    words = isinstance(values, list) and values and isinstance(values[0], str)
    return np.fromiter(values, object, len(values)) if words else np.asarray(values)
