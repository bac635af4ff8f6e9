"""A good assignment within the limits, to begin with: who would lose most takes the own choice first."""

import numpy as np

from churn_core.campaign.offers.prices import Choices, least
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem

_OPEN = 1000  # customers of least regret who choose last, one after the other; all others have their choice where that fits
_ROUNDS = 200  # in each some customers get an offer or a limit is reached
_CHANGES = 100  # single changes that improve the assignment
_LEAN = 1e-5  # of the mean best u: so much less than nothing an offer may be worth at the prices, and still is chosen


def greedy(problem: Problem, prices: Floats, chosen: Choices) -> Positions:
    """An assignment (n,) within the limits, from what customers choose at the ``prices``.

    Prices at which limits are used up leave some customers of two minds between an offer and none. Those take the offer as
    long as it fits: without that, customers who are all alike could all stay without.
    """
    undecided = _OPEN
    while True:
        open_ = chosen.regret <= least(chosen.regret, undecided)
        offer = np.where(open_, NONE, chosen.offer)
        if problem.allows(offer) or open_.all():
            break
        undecided *= 8
    customers = np.flatnonzero(open_)
    left = problem.allowed - problem.used(offer)
    part = problem.part(customers, left)
    taken = _in_turn(part, prices)
    offer[customers] = _improved(part, taken)
    return offer


def _in_turn(problem: Problem, prices: Floats) -> Positions:
    """Customers choose in falling order of their regret among what is left for them; an assignment (n,)."""
    u, e, left = problem.profit, problem.spend, problem.limits.copy()
    offer = np.full(problem.customers, NONE, dtype=np.intp)
    lean = _LEAN * float(np.maximum(u.max(axis=0, initial=0.0), 0.0).mean())
    value = np.vstack([np.zeros(problem.customers), u - prices[0] * e - prices[1:, None] + lean])
    cost = np.vstack([np.zeros(problem.customers), e])
    waiting = np.arange(problem.customers)
    for _ in range(_ROUNDS):
        fits = (cost[:, waiting] <= left[0]) & (np.append(1.0, left[1:]) >= 1)[:, None]
        v = np.where(fits, value[:, waiting], -np.inf)
        v[0] = 0.0
        best = v.argmax(axis=0)
        first = v[best, np.arange(len(waiting))]
        v[best, np.arange(len(waiting))] = -np.inf
        turn = np.argsort(v.max(axis=0) - first, kind="stable")
        waiting, best = waiting[turn], best[turn]
        use = np.vstack([cost[best, waiting], best == np.arange(1, 1 + problem.offers)[:, None]])
        within = (np.cumsum(use, axis=1) <= left[:, None]).all(axis=0)
        served = len(within) if within.all() else int(within.argmin())
        offer[waiting[:served]] = best[:served] - 1
        left -= use[:, :served].sum(axis=1)
        waiting = np.sort(waiting[served:])
        if not len(waiting):
            break
    return offer


def _improved(problem: Problem, offer: Positions) -> Positions:
    """The assignment after the best single changes, each of one customer to a more profitable offer that fits."""
    u, e = problem.profit, problem.spend
    everybody = np.arange(problem.customers)
    if not len(everybody):
        return offer
    left = problem.limits - problem.used(offer)
    for _ in range(_CHANGES):
        has = offer != NONE
        gain = u - np.where(has, u[offer, everybody], 0.0)
        more = e - np.where(has, e[offer, everybody], 0.0)
        gain[(more > left[0]) | (left[1:, None] < 1)] = 0.0
        j, i = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[j, i] <= 0:
            break
        left[0] -= more[j, i]
        left[1 + j] -= 1
        if has[i]:
            left[1 + offer[i]] += 1
        offer[i] = j
    return offer
