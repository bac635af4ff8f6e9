"""What a campaign is to achieve, and which of the possible lists achieves it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.campaign.economics import NOISE, check_parameters, parameter

_Money = npt.NDArray[np.float64] | float
_MAX_ROI = 1e6  # no unit; our choice: a million of profit on each unit spent, far from overflow


@dataclass(frozen=True, kw_only=True)
class Objective:
    """The largest expected profit, within what is asked for; ``None`` asks for nothing.

    - ``budget`` B: the most that the campaign may be expected to spend, fixed cost included; money
    - ``min_roi`` H: the least profit ÷ spend of the campaign as a whole (2.45 = 245 %)
    - ``min_marginal_roi`` h: the least profit ÷ spend of each contact; the sensible control of ROI, and the shadow
      price of a budget

    "The largest ratio" is no objective on purpose: it is a campaign of a handful of customers. Raises ``CampaignError``
    for an impossible value.

    >>> Objective(min_roi=-1)
    Traceback (most recent call last):
    churn_core.errors.CampaignError: min_roi must be between 0 and 1,000,000, got -1. Write it as a ratio, like 2.45 for 245 %.
    """

    budget: float | None = parameter(
        None, 0, 1000 * settings.MAX_MONEY, "most the campaign may spend", "Write the budget as an amount of money, like 20000."
    )
    min_roi: float | None = parameter(
        None, 0, _MAX_ROI, "least profit / spend of the whole campaign", "Write it as a ratio, like 2.45 for 245 %."
    )
    min_marginal_roi: float | None = parameter(
        None, 0, _MAX_ROI, "least profit / spend of each contact", "Write it as a ratio, like 1 for 100 %."
    )

    def __post_init__(self) -> None:
        check_parameters(self)

    @property
    def marginal(self) -> float:
        """``min_marginal_roi`` h; 0 where it is ``None``."""
        return self.min_marginal_roi or 0.0

    def allows(self, profit: _Money, spend: _Money) -> npt.NDArray[np.bool_]:
        """Whether each campaign keeps to the budget and to the least ROI of the whole; same shape."""
        allowed = np.ones(np.shape(profit), dtype=bool)
        if self.budget is not None:
            allowed &= spend <= self.budget * (1 + NOISE)
        if self.min_roi is not None:
            allowed &= reaches(profit, spend, self.min_roi)
        return allowed

    def best(
        self,
        profit: npt.NDArray[np.float64],
        spend: npt.NDArray[np.float64] | float,
        fixed_cost: float = 0.0,
        noise: npt.NDArray[np.float64] | float | None = None,
    ) -> npt.NDArray[np.intp]:
        """The position of the best candidate along the last axis; position 0 is the empty campaign (profit and spend 0).

        ``profit`` and ``spend`` (…, k + 1) include the fixed cost F; without a limit the spend does not matter and may be 0.
        Profits that differ by no more than ``noise`` are equal; by default 1e-12 of the largest profit and spend.
        The best candidate has the largest Σu − h·Σe of those with C ≤ B and Π ≥ H·C; of equal ones the largest profit,
        because "at least h" takes in who brings exactly that; and of equal profits it is the smallest. It is the empty
        campaign where none earns anything. Every candidate is tried, because with a fixed cost a small campaign can miss H
        while a larger one meets it. The best without a limit is taken whenever it is among the best with it: a limit that
        binds nothing changes nothing, not even among candidates that differ by noise.
        """
        usual = NOISE * (np.abs(profit) + spend).max(axis=-1, keepdims=True)
        noise = usual if noise is None else noise
        k = _first(profit >= profit.max(axis=-1, keepdims=True) - noise)
        if self != MAXIMUM_PROFIT:
            worth = profit + fixed_cost - self.marginal * (spend - fixed_cost)
            worth = np.where(self.allows(profit, spend), worth, -np.inf)
            worth[..., 0] = 0.0
            good = worth >= worth.max(axis=-1, keepdims=True) - (1 + self.marginal) * usual
            earned = np.where(good, profit, -np.inf)
            k = np.where(np.take_along_axis(good, k, axis=-1), k, _first(earned >= earned.max(axis=-1, keepdims=True) - noise))
        pays = np.take_along_axis(profit, k, axis=-1) > noise + NOISE * fixed_cost
        return np.where(pays, k, 0)[..., 0]


def reaches(profit: _Money, spend: _Money, roi: float) -> npt.NDArray[np.bool_]:
    """Whether each profit is at least so many times its spend, exactly that included; same shape."""
    return np.asarray(profit >= (roi - NOISE * (1 + roi)) * np.asarray(spend))


def _first(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The first position that is chosen along the last axis, which is kept with length 1."""
    first: npt.NDArray[np.intp] = np.argmax(chosen, axis=-1, keepdims=True)
    return first


MAXIMUM_PROFIT = Objective()
