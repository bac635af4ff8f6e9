"""Whom to contact of summarised customers: by one threshold, and cell by cell; and how much that can fall short.

Of each outcome ``upper_bound`` is what no list (or no threshold) can exceed.

**Proof of the bound.** Let the n customers of a cell earn u₁ … uₙ, with sum U. A bilinear function on a rectangle has its
least and largest value, l and h, at corners. Where l < 0 < h the convex function max(u, 0) lies on [l, h] below its
chord h·(u − l)/(h − l), so that choosing at will inside the cell earns Σ max(uᵢ, 0) ≤ h·(U − n·l)/(h − l); elsewhere,
or for n = 1, it earns max(U, 0). Any list of customers is a choice inside each cell: the sum over the cells bounds it.
A threshold contacts whole bins from above and a part of at most one more: what the whole ones earn and the bound of
that bin bound it, and the largest of these over all bins bounds every threshold. All of it up to the rounding of floats.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.curve import curve_table
from churn_core.campaign.economics import NOISE, Campaign, expected_profit, expected_spend, pays
from churn_core.campaign.forecast import NOTHING, Forecast, forecast_of_sums
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import NOBODY_CONTACTED, Outcome, outcome_of_totals
from churn_core.campaign.summary import Summary, squares_of_cells, sums_of_all, sums_of_each
from churn_core.campaign.summary_value import Factors, Valued, valued

Money = npt.NDArray[np.float64]


def per_customer(summary: Summary, campaign: Campaign) -> Outcome:
    """Decide cell by cell: contact those who together earn something. ``upper_bound``: no list can earn more.

    At most the bound less the profit is lost against deciding customer by customer; see the module for the proof.
    """
    return _per_customer(valued(summary, campaign))


def _per_customer(found: Valued) -> Outcome:
    summary, campaign, without_fixed = found.summary, found.campaign, replace(found.campaign, fixed_cost=0.0)
    most, chosen = sums_of_each(found.most.cells), _paying(summary, campaign)
    least_p, largest_p, least_charge, largest_charge = summary.rectangles
    corners = _corners((least_p, largest_p), (least_charge, largest_charge), campaign, found.cells)
    bound = max(0.0, float(_most(most.expected_profit(without_fixed), most.contacted, *corners).sum()) - campaign.fixed_cost)
    outcome = outcome_of_totals(sums_of_all(summary.cells[chosen]), campaign)
    if not pays(outcome.expected_profit - NOISE * outcome.expected_spend):
        outcome = NOBODY_CONTACTED
    return replace(outcome, upper_bound=max(bound, outcome.expected_profit))


def _paying(summary: Summary, campaign: Campaign) -> npt.NDArray[np.bool_]:
    """The cells whose customers together earn something."""
    totals, without_fixed = sums_of_each(summary.cells), replace(campaign, fixed_cost=0.0)
    earned = totals.expected_profit(without_fixed)
    paying: npt.NDArray[np.bool_] = pays(earned - NOISE * (np.abs(earned) + totals.expected_spend(without_fixed)))
    return paying


def per_customer_forecast(summary: Summary, campaign: Campaign) -> tuple[Outcome, Forecast]:
    """``per_customer`` with the ranges of its list, each customer counted as the average of the own cell."""
    found = valued(summary, campaign)
    outcome = _per_customer(found)
    if not outcome.contacted:
        return outcome, NOTHING
    chosen = found.summary.cells[_paying(found.summary, found.campaign)]
    return outcome, forecast_of_sums(sums_of_all(chosen), squares_of_cells(chosen), found.campaign)


def forecast_above(summary: Summary, outcome: Outcome, campaign: Campaign) -> Forecast:
    """The ranges of the outcome of a threshold at the edge of a bin."""
    found = valued(summary, campaign)
    if outcome.threshold is None:
        return NOTHING
    above = found.summary.edges.at(int(np.searchsorted(-summary.threshold, -outcome.threshold)))
    return forecast_of_sums(above, found.summary.squares_from(outcome.threshold), found.campaign)


def forecast_of_everybody(summary: Summary, campaign: Campaign) -> tuple[Outcome, Forecast]:
    """What contacting every customer earns, with its ranges."""
    found = valued(summary, campaign)
    everybody, squares = found.summary.everybody, found.summary.squares_from(0)
    return outcome_of_totals(everybody, found.campaign), forecast_of_sums(everybody, squares, found.campaign)


def best_threshold(summary: Summary, campaign: Campaign, objective: Objective = MAXIMUM_PROFIT) -> Outcome:
    """The best single threshold among the edges of the bins, exactly. ``upper_bound``: none between them earns more.

    Of equal profits the smaller campaign; where no contact pays, the empty one. Within a budget or a least ROI the bound
    is on what any threshold that keeps to them can earn; with a least ROI of each contact, on what the best one earns.

    >>> best = best_threshold(Summary.of([0.9, 0.2, 0.01], [70.0, 40.0, 20.0]), Campaign(retention_cost=50))
    >>> best.threshold, best.contacted, round(best.expected_profit, 2), best.upper_bound == best.expected_profit
    (0.9, 1, 176.8, True)
    """
    found = valued(summary, campaign)
    summary, campaign = found.summary, found.campaign
    edges = summary.edges
    profit, spend = edges.expected_profit(campaign), edges.expected_spend(campaign)
    k = int(objective.best(profit, spend, campaign.fixed_cost))
    outcome = outcome_of_totals(edges.at(k), campaign, float(summary.threshold[k]))
    bounds = [outcome.expected_profit, *_bounds_at_edges(found, spend, objective), *_bounds_within_bins(found, objective, k)]
    return replace(outcome, upper_bound=float(max(bounds)))


def profit_curve(summary: Summary, campaign: Campaign, points: int | None = None) -> pd.DataFrame:
    """The money of every threshold at the edge of a bin, the empty campaign first; exact in every row.

    Columns as in ``curve_table``. ``points`` thins it for drawing: about so many rows, evenly spaced in customers, with
    both ends and the most profitable row among them.
    """
    found = valued(summary, campaign)
    edges, campaign = found.summary.edges, found.campaign
    profit, spend = edges.expected_profit(campaign), edges.expected_spend(campaign)
    at = np.arange(len(profit))
    if points is not None and len(at) > points:
        wanted = np.linspace(0, edges.contacted[-1], points)
        best = int(MAXIMUM_PROFIT.best(profit, spend, campaign.fixed_cost))
        at = np.union1d(np.searchsorted(edges.contacted, wanted), [0, best, len(at) - 1])
    return curve_table(summary.threshold[at], edges.contacted[at], profit[at], spend[at])


def _most(earned: Money, customers: npt.NDArray[np.integer], least: Money, largest: Money) -> Money:
    """No choice among so many customers, each of whom earns between ``least`` and ``largest``, earns more; money.

    The chord of the module's proof, and ``earned`` (all of them) or 0 where there is nothing to choose.
    """
    plain = np.maximum(earned, 0.0)
    choice = (least < 0) & (largest > 0) & (customers > 1)
    span = np.where(choice, largest - least, 1.0)
    return np.where(choice, np.maximum(largest * ((earned - customers * least) / span), plain), plain)


def _corners(
    p: Iterable[Money], charge: Iterable[Money], campaign: Campaign, by: Factors, min_marginal_roi: float = 0.0
) -> tuple[Money, Money]:
    """The least and the largest u − h·e of one contact on each rectangle, which is bilinear as u is; money. Saves are as dear and
    stayers as cheap as they can be there.
    """
    at = []
    for one in p:
        demanded = min_marginal_roi * expected_spend(one, campaign)
        for other in charge:
            spared = (1 - one) * campaign.backfire_rate * campaign.clv((by.gain - by.loss) * other)
            at.append(expected_profit(one, campaign.clv(by.gain * other), campaign) + spared - demanded)
    return reduce(np.minimum, at), reduce(np.maximum, at)


def _bounds_at_edges(found: Valued, spend: Money, objective: Objective) -> Iterator[float]:
    """What a threshold at an edge can earn at most, where what it earns is not known to the digit."""
    if not found.is_exact:
        reach = found.most.edges.expected_profit(found.campaign)
        possible = objective.allows(reach, spend)
        possible[0] = True
        yield float(reach[possible].max())


def _bounds_within_bins(found: Valued, objective: Objective, k: int) -> Iterator[float]:
    """What a threshold inside a bin can earn at most; nothing where none of those could be the best."""
    summary, campaign = found.summary, found.campaign
    if not len(summary.bins):
        return
    reach, spend = _reach(found) - campaign.fixed_cost, summary.edges.at(slice(-1)).expected_spend(campaign)
    # It earns at most the one and spends at least the other: where even these break a limit, the threshold does.
    possible = objective.allows(reach, spend)
    if objective.marginal and found.is_exact:
        # And by Σu − h·Σe, which the best threshold has most of, it has to be as good as that edge.
        best = summary.edges.at(k)
        profit, spent = best.expected_profit(campaign), best.expected_spend(campaign)
        worth = profit - objective.marginal * spent + (campaign.fixed_cost * (1 + objective.marginal) if k else 0.0)
        noise = NOISE * (abs(profit) + (1 + objective.marginal) * (spent + campaign.fixed_cost))
        possible &= _reach(found, objective.marginal) >= worth - noise
    if possible.any():
        yield float(reach[possible].max())


def _reach(found: Valued, min_marginal_roi: float = 0.0) -> Money:
    """The bound on Σu − h·Σe of each threshold inside a bin (k,), from the highest: all above it, and the most of the bin;
    money, without the fixed cost.
    """
    campaign = replace(found.campaign, fixed_cost=0.0)
    bins = found.most.bins[::-1]
    _, _, least_charge, largest_charge = found.summary.rectangles
    charges = least_charge.min(), largest_charge.max()
    corners = _corners((bins["lowest"], bins["highest"]), charges, campaign, found.bins.reversed(), min_marginal_roi)
    of_bin, above = (
        totals.expected_profit(campaign) - min_marginal_roi * totals.expected_spend(campaign)
        for totals in (sums_of_each(bins), found.most.edges.at(slice(-1)))
    )
    single = bins["lowest"] == bins["highest"]  # no threshold lies inside
    return above + np.where(single, np.maximum(of_bin, 0.0), _most(of_bin, bins["contacted"], *corners))
