"""All ways to change the choices of some customers, in two halves that then meet.

Each half is a list of states, grown customer by customer. Of the states that use as much of the capacities, those are dropped
that earn no more than another that spends no more (Nemhauser & Ullmann 1969, "Discrete dynamic programming and capital
allocation"). Then each state of one half meets the most profitable of the other that still fits (Horowitz & Sahni 1974,
"Computing partitions with applications to the knapsack problem").
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.offers.problem import Floats, Positions

MEETINGS = 2_000_000  # pairs of groups, and states of these, that may meet; our choice: some tens of milliseconds

Whole = npt.NDArray[np.int64]


class States(NamedTuple):
    """Ways to change choices (k,), each in sum over the customers who changed: what is more than before.

    - ``use``: of the capacities, as a code
    - ``spend``, ``profit``, ``people``: money, money and customers
    - ``lost``: the regrets; money
    """

    use: Whole
    spend: Floats
    profit: Floats
    people: Whole
    lost: Floats

    def at(self, positions: Positions) -> "States":
        """Some of the states."""
        use, people = self.use[positions], self.people[positions]
        return States(use, self.spend[positions], self.profit[positions], people, self.lost[positions])

    def changed(self, before: Positions, changes: "States", change: Positions) -> "States":
        """The states at ``before`` (k,), each after one of the ``changes``: 0 for none, 1 for the first, and so on."""

        def sum_of(old: Floats, new: Floats) -> Floats:
            more: Floats = old[before] + np.append(0.0, new)[change]
            return more

        whole = np.zeros(1, np.int64)
        use = self.use[before] + np.append(whole, changes.use)[change]
        people = self.people[before] + np.append(whole, changes.people)[change]
        spend, profit = sum_of(self.spend, changes.spend), sum_of(self.profit, changes.profit)
        return States(use, spend, profit, people, sum_of(self.lost, changes.lost))


class Step(NamedTuple):
    """Of each state after one more customer: the state before (k,), and which change of the customer led from there (k,)."""

    before: Positions
    change: Positions


UNCHANGED = States(np.zeros(1, np.int64), np.zeros(1), np.zeros(1), np.zeros(1, np.int64), np.zeros(1))


class Room(NamedTuple):
    """What changes may use: ``money``; customers of each capacity that counts (C,), at its ``price`` (C,); and how ``use`` codes
    these: a digit each, from −``most`` to ``most``."""

    money: float
    customers: Floats
    price: Floats
    most: int

    def code(self, customers: Whole) -> Whole:
        """The code of so many customers more of each capacity (C, k)."""
        code: Whole = (self._places @ customers).astype(np.int64)
        return code

    def customers_of(self, code: Whole) -> Whole:
        """The customers (C, k) of codes (k,)."""
        shifted = code + self.most * self._places.sum()
        customers: Whole = shifted // self._places[:, None] % self._base - self.most
        return customers

    @property
    def _base(self) -> int:
        return 2 * self.most + 1

    @property
    def _places(self) -> Whole:
        return self._base ** np.arange(len(self.customers), dtype=np.int64)


def most_coded(capacities: int) -> int:
    """In how many customers the use of so many capacities can change for a code to be a whole number of 64 bits."""
    return max(0, int(2.0 ** (62 / capacities)) - 3)


class Met(NamedTuple):
    """The best of all meetings: its profit and spend, money, and people, in sum; and the positions of the two states."""

    profit: float
    spend: float
    people: int
    first: int
    second: int


class Balance(NamedTuple):
    """What it costs at least to get to a capacity: (C, k) each, by how many customers it is to change; money.

    ``leaving``: so many who are too many take something else; ``entering``: so many places are filled, or stay empty at the
    price of the capacity
    """

    leaving: Floats
    entering: Floats

    def least(self, states: States, room: Room) -> Floats:
        """What states (k,) still cost at least until the capacities are kept to. Each change leaves one offer and enters one."""
        over = room.customers_of(states.use) - room.customers[:, None].astype(np.int64)
        capacity = np.arange(len(over))[:, None]
        most = self.leaving.shape[1] - 1
        leaving = self.leaving[capacity, np.clip(over, 0, most)].sum(axis=0)
        entering = self.entering[capacity, np.clip(-over, 0, most)].sum(axis=0)
        cost: Floats = np.maximum(leaving, entering)
        return cost


def grown(states: States, changes: States, balance: Balance, room: Room, worst: float, noise: float) -> tuple[States, Step]:
    """The states after one more customer, who keeps the choice or changes it in one of some ways; none that loses over ``worst``."""
    lost = np.append(0.0, changes.lost)[:, None] + states.lost
    change, before = np.nonzero(lost <= worst)
    together = states.changed(before, changes, change)
    if len(room.customers):
        good = np.flatnonzero(together.lost + balance.least(together, room) <= worst)
        together, before, change = together.at(good), before[good], change[good]
    order = _sorted(together)
    order = order[_undominated(together.at(order), noise)]
    return together.at(order), Step(before[order], change[order])


def _sorted(states: States) -> Positions:
    """The states in the order of use and spend; of equal ones the larger profit first, then fewer people."""
    order = np.lexsort((states.spend, states.use))
    use, spend = states.use[order], states.spend[order]
    same = (use[1:] == use[:-1]) & (spend[1:] == spend[:-1])
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        among = order[tied]
        keys = (states.people[among], -states.profit[among], spend[tied], use[tied])
        order[tied] = among[np.lexsort(keys)]
    return order


def _undominated(states: States, noise: float) -> Positions:
    """The positions of sorted states that earn more than each one of the same ``use`` before them."""
    if not len(states.use):
        return np.zeros(0, dtype=np.intp)
    group = np.cumsum(np.append(0, states.use[1:] != states.use[:-1]))
    height = states.profit + group * 2 * np.ptp(states.profit)  # each group stands above the one before
    highest = np.maximum.accumulate(np.append(-np.inf, height))[:-1]
    first = np.append(True, group[1:] != group[:-1])
    return np.flatnonzero(first | (height > highest + noise))


class _Groups(NamedTuple):
    """The states of equal use: their ``customers`` (C, g) of each capacity, where they ``start`` (g,), how many they are (g,) and
    the ``least`` that one of them lost (g,)."""

    customers: Whole
    start: Positions
    size: Positions
    least: Floats

    @classmethod
    def of(cls, states: States, room: Room) -> "_Groups":
        start = np.flatnonzero(np.append(True, states.use[1:] != states.use[:-1]))
        size = np.diff(np.append(start, len(states.use)))
        return cls(room.customers_of(states.use[start]), start, size, np.minimum.reduceat(states.lost, start))


def meet(first: States, second: States, room: Room, worst: float, noise: float) -> tuple[Met | None, bool]:
    """The best of all pairs of states that fit into the ``room``; and whether all that lose no more than ``worst`` were looked at.

    Of equal profits the smaller spend, then fewer people. ``None`` where none fits.
    """
    if not (len(first.use) and len(second.use)):
        return None, True
    a, b = _Groups.of(first, room), _Groups.of(second, room)
    if len(a.least) * len(b.least) > MEETINGS:
        return None, False
    i, j = _pairs(a, b, room, worst)
    within = np.cumsum(a.size[i]) <= MEETINGS
    mine, theirs = _partners(first, second, a, b, (i[within], j[within]), room.money)
    return _best(first, second, mine, theirs, noise), bool(within.all())


def _pairs(a: _Groups, b: _Groups, room: Room, worst: float) -> tuple[Positions, Positions]:
    """The pairs of groups (p,) that together keep to the capacities and lose no more than ``worst``, the least first."""
    spare = room.customers[:, None, None] - a.customers[:, :, None] - b.customers[:, None, :]
    lost = a.least[:, None] + b.least + np.tensordot(room.price, spare, 1)
    i, j = np.nonzero((spare >= 0).all(axis=0) & (lost <= worst))
    order = np.argsort(lost[i, j], kind="stable")
    return i[order], j[order]


def _partners(
    first: States, second: States, a: _Groups, b: _Groups, pairs: tuple[Positions, Positions], money: float
) -> tuple[Positions, Positions]:
    """Each state of the first groups of the ``pairs`` with the most profitable of the second group that still fits (q,).

    In a group profit rises with spend, so that it is the last one within the ``money`` that is left.
    """
    i, group = pairs[0], np.repeat(pairs[1], a.size[pairs[0]])
    size = a.size[i]
    mine = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size) + np.repeat(a.start[i], size)
    rank = np.sort(second.spend)
    fits = np.searchsorted(rank, money - first.spend, side="right")
    keys = np.repeat(np.arange(len(b.size)), b.size) * (len(rank) + 1) + np.searchsorted(rank, second.spend, side="left")
    theirs = np.searchsorted(keys, group * (len(rank) + 1) + fits[mine], side="left") - 1
    found = theirs >= b.start[group]
    return mine[found], theirs[found]


def _best(first: States, second: States, mine: Positions, theirs: Positions, noise: float) -> Met | None:
    """The best of the meetings (q,)."""
    if not len(mine):
        return None
    profit = first.profit[mine] + second.profit[theirs]
    best = np.flatnonzero(profit >= profit.max() - noise)
    spend = first.spend[mine[best]] + second.spend[theirs[best]]
    best = best[spend <= spend.min() + noise]
    people = first.people[mine[best]] + second.people[theirs[best]]
    at = best[people.argmin()]
    x, y = int(mine[at]), int(theirs[at])
    return Met(float(profit[at]), float(first.spend[x] + second.spend[y]), int(people.min()), x, y)
