"""A better assignment by changing one customer at a time."""

import numpy as np

from churn_core.campaign.offers.problem import NONE, Positions, Problem

_CHANGES = 200  # at most; our choice: a few customers are left over by the linear program, and a little of each limit


def improved(problem: Problem, offer: Positions, customers: Positions) -> Positions:
    """The assignment (n,) after the best changes, each of one of the ``customers`` to a more profitable offer that fits."""
    part = problem.part(customers, problem.allowed - problem.used(offer))
    u, e, left = part.profit, part.spend, part.limits
    mine, everybody = offer[customers], np.arange(len(customers))
    for _ in range(_CHANGES if len(customers) else 0):
        has = mine != NONE
        gain = u - np.where(has, u[mine, everybody], 0.0)
        more = e - np.where(has, e[mine, everybody], 0.0)
        gain[(more > left[0]) | (left[1:, None] < 1)] = 0.0
        j, i = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[j, i] <= 0:
            break
        left[0] -= more[j, i]
        left[1 + j] -= 1
        if has[i]:
            left[1 + mine[i]] += 1
        mine[i] = j
    better = offer.copy()
    better[customers] = mine
    return better
