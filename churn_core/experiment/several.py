"""What several campaigns say together: LOOP.md §9."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from churn_core.campaign.uncertainty import Band
from churn_core.distributions import chi_squared_above
from churn_core.experiment.strata import RateEstimate, log_interval

FEWEST = 3  # campaigns; with fewer nobody can tell whether they differ
_DIFFER = 0.1  # p-value of Cochran's Q


@dataclass(frozen=True, kw_only=True)
class Together:
    """``success_rate`` of all; ``p_value`` of Cochran's Q; ``differ``: whether the campaigns differ by more than chance, and then
    ``tau``, their standard deviation on the scale of ln(1 − success rate); ``next_one``: the range of the next campaign.
    """

    success_rate: Band
    p_value: float
    differ: bool
    tau: float
    next_one: Band


def together(campaigns: Sequence[RateEstimate]) -> Together | None:
    """Fixed weights 1/se_log², or those of DerSimonian & Laird (1986) where the campaigns differ. ``None`` with fewer than three."""
    if len(campaigns) < FEWEST:
        return None
    y = np.log([max(1 - each.success_rate.estimate, 1e-300) for each in campaigns])
    se = np.array([each.se_log for each in campaigns])
    weight = 1 / se**2
    mean = float(weight @ y / weight.sum())
    q, free = float(weight @ (y - mean) ** 2), len(campaigns) - 1
    p_value = chi_squared_above(q, free)
    tau2 = 0.0
    if p_value < _DIFFER:
        tau2 = max(0.0, (q - free) / float(weight.sum() - (weight**2).sum() / weight.sum()))
        weight = 1 / (se**2 + tau2)
        mean = float(weight @ y / weight.sum())
    error = 1 / math.sqrt(float(weight.sum()))
    return Together(
        success_rate=log_interval(math.exp(mean), error),
        p_value=p_value,
        differ=p_value < _DIFFER,
        tau=math.sqrt(tau2),
        next_one=log_interval(math.exp(mean), math.hypot(error, math.sqrt(tau2))),
    )
