"""What columns add to the log-odds together, beyond what each says alone: a table of two columns, a rule of a few conditions."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from churn_core.model.card.shape import Columns, Floats, coded

Test = Literal["<=", ">", "is", "is not", "blank", "known"]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The groups of one column of a ``Table``. With ``levels``: one for each, and a last one for every other value. Else of a number:
    first those without one, then those up to each of the ``edges``, then those above the last.
    """

    column: str
    edges: tuple[float, ...] = ()
    levels: tuple[str | int, ...] = ()

    @property
    def size(self) -> int:
        """How many groups there are."""
        return len(self.levels) + 1 if self.levels else len(self.edges) + 2

    @cached_property
    def _position(self) -> dict[str | int, int]:
        return {level: i for i, level in enumerate(self.levels)}

    @cached_property
    def _edges(self) -> Floats:
        return np.array(self.edges, dtype=float)

    def groups(self, customers: Columns) -> npt.NDArray[np.intp]:
        """The group of each customer, (n,)."""
        if self.levels:
            codes, values = coded(customers[self.column])
            other = len(self.levels)
            return np.array([self._position.get(value, other) for value in values] + [other], dtype=np.intp)[codes]
        numbers = np.asarray(customers[self.column], dtype=float)
        return np.where(np.isnan(numbers), 0, 1 + np.searchsorted(self._edges, numbers, side="left"))

    def group_of(self, customer: Mapping[str, Any]) -> int:
        """The group of one customer."""
        value = customer[self.column]
        if self.levels:
            return self._position.get(value, len(self.levels))
        return 0 if value != value else 1 + bisect_left(self.edges, value)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A two-way table: ``cells[i][j]`` is the effect of group i of the first of the two ``axes`` with group j of the second.

    ``strength``: the standard deviation of the effect among the training customers.
    """

    axes: tuple[Axis, Axis]
    cells: tuple[tuple[float, ...], ...]
    strength: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.axes[0].column, self.axes[1].column)

    @cached_property
    def _cells(self) -> Floats:
        return np.array(self.cells, dtype=float)

    def effects(self, customers: Columns) -> Floats:
        """Of each customer, (n,)."""
        first, second = self.axes
        effects: Floats = self._cells[first.groups(customers), second.groups(customers)]
        return effects

    def effect_of(self, customer: Mapping[str, Any]) -> float:
        """The same of one customer, to the last bit."""
        first, second = self.axes
        return self.cells[first.group_of(customer)][second.group_of(customer)]

    def moved(self, by: float) -> "Table":
        """The table with all its effects higher by so much."""
        return replace(self, cells=tuple(tuple(cell + by for cell in row) for row in self.cells))


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A test of one column: a number is ``<=`` or ``>`` than ``value`` (none is neither), ``blank`` or ``known``; a level ``is`` or
    ``is not`` the ``value``.
    """

    column: str
    test: Test
    value: float | int | str | None = None

    def holds(self, customers: Columns) -> npt.NDArray[np.bool_]:
        """For which customers, (n,)."""
        if self.test in ("is", "is not"):
            codes, values = coded(customers[self.column])
            return np.array([*((value == self.value) == (self.test == "is") for value in values), self.test == "is not"])[codes]
        numbers = np.asarray(customers[self.column], dtype=float)
        if self.test in ("blank", "known"):
            known: npt.NDArray[np.bool_] = np.isnan(numbers) == (self.test == "blank")
            return known
        holds: npt.NDArray[np.bool_] = numbers <= self.value if self.test == "<=" else numbers > self.value
        return holds

    def holds_of(self, customer: Mapping[str, Any]) -> bool:
        """For one customer."""
        value: Any = customer[self.column]
        limit: Any = self.value
        match self.test:
            case "is":
                return bool(value == limit)
            case "is not":
                return bool(value != limit)
            case "blank":
                return bool(value != value)
            case "known":
                return bool(value == value)
            case "<=":
                return bool(value <= limit)
        return bool(value > limit)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``effect`` for the customers for whom all ``conditions`` hold, ``otherwise`` for the others.

    ``share``: of the training customers for whom they hold. ``strength`` as of a ``Table``.
    """

    conditions: tuple[Condition, ...]
    effect: float
    otherwise: float = 0.0
    share: float = 0.0
    strength: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(condition.column for condition in self.conditions))

    def effects(self, customers: Columns) -> Floats:
        """Of each customer, (n,)."""
        holds = reduce(np.logical_and, (condition.holds(customers) for condition in self.conditions))
        return np.where(holds, self.effect, self.otherwise)

    def effect_of(self, customer: Mapping[str, Any]) -> float:
        """The same of one customer, to the last bit."""
        return self.effect if all(condition.holds_of(customer) for condition in self.conditions) else self.otherwise

    def moved(self, by: float) -> "Rule":
        """The rule with both effects higher by so much."""
        return replace(self, effect=self.effect + by, otherwise=self.otherwise + by)
