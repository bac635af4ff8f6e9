"""Whether the two arms still are what was drawn: LOOP.md §2 and §7."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, fisher_exact

from churn_core.campaign.uncertainty import Band
from churn_core.experiment.two_by_two import Counts

ALARM = 0.001  # p-value of the sample ratio; LOOP.md §2: below it no estimate is shown
UNEVEN = 0.01  # p-value of Fisher's test; LOOP.md §7: below it the outcomes are missing unevenly
FAR = 0.1  # standard deviations between the arms' mean churn probability; LOOP.md §2


@dataclass(frozen=True, kw_only=True)
class SampleRatio:
    """The two-sided exact binomial ``p_value`` of so many controls, given the planned share."""

    p_value: float

    @property
    def alarm(self) -> bool:
        """Whether the control group cannot be the one that was drawn."""
        return self.p_value < ALARM


def sample_ratio(treated: int, control: int, share: float) -> SampleRatio:
    """All who were drawn, whether their outcome is known or not.

    >>> sample_ratio(4835, 430, 0.1).alarm
    True
    """
    return SampleRatio(p_value=float(binomtest(control, treated + control, share).pvalue))


def balance(control: npt.NDArray[np.bool_], churn_probability: npt.NDArray[np.float64]) -> float:
    """(p̄_T − p̄_C) / sd(p) over the list: how far apart the arms were at the draw; 0 where all have the same probability."""
    spread = float(churn_probability.std())
    if spread == 0 or control.all() or not control.any():
        return 0.0
    return float(churn_probability[~control].mean() - churn_probability[control].mean()) / spread


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Outcomes that are unknown, per arm. ``bounds``: the success rate of the known ones between the two extremes of what the
    unknown may have done; ``None`` where it is not defined. ``uneven``: whether one arm lacks more of them than chance explains.
    """

    treated: int
    control: int
    bounds: Band | None
    uneven: bool


def missing(counts: Counts, unknown_treated: int, unknown_control: int) -> Missing:
    """``counts`` are of the known outcomes. Worst: all unknown treated left and no unknown control did; best: the reverse."""
    rate = bounds = None
    if counts.treated and counts.left_control:
        rate = 1 - counts.churn_treated / counts.churn_control
        all_treated, all_control = counts.treated + unknown_treated, counts.control + unknown_control
        worst = 1 - (counts.left_treated + unknown_treated) / all_treated / (counts.left_control / all_control)
        best = 1 - counts.left_treated / all_treated / ((counts.left_control + unknown_control) / all_control)
        bounds = Band(estimate=rate, low=worst, high=best)
    table = [[counts.treated, unknown_treated], [counts.control, unknown_control]]
    uneven = bool(unknown_treated or unknown_control) and float(fisher_exact(table).pvalue) < UNEVEN
    return Missing(treated=unknown_treated, control=unknown_control, bounds=bounds, uneven=uneven)
