"""Whom to contact for the largest expected profit: by one threshold, and customer by customer."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.campaign.economics import NOISE, Campaign, expected_profit, expected_spend, pays
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective, reaches
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.totals import Totals
from churn_core.campaign.within_limits import best_list


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one campaign does, against contacting nobody.

    - ``threshold``: the lowest contacted score, ``None`` for an empty campaign or one that no threshold describes
    - ``upper_bound``: no list within the limits can earn more; ``None`` where this list is exact
    """

    contacted: int
    expected_profit: float
    expected_spend: float
    threshold: float | None = None
    upper_bound: float | None = None

    @property
    def roi(self) -> float | None:
        """Profit ÷ spend; ``None`` where nothing is spent, or so little that no number holds it."""
        if self.expected_spend <= 0:
            return None
        roi = float(self.expected_profit) / float(self.expected_spend)
        return roi if math.isfinite(roi) else None


NOBODY_CONTACTED = Outcome(contacted=0, expected_profit=0.0, expected_spend=0.0)


def outcome_of_totals(totals: Totals[float], campaign: Campaign, threshold: float | None = None) -> Outcome:
    """The outcome of contacting the customers that ``totals`` sums up."""
    if totals.contacted == 0:
        return NOBODY_CONTACTED
    return Outcome(
        contacted=int(totals.contacted),
        expected_profit=float(totals.expected_profit(campaign)),
        expected_spend=float(totals.expected_spend(campaign)),
        threshold=threshold,
    )


def at_candidate(swept: Sweep, campaign: Campaign, k: int) -> Outcome:
    """The outcome of the ``k``-th candidate of the sweep, 0 being the empty campaign."""
    return _first(swept.valued(campaign), campaign, int(swept.contacted[k]))


def at_threshold(swept: Sweep, campaign: Campaign, threshold: float) -> Outcome:
    """The outcome of contacting everybody with a score of at least ``threshold``."""
    return _first(swept.valued(campaign), campaign, int(np.count_nonzero(swept.score >= threshold)))


def contact_all(swept: Sweep, campaign: Campaign) -> Outcome:
    """The outcome of contacting every customer."""
    return _first(swept.valued(campaign), campaign, len(swept.score))


def _first(swept: Sweep, campaign: Campaign, n: int) -> Outcome:
    return outcome_of_totals(swept.first(n), campaign, float(swept.score[n - 1]) if n else None)


def best_threshold(swept: Sweep, campaign: Campaign, objective: Objective = MAXIMUM_PROFIT) -> Outcome:
    """The best single threshold, exactly: no grid, no floor, no split tie.

    Of equal profits the smaller campaign; where no contact pays, the empty campaign.
    """
    swept = swept.valued(campaign)
    if is_simple(campaign) and swept.revalued:
        return _best_in_one_pass(swept, campaign, objective)
    if is_simple(campaign):
        corner = swept.hull.best(_price(swept.hull.totals.clv_per_value(campaign), campaign, objective))
        best = outcome_of_totals(swept.hull.totals.at(corner), campaign, float(swept.hull.threshold[corner]))
        best = _if_it_pays(best)
        if objective.allows(best.expected_profit, best.expected_spend):
            return best
    profit = swept.expected_profit(campaign)
    spend = 0.0 if objective == MAXIMUM_PROFIT else swept.expected_spend(campaign)
    noise = NOISE * np.abs(profit).max()  # with a limit as without
    return at_candidate(swept, campaign, int(objective.best(profit, spend, campaign.fixed_cost, noise)))


def _best_in_one_pass(swept: Sweep, campaign: Campaign, objective: Objective) -> Outcome:
    """The best threshold of a simple campaign among all candidates: γ·Σpv − c·n of each."""
    n, fixed = swept.contacted, campaign.fixed_cost
    profit = campaign.success_rate * swept.value_leaving
    profit -= campaign.retention_cost * n
    profit[1:] -= fixed
    spend = np.multiply(campaign.retention_cost, n) + fixed * (n > 0)
    k = int(
        objective.best(profit, 0.0 if objective == MAXIMUM_PROFIT else spend, fixed, NOISE * max(profit.max(), -profit.min()))
    )
    if not k:
        return NOBODY_CONTACTED
    return Outcome(
        contacted=int(n[k]),
        expected_profit=float(profit[k]),
        expected_spend=float(spend[k]),
        threshold=float(swept.score[n[k] - 1]),
    )


def is_simple(campaign: Campaign) -> bool:
    """Whether profit is γ·V·p − c per contact: the best threshold without a limit on the whole then is a corner of the hull."""
    return not campaign.incentive and not campaign.backfire_rate


def _price(per_value: float, campaign: Campaign, objective: Objective) -> float:
    """The Σpv that one more contact has to exceed: c / (γ·V/v), or with a demanded return h what is just below 1 + h times it."""
    kept = campaign.success_rate * per_value
    least = max(1 + NOISE, (1 + objective.marginal) * (1 - NOISE)) * campaign.retention_cost
    return least / kept if kept > 0 else np.inf


def _if_it_pays(outcome: Outcome) -> Outcome:
    pays_off = pays(outcome.expected_profit - NOISE * outcome.expected_spend)
    return outcome if pays_off else NOBODY_CONTACTED


def plateau(swept: Sweep, campaign: Campaign, objective: Objective = MAXIMUM_PROFIT) -> tuple[float, float] | None:
    """The lowest and the highest threshold around the best between which every one is within 1 % of the best profit;
    ``None`` if nothing pays.

    The optimal threshold is an arg max and has no normal error: everything on the plateau is as good. Thresholds that a
    budget or a least ROI of the whole forbids are not on it; with a least ROI of each contact nothing beyond the best is.
    """
    swept = swept.valued(campaign)
    best = best_threshold(swept, campaign, objective)
    if best.threshold is None:
        return None
    profit, k = swept.expected_profit(campaign), int(np.searchsorted(swept.contacted, best.contacted))
    spend = 0.0 if objective == MAXIMUM_PROFIT else swept.expected_spend(campaign)
    good = objective.allows(profit, spend) & (profit >= (1 - settings.PLATEAU_SHARE) * best.expected_profit)
    if objective.marginal:
        good[k + 1 :] = False
    worse = np.flatnonzero(~good)
    first = worse[worse < k].max(initial=-1) + 1
    last = worse[worse > k].min(initial=len(profit)) - 1
    threshold = swept.threshold
    return float(threshold[last]), float(threshold[first])


def per_customer(
    churn_probability: npt.ArrayLike,
    clv: npt.ArrayLike,
    campaign: Campaign,
    leaving: npt.ArrayLike | None = None,
    objective: Objective = MAXIMUM_PROFIT,
) -> Outcome:
    """Decide customer by customer: the most that these probabilities can earn.

    ``leaving`` (0/1) reports the realised profit of the same decisions.

    >>> outcome = per_customer([0.6, 0.3, 0.2, 0.1], np.array([20, 400, 40, 1000]), Campaign(success_rate=0.5))
    >>> outcome.contacted, round(outcome.expected_profit, 2), round(outcome.roi, 2)
    (2, 90.0, 4.5)
    """
    p = np.asarray(churn_probability, dtype=float)
    value = np.broadcast_to(np.asarray(clv, dtype=float), p.shape)
    contact, upper_bound = choose(p, value, campaign, objective)
    happens = p if leaving is None else np.asarray(leaving, dtype=float)
    if leaving is not None:  # the bound is on the expected profit
        upper_bound = None
    n = int(contact.sum())
    if n == 0:
        return replace(NOBODY_CONTACTED, upper_bound=upper_bound)
    return Outcome(
        contacted=n,
        expected_profit=float(expected_profit(happens[contact], value[contact], campaign).sum()) - campaign.fixed_cost,
        expected_spend=float(expected_spend(happens[contact], campaign).sum()) + campaign.fixed_cost,
        upper_bound=upper_bound,
    )


def ranked_per_customer(swept: Sweep, campaign: Campaign, objective: Objective = MAXIMUM_PROFIT) -> Outcome:
    """``per_customer`` from a sweep by expected profit; one binary search where there is no incentive and no backfire."""
    swept = swept.valued(campaign)
    per_value = campaign.clv_multiple if swept.per_value else 1.0
    if swept.expected and is_simple(campaign):
        price = _price(per_value, campaign, objective)
        if swept.revalued:
            above = swept.gain[swept.gain > price]
            n, value_leaving = len(above), float(above.sum())
        else:
            n, value_leaving = swept.ranking.above(price)
        profit = campaign.success_rate * per_value * value_leaving - campaign.retention_cost * n
        spend = campaign.retention_cost * n + campaign.fixed_cost
        outcome = _if_it_pays(Outcome(contacted=n, expected_profit=profit - campaign.fixed_cost, expected_spend=spend))
        if objective.allows(outcome.expected_profit, outcome.expected_spend):
            return outcome
    leaving = None if swept.expected else swept.leaving
    return per_customer(swept.score, swept.clv(campaign), campaign, leaving, objective)


def choose(
    churn_probability: npt.NDArray[np.float64],
    clv: npt.NDArray[np.float64],
    campaign: Campaign,
    objective: Objective = MAXIMUM_PROFIT,
) -> tuple[npt.NDArray[np.bool_], float | None]:
    """Which customers (n,) to contact, each by the own expected profit u and spend e; and an upper bound on the profit.

    - Maximum profit: u > 0. Marginal ROI: also u ≥ h·e. Exact.
    - Budget and average ROI: of those, the most profitable list that keeps to both; see ``within_limits``. Exact where every
      contact costs the same, or where nobody else can make the list better; otherwise no list can earn more than the bound.

    The bound is ``None`` where the list is exact. Nobody, where the list would not earn back the fixed cost.
    """
    profit, spend = expected_profit(churn_probability, clv, campaign), expected_spend(churn_probability, campaign)
    worth = pays(profit) & reaches(profit, spend, objective.marginal)
    found = np.flatnonzero(worth)
    profit, spend = profit[found], np.broadcast_to(spend, worth.shape)[found]
    earned = profit.sum()
    if not pays(earned - campaign.fixed_cost * (1 + NOISE)):
        return np.zeros_like(worth), None
    if objective.allows(earned - campaign.fixed_cost, spend.sum() + campaign.fixed_cost):
        return worth, None
    positions, bound = best_list(profit, spend, objective, campaign.fixed_cost)
    contact = np.zeros_like(worth)
    contact[found[positions]] = True
    return contact, bound
