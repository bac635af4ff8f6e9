"""How many of a list to hold back as a control group: what each share measures, what it costs, and what it is worth later."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import ranked_per_customer
from churn_core.campaign.plan import ONE_THRESHOLD
from churn_core.campaign.sensitivity import break_evens, heat_map
from churn_core.decisions.recommendation import Recommendation
from churn_core.experiment.draw import control_number
from churn_core.experiment.plan_control import Precision, planned
from churn_core.experiment.worth_of_control import (
    Belief,
    ProfitAt,
    WorthOfControl,
    net_of_every_time,
    per_customer_profit,
    worth_of_control,
)

SHARES = (0.0, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50)  # of the list; our choice
_NODES = 201  # success rates at which the best list is found anew; between two of them the profit is nearly straight
_NODES_OF_LISTS = 41  # the same where a list within limits has to be searched for customer by customer


@dataclass(frozen=True, kw_only=True)
class ShareOfControl:
    """A control group of ``control`` customers, a ``share`` of the list.

    ``precision`` if the plan's success rate is right, ``None`` where an arm would be empty; ``power_break_even``: the chance that the
    campaign will be seen to earn its cost; ``worth``: in money.
    """

    share: float
    control: int
    precision: Precision | None
    power_break_even: float | None
    worth: WorthOfControl


@dataclass(frozen=True, kw_only=True)
class PlanOfControl:
    """All shares of a list of ``listed`` customers.

    - ``break_even``: the success rate, net of backfire, at which the list earns nothing
    - ``best``: the share with the largest net worth, ``None`` where none is worth what it costs
    - ``every_time``: the net worth of holding the best share back in every campaign; money
    - ``rests_on_doubt``: without the doubt no share is worth what it costs
    - ``loses``: by what is believed the list as it is loses money, so that holding somebody back saves some
    """

    listed: int
    later_campaigns: int
    break_even: float | None
    shares: tuple[ShareOfControl, ...]
    best: ShareOfControl | None
    every_time: float | None
    rests_on_doubt: bool
    loses: bool

    @property
    def least_bad(self) -> ShareOfControl | None:
        """The share with the largest net worth, whether or not that is above 0; ``None`` where no share makes a group."""
        return _largest(self.shares)


def plan_of_control(recommended: Recommendation, belief: Belief, later_campaigns: int) -> PlanOfControl:
    """The shares of ``SHARES`` for the list of a recommendation; what is learnt is used in ``later_campaigns`` like this one."""
    contact, campaign = recommended.contact, recommended.plan.campaign
    p, clv = recommended.population.probability, recommended.clv
    listed, rate = p[contact], campaign.success_rate
    break_even = _net_break_even(recommended)
    highest = max(float(belief.rates.max()), rate)
    profit_at = profit_at_rates(recommended, highest)

    def worth(of: Belief, share: float) -> WorthOfControl:
        return worth_of_control(
            p, clv, campaign, of, share, later_campaigns=later_campaigns, profit_at=profit_at, contact=contact
        )

    shares = []
    for share in SHARES:
        control = control_number(share, len(listed))
        precision = planned(listed, control, rate, campaign.backfire_rate)
        power = None if precision is None or break_even is None else _power(precision, break_even)
        shares.append(
            ShareOfControl(share=share, control=control, precision=precision, power_break_even=power, worth=worth(belief, share))
        )
    largest = _largest(shares)
    best = largest if largest is not None and largest.worth.net > 0 else None
    sure = replace(belief, weights=np.append(0.0, belief.weights[1:] / max(1 - belief.doubt, 1e-12)), doubt=0.0)
    return PlanOfControl(
        listed=len(listed),
        later_campaigns=later_campaigns,
        break_even=break_even,
        shares=tuple(shares),
        best=best,
        every_time=None if best is None else net_of_every_time(belief, best.worth, profit_at),
        rests_on_doubt=best is not None
        and 0 < belief.doubt < 1
        and all(worth(sure, each.share).net <= 0 for each in shares if each.control),
        loses=largest is not None and largest.worth.cost < 0,
    )


def profit_at_rates(recommended: Recommendation, highest: float) -> ProfitAt:
    """The profit of the plan's best list at success rates from 0 to ``highest``, by its rule and within its limits."""
    plan, population = recommended.plan, recommended.population
    campaign, objective, swept = plan.campaign, plan.objective, population.expected_sweep
    if plan.rule != ONE_THRESHOLD and objective == MAXIMUM_PROFIT and not campaign.fixed_cost:
        return per_customer_profit(population.probability, recommended.clv, campaign)
    if plan.rule == ONE_THRESHOLD:
        rates = np.linspace(0.0, highest, _NODES)
        profits = heat_map(swept, campaign, rates, np.array([campaign.retention_cost]), objective).expected_profit[:, 0]
    else:
        rates = np.linspace(0.0, highest, _NODES_OF_LISTS)
        lists = (ranked_per_customer(swept, replace(campaign, success_rate=float(rate)), objective) for rate in rates)
        profits = np.array([each.expected_profit for each in lists])

    def at(wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.interp(wanted, rates, profits), dtype=np.float64)

    return at


def _net_break_even(recommended: Recommendation) -> float | None:
    """The success rate that a campaign has to measure for the list to earn its cost: γ_BE − s·(1 − r_C)/r_C."""
    campaign = recommended.plan.campaign
    rate, _ = break_evens(recommended.listed, campaign)
    churn = float(recommended.population.probability[recommended.contact].mean()) if recommended.contact.any() else 0.0
    if rate is None or churn <= 0:
        return None
    return rate - campaign.backfire_rate * (1 - churn) / churn


def _power(precision: Precision, break_even: float) -> float:
    """The chance that the interval will lie above the break-even; none where the break-even is 1 or more."""
    power = precision.power_above(break_even) if break_even < 1 else 0.0
    return power if math.isfinite(power) else 0.0


def _largest(shares: "tuple[ShareOfControl, ...] | list[ShareOfControl]") -> ShareOfControl | None:
    """Of equal ones the smallest group."""
    groups = [each for each in shares if each.control and each.precision is not None]
    return max(groups, key=lambda each: (each.worth.net, -each.control), default=None)
