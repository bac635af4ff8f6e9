"""What it is worth to know the success rate better, in the campaigns that follow: LOOP.md §8, *Value of information*."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, _gain_and_stake, expected_profit
from churn_core.experiment.draw import control_number
from churn_core.experiment.plan_control import Precision, planned

Values = npt.NDArray[np.float64]
ProfitAt = Callable[[Values], Values]  # success rates (k,) to the profit of the best list at each, money

_GRID = 801  # points of what the campaign may measure
_LEAST_RATE = 0.05  # share; the precision is that at this success rate at least


@dataclass(frozen=True, kw_only=True, eq=False)
class Belief:
    """Success rates (k,) and the weight of each: 0 with the weight ``doubt`` (contacts may do nothing), else a Beta's mid-points."""

    rates: Values
    weights: Values
    doubt: float

    @classmethod
    def of(cls, rates: Values, doubt: float) -> "Belief":
        """``rates`` are equally likely, those of ``forecast.success_rates``."""
        weights = np.append(doubt, np.full(len(rates), (1 - doubt) / len(rates)))
        return cls(rates=np.append(0.0, rates), weights=weights, doubt=doubt)

    @property
    def mean(self) -> float:
        return float(self.weights @ self.rates)


@dataclass(frozen=True, kw_only=True)
class WorthOfControl:
    """Money, all of it expected. ``profit_now``: of the best list by what is believed; ``perfect``: what knowing the success rate
    exactly would add to one campaign; ``per_campaign``: what measuring it with this control group adds to each later one;
    ``cost``: the profit forgone on the control; ``precision`` of the measurement, ``None`` where there is none.
    """

    listed: int
    control: int
    precision: Precision | None
    profit_now: float
    perfect: float
    per_campaign: float
    cost: float
    later_campaigns: float

    @property
    def net(self) -> float:
        """``later_campaigns`` · ``per_campaign`` − ``cost``."""
        return self.later_campaigns * self.per_campaign - self.cost


def per_customer_profit(churn_probability: Values, clv: Values, campaign: Campaign) -> ProfitAt:
    """W(γ) = Σ max(u(γ), 0): the profit of contacting all who pay, at each success rate. u is linear in γ, so each customer
    starts to pay at one rate; one sort serves all rates.
    """
    none, all_ = _at_rate(0.0, campaign), _at_rate(1.0, campaign)
    start = churn_probability * _gain_and_stake(clv, none)[0] - _gain_and_stake(clv, none)[1]
    slope = churn_probability * _gain_and_stake(clv, all_)[0] - _gain_and_stake(clv, all_)[1] - start
    with np.errstate(divide="ignore", invalid="ignore"):
        from_rate = np.where(slope > 0, -start / slope, np.where(start > 0, -np.inf, np.inf))
    order = np.argsort(from_rate, kind="stable")
    starts, slopes = np.append(0.0, np.cumsum(start[order])), np.append(0.0, np.cumsum(slope[order]))
    sorted_rates = from_rate[order]

    def at(rates: Values) -> Values:
        k = np.searchsorted(sorted_rates, rates, side="right")
        return np.asarray(starts[k] + slopes[k] * rates, dtype=np.float64)

    return at


def _at_rate(rate: float, campaign: Campaign) -> Campaign:
    return replace(campaign, success_rate=rate)


def worth_of_control(
    churn_probability: Values,
    clv: Values,
    campaign: Campaign,
    belief: Belief,
    share: float,
    *,
    later_campaigns: float,
    profit_at: ProfitAt | None = None,
    contact: npt.NDArray[np.bool_] | None = None,
) -> WorthOfControl:
    """All customers (n,) that could be contacted; ``profit_at``: by default every customer who pays is contacted. ``contact`` (n,):
    the list of which a share is held back; by default those who pay at the mean of what is believed.

    What is measured is normal around the true rate, with the precision of the list at the mean of the belief (at least 0.05);
    each later campaign then uses the mean of what is believed after it.
    """
    profit_at = profit_at or per_customer_profit(churn_probability, clv, campaign)
    mean = belief.mean
    u = expected_profit(churn_probability, clv, _at_rate(mean, campaign))
    listed = u > 0 if contact is None else contact
    number = int(listed.sum())
    control = control_number(share, number)
    at = planned(churn_probability[listed], control, max(mean, _LEAST_RATE), campaign.backfire_rate) if number else None
    now = float(profit_at(np.array([mean]))[0])
    perfect = float(belief.weights @ profit_at(belief.rates)) - now
    gain = 0.0
    if at is not None:
        gain = max(float(_after(belief, at.se, profit_at)) - now, 0.0)
    cost = control * float(u[listed].mean()) if number else 0.0
    return WorthOfControl(
        listed=number,
        control=control,
        precision=at,
        profit_now=now,
        perfect=perfect,
        per_campaign=gain,
        cost=cost,
        later_campaigns=later_campaigns,
    )


def net_of_every_time(belief: Belief, once: WorthOfControl, profit_at: ProfitAt) -> float:
    """What holding the same group back in each campaign comes to, in this one and in all later ones; money.

    After k campaigns the measurements together have the standard error se/√k: Σ gain(se/√k) − (later campaigns + 1)·cost. The last
    group costs as much as the others and teaches nothing that is used.
    """
    if once.precision is None:
        return 0.0
    later, se = int(once.later_campaigns), once.precision.se
    gains = [max(_after(belief, se / math.sqrt(k), profit_at) - once.profit_now, 0.0) for k in range(1, later + 1)]
    return sum(gains) - (later + 1) * once.cost


def _after(belief: Belief, se: float, profit_at: ProfitAt) -> float:
    """The mean of the best profit by what will be believed after the measurement."""
    rates = belief.rates
    points = np.linspace(min(0.0, float(rates.min())) - 4 * se, float(rates.max()) + 4 * se, _GRID)
    likely = np.exp(-0.5 * ((points[:, None] - rates) / se) ** 2) * belief.weights
    chance = likely.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(chance > 0, likely @ rates / chance, 0.0)
    return float(chance @ profit_at(mean) / chance.sum())
