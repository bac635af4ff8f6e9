"""How well a control group of some size will measure: LOOP.md §8."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.uncertainty import Band, Z
from churn_core.distributions import normal_below, normal_quantile
from churn_core.experiment.draw import control_number
from churn_core.experiment.strata import log_interval

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Precision:
    """What a campaign with this control group will say of the success rate, if it is the assumed one.

    ``churn_control`` r_C and ``churn_treated`` r_T expected; ``success_rate`` net of backfire with the expected interval;
    ``se_log`` of ln(1 − success rate).
    """

    control: int
    treated: int
    churn_control: float
    churn_treated: float
    variance_control: float
    variance_treated: float
    se_log: float

    @property
    def ratio(self) -> float:
        """r_T/r_C, the part of the leavers that still leave."""
        return self.churn_treated / self.churn_control

    @property
    def se(self) -> float:
        """The standard error of the success rate."""
        return self.ratio * self.se_log

    @property
    def half_width(self) -> float:
        """z·se: "± so much"."""
        return Z * self.se

    @property
    def success_rate(self) -> Band:
        """The expected estimate and interval."""
        return log_interval(self.ratio, self.se_log)

    @property
    def power(self) -> float:
        """The chance that the interval will exclude 0: that the contact will be seen to keep anybody."""
        return self.power_above(0.0)

    def power_above(self, success_rate: float) -> float:
        """The chance that the interval will lie above this (net) success rate; above 1 nothing lies."""
        if success_rate >= 1:
            return 0.0
        return normal_below((math.log1p(-success_rate) - math.log(self.ratio)) / self.se_log - Z)

    @property
    def harm_noticed(self) -> float:
        """The smallest harm, a negative success rate, that would be noticed in 80 of 100 campaigns."""
        return 1 - math.exp((Z + normal_quantile(0.8)) * self.se_log)


def planned(churn_probability: Values, control: int, success_rate: float, backfire_rate: float = 0.0) -> Precision | None:
    """Of a list (n,) with ``control`` of them left alone, drawn within tenths: q = p(1 − γ) + (1 − p)s of the treated.

    ``None`` where an arm is empty or nobody would leave.
    """
    n = len(churn_probability)
    treated = n - control
    if control <= 0 or treated <= 0:
        return None
    p = churn_probability
    q = p * (1 - success_rate) + (1 - p) * backfire_rate
    churn_control, churn_treated = float(p.mean()), float(q.mean())
    if churn_control <= 0 or churn_treated <= 0:
        return None
    variance_control, variance_treated = float((p * (1 - p)).mean()), float((q * (1 - q)).mean())
    variance = variance_treated / (treated * churn_treated**2) + variance_control / (control * churn_control**2)
    if variance <= 0:
        return None
    return Precision(
        control=control,
        treated=treated,
        churn_control=churn_control,
        churn_treated=churn_treated,
        variance_control=variance_control,
        variance_treated=variance_treated,
        se_log=math.sqrt(variance),
    )


def planned_share(churn_probability: Values, share: float, success_rate: float, backfire_rate: float = 0.0) -> Precision | None:
    """``planned`` with the number that a share of the list makes."""
    return planned(churn_probability, control_number(share, len(churn_probability)), success_rate, backfire_rate)


def control_for(churn_probability: Values, half_width: float, success_rate: float, backfire_rate: float = 0.0) -> int | None:
    """The smallest control group that measures the success rate to ± ``half_width``; ``None`` if no split of this list does.

    With A_a = (r_T/r_C)²·v_a/r_a² and K = (w/z)²: n_C = ⌈(b − √(b² − 4K·A_C·N)) / 2K⌉, b = K·N − A_T + A_C.
    """
    n = len(churn_probability)
    at = planned(churn_probability, 1, success_rate, backfire_rate) if n > 1 else None
    if at is None or half_width <= 0:
        return None
    of_control = at.ratio**2 * at.variance_control / at.churn_control**2
    of_treated = at.ratio**2 * at.variance_treated / at.churn_treated**2
    k = (half_width / Z) ** 2
    b = k * n - of_treated + of_control
    under = b * b - 4 * k * of_control * n
    if b < 0 or under < 0:
        return None
    # The smaller root as 2c/(b + √…) and not as (b − √…)/2K, which loses its digits where the list is long.
    control = max(math.ceil(2 * of_control * n / (b + math.sqrt(under))), 1) if b > 0 else n
    return control if control < n else None
