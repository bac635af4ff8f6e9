"""The best assignment of a problem: each customer's own choice where that fits, and by prices and the core where it does not."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.core import Found, best_near
from churn_core.campaign.offers.improve import improved
from churn_core.campaign.offers.prices import best_prices, choices, upper_bound
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem, canonical
from churn_core.campaign.offers.ties import settled
from churn_core.campaign.within_limits import best_list


class Solution(NamedTuple):
    """The best assignment found.

    - ``offer`` (n,)
    - ``bound``: no assignment within the limits earns more; money. ``optimal``: whether this one is the best
    - ``prices`` (1 + J,): λ and μ, what one more unit of each limit would earn; 0 where it does not bind
    """

    offer: Positions
    bound: float
    optimal: bool
    prices: Floats


def solve(problem: Problem, identity: npt.NDArray[np.generic] | None = None, start: Floats | None = None) -> Solution:
    """The best assignment. ``identity`` (n,): settles ties among equal customers; ``start``: prices that the best may be near to."""
    own = own_choice(problem)
    if problem.allows(own):
        return Solution(own, problem.earned(own), True, np.zeros(1 + problem.offers))
    order = canonical(problem, identity)
    part = problem.part(order, problem.limits)
    prices = best_prices(part, start)
    chosen = choices(part, prices)
    bound = upper_bound(part, prices, chosen)
    choice, within = settled(part, prices, chosen)
    within = improved(part, prices, chosen, within)
    found = best_near(part, prices, chosen._replace(offer=choice), bound, within)
    if part.offers == 1 and np.isinf(part.limits[1]):
        found = _of_one_offer(part, found)
    offer = np.full(problem.customers, NONE, dtype=np.intp)
    offer[order] = found.offer
    return Solution(offer, found.bound, found.optimal, np.where(prices * _unit(part) > 1e-9 * bound / len(order), prices, 0.0))


def _of_one_offer(problem: Problem, found: Found) -> Found:
    """The better of what was ``found`` and the list that a budget alone has always been given."""
    contacted, bound = best_list(problem.profit[0], problem.spend[0], Objective(budget=float(problem.limits[0])), 0.0)
    offer = np.full(problem.customers, NONE, dtype=np.intp)
    offer[contacted] = 0
    profit = problem.earned(offer)
    if found.optimal or profit < problem.earned(found.offer):
        return found
    return Found(offer, profit if bound is None else min(bound, found.bound), bound is None)


def own_choice(problem: Problem) -> Positions:
    """The most profitable offer of each customer (n,), ``NONE`` where none is allowed. Of equal ones the one that spends less."""
    offer = np.full(problem.customers, NONE, dtype=np.intp)
    best, spent = np.zeros(problem.customers), np.zeros(problem.customers)
    for j in range(problem.offers):
        u, e = problem.profit[j], problem.spend[j]
        better = (u > best) | ((u == best) & (e < spent))
        offer[better] = j
        np.copyto(best, u, where=better)
        np.copyto(spent, e, where=better)
    return offer


def _unit(problem: Problem) -> Floats:
    """How much of each limit one customer uses about (1 + J,): money, and customers."""
    return np.append(problem.spend.mean(), np.ones(problem.offers))
