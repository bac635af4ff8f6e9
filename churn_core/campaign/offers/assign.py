"""Which customer gets which offer, for the largest profit within a budget and capacities, and how far it can be from the best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
) -> Assignment:
    """The best assignment of offers: u (J, n), money, −inf where the offer is not for the customer; e (J, n), money.

    ``identity`` (n,) settles ties among customers who are alike in u and e, so that the order of rows does not matter; without
    it they are told apart by nothing, and the first ones are taken.
    """
    raise NotImplementedError
