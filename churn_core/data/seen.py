"""What the customers of a training file had, kept with the columns of their schema."""

from dataclasses import replace

import numpy as np
import pandas as pd

from churn_core.formats import plain_number
from churn_core.schema import BLANK, Column, Schema


def with_what_was_seen(schema: Schema, customers: pd.DataFrame) -> Schema:
    """The schema with the typical value of each feature among these clean customers, and the ends of its numbers: the median of
    numbers, the most frequent of words.

    >>> column = Column(name="calls", label="Calls", kind="whole", low=0)
    >>> seen = with_what_was_seen(Schema(name="Shop", columns=(column,)), pd.DataFrame({"calls": [1, 1, 2, 9]}))["calls"]
    >>> seen.typical, seen.seen_low, seen.seen_high
    ('1', 1.0, 9.0)
    """
    told = ("feature", "tenure", "monthly_charge", "clv", "total_charge")
    columns = tuple(
        _seen(each, customers[each.name]) if each.role in told and each.kind != "text" else each for each in schema.columns
    )
    return replace(schema, columns=columns)


def _seen(column: Column, values: pd.Series) -> Column:
    if column.kind in ("category", "flag"):
        most = most_frequent(values, column)
        if most is None:
            return column
        return replace(column, typical=most if isinstance(most, str) else column.spoken(most))
    numbers = values.to_numpy(dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return column
    typical = plain_number(float(np.quantile(numbers, 0.5, method="lower")))
    return replace(column, typical=typical, seen_low=float(numbers.min()), seen_high=float(numbers.max()))


def most_frequent(values: pd.Series, column: Column) -> str | int | None:
    """What most customers have of a category or of a yes-or-no, of several the first; ``None`` where nobody has any.

    >>> kind = Column(name="plan", label="Plan", kind="category", allowed=("new", "old"))
    >>> most_frequent(pd.Series(["old", "new", "old"], dtype="category"), kind)
    'old'
    """
    if column.kind == "category" and isinstance(values.dtype, pd.CategoricalDtype):
        codes, words = values.cat.codes.to_numpy(), values.cat.categories  # each word once, not once for each customer
        counts = np.bincount(codes[codes >= 0], minlength=len(words))
        counts[words == BLANK] = 0
        return str(words[int(counts.argmax())]) if counts.any() else None
    known = (values[values.astype(object) != BLANK] if column.kind == "category" else values).mode()
    if known.empty:
        return None
    return str(known.iloc[0]) if column.kind == "category" else int(known.iloc[0])
