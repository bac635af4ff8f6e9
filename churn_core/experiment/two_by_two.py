"""What a campaign did, from four counts: LOOP.md §3."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.campaign.uncertainty import Band, Z
from churn_core.distributions import normal_quantile
from churn_core.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Customers whose outcome is known, by the arm that was drawn, and how many of each left within the window."""

    left_treated: int
    treated: int
    left_control: int
    control: int

    def __post_init__(self) -> None:
        for left, all_, arm in ((self.left_treated, self.treated, "treated"), (self.left_control, self.control, "control")):
            if not 0 <= left <= all_:
                raise DataError(f"{left} of {all_} {arm} customers cannot have left. Count those who left among those drawn.")

    @classmethod
    def of(cls, control: npt.NDArray[np.bool_], left: npt.NDArray[np.float64]) -> "Counts":
        """The counts of customers (n,): ``left`` is 1, 0 or NaN where it is not known."""
        known = ~np.isnan(left)
        held, called = control & known, ~control & known
        return cls(
            left_treated=int(left[called].sum()),
            treated=int(called.sum()),
            left_control=int(left[held].sum()),
            control=int(held.sum()),
        )

    @property
    def churn_treated(self) -> float:
        """r_T; NaN where nobody was treated."""
        return self.left_treated / self.treated if self.treated else math.nan

    @property
    def churn_control(self) -> float:
        """r_C; NaN where there is no control group."""
        return self.left_control / self.control if self.control else math.nan

    def as_dict(self) -> dict[str, int]:
        """The four counts by name."""
        return {name: getattr(self, name) for name in ("treated", "control", "left_treated", "left_control")}


@dataclass(frozen=True, kw_only=True)
class TwoByTwo:
    """``reduction`` Δ = r_C − r_T, a share; ``kept`` = n_T·Δ customers; ``success_rate`` γ = 1 − r_T/r_C, net of backfire.

    ``churn_treated`` and ``churn_control`` are r_T and r_C with Wilson's interval. ``success_rate`` is ``None`` where nobody in the
    control group left.
    """

    counts: Counts
    churn_treated: Band
    churn_control: Band
    reduction: Band
    kept: Band
    success_rate: Band | None

    @property
    def can_head(self) -> bool:
        """Whether the success rate may be a headline."""
        return self.success_rate is not None and enough(self.counts.control, self.counts.left_control)


def enough(control: int, left_control: int) -> bool:
    """Whether a control group is large enough to name a success rate: at least 20 customers, 5 of whom left."""
    return control >= 20 and left_control >= 5


def wilson(left: int, n: int, z: float = Z) -> Band:
    """The share left/n with Wilson's interval; exactly 0 at the low end if nobody left, exactly 1 at the high end if all did.

    >>> band = wilson(0, 40)
    >>> band.low, round(band.high, 6)
    (0.0, 0.087622)
    """
    rate, per = left / n, z * z / n
    middle, half = (rate + per / 2) / (1 + per), z / (1 + per) * math.sqrt(rate * (1 - rate) / n + per / (4 * n))
    return Band(estimate=rate, low=0.0 if left == 0 else middle - half, high=1.0 if left == n else middle + half)


def reduction(counts: Counts, z: float = Z) -> Band:
    """Δ = r_C − r_T with Newcombe's interval (1998, *Statistics in Medicine* 17, method 10)."""
    treated, control = wilson(counts.left_treated, counts.treated, z), wilson(counts.left_control, counts.control, z)
    delta = control.estimate - treated.estimate
    return Band(
        estimate=delta,
        low=delta - math.hypot(control.estimate - control.low, treated.high - treated.estimate),
        high=delta + math.hypot(control.high - control.estimate, treated.estimate - treated.low),
    )


def reduction_at(counts: Counts, confidence: float) -> Band:
    """``reduction`` with an interval of another confidence, a share like 0.99."""
    return reduction(counts, normal_quantile((1 + confidence) / 2))


def success_rate(counts: Counts) -> Band | None:
    """γ = 1 − r_T/r_C with the MOVER-R interval from Wilson's limits (Donner & Zou 2012, *Stat. Methods Med. Res.* 21).

    Negative where the contacted left more often. ``None`` where nobody in the control group left.
    """
    if not counts.left_control:
        return None
    treated, control = wilson(counts.left_treated, counts.treated), wilson(counts.left_control, counts.control)
    product = treated.estimate * control.estimate

    def root(of_treated: float, of_control: float) -> float:
        return math.sqrt(max(product**2 - of_treated * of_control, 0.0))

    # The lower end by x·y/(a + √…) and not by (a − √…)/y, which loses its digits where nearly nobody who was treated left.
    x, y = treated.low * (2 * treated.estimate - treated.low), control.high * (2 * control.estimate - control.high)
    below = product + root(x, y)
    low = x / below if below > 0 else 0.0
    x, y = treated.high * (2 * treated.estimate - treated.high), control.low * (2 * control.estimate - control.low)
    high = (product + root(x, y)) / y
    ratio = treated.estimate / control.estimate
    return Band(estimate=1 - ratio, low=1 - high, high=1 - max(low, 0.0))


def two_by_two(counts: Counts) -> TwoByTwo:
    """Everything that four counts say. Raises ``DataError`` if one arm is empty.

    >>> said = two_by_two(Counts(left_treated=1155, treated=4739, left_control=183, control=526))
    >>> round(said.kept.estimate), round(said.success_rate.estimate, 3), round(said.success_rate.low, 3)
    (494, 0.299, 0.202)
    """
    for arm, n in (("treated", counts.treated), ("control", counts.control)):
        if not n:
            raise DataError(
                f"Nobody of the {arm} group has a known outcome, so there is nothing to compare with. Send both arms."
            )
    change = reduction(counts)
    return TwoByTwo(
        counts=counts,
        churn_treated=wilson(counts.left_treated, counts.treated),
        churn_control=wilson(counts.left_control, counts.control),
        reduction=change,
        kept=times(change, counts.treated),
        success_rate=success_rate(counts),
    )


def times(band: Band, n: float) -> Band:
    """A band per customer, as that of n customers."""
    return Band(estimate=n * band.estimate, low=n * band.low, high=n * band.high)


def band_as_dict(band: Band | None) -> dict[str, Any] | None:
    """As JSON values."""
    return None if band is None else {"estimate": band.estimate, "low": band.low, "high": band.high}
