"""Customers and leavers of many groups at once: of every two conditions together, of some rules and one condition more.

Groups are sets of bits, 64 customers to a word, so that two are put together and counted in one pass over few words.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint64]
_WORD = 64  # customers


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Of each of some groups: ``customers``, how many there are; ``standing``, how many they stand for; ``left``, how many of these
    left. Three arrays of one shape.
    """

    customers: Counts
    standing: Counts
    left: Counts

    def without(self, others: "Sums") -> "Sums":
        """The sums of the same groups without ``others``."""
        return Sums(
            customers=self.customers - others.customers, standing=self.standing - others.standing, left=self.left - others.left
        )

    def at(self, places: npt.NDArray[np.intp]) -> "Sums":
        """Of the sums of every two groups those of some of the groups."""
        both = np.ix_(places, places)
        return Sums(customers=self.customers[both], standing=self.standing[both], left=self.left[both])


@dataclass(frozen=True, kw_only=True, eq=False)
class Counter:
    """Counts groups of customers of whom some ``left``. ``place`` (n,): where the bit of each is; ``words``: how many there are;
    ``weight`` (words,): for how many each customer of a word stands, ``None``: for one.
    """

    left: Bits
    place: npt.NDArray[np.intp]
    words: int
    weight: Counts | None

    @classmethod
    def of(cls, left: Masks, weight: Counts | None = None) -> "Counter":
        """Customers (n,) who each stand for a ``weight``; those of one weight share their words, so there should be few weights."""
        if weight is None:
            place, words, of_word = np.arange(len(left)), -(-len(left) // _WORD), None
        else:
            values, which, size = np.unique(weight, return_inverse=True, return_counts=True)
            needed = -(-size // _WORD)
            first = np.cumsum(needed) - needed
            order = np.argsort(which, kind="stable")
            place = np.empty(len(left), dtype=np.intp)
            place[order] = np.arange(len(left)) - np.repeat(np.cumsum(size) - size, size) + np.repeat(first * _WORD, size)
            words, of_word = int(needed.sum()), np.repeat(values, needed)
        empty = cls(left=np.zeros(words, dtype=np.uint64), place=place, words=words, weight=of_word)
        return cls(left=empty.pack(left[None, :])[0], place=place, words=words, weight=of_word)

    def pack(self, groups: Masks) -> Bits:
        """Groups (k, n) as bits (k, words)."""
        spread = np.zeros((len(groups), self.words * _WORD), dtype=bool)
        spread[:, self.place] = groups
        return np.packbits(spread, axis=1).view(np.uint64)

    def sums(self, groups: Bits) -> Sums:
        """The sums of each of the groups (k, words): (k,) each."""
        customers, left = np.bitwise_count(groups), np.bitwise_count(groups & self.left)
        number = customers.sum(axis=-1, dtype=np.int64).astype(float)
        if self.weight is None:
            return Sums(customers=number, standing=number, left=left.sum(axis=-1, dtype=np.int64).astype(float))
        return Sums(customers=number, standing=customers @ self.weight, left=left @ self.weight)

    def together(self, some: Bits, others: Bits) -> Sums:
        """The sums of each of ``some`` (k, words) together with each of the ``others`` (m, words): (k, m) each."""
        shape = (len(some), len(others))
        found = Sums(customers=np.zeros(shape), standing=np.zeros(shape), left=np.zeros(shape))
        for at, group in enumerate(some):
            row = self.sums(others & group)
            found.customers[at], found.standing[at], found.left[at] = row.customers, row.standing, row.left
        return found

    def pairs(self, groups: Bits) -> Sums:
        """The sums of every two of the groups (k, words): (k, k) each."""
        shape = (len(groups), len(groups))
        found = Sums(customers=np.zeros(shape), standing=np.zeros(shape), left=np.zeros(shape))
        for at, group in enumerate(groups):
            row = self.sums(groups[at:] & group)
            for all_, each in ((found.customers, row.customers), (found.standing, row.standing), (found.left, row.left)):
                all_[at, at:] = all_[at:, at] = each
        return found
