"""What each budget would earn at best, from nothing to as much as can be spent with a profit."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.offers.problem import NONE, TOLERANCE, Floats, Positions, Problem, cleaned
from churn_core.campaign.offers.solve import solve

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Frontier:
    """Budgets in rising order and the best that each can earn. Between two points profit grows in proportion to spend.

    - ``spend`` (k,) and ``profit`` (k,): money, fixed cost included; the first point is what a budget of 0 earns
    - ``budget_price`` (k,): what the next unit of money earns there, no unit; 0 at the last point, where more earns no more
    - ``contacted`` (k, J): how many customers get each offer
    """

    spend: Floats
    profit: Floats
    budget_price: Floats
    contacted: Counts

    def at(self, budget: float) -> float:
        """The best profit within a budget; money."""
        return float(np.interp(budget, self.spend, self.profit))


def frontier(
    profit: Floats,
    spend: Floats,
    *,
    capacity: Sequence[float | None] | None = None,
    fixed_cost: float = 0.0,
    points: int = 60,
) -> Frontier:
    """About so many ``points`` of the frontier of u (J, n) and e (J, n), money, −inf where an offer is not for the customer.

    Each point is the best assignment of all that spend no more than it. Without capacities they are known from one sorting:
    money goes first where its next unit earns most. With capacities they are found at falling prices of money.

    >>> found = frontier(np.array([[50.0, 40.0], [70.0, -5.0]]), np.array([[10.0, 10.0], [30.0, 30.0]]))
    >>> found.spend, found.profit, found.contacted[-1]
    (array([ 0., 10., 20., 40.]), array([  0.,  50.,  90., 110.]), array([1, 1]))
    """
    u, e = np.asarray(profit, dtype=float), np.asarray(spend, dtype=float)
    problem = cleaned(u, e, np.inf, [None] * len(u) if capacity is None else list(capacity))
    limited = np.isfinite(problem.limits).any()
    found = _within_capacities(problem, points) if limited else _by_slope(problem.profit, problem.spend, points)
    return _after(found, fixed_cost)


def _by_slope(u: Floats, e: Floats, points: int) -> Frontier:
    """The frontier without capacities: each customer's offers in steps of falling profit per money, those of all in one order."""
    offers, n = u.shape
    now, earned, spent = np.full(n, NONE), np.zeros(n), np.zeros(n)
    steps = [(np.zeros(0), np.zeros(0), np.zeros(0), now[:0], now[:0])]
    for _ in range(offers):
        rise, run = u - earned, e - spent
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            slope = np.where(rise > 0, np.where(run > 0, rise / run, np.inf), 0.0)
        best = slope.max(axis=0, initial=0.0)
        who = np.flatnonzero(best > 0)
        if not len(who):
            break
        to = np.where(slope[:, who] == best[who], rise[:, who], -np.inf).argmax(axis=0)  # of equal slopes the whole way at once
        steps.append((best[who], rise[to, who], run[to, who], now[who], to))
        now[who], earned[who], spent[who] = to, u[to, who], e[to, who]
    slope, rise, run, come, to = (np.concatenate(each) for each in zip(*steps, strict=True))
    order = np.argsort(-slope, kind="stable")
    profit, spend = (np.append(0.0, np.cumsum(each[order])) for each in (rise, run))
    at = _spread(spend, profit, points)
    taken, left = (
        np.array([np.searchsorted(np.flatnonzero(each[order] == j), at) for j in range(offers)]) for each in (to, come)
    )
    price = np.append(slope[order], 0.0)[at]
    return Frontier(spend=spend[at], profit=profit[at], budget_price=price, contacted=(taken - left).T)


def _spread(spend: Floats, profit: Floats, points: int) -> Positions:
    """So many positions of rising ``spend`` and ``profit`` (k,), the first and the last among them, at about even distances."""
    way = sum((each / each[-1] for each in (spend, profit) if each[-1] > 0), np.zeros(len(spend)))
    return np.unique(np.append(np.searchsorted(way, np.linspace(0.0, way[-1], max(2, points))), len(way) - 1))


def _within_capacities(problem: Problem, points: int) -> Frontier:
    """The frontier with capacities: first its two ends, then again and again a point between the two that are furthest apart.

    At the price of money at which those two are worth the same no other assignment is worth less than they are; the best one
    lies between them, or there is none.
    """
    u, e = problem.profit, problem.spend
    highest = 1.01 * np.divide(u, e, out=np.zeros_like(u), where=(u > 0) & (e > 0)).max(initial=0.0)
    first, last = _at_price(problem, highest, None), _at_price(problem, 0.0, None)
    found = [first, last]
    way = max(last.spend - first.spend, TOLERANCE), max(last.profit - first.profit, TOLERANCE)
    gaps = [(-2.0, 0, 1)]  # how far apart two neighbours are, as shares of the whole way, and which they are
    while gaps and len(found) < points:
        _, left, right = heapq.heappop(gaps)
        low, high = found[left], found[right]
        if high.spend - low.spend <= TOLERANCE * way[0]:
            continue
        price = (high.profit - low.profit) / (high.spend - low.spend)
        middle = _at_price(problem, price, low.start)
        if middle.profit - low.profit <= price * (middle.spend - low.spend) + TOLERANCE * way[1]:
            continue
        found.append(middle)
        for one, other in ((left, len(found) - 1), (len(found) - 1, right)):
            apart = (found[other].spend - found[one].spend) / way[0] + (found[other].profit - found[one].profit) / way[1]
            heapq.heappush(gaps, (-apart, one, other))
    found.sort(key=lambda point: point.spend)
    spend, profit = (np.array([getattr(point, name) for point in found]) for name in ("spend", "profit"))
    run = np.diff(spend)
    slope = np.divide(np.diff(profit), run, out=np.zeros_like(run), where=run > 0)
    contacted = np.array([point.contacted for point in found], dtype=np.int64)
    return Frontier(spend=spend, profit=profit, budget_price=np.append(slope, 0.0), contacted=contacted)


class _Point(NamedTuple):
    """The best assignment at a price of money: its totals, and the prices of the capacities to ``start`` with nearby."""

    spend: float
    profit: float
    contacted: Floats
    start: Floats


def _at_price(problem: Problem, price: float, start: Floats | None) -> _Point:
    """The best assignment if each unit of money costs ``price`` more than itself."""
    worth = problem.profit - price * problem.spend
    solution = solve(Problem(profit=np.where(worth > 0, worth, -np.inf), spend=problem.spend, limits=problem.limits), start=start)
    used = problem.used(solution.offer)
    return _Point(float(used[0]), problem.earned(solution.offer), used[1:], solution.prices)


def _after(found: Frontier, fixed_cost: float) -> Frontier:
    """The frontier with the fixed cost: nobody is contacted until it is earned back."""
    earns = found.profit > fixed_cost if fixed_cost > 0 else np.append(np.diff(found.spend) > 0, True)
    nobody = np.zeros((1, found.contacted.shape[1]), np.int64)
    before = [(0.0, 0.0, 0.0)] if fixed_cost > 0 else []
    if before and earns.any():
        first = int(earns.argmax())
        even = float(np.interp(fixed_cost, found.profit, found.spend))
        before.append((even + fixed_cost, 0.0, float(found.budget_price[first - 1])))
    spend, profit, price = np.array(before).reshape(-1, 3).T
    return Frontier(
        spend=np.append(spend, found.spend[earns] + fixed_cost),
        profit=np.append(profit, found.profit[earns] - fixed_cost),
        budget_price=np.append(price, found.budget_price[earns]),
        contacted=np.vstack([np.repeat(nobody, len(before), axis=0), found.contacted[earns]]),
    )
