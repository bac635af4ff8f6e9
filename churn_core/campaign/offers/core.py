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

from churn_core.campaign.offers.halves import UNCHANGED, Balance, Met, Room, States, Step, grown, meet
from churn_core.campaign.offers.prices import Choices, least
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem

_MOST = (200, 2_000, 12_000)  # states of both halves, one try after the other until the best is proven; our choice
_NOISE = 1e-11  # of D: profits that differ by less are equal; the prices are that exact
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
    noise = _NOISE * bound
    base = _total(problem, chosen.offer)
    best, highest = _total(problem, offer), bound
    counts = np.isfinite(problem.limits[1:]) & (prices[1:] > noise)
    for most in _MOST:
        while True:
            worst = bound - best.profit + noise
            core = _Core.of(problem, prices, chosen, worst, np.flatnonzero(counts))
            if most > 2000 and len(core.customers) > 200: break
            met, changed, beyond = core.searched(most, worst, noise)
            if met is None:
                break
            new = _Total(base.profit + met.profit, base.spend + met.spend, base.people + met.people)
            if not _better(new, best, noise):
                break
            other = chosen.offer.copy()
            other[core.customers] = changed - 1
            over = (problem.used(other) > problem.allowed)[1:]
            if not over.any():
                best, offer = new, other
                break
            counts |= over
        highest = min(highest, max(best.profit, bound - beyond))
        if highest <= best.profit + noise:
            return Found(offer, highest, True)
    return Found(offer, highest, False)


class _Total(NamedTuple):
    """Profit and spend of an assignment, money, and how many get an offer."""

    profit: float
    spend: float
    people: int


def _total(problem: Problem, offer: Positions) -> _Total:
    return _Total(problem.earned(offer), float(problem.used(offer)[0]), int(np.count_nonzero(offer != NONE)))


def _better(new: _Total, old: _Total, noise: float) -> bool:
    """Whether profit, spend and people are better: of equal profits the smaller spend, then fewer people."""
    if abs(new.profit - old.profit) > noise:
        return new.profit > old.profit
    if abs(new.spend - old.spend) > noise:
        return new.spend < old.spend
    return new.people < old.people


class _Core(NamedTuple):
    """The customers who may change their choice (m,), those of least regret first.

    - ``base`` (m,): the choice at the prices, as a row of the tables; 0 for none
    - ``profit``, ``spend``, ``regret`` (1 + J, m): u, e, and what is lost, of each choice, none first
    - ``beyond``: the least regret of anybody else
    - ``counts`` (C,): the offers whose capacity is kept to; ``room``: what the changes may use
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
    def of(cls, problem: Problem, prices: Floats, chosen: Choices, worst: float, counts: Positions) -> "_Core":
        """The core of those who can change without losing more than ``worst``."""
        left = problem.allowed - problem.used(chosen.offer)
        largest = min(_LARGEST, int(2 ** (62 / max(1, len(counts)))) // 2 - 1)  # so that a code is a whole number of 64 bits
        customers = np.flatnonzero(chosen.regret <= min(worst, least(chosen.regret, largest + 1)))
        customers = customers[np.argsort(chosen.regret[customers], kind="stable")]
        customers, others = customers[:largest], customers[largest:]
        base = chosen.offer[customers] + 1
        nothing = np.zeros((1, len(customers)))
        profit = np.vstack([nothing, problem.profit[:, customers]])
        spend = np.vstack([nothing, problem.spend[:, customers]])
        regret = chosen.value[customers] - (profit - prices[0] * spend - np.append(0.0, prices[1:])[:, None])
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

    def balance(self, k: int) -> Balance:
        """What it costs those who still can change, once the k-th customer and those before in the same half have, to keep to the
        capacities."""
        still = np.append(np.arange(1 - k % 2, k, 2), np.arange(k + 1, len(self.customers)))
        regret, base = self.regret[:, still], self.base[still]
        other = regret.copy()
        other[base, np.arange(len(still))] = np.inf
        other = other.min(axis=0)
        size = len(self.customers) + 1
        leaving, entering = np.full((len(self.counts), size), np.inf), np.empty((len(self.counts), size))
        for c, (offer, price) in enumerate(zip(self.counts + 1, self.room.price, strict=True)):
            out = np.sort(other[base == offer])
            leaving[c, : len(out) + 1] = np.append(0.0, np.cumsum(out))
            into = np.minimum(np.sort(regret[offer, base != offer]), price)
            into = np.append(into, np.full(size - 1 - len(into), price))
            entering[c] = np.append(0.0, np.cumsum(into))
        return Balance(leaving, entering)

    def searched(self, most: int, worst: float, noise: float) -> tuple[Met | None, Positions, float]:
        """The best way to change the choices of as many customers, from the first on, as ``most`` states allow.

        With the choices that it means (m,), as rows of the tables; and what any other way loses at least.
        """
        halves = [UNCHANGED, UNCHANGED]
        steps: list[_Steps] = [[], []]
        beyond = self.beyond
        for k in range(len(self.customers)):
            rows, changes = self.changes(k, worst)
            more, step = grown(halves[k % 2], changes, self.balance(k), self.room, worst, noise)
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
