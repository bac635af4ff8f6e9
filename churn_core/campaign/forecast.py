"""What a campaign will earn: the range around its expected profit, and the chance of a loss. No outcomes are needed.

Leaving, staying, taking the offer and backfiring are chances, even where every assumption is exactly right; and the
success rate is an assumption with a give-or-take of its own. Formulas: ECONOMICS.md, *How sure*.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.optimise import NOBODY_CONTACTED, Outcome
from churn_core.campaign.totals import Totals
from churn_core.campaign.uncertainty import Band, Z
from churn_core.distributions import beta_quantile, pearson3_below

Values = npt.NDArray[np.float64]

_RATES = 200  # equally likely success rates that stand for their distribution; ECONOMICS.md, "How sure"
_CERTAIN = 1e-5  # share; a standard deviation below it is none
_NODES = np.array([0.0, 1 / 3, 2 / 3, 1.0])  # success rates; a polynomial of degree 3 is known from four of them


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The expected profit of a list with two 95 % ranges; money.

    ``range``: what the campaign will earn, the uncertainty of the success rate included. ``range_if_exact``: the same if the
    success rate is exactly right.
    """

    range: Band
    range_if_exact: Band


NOTHING = Forecast(range=Band(estimate=0.0, low=0.0, high=0.0), range_if_exact=Band(estimate=0.0, low=0.0, high=0.0))


def profit_variance(churn_probability: npt.ArrayLike, clv: npt.ArrayLike, campaign: Campaign) -> Values:
    """The variance of what one contact earns, everything assumed exactly right; money², same shape as the inputs.

    var = p·γ·(V − d)² + (1 − p)·(κ·d² + s·V²) − (p·γ·(V − d) − (1 − p)·(κ·d + s·V))².

    >>> float(profit_variance(0.5, 100.0, Campaign(success_rate=0.5)))  # 100 with a chance of 1/4, else 0
    1875.0
    """
    p, value = np.asarray(churn_probability, dtype=float), np.asarray(clv, dtype=float)
    first, second, _ = _raw_moments(p, value, campaign)
    return np.maximum(second - first**2, 0.0)


def _raw_moments(p: Values, value: Values, campaign: Campaign) -> tuple[Values, Values, Values]:
    """The mean, the mean square and the mean cube of what one contact earns before its cost."""
    saved, stays = p * campaign.success_rate, 1 - p
    kept, d = value - campaign.incentive, campaign.incentive
    taken, lost = stays * campaign.incentive_uptake, stays * campaign.backfire_rate
    first = saved * kept - taken * d - lost * value
    second = saved * kept**2 + taken * d**2 + lost * value**2
    third = saved * kept**3 - taken * d**3 - lost * value**3
    return first, second, third


def forecast(profit: float, variance: float, saved_value: float, campaign: Campaign) -> Forecast:
    """The ranges of a list with an expected ``profit``, from Σvar and Σp·(V − d) of its customers.

    Π ± z·√(Σvar + (Σp(V − d))²·(half/z)²), half being the give-or-take of the success rate; the fixed cost is certain.
    """
    exact = Z * float(np.sqrt(variance))
    whole = float(np.hypot(exact, saved_value * campaign.success_rate_give_or_take))
    return Forecast(
        range=Band(estimate=profit, low=profit - whole, high=profit + whole),
        range_if_exact=Band(estimate=profit, low=profit - exact, high=profit + exact),
    )


def forecast_of(churn_probability: Values, clv: Values, campaign: Campaign, profit: float | None = None) -> Forecast:
    """The ranges of contacting these customers, and no others; (n,) each.

    ``profit``: their expected profit, where it is known already. What happened (0/1) in place of the probability gives the
    range of what the same contacts would have earned, given who left.
    """
    sums = Contacts.of(churn_probability, clv, campaign)
    if profit is None or not sums.number:
        return sums.forecast(campaign)
    return forecast(profit, sums.variance, sums.saved_value, campaign)


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Sums over the contacted customers of a part of a list, without the fixed cost; ``a + b`` is of both parts.

    ``number`` of them, ``profit`` Σu, ``spend`` Σe (money), ``variance`` Σvar (money²), ``saved_value`` Σp·(V − d) (money).
    """

    number: int = 0
    profit: float = 0.0
    spend: float = 0.0
    variance: float = 0.0
    saved_value: float = 0.0

    @classmethod
    def of(cls, churn_probability: Values, clv: Values, campaign: Campaign) -> "Contacts":
        """The sums over these customers (n,), all of them contacted."""
        return cls(
            number=len(churn_probability),
            profit=float(expected_profit(churn_probability, clv, campaign).sum()),
            spend=float(np.broadcast_to(expected_spend(churn_probability, campaign), churn_probability.shape).sum()),
            variance=float(profit_variance(churn_probability, clv, campaign).sum()),
            saved_value=float((churn_probability * (clv - campaign.incentive)).sum()),
        )

    def __add__(self, other: "Contacts") -> "Contacts":
        return Contacts(**{name: value + getattr(other, name) for name, value in vars(self).items()})

    def outcome(self, campaign: Campaign) -> Outcome:
        """What contacting them does, the fixed cost charged once."""
        if not self.number:
            return NOBODY_CONTACTED
        profit, spend = self.profit - campaign.fixed_cost, self.spend + campaign.fixed_cost
        return Outcome(contacted=self.number, expected_profit=profit, expected_spend=spend)

    def forecast(self, campaign: Campaign) -> Forecast:
        """The ranges of what contacting them will earn."""
        if not self.number:
            return NOTHING
        return forecast(self.profit - campaign.fixed_cost, self.variance, self.saved_value, campaign)


@dataclass(frozen=True)
class Squares:
    """Further sums over the customers of a list: Σp², Σv², Σp²v, Σpv² and Σp²v², with v as in ``Totals``."""

    leaving: float
    value: float
    leaving_twice: float
    value_twice: float
    both: float


def forecast_of_sums(totals: Totals[float], squares: Squares, campaign: Campaign) -> Forecast:
    """The ranges of the customers that ``totals`` and ``squares`` sum up: the variance is a polynomial in p and v."""
    if totals.contacted == 0:
        return NOTHING
    rate, d, multiple = campaign.success_rate, campaign.incentive, totals.clv_per_value(campaign)
    taken, lost = campaign.incentive_uptake, campaign.backfire_rate
    n, p, v, pv = totals.contacted, totals.leaving, multiple * totals.value, multiple * totals.value_leaving
    pp, vv, ppv = squares.leaving, multiple**2 * squares.value, multiple * squares.leaving_twice
    pvv, ppvv = multiple**2 * squares.value_twice, multiple**2 * squares.both
    second = rate * (pvv - 2 * d * pv + d**2 * p) + taken * d**2 * (n - p) + lost * (vv - pvv)
    # The mean before the cost is p·(a + b·V) − (e + s·V), with these coefficients.
    a, b, e = (taken - rate) * d, rate + lost, taken * d
    first = a**2 * pp + 2 * a * b * ppv + b**2 * ppvv - 2 * (a * e * p + (a * lost + b * e) * pv + b * lost * pvv)
    first += e**2 * n + 2 * e * lost * v + lost**2 * vv
    profit = float(totals.expected_profit(campaign))
    return forecast(profit, max(second - first, 0.0), float(totals.saved_value(campaign)), campaign)


def chance_of_loss(churn_probability: Values, clv: Values, campaign: Campaign) -> float:
    """The chance that contacting these customers (n,) loses money, with all the draws of the campaign in it; 0–1.

    Given the success rate the profit is a sum of independent draws; its chance of being below 0 is that of a Pearson
    distribution of type III with the same mean, variance and skewness, which a normal one misses on short lists. (A list
    of a few dozen has a profit of few values, and the chance can be four points off.) The rates are the
    equally likely mid-points of the Beta distribution with the mean and the standard deviation of the assumption.
    """
    n = len(churn_probability)
    if n == 0:
        return 0.0
    certain = campaign.retention_cost * n + campaign.fixed_cost
    return chance_below(certain, *moments_at(success_rates(campaign), churn_probability, clv, campaign))


def moments_at(rates: Values, churn_probability: Values, clv: Values, campaign: Campaign) -> tuple[Values, Values, Values]:
    """Mean, variance and third central moment, at each success rate (k,), of what contacting these customers (n,) earns before the
    cost of the contacts; (k,) each.
    """
    sums = np.empty((3, len(_NODES)))
    for k, rate in enumerate(_NODES):
        first, second, third = _raw_moments(churn_probability, clv, replace(campaign, success_rate=float(rate)))
        sums[:, k] = first.sum(), (second - first**2).sum(), (third - 3 * first * second + 2 * first**3).sum()
    mean, variance, skewed = (np.asarray(np.polynomial.polynomial.polyval(rates, _through(nodes)), dtype=float) for nodes in sums)
    return mean, variance, skewed


def chance_below(certain: float, mean: Values, variance: Values, skewed: Values) -> float:
    """The chance that a profit is below what is ``certain`` to be spent, by its moments in equally likely cases (k,); 0–1."""
    deviation = np.sqrt(np.maximum(variance, 0.0))
    sure = deviation <= 1e-9 * (np.abs(mean) + certain)
    spread = np.where(sure, 1.0, deviation)
    below = pearson3_below((certain - mean) / spread, np.where(sure, 0.0, skewed / spread**3))
    return float(np.mean(np.where(sure, mean < certain, below)))


def _through(nodes: Values) -> Values:
    """The coefficients of the polynomial of degree 3 that has these values at ``_NODES``."""
    return np.asarray(np.linalg.solve(np.vander(_NODES, increasing=True), nodes), dtype=np.float64)


def success_rates(campaign: Campaign, n: int = _RATES) -> Values:
    """Equally likely success rates (n,): the mid-points of the Beta distribution with mean γ and standard deviation half/z.

    The deviation is at most the distance of γ from 0 and from 1: beyond that the distribution would say "nothing or everything".
    """
    mean = campaign.success_rate
    deviation = min(campaign.success_rate_give_or_take / Z, mean, 1 - mean)
    if deviation < _CERTAIN:
        return np.full(n, mean)
    size = mean * (1 - mean) / deviation**2 - 1
    return beta_quantile((np.arange(n) + 0.5) / n, mean * size, (1 - mean) * size)
