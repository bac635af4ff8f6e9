"""What a customer has paid so far: it repeats what the charge and the tenure say."""

import re

import numpy as np

from churn_core.data.proposing.proposal import Money, Tenure
from churn_core.data.proposing.raw_column import RawColumn

_NAMED = re.compile(
    r"\b(total|lifetime|gesamt|totale|totales|totaux)\b.*\b(charges?|revenue|spend|spent|paid|bill(ed)?|amount|fees?)\b|\bgesamtumsatz\b"
)
_IN_MONTHS = {"months": 1.0, "years": 12.0, "days": 12 / 365.25, "weeks": 7 * 12 / 365.25}
_A_MONTH = {"month": 1.0, "year": 1 / 12, "week": 365.25 / 7 / 12}
_APART = 0.15  # the median of |total / (charge × tenure) − 1|


def is_total(column: RawColumn, columns: list[RawColumn], money: Money, tenure: Tenure | None) -> bool:
    """Whether the column is about charge × tenure under the name of a total."""
    if not (column.says(_NAMED) and column.is_number and money.kind == "charge" and money.period and tenure):
        return False
    charge = next(each for each in columns if each.name == money.column)
    months = next(each for each in columns if each.name == tenure.column)
    if tenure.unit not in _IN_MONTHS or not charge.is_number:
        return False
    product = charge.values * _A_MONTH[money.period] * months.values * _IN_MONTHS[tenure.unit]
    known = (product > 0) & (column.values > 0)
    return bool(known.any()) and float(np.median(np.abs(column.values[known] / product[known] - 1))) < _APART
