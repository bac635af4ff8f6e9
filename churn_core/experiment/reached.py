"""The effect per customer who was reached: LOOP.md §5.4."""

from dataclasses import dataclass

from churn_core.campaign.uncertainty import Band
from churn_core.experiment.two_by_two import Counts, reduction, success_rate


@dataclass(frozen=True, kw_only=True)
class PerReached:
    """``reach``: the share of the treated who were reached beyond that of the control; ``reduction`` and ``success_rate`` per
    reached customer, ``None`` where the assumption behind them does not hold or they are not defined.

    Assumed: whether somebody is reached does not depend on leaving, and who was drawn but not reached was not changed.
    """

    reach: float
    reduction: Band | None
    success_rate: Band | None


def per_reached(
    counts: Counts, reached: int, drawn: int | None = None, reached_control: int = 0, held: int | None = None
) -> PerReached:
    """Of the treated ``drawn`` (by default those with a known outcome) so many were ``reached``; of the control ``reached_control``.

    Δ/ρ and γ/ρ with ρ the difference of the shares reached. Where controls were reached too, the base is the churn of nobody
    reached, r_C + ρ_C·Δ/ρ, which makes γ/(ρ + ρ_C·γ).
    """
    of_treated = reached / (drawn or counts.treated)
    of_control = reached_control / (held or counts.control)
    reach = of_treated - of_control
    if reach <= 0:
        return PerReached(reach=reach, reduction=None, success_rate=None)
    change, rate = reduction(counts), success_rate(counts)
    per = _within_one(*(end / reach for end in (change.estimate, change.low, change.high)))
    if rate is None or any(reach + of_control * end <= 0 for end in (rate.low, rate.estimate)):
        return PerReached(reach=reach, reduction=per, success_rate=None)
    ends = [end / (reach + of_control * end) for end in (rate.estimate, rate.low, rate.high)]
    return PerReached(reach=reach, reduction=per, success_rate=_within_one(*ends))


def _within_one(estimate: float, low: float, high: float) -> Band | None:
    """An upper end above 1 is 1; an estimate or a lower end above 1 contradicts the assumption."""
    return None if estimate > 1 or low > 1 else Band(estimate=estimate, low=low, high=min(high, 1.0))
