"""A part of the customers that is worth a look of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Customers worth a look of their own, compared with the ``rest`` of a wider group.

    ``where`` and ``within`` map a column to the values it may have; all columns must match.
    """

    name: str
    definition: str
    rest: str
    within: Mapping[str, tuple[str, ...]]
    where: Mapping[str, tuple[str, ...]]

    def members(self, customers: pd.DataFrame) -> pd.Series:
        """True for each customer of the segment."""
        return _matches(customers, self.within) & _matches(customers, self.where)

    def others(self, customers: pd.DataFrame) -> pd.Series:
        """True for each customer of the wider group that is not in the segment."""
        return _matches(customers, self.within) & ~self.members(customers)


def _matches(customers: pd.DataFrame, wanted: Mapping[str, tuple[str, ...]]) -> pd.Series:
    matched = pd.Series(True, index=customers.index)
    for column, values in wanted.items():
        matched &= customers[column].isin(values)
    return matched
