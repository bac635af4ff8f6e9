"""Estimates adjusted by what was known at the draw, the churn probability: LOOP.md §4.2."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.uncertainty import Band, Z
from churn_core.experiment.strata import log_interval

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """``slope`` of the outcome on the probability within the arms; the adjusted churn of both arms; ``reduction`` Δ, a share;
    ``success_rate`` with ``se_log``, ``None`` where it is not defined.
    """

    slope: float
    churn_treated: float
    churn_control: float
    reduction: Band
    success_rate: Band | None
    se_log: float | None


def pooled_slope(control: npt.NDArray[np.bool_], of: Values, on: Values) -> float:
    """Σ_arm Σ(x − x̄)(y − ȳ) / Σ_arm Σ(x − x̄)² of y = ``of`` on x = ``on``; 0 where x does not vary within an arm."""
    above = below = 0.0
    for arm in (control, ~control):
        if arm.any():
            away = on[arm] - on[arm].mean()
            above += float(away @ (of[arm] - of[arm].mean()))
            below += float(away @ away)
    return above / below if below > 0 else 0.0


def adjusted(control: npt.NDArray[np.bool_], left: Values, churn_probability: Values) -> Adjusted | None:
    """Both arms' churn as if they had the same churn probabilities; (n,) each, ``left`` NaN where it is not known.

    r_a = mean_a(y − θ(p − p̄)), its variance var_a(y − θ(p − p̄))/n_a. ``None`` where an arm has not both leavers and stayers: its
    outcomes do not vary, so their variance would be 0 and the interval without width.
    """
    known = ~np.isnan(left)
    held, y, p = control[known], left[known], churn_probability[known]
    if any(len(np.unique(y[arm])) < 2 for arm in (held, ~held)):
        return None
    slope = pooled_slope(held, y, p)
    at_same_risk = y - slope * (p - p.mean())
    mean, variance = {}, {}
    for is_control in (True, False):
        values = at_same_risk[held == is_control]
        mean[is_control], variance[is_control] = float(values.mean()), float(values.var(ddof=1)) / len(values)
    delta = mean[True] - mean[False]
    half = Z * math.sqrt(variance[True] + variance[False])
    rate = se_log = None
    if mean[True] > 0 and mean[False] > 0:
        se_log = math.sqrt(variance[False] / mean[False] ** 2 + variance[True] / mean[True] ** 2)
        rate = log_interval(mean[False] / mean[True], se_log)
    return Adjusted(
        slope=slope,
        churn_treated=mean[False],
        churn_control=mean[True],
        reduction=Band(estimate=delta, low=delta - half, high=delta + half),
        success_rate=rate,
        se_log=se_log,
    )
