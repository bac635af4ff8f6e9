"""The candidates of a sweep that are best for some cost.

Without an incentive and without backfire profit is γ·(V/v)·Σpv − c·n, so the best threshold lies on the concave hull of the
points (n, Σpv), and is found by one binary search among its slopes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.campaign.totals import Totals


@dataclass(frozen=True, kw_only=True, eq=False)
class Hull:
    """The candidates that are best for some cost: the corners of the least concave majorant of (n, Σpv).

    ``slope`` (j,), falling: what each further stretch adds to Σpv per contact. Corner i lies after i stretches.
    """

    slope: npt.NDArray[np.float64]
    threshold: npt.NDArray[np.float64]
    totals: Totals[npt.NDArray[Any]]

    @classmethod
    def of(cls, threshold: npt.NDArray[np.float64], totals: Totals[npt.NDArray[Any]], gain: npt.NDArray[np.float64]) -> "Hull":
        """The hull of candidates (k + 1,), from the empty campaign to everybody; ``gain``: p·v of each customer (n,) in order."""
        ends = totals.contacted
        if len(ends) == 1:
            return cls(slope=np.array([]), threshold=threshold, totals=totals)
        # What each candidate adds comes from its own customers: a difference of two large sums would not be exact.
        size = np.diff(ends).astype(float)
        added = np.add.reduceat(gain, ends[:-1]) / size
        from scipy.optimize import isotonic_regression  # takes as long to load as pandas, and a file is scored without

        pooled = isotonic_regression(added, weights=size, increasing=False)
        corners = pooled.blocks
        return cls(slope=pooled.x[corners[:-1]], threshold=threshold[corners], totals=totals.at(corners))

    def best(self, price: float) -> int:
        """The corner with the largest Σpv − price·n; of equal ones the smaller."""
        return int(np.searchsorted(-self.slope, -price))
