"""How sure a difference of two churn rates is: Fisher's test, Wilson's interval and Holm's procedure, for weighted customers too."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom

from churn_core.decisions.segments.conditions import Mask
from churn_core.distributions import normal_quantile


@dataclass(frozen=True, kw_only=True)
class Tally:
    """``number`` customers of whom ``left`` left. ``rate``: their churn rate, 0–1; NaN of nobody."""

    number: int
    left: int
    rate: float

    @classmethod
    def of(cls, group: Mask, left: Mask, weight: npt.NDArray[np.float64] | None) -> "Tally":
        """Of a group (n,). Customers who each stand for a ``weight`` (n,) say as much as (Σw)² / Σw² who each stand for one (Kish,
        *Survey Sampling*, 1965).
        """
        if weight is None:
            number, gone = int(group.sum()), int(left[group].sum())
            return cls(number=number, left=gone, rate=gone / number if number else math.nan)
        w = weight[group]
        total = float(w.sum())
        if not total:
            return cls(number=0, left=0, rate=math.nan)
        number, rate = round(total**2 / float(w @ w)), float(w @ left[group]) / total
        return cls(number=number, left=round(number * rate), rate=rate)


def fisher(inside: Tally, outside: Tally, side: int) -> float:
    """The chance that so many (``side`` 1) or so few (−1) of the leavers are ``inside`` if both leave alike; 0–1. Fisher's exact test.

    >>> two = Tally(number=2, left=2, rate=1.0), Tally(number=2, left=0, rate=0.0)
    >>> round(fisher(*two, 1), 4), fisher(*two, -1)
    (0.1667, 1.0)
    """
    customers, leavers = inside.number + outside.number, inside.left + outside.left
    if not customers:
        return 1.0
    if side > 0:
        return float(hypergeom.sf(inside.left - 1, customers, leavers, inside.number))
    return float(hypergeom.cdf(inside.left, customers, leavers, inside.number))


def wilson(tally: Tally, level: float) -> tuple[float, float]:
    """The interval of a rate that holds it with the chance ``level``; 0–1. Wilson, *JASA* 22, 1927.

    >>> [round(end, 3) for end in wilson(Tally(number=10, left=5, rate=0.5), 0.95)]
    [0.237, 0.763]
    """
    n = tally.number
    if not n:
        return 0.0, 1.0
    z, p = normal_quantile(0.5 + level / 2), tally.rate
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return max(0.0, (middle - half) / (1 + z**2 / n)), min(1.0, (middle + half) / (1 + z**2 / n))


def holm(p: Sequence[float], level: float) -> list[bool]:
    """Which of several tests hold together, with a chance of ``level`` at most that any is wrong. Holm, *Scand. J. Stat.* 6, 1979.

    >>> holm([0.01, 0.04, 0.02], 0.05), holm([0.03, 0.01], 0.05), holm([0.03, 0.03], 0.05)
    ([True, True, True], [True, True], [False, False])
    """
    held, all_so_far = [False] * len(p), True
    for place, at in enumerate(sorted(range(len(p)), key=lambda at: p[at])):
        all_so_far = all_so_far and p[at] <= level / (len(p) - place)
        held[at] = all_so_far
    return held
