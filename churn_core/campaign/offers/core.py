"""The best of all assignments that differ from what customers choose at the prices in the few who are of two minds.

D, what the prices say can be earned at most, exceeds the profit of an assignment within the limits by

    Σ regret + λ·(B − Σe) + Σ μ·(K − customers)

where the regret of an offer is what the choice at the prices is worth more to the customer. Customers whose second choice
has a regret above D less the best profit so far keep their choice in any better assignment. The others are the *core*; those
of least regret first, they change their choice in all ways that lose no more than that (Pisinger 1997, "A minimal algorithm
for the 0-1 knapsack problem", for many limits).

Where the core holds all who can matter, the best found is the best of all. Otherwise any other assignment changes a customer
outside of it, and earns at most D less that customer's regret.
"""

from typing import NamedTuple

import numpy as np

from churn_core.campaign.offers.halves import UNCHANGED, Met, Room, States, Step, grown, meet
from churn_core.campaign.offers.prices import Choices, least
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem

_MOST = (200, 2_000, 12_000)  # states of both halves, one try after the other until the best is proven; our choice
_LARGEST = 400  # customers in a core; our choice


_Steps = list[tuple[int, Positions, Step]]  # of each customer of a half: who, the other choices, and what became of the states


class Found(NamedTuple):
    """The best assignment found (n,), what any can earn at most, money, and whether this one earns that."""

    offer: Positions
    bound: float
    optimal: bool


def best_near(problem: Problem, prices: Floats, chosen: Choices, bound: float, offer: Positions) -> Found:
    """The best assignment found that differs from the choices at the ``prices`` in the core, or ``offer`` if that is better.

    ``bound``: D at the prices; money.
    """
    noise = 1e-12 * bound
    base_profit, base_spend = problem.earned(chosen.offer), float(problem.used(chosen.offer)[0])
    base_people = np.count_nonzero(chosen.offer != NONE)
    profit, spend, people = problem.earned(offer), float(problem.used(offer)[0]), np.count_nonzero(offer != NONE)
    highest = bound
    for most in _MOST:
        core = _Core.of(problem, prices, chosen, bound - profit + noise)
        met, changed, beyond = core.searched(most, bound - profit + noise, noise)
        if met is not None:
            new = (base_profit + met.profit, base_spend + met.spend, base_people + met.people)
            if _better(new, (profit, spend, people), noise):
                profit, spend, people = new
                offer = chosen.offer.copy()
                offer[core.customers] = changed - 1
        highest = min(highest, max(profit, bound - beyond))
        if highest <= profit + noise:
            return Found(offer, highest, True)
    return Found(offer, highest, False)


def _better(new: tuple[float, float, int], old: tuple[float, float, int], noise: float) -> bool:
    """Whether profit, spend and people are better: of equal profits the smaller spend, then fewer people."""
    if abs(new[0] - old[0]) > noise:
        return new[0] > old[0]
    if abs(new[1] - old[1]) > noise:
        return new[1] < old[1]
    return new[2] < old[2]


class _Core(NamedTuple):
    """The customers who may change their choice (m,), those of least regret first.

    - ``base`` (m,): the choice at the prices, as a row of the tables; 0 for none
    - ``profit``, ``spend``, ``regret`` (1 + J, m): u, e, and what is lost, of each choice, none first
    - ``beyond``: the least regret of anybody else
    - ``counts`` (C,): the offers of which the changes could use more than there is; ``room``: what the changes may use
    """

    customers: Positions
    base: Positions
    profit: Floats
    spend: Floats
    regret: Floats
    beyond: float
    counts: Positions
    room: Room

    @classmethod
    def of(cls, problem: Problem, prices: Floats, chosen: Choices, worst: float) -> "_Core":
        """The core of those who can change without losing more than ``worst``."""
        left = problem.allowed - problem.used(chosen.offer)
        limited = np.flatnonzero(np.isfinite(left[1:]))
        largest = min(_LARGEST, int(2 ** (62 / max(1, len(limited)))) // 2 - 1)  # so that a code is a whole number of 64 bits
        customers = np.flatnonzero(chosen.regret <= min(worst, least(chosen.regret, largest + 1)))
        customers = customers[np.argsort(chosen.regret[customers], kind="stable")]
        customers, others = customers[:largest], customers[largest:]
        base = chosen.offer[customers] + 1
        nothing = np.zeros((1, len(customers)))
        profit = np.vstack([nothing, problem.profit[:, customers]])
        spend = np.vstack([nothing, problem.spend[:, customers]])
        regret = chosen.value[customers] - (profit - prices[0] * spend - np.append(0.0, prices[1:])[:, None])
        possible = (regret <= worst).sum(axis=1)[1:]
        counts = limited[(left[1:] < possible - np.bincount(base, minlength=1 + problem.offers)[1:])[limited]]
        room = Room(float(left[0]), np.floor(left[1:][counts]), prices[1:][counts], len(customers))
        beyond = float(chosen.regret[others].min(initial=worst if len(customers) < problem.customers else np.inf))
        return cls(customers, base, profit, spend, regret, beyond, counts, room)

    def changes(self, k: int, worst: float) -> tuple[Positions, States]:
        """The other choices (as rows of the tables) of the k-th customer that lose no more than ``worst``, and what each changes."""
        base = self.base[k]
        rows = np.flatnonzero(self.regret[:, k] <= worst)
        rows = rows[rows != base]
        more = np.equal(rows, self.counts[:, None] + 1).astype(np.int64) - np.equal(base, self.counts + 1)[:, None]
        return rows, States(
            use=self.room.code(more),
            spend=self.spend[rows, k] - self.spend[base, k],
            profit=self.profit[rows, k] - self.profit[base, k],
            people=(rows > 0).astype(np.int64) - int(base > 0),
            lost=self.regret[rows, k],
        )

    def searched(self, most: int, worst: float, noise: float) -> tuple[Met | None, Positions, float]:
        """The best way to change the choices of as many customers, from the first on, as ``most`` states allow.

        With the choices that it means (m,), as rows of the tables; and what any other way loses at least.
        """
        halves = [UNCHANGED, UNCHANGED]
        steps: list[_Steps] = [[], []]
        beyond = self.beyond
        for k in range(len(self.customers)):
            rows, changes = self.changes(k, worst)
            more, step = grown(halves[k % 2], changes, worst, noise)
            if len(more.use) + len(halves[1 - k % 2].use) > most:
                beyond = float(changes.lost.min(initial=worst))
                break
            halves[k % 2] = more
            steps[k % 2].append((k, rows, step))
        met, everything = meet(*halves, self.room, worst, noise)
        chosen = self.base.copy()
        if met is not None:
            for at, taken in zip((met.first, met.second), steps, strict=True):
                for k, rows, step in reversed(taken):
                    change, at = step.change[at], step.before[at]
                    chosen[k] = rows[change - 1] if change else self.base[k]
        return met, chosen, beyond if everything else 0.0
