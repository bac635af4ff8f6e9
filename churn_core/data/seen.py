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
        known = values[values.astype(object) != BLANK] if column.kind == "category" else values
        if known.empty:
            return column
        most = known.mode().iloc[0]
        return replace(column, typical=str(most) if column.kind == "category" else column.spoken(int(most)))
    numbers = values.to_numpy(dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return column
    typical = plain_number(float(np.quantile(numbers, 0.5, method="lower")))
    return replace(column, typical=typical, seen_low=float(numbers.min()), seen_high=float(numbers.max()))
