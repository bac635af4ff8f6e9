"""What moves the profit: break-evens and slopes of a list, and the optimum over a range of assumptions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.campaign.economics import NOISE, OWN_RISK, Campaign, numbers_of
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import is_simple
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.totals import Totals


def break_evens(totals: Totals[float], campaign: Campaign) -> tuple[float | None, float | None]:
    """The success rate and the retention cost at which this very list earns nothing; ``None`` where none does.

    γ = (c·n + κΣ(1−p)d + sΣ(1−p)V + F) / Σp(V−d), possibly above 1; c = (γΣp(V−d) − κΣ(1−p)d − sΣ(1−p)V − F) / n,
    below 0 where even free contacts would lose.
    """
    if totals.contacted == 0:
        return None, None
    saved, lost = float(totals.saved_value(campaign)), float(totals.lost_on_stayers(campaign)) + campaign.fixed_cost
    rate = (campaign.retention_cost * totals.contacted + lost) / saved if saved > 0 else None
    return rate, (campaign.success_rate * saved - lost) / totals.contacted


def break_even_backfire(totals: Totals[float], campaign: Campaign) -> float | None:
    """The backfire rate at which this very list earns nothing; ``None`` where it earns nothing already, or at no rate.

    Who leaves takes no incentive, so that κ is at most 1 − s (see ``with_backfire``) and Π falls in s along two lines:
    by Σ(1−p)V up to s = 1 − κ and by Σ(1−p)(V−d) from there on.
    """
    calm = with_backfire(campaign, 0.0)
    stayers, least = float(totals.contacted - totals.leaving), 1.0 - calm.incentive_uptake
    at_stake = totals.clv_per_value(campaign) * float(totals.value - totals.value_leaving)
    earned = float(totals.expected_profit(calm))
    if earned <= 0:
        return None
    if earned <= least * at_stake:
        return earned / at_stake
    earned, at_stake = earned - least * at_stake, at_stake - campaign.incentive * stayers
    return least + earned / at_stake if earned <= (1 - least) * at_stake else None


def with_backfire(campaign: Campaign, backfire_rate: float) -> Campaign:
    """The campaign at another backfire rate s. Who leaves takes no incentive, so that κ is at most 1 − s.

    Where all who stay take the incentive, κ = 1 − s as when κ is left out, they all do at the other rate too. Any other κ
    was given, and stays as it is until no more than 1 − s are left to take it.

    >>> with_backfire(Campaign(), 0.1).incentive_uptake, with_backfire(Campaign(incentive_uptake=0.5), 0.1).incentive_uptake
    (0.9, 0.5)
    """
    everybody = campaign.incentive_uptake + campaign.backfire_rate >= 1 - NOISE
    most = 1 - backfire_rate
    return replace(
        campaign, backfire_rate=backfire_rate, incentive_uptake=most if everybody else min(campaign.incentive_uptake, most)
    )


def least_success_rate(
    churn_probability: npt.NDArray[np.float64], clv: npt.NDArray[np.float64], campaign: Campaign
) -> float | None:
    """The success rate below which no contact pays at all: the smallest (c + (1−p)(κd + sV)) / (p(V−d)) of the customers.

    ``None`` where not even certain success would make one pay.
    """
    saved = churn_probability * (clv - campaign.incentive)
    lost = campaign.incentive_uptake * campaign.incentive + campaign.backfire_rate * clv
    need = np.divide(
        campaign.retention_cost + (1 - churn_probability) * lost, saved, out=np.full(len(saved), np.inf), where=saved > 0
    )
    least = float(need.min(initial=np.inf))
    return least if least < 1 else None


def slopes(totals: Totals[float], campaign: Campaign) -> tuple[float, float]:
    """What this list earns more per unit of retention cost, ∂Π/∂c = −n, and of success rate, ∂Π/∂γ = Σp(V−d); money.

    At the optimum they are the slopes of the best profit too: the list hardly changes.
    """
    return -float(totals.contacted), float(totals.saved_value(campaign))


def tornado(best_profit: Callable[[Campaign], float], campaign: Campaign) -> pd.DataFrame:
    """How far the best profit moves when one assumption does, the strongest first.

    Columns: ``parameter``, ``low`` and ``high`` (its values, in its unit), ``profit_at_low`` and ``profit_at_high``
    (money, re-optimised at each). Left out: what cannot move, or moves nothing.
    """
    rows = []
    for name in (f.name for f in numbers_of(campaign)):
        low, high = _moved(campaign, name)
        if low == high:
            continue
        at_low, at_high = (best_profit(_with(campaign, name, value)) for value in (low, high))
        rows.append((name, low, high, at_low, at_high))
    table = pd.DataFrame(rows, columns=["parameter", "low", "high", "profit_at_low", "profit_at_high"])
    swing = (table["profit_at_high"] - table["profit_at_low"]).abs()
    return table[swing > 0].iloc[np.argsort(-swing[swing > 0], kind="stable")].reset_index(drop=True)


def _moved(campaign: Campaign, name: str) -> tuple[float, float]:
    """A lower and a higher value of one assumption, within its range."""
    now, most = getattr(campaign, name), Campaign.__dataclass_fields__[name].metadata["high"]
    if name == "success_rate_give_or_take":  # widens the range of a profit and moves none
        return now, now
    if now is None or (name == "window" and campaign.after_save != OWN_RISK):
        return 0.0, 0.0
    if name == "incentive_uptake":
        most = 1 - campaign.backfire_rate
        if campaign.incentive == 0:
            return now, now
    if name in settings.SENSITIVITY_STEPS:
        step = settings.SENSITIVITY_STEPS[name]
    elif name == "incentive" and now == 0:
        step = campaign.retention_cost  # none so far: as much as the contact itself
    else:
        step = settings.SENSITIVITY_SHARE * now
    return max(0.0, now - step), min(most, now + step)


def _with(campaign: Campaign, name: str, value: float) -> Campaign:
    changed: dict[str, Any] = {name: value}
    return with_backfire(campaign, value) if name == "backfire_rate" else replace(campaign, **changed)


@dataclass(frozen=True, kw_only=True, eq=False)
class HeatMap:
    """The best single threshold over success rates (r,) and retention costs (c,): everything else is (r, c).

    ``threshold`` is NaN and the rest 0 where no contact pays.
    """

    success_rate: npt.NDArray[np.float64]
    retention_cost: npt.NDArray[np.float64]
    threshold: npt.NDArray[np.float64]
    contacted: npt.NDArray[np.signedinteger]
    expected_profit: npt.NDArray[np.float64]


def heat_map(
    swept: Sweep,
    campaign: Campaign,
    success_rates: npt.NDArray[np.float64],
    costs: npt.NDArray[np.float64],
    objective: Objective = MAXIMUM_PROFIT,
) -> HeatMap:
    """The optimum at every pair of a success rate and a retention cost, exactly; the rest as in ``campaign``."""
    swept = swept.valued(campaign)
    rates, costs = np.asarray(success_rates, dtype=float), np.asarray(costs, dtype=float)
    if not is_simple(campaign):
        return _heat_map(swept.totals(), swept.threshold, campaign, rates, costs, objective)
    without_whole = Objective(min_marginal_roi=objective.min_marginal_roi)
    heat = _heat_map(swept.hull.totals, swept.hull.threshold, campaign, rates, costs, without_whole)
    spend = costs * heat.contacted + campaign.fixed_cost * (heat.contacted > 0)
    allowed = objective.allows(heat.expected_profit, spend)
    if allowed.all():
        return heat
    limited = _heat_map(swept.totals(), swept.threshold, campaign, rates, costs, objective)
    return replace(
        heat,
        **{
            name: np.where(allowed, getattr(heat, name), getattr(limited, name))
            for name in ("threshold", "contacted", "expected_profit")
        },
    )


def _heat_map(
    totals: Totals[npt.NDArray[Any]],
    threshold: npt.NDArray[np.float64],
    campaign: Campaign,
    success_rates: npt.NDArray[np.float64],
    costs: npt.NDArray[np.float64],
    objective: Objective,
) -> HeatMap:
    """The best of these candidates (k + 1,) at every pair."""
    per_cost = np.outer(costs, totals.contacted)
    best, profits = [], []
    for rate in success_rates:
        free = replace(campaign, success_rate=float(rate), retention_cost=0.0)
        profit = totals.expected_profit(free) - per_cost
        k = objective.best(profit, totals.expected_spend(free) + per_cost, campaign.fixed_cost)
        best.append(k)
        profits.append(np.take_along_axis(profit, k[:, None], axis=-1)[:, 0])
    k = np.array(best)
    return HeatMap(
        success_rate=success_rates,
        retention_cost=costs,
        threshold=np.where(k == 0, np.nan, threshold[k]),
        contacted=totals.contacted[k],
        expected_profit=np.where(k == 0, 0.0, np.array(profits)),
    )


def slider_grid(campaign: Campaign) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Success rates and costs around those of the campaign, from 0 to twice them (rates at most 1), for a heat map."""

    def around(now: float, usual: float) -> npt.NDArray[np.float64]:
        return np.linspace(0.0, 2 * (now or usual), settings.HEAT_MAP_POINTS)

    rates = around(campaign.success_rate, settings.SUCCESS_RATE)
    return np.minimum(rates, 1.0) if rates[-1] <= 1 else np.linspace(0.0, 1.0, settings.HEAT_MAP_POINTS), around(
        campaign.retention_cost, settings.RETENTION_COST
    )
