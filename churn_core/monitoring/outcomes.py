"""Whether the probabilities came true, once it is known who left."""

from dataclasses import dataclass

import numpy as np

from churn_core.campaign.uncertainty import Z
from churn_core.decisions.outcomes import Unread
from churn_core.distributions import chi_squared_above, normal_above
from churn_core.errors import DataError
from churn_core.formats import counted, percent
from churn_core.formats import p_value as p_in_words
from churn_core.monitoring.drift import Level, merged
from churn_core.monitoring.profile import ONE, Profile

GAP_POINTS = 0.03  # share of customers; our choice: about a ninth of the churn rate of the Telco customers, 26.5 %
GAP_RELATIVE = 0.15  # share of the reference's churn rate; our choice: the bar where few leave
GAP_SIGNIFICANCE = 0.01  # no unit; our choice: as for the shift of a column
_NO_CHANCE = 1e-9  # customers²; the variance of outcomes that were said to be certain, so that an error counts

NOT_JUDGED = "what happened is not judged"  # begins the reason


@dataclass(frozen=True, kw_only=True)
class OutcomeCheck:
    """Whether the probabilities came true for ``customers`` whose outcome is known.

    - ``churn_rate`` with its 95 % interval ``low``, ``high`` (Wilson 1927); ``mean_probability``; shares
    - ``gap`` = churn rate − mean probability; ``p_value`` of z = (Σy − Σp)/√Σp(1−p)
    - ``bins_p_value``: of Σ (Σy − Σp)²/Σp(1−p) over the bins of the score, χ² with as many degrees of freedom as bins,
      since nothing was fitted to these customers (Hosmer, Lemeshow & Sturdivant 2013)
    - ``excess_error``: mean distance over these bins beyond what chance gives, Σ√max((Σy−Σp)² − Σp(1−p), 0)/n; share
    """

    customers: int
    churn_rate: float
    low: float
    high: float
    mean_probability: float
    gap: float
    z: float
    p_value: float
    bins_p_value: float
    excess_error: float
    reference_churn_rate: float
    level: Level
    sentence: str


def outcome_check(current: Profile, reference_churn_rate: float) -> OutcomeCheck | None:
    """Compare what happened with what the model expected; ``None`` where no outcome is known.

    ``major`` needs p < 0.01 and a size that matters, 3 points or 15 % of ``reference_churn_rate`` (0–1), of the gap or of
    the calibration error; ``look`` half of that size; ``small`` is beyond chance, but smaller.
    Raises ``DataError`` for a reference in which nobody left, or everybody.
    """
    if not 0 < reference_churn_rate < 1:
        raise DataError(f"The churn rate of the reference must be between 0 and 1, got {reference_churn_rate}.")
    known = current.outcomes
    if known is None or not sum(known.customers):
        return None
    n, y = np.array(known.customers), np.array(known.churned, dtype=float)
    expected, variance = np.array(known.expected, dtype=float) / ONE, np.array(known.variance, dtype=float) / ONE
    customers, rate, mean = int(n.sum()), y.sum() / n.sum(), expected.sum() / n.sum()
    z = float((y.sum() - expected.sum()) / np.sqrt(max(variance.sum(), _NO_CHANCE)))
    starts = merged(np.minimum(expected, n - expected))
    squared = np.add.reduceat(y - expected, starts) ** 2
    of_chance = np.maximum(np.add.reduceat(variance, starts), _NO_CHANCE)
    p_value, bins_p_value = 2 * normal_above(abs(z)), chi_squared_above((squared / of_chance).sum(), len(starts))
    error = float(np.sqrt(np.maximum(squared - of_chance, 0)).sum() / customers)
    # Both sizes by the one bar: a model can be right on average and wrong for everybody.
    beyond = [size for size, p in ((abs(rate - mean), p_value), (error, bins_p_value)) if p < GAP_SIGNIFICANCE]
    size = max(beyond, default=0.0) / min(GAP_POINTS, GAP_RELATIVE * reference_churn_rate)
    low, high = _wilson(y.sum(), customers)
    sentence = (
        f"{percent(rate)} of {counted(customers, 'customer')} left ({percent(low)} to {percent(high)}) where the model expected "
        f"{percent(mean)} ({p_in_words(p_value)}; over the bins of the score {p_in_words(bins_p_value)}); in the reference "
        f"{percent(reference_churn_rate)} left"
    )
    return OutcomeCheck(
        customers=customers,
        churn_rate=float(rate),
        low=low,
        high=high,
        mean_probability=float(mean),
        gap=float(rate - mean),
        z=z,
        p_value=p_value,
        bins_p_value=bins_p_value,
        excess_error=error,
        reference_churn_rate=float(reference_churn_rate),
        level="none" if not beyond else "major" if size >= 1 else "look" if size >= 0.5 else "small",
        sentence=sentence,
    )


def why_not_judged(current: Profile, unread: Unread, left_out: str = "") -> str:
    """Why outcomes that are there are not held against the probabilities; "" if they are, or if there are none. A file in which one
    outcome only can be read, or less than half of them, most often leaves the other one blank. ``left_out``: who was contacted in a
    campaign, in words.
    """
    known = current.outcomes
    customers, churned = (0, 0) if known is None else (sum(known.customers), sum(known.churned))
    if not customers and not unread.number:
        return f"{NOT_JUDGED}: {left_out}" if left_out else ""
    if customers < unread.number:
        return f"{NOT_JUDGED}: {unread.in_words()}"
    if churned in (0, customers):
        all_of_them = "left" if churned else "stayed"
        who = "the only customer" if customers == 1 else f"all {counted(customers, 'customer')}"
        others = f"; {unread.in_words()}" if unread.number else ""
        return f"{NOT_JUDGED}: {who} whose outcome is known {all_of_them}{others}"
    return ""


def _wilson(hits: float, trials: int) -> tuple[float, float]:
    """The interval of a share by Wilson's score (1927); 0–1."""
    z2 = Z**2
    centre, half = hits + z2 / 2, np.sqrt(z2 * (hits * (trials - hits) / trials + z2 / 4))
    return max(float((centre - half) / (trials + z2)), 0.0), min(float((centre + half) / (trials + z2)), 1.0)
