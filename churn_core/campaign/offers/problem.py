"""Several offers for many customers, as numbers: what each pair earns and spends, and what there is of money and capacity."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

NONE = -1  # the offer of a customer who gets none
TOLERANCE = 1e-9  # share of the budget, at least of one unit of money, that a spend may be above it: the rounding of sums
_BLOCK = 1 << 15  # customers who are looked at at once; our choice: their numbers fit into a processor's cache


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What is to be assigned: u (J, n) and e (J, n), money, of J offers for n customers.

    - ``profit`` u: above 0, or −inf where the offer is not for the customer or can be in no assignment
    - ``spend`` e ≥ 0
    - ``limits`` (1 + J,): the money B − F, and the customers K of each offer; inf where there is no limit. In a part of a
      problem they can be negative
    """

    profit: Floats
    spend: Floats
    limits: Floats

    @property
    def offers(self) -> int:
        """J."""
        return len(self.profit)

    @property
    def customers(self) -> int:
        """n."""
        return int(self.profit.shape[1])

    def part(self, customers: Positions | npt.NDArray[np.bool_], limits: Floats) -> "Problem":
        """The problem of some of the customers, within limits of their own."""
        return Problem(profit=self.profit[:, customers], spend=self.spend[:, customers], limits=limits)

    def blocks(self) -> Iterator[slice]:
        """The customers in blocks."""
        for start in range(0, self.customers, _BLOCK):
            yield slice(start, min(start + _BLOCK, self.customers))

    def used(self, offer: Positions) -> Floats:
        """What an assignment (n,) uses of each limit (1 + J,): money and customers."""
        given = np.flatnonzero(offer != NONE)
        spent = self.spend[offer[given], given].sum()
        return np.append(spent, np.bincount(offer[given], minlength=self.offers)).astype(float)

    def earned(self, offer: Positions) -> float:
        """Σu of an assignment (n,); money."""
        given = np.flatnonzero(offer != NONE)
        return float(self.profit[offer[given], given].sum())

    @property
    def allowed(self) -> Floats:
        """The most that may be used of each limit (1 + J,): ``limits``, with the tolerance of the money."""
        more: Floats = np.append(tolerance(self.limits[0]), np.full(self.offers, 0.5))
        return self.limits + more

    def allows(self, offer: Positions) -> bool:
        """Whether an assignment (n,) is within the limits."""
        return bool((self.used(offer) <= self.allowed).all())


def tolerance(money: float) -> float:
    """By how much a spend may be above that much money; money."""
    return TOLERANCE * max(1.0, money) if np.isfinite(money) else 0.0


def cleaned(profit: Floats, spend: Floats, room: float, capacity: Sequence[float | None]) -> Problem:
    """The problem without the pairs that no assignment can hold: u ≤ 0, e above the ``room`` B − F, or a capacity of 0.

    Limits that cannot bind are none.
    """
    most = np.floor(np.array([np.inf if each is None else each for each in capacity], dtype=float))
    limit = room + tolerance(room)
    u = np.where((profit > 0) & (spend <= limit) & (most >= 1)[:, None], profit, -np.inf)
    usable = u > 0
    if not usable.any():
        return Problem(profit=u, spend=spend, limits=np.full(1 + len(u), np.inf))
    most[most >= usable.sum(axis=1)] = np.inf
    dearest = np.where(usable, spend, 0.0).max(axis=0, initial=0.0).sum()
    return Problem(profit=u, spend=spend, limits=np.append(np.inf if dearest <= limit else room, most))


def canonical(problem: Problem, identity: npt.NDArray[np.generic] | None) -> Positions:
    """The customers that an offer is for, in an order of their own: by u and e, and of equal ones by ``identity`` (n,).

    Whatever depends on the order in which sums are taken or ties are met then does not depend on the order of the rows.
    """
    u, e = problem.profit, problem.spend
    usable = u > 0
    found = np.flatnonzero(usable.any(axis=0))
    key = np.where(usable, u, e).sum(axis=0)[found]
    order = np.argsort(key, kind="stable")
    found, key = found[order], key[order]
    tied = np.zeros(len(key) + 1, dtype=bool)
    tied[1:-1] = key[1:] == key[:-1]
    among = np.flatnonzero(tied[1:] | tied[:-1])
    if len(among):
        rows = found[among]
        keys = [] if identity is None else [np.asarray(identity)[rows]]
        keys += [numbers[j, rows] for j in range(problem.offers) for numbers in (u, e)]
        found[among] = rows[np.lexsort([*keys, key[among]])]
    return found
