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

from churn_core.campaign.offers.halves import UNCHANGED, Balance, Met, Room, States, Step, grown, meet, most_coded
from churn_core.campaign.offers.prices import Choices, least
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem

_NOISE = 1e-11  # of D: profits that differ by less are equal; the prices are that exact
_FEW, _SOME, _MANY = 200, 2_000, 40_000  # states of both halves, one try after the other until the best is proven; our choice
_WORK = 15  # times so many states: those of all customers one after the other; our choice
_WHOLE = 250  # customers in a core that could be proven; our choice
_ALIKE = 100  # of them who may lose nothing by any change; our choice
_PART = 60  # customers of one that could not, and only makes the assignment better; our choice
_WINDOW, _FIRST = 18, 6  # customers who change together: spread over all, and those of least regret; our choice
_COARSE, _FINE = 3e-4, 1e-5  # of D: a gap that is worth the time of windows; and one that is worth no more; our choice

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
    search = _Search(problem, prices, chosen, bound, offer)
    for most in (_FEW, _SOME)[search.proves_nothing :]:
        search.among(search.near(_PART if search.proves_nothing else _WHOLE), most)
        if search.optimal:
            return search.found
    if search.worst > (_COARSE if search.proves_nothing else _FINE) * bound:
        search.in_windows()
    if search.worst > _FINE * bound and not search.proves_nothing:
        search.among(search.near(_WHOLE), _MANY)
    return search.found


class _Search:
    """The best assignment so far, and what any other can earn at most."""

    def __init__(self, problem: Problem, prices: Floats, chosen: Choices, bound: float, offer: Positions) -> None:
        self.problem, self.prices, self.chosen, self.bound = problem, prices, chosen, bound
        self.offer, self.best, self.highest = offer, _total(problem, offer), bound
        self.noise = _NOISE * bound
        self.counts = np.isfinite(problem.limits[1:]) & (prices[1:] > self.noise)  # the capacities that are kept to

    @property
    def worst(self) -> float:
        """What a better assignment can lose at most; money."""
        return self.bound - self.best.profit + self.noise

    @property
    def optimal(self) -> bool:
        """Whether no assignment earns more."""
        return self.highest <= self.best.profit + self.noise

    @property
    def proves_nothing(self) -> bool:
        """Whether too many customers can matter, or too many may change for nothing because they are alike."""
        regret = self.chosen.regret
        return bool(np.count_nonzero(regret <= self.worst) > _WHOLE or np.count_nonzero(regret <= self.noise) > _ALIKE)

    @property
    def found(self) -> Found:
        """The best so far."""
        return Found(self.offer, max(self.highest, self.best.profit), self.optimal)

    def near(self, most: int) -> Positions:
        """The customers who can change in a better assignment (m,), those of least regret first, at ``most`` so many.

        Of customers who are all alike one each comes first, then another one each.
        """
        regret, most = self.chosen.regret, min(most, most_coded(self.problem.offers))
        customers = np.flatnonzero(regret <= min(self.worst, least(regret, most)))
        alike = np.vstack([self.problem.profit[:, customers], self.problem.spend[:, customers], self.chosen.offer[customers]])
        new = np.append(True, (alike[:, 1:] != alike[:, :-1]).any(axis=0))[: len(customers)]
        rank = np.arange(len(customers)) - np.maximum.accumulate(np.where(new, np.arange(len(customers)), 0))
        regret = np.where(regret[customers] <= self.noise, 0.0, regret[customers])
        return customers[np.lexsort((rank, regret))][:most]

    def among(self, customers: Positions, most: int) -> None:
        """Change the choices of ``customers``, of all others kept at the prices, in as many ways as ``most`` states allow."""
        beyond = self._changed(self.chosen.offer, customers, most, 0.0)
        others = np.ones(self.problem.customers, dtype=bool)
        others[customers] = False
        beyond = min(beyond, float(self.chosen.regret[others].min(initial=np.inf)))
        self.highest = min(self.highest, max(self.best.profit, self.bound - beyond))

    def in_windows(self) -> None:
        """Change some of the near customers anew, the others kept as in the best so far: those of least regret, and every k-th."""
        near = self.near(_WHOLE)
        first, others = near[:_FIRST], near[_FIRST:]
        windows = -(-len(others) // _WINDOW)
        for k in range(windows):
            customers = np.concatenate([first, others[k::windows]])
            base = self.offer.copy()
            base[customers] = self.chosen.offer[customers]
            self._changed(base, customers, _SOME, self._lost(base))

    def _lost(self, offer: Positions) -> float:
        """The regrets of an assignment (n,) in sum; money."""
        changed = np.flatnonzero(offer != self.chosen.offer)
        taken = offer[changed]
        value = self.problem.profit[taken, changed] - self.prices[0] * self.problem.spend[taken, changed] - self.prices[1 + taken]
        return float((self.chosen.value[changed] - np.where(taken == NONE, 0.0, value)).sum())

    def _changed(self, base: Positions, customers: Positions, most: int, lost: float) -> float:
        """Look for a better assignment that differs from ``base`` (n,), which has lost that much, in the ``customers`` only.

        What any better one that changes others than were looked at loses at least; money.
        """
        total = _total(self.problem, base)
        while True:
            core = _Core.of(self.problem, self.prices, self.chosen, base, customers, np.flatnonzero(self.counts))
            met, changed, beyond = core.searched(most, self.worst - lost, self.noise)
            if met is None:
                return beyond
            new = _Total(total.profit + met.profit, total.spend + met.spend, total.people + met.people)
            if not _better(new, self.best, self.noise):
                return beyond
            other = base.copy()
            other[core.customers] = changed - 1
            over = (self.problem.used(other) > self.problem.allowed)[1:]
            if not over.any():
                self.best, self.offer = new, other
                return beyond
            self.counts |= over  # it would have to be kept to, and is from now on


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
    - ``counts`` (C,): the offers whose capacity is kept to; ``room``: what the changes may use
    """

    customers: Positions
    base: Positions
    profit: Floats
    spend: Floats
    regret: Floats
    counts: Positions
    room: Room

    @classmethod
    def of(
        cls, problem: Problem, prices: Floats, chosen: Choices, offer: Positions, customers: Positions, counts: Positions
    ) -> "_Core":
        """The core of these ``customers``, who have the choice at the prices; all others keep what they have in ``offer`` (n,)."""
        left = problem.allowed - problem.used(offer)
        nothing = np.zeros((1, len(customers)))
        profit = np.vstack([nothing, problem.profit[:, customers]])
        spend = np.vstack([nothing, problem.spend[:, customers]])
        regret = chosen.value[customers] - (profit - prices[0] * spend - np.append(0.0, prices[1:])[:, None])
        room = Room(float(left[0]), np.floor(left[1:][counts]), prices[1:][counts], (len(customers) + 1) // 2)
        return cls(customers, offer[customers] + 1, profit, spend, regret, counts, room)

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
        beyond, work = np.inf, 0
        for k in range(len(self.customers)):
            rows, changes = self.changes(k, worst)
            more, step = grown(halves[k % 2], changes, self.balance(k), self.room, worst, noise)
            work += len(more.use)
            if len(more.use) + len(halves[1 - k % 2].use) > most or work > _WORK * most:
                beyond = float(changes.lost.min(initial=worst))
                break
            halves[k % 2] = more
            steps[k % 2].append((k, rows, step))
        met, everything = meet(halves[0], halves[1], self.room, worst, noise)
        chosen = self.base.copy()
        if met is not None:
            for at, taken in zip((met.first, met.second), steps, strict=True):
                for k, rows, step in reversed(taken):
                    change, at = step.change[at], step.before[at]
                    chosen[k] = rows[change - 1] if change else self.base[k]
        return met, chosen, beyond if everything else 0.0
