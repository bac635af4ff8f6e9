"""What one column adds to the log-odds: a curve of its numbers, or an effect for each of its levels. Looked up, never summed.

Every shape is told against the average training customer: its effects are 0 in the mean of those it was learned from.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.model.columns import array_of

Columns: TypeAlias = pd.DataFrame | Mapping[str, Any]  # customers: a table, or columns by name
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The effect of a number x. Between two ``edges`` (ascending; an edge belongs to the segment below it) it is
    ``constants[i]`` + ``slopes[i]`` · z, with z = log(1 + max(x, 0)) where ``log``, else x; the first and the last segment go on
    for ever. ``exact`` holds pairs of a number and its effect, which stand instead of the segment. ``blank`` is the effect of
    a number that is not known (NaN).

    ``seen``: ascending numbers, and of each the share of training customers above the one before it and up to it; ``blanks``: the
    share of those without a number. ``strength``: the standard deviation of the effect among them.
    """

    column: str
    edges: tuple[float, ...]
    constants: tuple[float, ...]
    slopes: tuple[float, ...]
    log: bool = False
    exact: tuple[tuple[float, float], ...] = ()
    blank: float = 0.0
    seen: tuple[tuple[float, float], ...] = ()
    blanks: float = 0.0
    strength: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @cached_property
    def _segments(self) -> tuple[list[float], list[float], list[float]]:
        """Edges, constants and slopes where each exact number is a segment of its own."""
        exact = dict(self.exact)
        alone = {float(np.nextafter(number, -np.inf)) for number in exact}
        edges = sorted({*self.edges, *exact, *alone})
        constants, slopes = [], []
        for end in (*edges, float("inf")):
            i = bisect_left(self.edges, end)
            constants.append(exact.get(end, self.constants[i]))
            slopes.append(0.0 if end in exact else self.slopes[i])
        return edges, constants, slopes

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats]:
        edges, constants, slopes = self._segments
        return np.array(edges, dtype=float), np.array(constants), np.array(slopes)

    def effects(self, customers: Columns) -> Floats:
        """Of each customer, (n,)."""
        numbers: Floats = np.ascontiguousarray(customers[self.column], dtype=np.float64)
        edges, constants, slopes = self._arrays
        segment = np.searchsorted(edges, numbers, side="left")
        z = np.log1p(np.maximum(numbers, 0.0)) if self.log else numbers
        effects: Floats = constants[segment] + slopes[segment] * z
        return np.where(np.isnan(numbers), self.blank, effects)

    def effect_of(self, customer: Mapping[str, Any]) -> float:
        """The same of one customer, to the last bit."""
        number = float(customer[self.column])
        if number != number:
            return self.blank
        edges, constants, slopes = self._segments
        i = bisect_left(edges, number)
        z = float(np.log1p(max(number, 0.0))) if self.log else number
        return constants[i] + slopes[i] * z

    def on_segment(self, i: int, number: float) -> float:
        """The effect of a number by the segment i, whether it is there or at its end."""
        z = float(np.log1p(max(number, 0.0))) if self.log else number
        return self.constants[i] + self.slopes[i] * z

    def with_blank(self, effect: float) -> "Curve":
        """The same with another effect of a number that is not known."""
        return replace(self, blank=effect)

    def moved(self, by: float) -> "Curve":
        """The curve with all its effects higher by so much."""
        return replace(
            self,
            constants=tuple(each + by for each in self.constants),
            exact=tuple((number, effect + by) for number, effect in self.exact),
            blank=self.blank + by,
        )


@dataclass(frozen=True, kw_only=True)
class Levels:
    """The effect of a category or a flag: ``levels`` holds pairs of a value and its effect, ``other`` is that of every other value.

    ``shares``: of each level, and last of all others, the share of training customers. ``strength`` as of a ``Curve``.
    """

    column: str
    levels: tuple[tuple[str | int, float], ...]
    other: float = 0.0
    shares: tuple[float, ...] = ()
    strength: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @cached_property
    def _by_level(self) -> dict[str | int, float]:
        return dict(self.levels)

    def effects(self, customers: Columns) -> Floats:
        """Of each customer, (n,)."""
        codes, values = coded(customers[self.column])
        return np.array([self._by_level.get(value, self.other) for value in values] + [self.other])[codes]

    def effect_of(self, customer: Mapping[str, Any]) -> float:
        """The same of one customer, to the last bit."""
        return self._by_level.get(customer[self.column], self.other)

    def moved(self, by: float) -> "Levels":
        """The same with all effects higher by so much."""
        return replace(self, levels=tuple((value, effect + by) for value, effect in self.levels), other=self.other + by)


def coded(values: Any) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """Which distinct value each customer has, (n,), −1 for none; and the values, of a category all that there can be.

    >>> codes, values = coded(["a", "b", "a"])
    >>> codes.tolist(), values
    ([0, 1, 0], ['a', 'b'])
    """
    if isinstance(getattr(values, "dtype", None), pd.CategoricalDtype):
        categorical = values.array if isinstance(values, pd.Series) else values
        return categorical.codes, categorical.categories.tolist()
    values = array_of(values)
    codes, distinct = pd.factorize(values if values.dtype.kind in "biuf" else values.astype(object))
    return codes, distinct.tolist()
