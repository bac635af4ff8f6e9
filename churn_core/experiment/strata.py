"""The success rate adjusted for the tenths in which lots were drawn: the headline. LOOP.md §4.1."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.uncertainty import Band, Z
from churn_core.experiment.two_by_two import Counts


@dataclass(frozen=True, kw_only=True)
class RateEstimate:
    """A success rate with its interval, and the standard error of ln(1 − success rate), by which it is combined with others."""

    success_rate: Band
    se_log: float

    @classmethod
    def of(cls, success_rate: float, se_log: float) -> "RateEstimate":
        """With the interval that ``log_interval`` gives."""
        return cls(success_rate=log_interval(1 - success_rate, se_log), se_log=se_log)


def log_interval(ratio: float, se_log: float) -> Band:
    """1 − ratio, with the interval 1 − ratio·e^{±z·se_log}."""
    return Band(estimate=1 - ratio, low=1 - ratio * math.exp(min(Z * se_log, 700.0)), high=1 - ratio * math.exp(-Z * se_log))


def mantel_haenszel(strata: Sequence[Counts]) -> RateEstimate | None:
    """γ = 1 − R/S over the strata, with the interval of Greenland & Robins (1985, *Biometrics* 41).

    R = Σ x_T·n_C/N, S = Σ x_C·n_T/N, D = Σ [(x_T + x_C)·n_T·n_C − x_T·x_C·N]/N², se_log = √(D/(R·S)). A stratum without one of
    the arms counts nothing. ``None`` where R, S or D is 0: then ``two_by_two`` says what there is to say.

    >>> drawn = [Counts(left_treated=280, treated=474, left_control=40, control=53)]
    >>> round(mantel_haenszel(drawn).success_rate.estimate, 3)
    0.217
    """
    r = s = d = 0.0
    for stratum in strata:
        if not (stratum.treated and stratum.control):
            continue
        n = stratum.treated + stratum.control
        r += stratum.left_treated * stratum.control / n
        s += stratum.left_control * stratum.treated / n
        both = (stratum.left_treated + stratum.left_control) * stratum.treated * stratum.control
        d += (both - stratum.left_treated * stratum.left_control * n) / n**2
    if r <= 0 or s <= 0 or d <= 0:
        return None
    se_log = math.sqrt(d / (r * s))
    return RateEstimate.of(1 - r / s, se_log)


def counts_by_stratum(
    stratum: npt.NDArray[np.integer], control: npt.NDArray[np.bool_], left: npt.NDArray[np.float64]
) -> dict[int, Counts]:
    """The counts of each stratum, in their order; (n,) each, ``left`` NaN where it is not known."""
    return {int(k): Counts.of(control[stratum == k], left[stratum == k]) for k in np.unique(stratum)}
