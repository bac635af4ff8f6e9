"""What a little more of each limit would earn, found by deciding anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from churn_core.campaign.offers.assign import Assignment, assign
from churn_core.campaign.offers.problem import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class OneMore:
    """What the best assignment would earn more, money.

    - ``budget``: with so much ``money`` more; 0 where the budget does not bind or there is none
    - ``capacity`` (J,): with room for one more customer of each offer; 0 where it does not bind
    """

    money: float
    budget: float
    capacity: Floats


def one_more(
    now: Assignment,
    profit: Floats,
    spend: Floats,
    *,
    budget: float | None = None,
    capacity: Sequence[float | None] | None = None,
    fixed_cost: float = 0.0,
    money: float = 1000.0,
) -> OneMore:
    """What more of each limit that has a price in the assignment ``now`` would earn, for the arguments that it was made with.

    >>> u, e = np.array([[50.0, 40.0]]), np.array([[10.0, 10.0]])
    >>> one_more(assign(u, e, budget=10), u, e, budget=10, money=15).budget
    40.0
    """
    most = [None] * len(profit) if capacity is None else list(capacity)

    def earned(budget: float | None, most: Sequence[float | None]) -> float:
        better = assign(profit, spend, budget=budget, capacity=most, fixed_cost=fixed_cost)
        return max(0.0, better.profit - now.profit)

    more = np.zeros(len(profit))
    for j in np.flatnonzero(now.capacity_price > 0):
        more[j] = earned(budget, [None if room is None else room + (j == k) for k, room in enumerate(most)])
    binds = budget is not None and now.budget_price > 0
    return OneMore(money=money, budget=earned(budget + money, most) if binds and budget is not None else 0.0, capacity=more)
