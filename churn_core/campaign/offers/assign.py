"""Which customer gets which offer, for the largest profit within a budget and capacities, and how far it can be from the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import NOISE, pays
from churn_core.campaign.offers.problem import NONE, cleaned
from churn_core.campaign.offers.solve import solve

__all__ = ["NONE", "Assignment", "assign"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """One offer at most for each customer.

    - ``offer`` (n,): the position of each customer's offer, ``NONE`` for none
    - ``profit`` Σu − F and ``spend`` Σe + F: money; both 0 where nobody gets an offer
    - ``bound``: no assignment within the limits earns more; money. ``optimal``: whether this one is proven to be the best
    - ``budget_price`` λ: what one more unit of budget would earn, no unit; ``capacity_price`` μ (J,): what one more customer of
      each offer's capacity would earn, money. 0 where the limit does not bind
    """

    offer: npt.NDArray[np.intp]
    profit: float
    spend: float
    bound: float
    optimal: bool
    budget_price: float
    capacity_price: npt.NDArray[np.float64]

    @property
    def gap(self) -> float:
        """How much more than this no assignment can earn, as a share of the bound; 0 where it is proven optimal."""
        return 0.0 if self.optimal or self.bound <= 0 else max(0.0, (self.bound - self.profit) / self.bound)


def assign(
    profit: npt.NDArray[np.float64],
    spend: npt.NDArray[np.float64],
    *,
    budget: float | None = None,
    capacity: Sequence[float | None] | None = None,
    fixed_cost: float = 0.0,
    identity: npt.NDArray[np.generic] | None = None,
    names: Sequence[str] | None = None,
) -> Assignment:
    """The best assignment of offers: u (J, n), money, −inf where the offer is not for the customer; e (J, n), money.

    Nobody gets an offer with u ≤ 0; the spend, fixed cost F included, is within the ``budget`` B; no offer goes to more
    customers than its ``capacity``, rounded down. Of equal profits the smaller spend, then fewer customers. ``identity`` (n,)
    settles ties among customers who are alike in u and e, and ``names`` (J,) those among offers, so that the order of rows
    does not matter; without them the first ones are taken.

    >>> u, e = np.array([[50.0, 40.0, 10.0], [70.0, 30.0, -5.0]]), np.array([[10.0, 10.0, 10.0], [30.0, 30.0, 30.0]])
    >>> assign(u, e).offer
    array([1, 0, 0])
    >>> short = assign(u, e, budget=20)
    >>> short.offer, short.profit, short.spend, short.optimal
    (array([ 0,  0, -1]), 90.0, 20.0, True)
    """
    u, e = np.asarray(profit, dtype=float), np.asarray(spend, dtype=float)
    order = np.arange(len(u)) if names is None else np.argsort(np.asarray(names), kind="stable")
    if (order != np.arange(len(u))).any():
        u, e = u[order], e[order]
    most = [None] * len(u) if capacity is None else [capacity[j] for j in order]
    room = math.inf if budget is None else budget - fixed_cost
    problem = cleaned(u, e, room, most)
    solution = solve(problem, identity)
    given = np.flatnonzero(solution.offer != NONE)
    earned = math.fsum(u[solution.offer[given], given])
    optimal, bound = solution.optimal, max(0.0, (earned if solution.optimal else max(earned, solution.bound)) - fixed_cost)
    if not pays(earned - fixed_cost * (1 + NOISE)):
        given, earned = given[:0], fixed_cost
        optimal = not pays(bound - NOISE * fixed_cost)
    offer = np.full(u.shape[1], NONE, dtype=np.intp)
    offer[given] = order[solution.offer[given]]
    price = np.zeros(len(u))
    price[order] = solution.prices[1:]
    return Assignment(
        offer=offer,
        profit=earned - fixed_cost,
        spend=math.fsum(e[solution.offer[given], given]) + fixed_cost if len(given) else 0.0,
        bound=bound,
        optimal=optimal,
        budget_price=float(solution.prices[0]),
        capacity_price=price,
    )
