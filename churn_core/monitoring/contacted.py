"""Customers of a file who were contacted in a campaign: what they did says nothing of who leaves if left alone (LOOP.md §10).

A file is seen in parts, and only all of it tells whether a list has had an effect: it was drawn from customers who were still here, so
where none of them has left, the outcomes are those of the day of the draw or before it, and everybody's count.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from churn_core.formats import counted
from churn_core.monitoring.profile import Bins, Outcomes
from churn_core.monitoring.profiling import outcomes_of

OF_THE_FILE = 0  # the key of the list that a column of the file tells; that column is about the file's outcomes, whoever left
Lists = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Listed:
    """A list, and who of some customers was ``treated`` by it: 1, 0 left alone, NaN not on it, (n,)."""

    key: int
    treated: npt.NDArray[np.float64]


def contacted(lists: Sequence[Listed]) -> npt.NDArray[np.bool_]:
    """Who was contacted by any of the lists, (n,)."""
    any_of_them: npt.NDArray[np.bool_] = np.any([each.treated == 1 for each in lists], axis=0)
    return any_of_them


@dataclass(frozen=True, kw_only=True)
class Contacted:
    """Of the customers with a known outcome: ``left``, how many of each list have left; ``outcomes`` of the contacted, and how many
    were left ``alone``, by the lists that they were on. ``a + b`` is both.
    """

    left: Counter[int] = field(default_factory=Counter)
    outcomes: Mapping[Lists, Outcomes] = field(default_factory=dict)
    alone: Counter[Lists] = field(default_factory=Counter)

    @classmethod
    def of(cls, lists: Sequence[Listed], p: npt.NDArray[np.float64], churned: npt.NDArray[np.float64], bins: Bins) -> "Contacted":
        """Of customers with their churn probabilities and who of them has left, 1, 0 or NaN, (n,) each."""
        known, called = ~np.isnan(churned), contacted(lists)
        return cls(
            left=Counter({each.key: int(((churned == 1) & ~np.isnan(each.treated)).sum()) for each in lists}),
            outcomes={on: outcomes_of(p[some], churned[some], bins) for on, some in _by_lists(lists, 1.0, known & called)},
            alone=Counter({on: int(some.sum()) for on, some in _by_lists(lists, 0.0, known & ~called)}),
        )

    def __add__(self, other: "Contacted") -> "Contacted":
        outcomes = dict(self.outcomes)
        for lists, each in other.outcomes.items():
            outcomes[lists] = outcomes[lists] + each if lists in outcomes else each
        return Contacted(left=self.left + other.left, outcomes=outcomes, alone=self.alone + other.alone)

    def of_no_effect(self) -> list[Outcomes]:
        """The outcomes of those who were contacted by lists only that have had no effect."""
        return [each for lists, each in self.outcomes.items() if not self._had_effect(lists)]

    @property
    def left_out(self) -> int:
        """Contacted customers whose outcome is not judged."""
        return sum(sum(each.customers) for lists, each in self.outcomes.items() if self._had_effect(lists))

    def in_words(self) -> str:
        """Who is left out, "" if nobody is."""
        number, alone = self.left_out, sum(times for lists, times in self.alone.items() if self._had_effect(lists))
        if not number:
            return ""
        were = counted(number, "customer was", "customers were")
        said = f"{were} contacted in a campaign and {'is' if number == 1 else 'are'} not judged"
        return f"{said}; {counted(alone, 'who was left alone is', 'who were left alone are')}" if alone else said

    def _had_effect(self, lists: Lists) -> bool:
        return any(key == OF_THE_FILE or self.left[key] for key in lists)


def _by_lists(lists: Sequence[Listed], arm: float, among: npt.NDArray[np.bool_]) -> Iterator[tuple[Lists, npt.NDArray[np.bool_]]]:
    """The customers ``among`` all (n,) who are in this arm of the same lists, for each such set of lists."""
    member = np.array([among & (each.treated == arm) for each in lists]).T
    for on in np.unique(member[member.any(axis=1)], axis=0):
        yield tuple(each.key for each, is_on in zip(lists, on, strict=True) if is_on), (on == member).all(axis=1)
