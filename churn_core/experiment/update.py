"""What is believed of the success rate after a campaign has measured it: LOOP.md §9.

The success rate that is measured is net of backfire, and so are the beliefs here.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, expit, logit

from churn_core.campaign.uncertainty import Z
from churn_core.distributions import beta_quantile
from churn_core.errors import CampaignError
from churn_core.experiment.strata import RateEstimate
from churn_core.experiment.two_by_two import Counts
from churn_core.formats import plain_number

Values = npt.NDArray[np.float64]

DOUBT = 0.2  # chance that the contacts do nothing, before anything was measured; LOOP.md §9, a choice
FORGETTING = 0.8  # a year; what a year leaves of the weight of a belief; LOOP.md §9, a choice
_GRID = 4001  # mid-points of each dimension
_NARROWEST = 1 / (_GRID * math.sqrt(12))  # the deviation within one cell of the grid, which tells nothing finer
_ROWS = 256  # success rates at once, so that a part stays in the cache


@dataclass(frozen=True, kw_only=True)
class RateBelief:
    """The success rate is 0 with chance ``doubt``; else it is Beta(a, b). ``low`` and ``high`` hold 95 % of the Beta's part."""

    a: float
    b: float
    doubt: float = 0.0

    @property
    def if_it_works(self) -> float:
        """The mean of the Beta."""
        return self.a / (self.a + self.b)

    @property
    def sd_if_it_works(self) -> float:
        """The standard deviation of the Beta."""
        return math.sqrt(self.if_it_works * (1 - self.if_it_works) / (self.a + self.b + 1))

    @property
    def mean(self) -> float:
        """The success rate to plan with: (1 − doubt)·a/(a + b)."""
        return (1 - self.doubt) * self.if_it_works

    @property
    def sd(self) -> float:
        """The standard deviation, the doubt included."""
        square = (1 - self.doubt) * (self.sd_if_it_works**2 + self.if_it_works**2)
        return math.sqrt(max(square - self.mean**2, 0.0))

    @property
    def give_or_take(self) -> float:
        """z·sd, as the campaign's ``success_rate_give_or_take``."""
        return min(Z * self.sd, 1.0)

    @property
    def low(self) -> float:
        return float(beta_quantile(0.025, self.a, self.b))

    @property
    def high(self) -> float:
        return float(beta_quantile(0.975, self.a, self.b))


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """The success rate given the campaign, if contacts work: ``mean``, ``sd``, quantiles; and ``belief``, the Beta of that mean and
    deviation with what is left of the doubt, which is kept and is the next prior.
    """

    mean: float
    sd: float
    low: float
    median: float
    high: float
    belief: RateBelief


def prior(mean: float, give_or_take: float, doubt: float = 0.0) -> RateBelief:
    """The Beta with this mean and the standard deviation give_or_take/z.

    Raises ``CampaignError`` where no Beta is that wide, and where the success rate is exactly known: then there is nothing to learn.

    >>> round(prior(0.3, 0.1).a, 2), round(prior(0.3, 0.1).b, 2)
    (23.9, 55.77)
    """
    variance = (give_or_take / Z) ** 2
    if variance <= 0 or not 0 < mean < 1:
        raise CampaignError(
            "A success rate that is exactly right cannot be corrected by a campaign. Give it a give-or-take, like 0.2."
        )
    if variance >= mean * (1 - mean):
        most = math.floor(100 * Z * math.sqrt(mean * (1 - mean))) / 100
        raise CampaignError(
            f"A success rate of {plain_number(mean)} cannot be that unsure ({plain_number(give_or_take)}). Set its give-or-take to "
            f"{plain_number(most)} or less."
        )
    size = mean * (1 - mean) / variance - 1
    return RateBelief(a=mean * size, b=(1 - mean) * size, doubt=doubt)


def by_estimate(before: RateBelief, measured: RateEstimate) -> Posterior:
    """The posterior from an adjusted estimate: ln(1 − γ̂) is normal around ln(1 − γ) with ``se_log``."""
    rates = _midpoints(0.0, 1.0)
    at = math.log(max(1 - measured.success_rate.estimate, 1e-300))

    def likelihood(rate: Values) -> Values:
        return np.asarray(-0.5 * ((at - np.log1p(-rate)) / measured.se_log) ** 2, dtype=np.float64)

    return _posterior(before, rates, likelihood(rates), float(likelihood(np.zeros(1))[0]))


def by_counts(before: RateBelief, counts: Counts) -> Posterior:
    """The exact posterior from four counts, with r_C ~ Beta(½, ½): works where nobody left, too. LOOP.md §9."""
    churn = np.sin(_midpoints(0.0, math.pi / 2)) ** 2  # Beta(½, ½) is flat in the angle
    of_control = counts.left_control * np.log(churn) + (counts.control - counts.left_control) * np.log1p(-churn)
    rates = _midpoints(0.0, 1.0)

    def likelihood(of: Values) -> Values:
        found = np.empty(len(of))
        for start in range(0, len(of), _ROWS):
            treated = np.outer(1 - of[start : start + _ROWS], churn)
            log = counts.left_treated * np.log(treated) + (counts.treated - counts.left_treated) * np.log1p(-treated) + of_control
            most = log.max(axis=1)
            found[start : start + _ROWS] = most + np.log(np.exp(log - most[:, None]).sum(axis=1))
        return found

    return _posterior(before, rates, likelihood(rates), float(likelihood(np.zeros(1))[0]))


def _midpoints(low: float, high: float) -> Values:
    return low + (high - low) * (np.arange(_GRID) + 0.5) / _GRID


def _posterior(before: RateBelief, rates: Values, log_likelihood: Values, log_at_nothing: float) -> Posterior:
    a, b = before.a, before.b
    log_prior = (a - 1) * np.log(rates) + (b - 1) * np.log1p(-rates) - float(betaln(a, b)) - math.log(_GRID)
    log = log_likelihood + log_prior
    most = float(log.max())
    weights = np.exp(log - most)
    log_works = most + math.log(float(weights.sum()))
    doubt = float(expit(logit(before.doubt) + log_at_nothing - log_works))
    weights /= weights.sum()
    mean = float(weights @ rates)
    sd = max(math.sqrt(float(weights @ (rates - mean) ** 2)), _NARROWEST)
    below = np.cumsum(weights)
    low, median, high = (float(np.interp(share, below - weights / 2, rates)) for share in (0.025, 0.5, 0.975))
    size = mean * (1 - mean) / sd**2 - 1
    return Posterior(
        mean=mean,
        sd=sd,
        low=low,
        median=median,
        high=high,
        belief=RateBelief(a=mean * size, b=(1 - mean) * size, doubt=doubt),
    )


def fits(before: RateBelief, measured: RateEstimate) -> bool:
    """Whether the measured rate lies within what was believed: |ln(1 − γ̂) − ln(1 − m)| ≤ 2·√(se_log² + var/(1 − m)²)."""
    m, variance = before.if_it_works, before.sd_if_it_works**2
    apart = math.log(max(1 - measured.success_rate.estimate, 1e-300)) - math.log1p(-m)
    return abs(apart) <= 2 * math.sqrt(measured.se_log**2 + variance / (1 - m) ** 2)


def forgotten(belief: RateBelief, years: float, kept: float = FORGETTING) -> RateBelief:
    """What is left of a belief after some years: the same mean, with (a, b)·kept^years."""
    left = kept ** max(years, 0.0)
    return replace(belief, a=belief.a * left, b=belief.b * left)


def gross(net: float, backfire_rate: float, churn_control: float) -> float:
    """The success rate of a plan that counts backfire by itself: γ_net + s·(1 − r_C)/r_C; at most 1."""
    return min(net + backfire_rate * (1 - churn_control) / churn_control, 1.0) if churn_control > 0 else net
