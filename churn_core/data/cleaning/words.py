"""The distinct words of a column of a raw table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.cleaning.account import plain_text


def coded(values: pd.Series) -> tuple[npt.NDArray[np.intp], list[str]]:
    """The position of each value among the distinct words (n,), and these words; a missing value is the empty word. 1.0 becomes
    '1', so that floats can be flags.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy().astype(np.intp)  # they are used as places more than once
        distinct = values.cat.categories
    else:
        values = values.map(word_of).astype("str") if values.dtype == "object" else values
        codes, distinct = pd.factorize(values)
    return codes, [*map(word_of, distinct), ""]  # the code of a missing value is -1, so the last word


def word_of(value: object) -> str:
    """A cell as text; a whole number has no decimals."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else plain_text(value)
