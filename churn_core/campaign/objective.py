"""What a campaign is to achieve, and which of the possible lists achieves it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.campaign.economics import NOISE, check_parameters, parameter

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

    def allows(self, profit: npt.NDArray[np.float64], spend: npt.NDArray[np.float64] | float) -> npt.NDArray[np.bool_]:
        """Whether each campaign keeps to the budget and to the least ROI of the whole; same shape."""
        allowed = np.ones(np.shape(profit), dtype=bool)
        if self.budget is not None:
            allowed &= spend <= self.budget * (1 + NOISE)
        if self.min_roi is not None:
            allowed &= profit >= self.min_roi * spend * (1 - NOISE)
        return allowed

    def best(
        self, profit: npt.NDArray[np.float64], spend: npt.NDArray[np.float64] | float, fixed_cost: float = 0.0
    ) -> npt.NDArray[np.intp]:
        """The position of the best candidate along the last axis; position 0 is the empty campaign (profit and spend 0).

        ``profit`` and ``spend`` (…, k + 1) include the fixed cost F; without a limit the spend does not matter and may be 0.
        The best candidate has the largest Σu − h·Σe of those with C ≤ B and Π ≥ H·C. Of equal candidates it is the smaller
        one, and it is the empty campaign where none earns anything. Every candidate is tried, because with a fixed cost a
        small campaign can miss H while a larger one meets it.
        """
        worth = profit + fixed_cost
        if self.marginal:
            worth -= self.marginal * (spend - fixed_cost)
        worth = np.where(self.allows(profit, spend), worth, -np.inf)
        worth[..., 0] = 0.0
        noise = NOISE * (np.abs(profit) + spend).max(axis=-1, keepdims=True)
        k = np.argmax(worth >= worth.max(axis=-1, keepdims=True) - noise, axis=-1)
        earned = np.take_along_axis(profit, k[..., None], axis=-1)
        return np.where(earned > noise + NOISE * fixed_cost, k[..., None], 0)[..., 0]


MAXIMUM_PROFIT = Objective()
