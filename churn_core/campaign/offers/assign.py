"""Which customer gets which offer, for the largest profit within a budget and capacities, and how far it can be from the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import NOISE

NONE = -1  # the offer of a customer who gets none


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

    ``identity`` (n,) settles ties among customers who are alike in u and e, so that the order of rows does not matter; without
    it they are told apart by nothing, and the first ones are taken. ``names`` (J,) settle ties among offers; without them the
    first offer is taken.
    """
    u, e = np.asarray(profit, dtype=float), np.asarray(spend, dtype=float)
    offers, n = u.shape
    most = [n if each is None else min(n, int(each)) for each in capacity or [None] * offers]
    room = np.inf if budget is None else budget - fixed_cost
    noise = 1e-9 * max(1.0, budget or 0.0)
    order = np.arange(offers) if names is None else np.argsort(np.asarray(names))
    worth = np.where((u > 0) & (e <= room + noise) & (np.asarray(most)[:, None] > 0), u, 0.0)
    best = order[worth[order].argmax(axis=0)]
    rows = np.arange(n)
    gain = worth[best, rows]
    offer = np.where(gain > 0, best, NONE)
    bound = math.fsum(gain) - fixed_cost
    within = e[best, rows][gain > 0].sum() <= room + noise and (np.bincount(best[gain > 0], minlength=offers) <= most).all()
    if not within:
        offer = _greedy(worth, e, room + noise, most)
    given = np.flatnonzero(offer >= 0)
    earned = math.fsum(u[offer[given], given])
    if room < -noise or earned <= fixed_cost * (1 + NOISE):
        offer, earned, given = np.full(n, NONE), fixed_cost, given[:0]
    return Assignment(
        offer=offer,
        profit=earned - fixed_cost,
        spend=math.fsum(e[offer[given], given]) + fixed_cost if len(given) else 0.0,
        bound=max(0.0, bound),
        optimal=bool(within),
        budget_price=0.0,
        capacity_price=np.zeros(offers),
    )


def _greedy(worth: npt.NDArray[np.float64], e: npt.NDArray[np.float64], room: float, most: Sequence[int]) -> npt.NDArray[np.intp]:
    """The most profitable pairs that fit, one after the other: within the limits."""
    offer, left, spent = np.full(worth.shape[1], NONE), list(most), 0.0
    for pair in np.argsort(-worth / np.maximum(e, NOISE), axis=None, kind="stable"):
        j, i = divmod(int(pair), worth.shape[1])
        if offer[i] == NONE and worth[j, i] > 0 and left[j] > 0 and spent + e[j, i] <= room:
            offer[i], left[j], spent = j, left[j] - 1, spent + e[j, i]
    return offer
