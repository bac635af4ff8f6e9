"""What a campaign earned, against its control group: LOOP.md §5.1."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.uncertainty import Band, Z
from churn_core.experiment.adjust import Values, pooled_slope

FEWEST_LEAVERS = 20  # in either arm; with fewer, money cannot be told: LOOP.md §5.1


@dataclass(frozen=True, kw_only=True)
class RealisedProfit:
    """Money that the treated earned. ``profit`` and ``roi`` with their 95 % intervals; ``roi`` is ``None`` if nothing was spent.

    ``kept``: the value that did not leave because of the contact; ``spend``: all that was paid for the treated, with the fixed cost,
    as booked; ``standard_error`` of the profit; ``slope`` of the value lost on the value expected to be lost, 0 if not adjusted.
    """

    profit: Band
    roi: Band | None
    kept: float
    spend: float
    standard_error: float
    slope: float


def realised_profit(
    control: npt.NDArray[np.bool_],
    left: Values,
    clv: Values,
    cost: Values,
    *,
    fixed_cost: float = 0.0,
    churn_probability: Values | None = None,
) -> RealisedProfit | None:
    """The value lost per treated customer against that per control customer, times the treated, less what was spent.

    ``left`` (n,) is 1, 0 or NaN where it is not known; ``clv`` and ``churn_probability`` are those of the draw; ``cost`` money per
    customer. With L = V·y and q = V·p: kept = n_T·{mean_C[L − θ(q − q̄_T)] − mean_T[L]}, θ the pooled slope of L on q. Means are
    over known outcomes, q̄_T and the spend over all treated. ``None`` with fewer than two known outcomes in an arm.
    """
    treated, known = ~control, ~np.isnan(left)
    held, called = control & known, treated & known
    if held.sum() < 2 or called.sum() < 2:
        return None
    lost = np.where(known, clv * np.where(known, left, 0.0), 0.0)
    expected = np.zeros_like(lost) if churn_probability is None else clv * churn_probability
    slope = 0.0 if churn_probability is None else pooled_slope(control[known], lost[known], expected[known])
    n = int(treated.sum())
    beside = float((lost[held] - slope * (expected[held] - expected[treated].mean())).mean())
    kept = n * (beside - float(lost[called].mean()))
    spend = float(cost[treated].sum()) + fixed_cost
    rest = lost - slope * expected
    variance = float(rest[called].var(ddof=1)) / called.sum() + float(rest[held].var(ddof=1)) / held.sum()
    error = n * math.sqrt(variance)
    profit = Band(estimate=kept - spend, low=kept - spend - Z * error, high=kept - spend + Z * error)
    roi = None
    if spend > 0:
        roi = Band(estimate=profit.estimate / spend, low=profit.low / spend, high=profit.high / spend)
    return RealisedProfit(profit=profit, roi=roi, kept=kept, spend=spend, standard_error=error, slope=slope)
