"""Which columns tell those who left apart most, whatever the table: each in at most six groups, ranked by effect or by money."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.worth import worth_of
from churn_core.distributions import chi_squared_above
from churn_core.formats import plain_number
from churn_core.model.terms import features
from churn_core.model.wording import coded
from churn_core.schema import BLANK, Column, Schema

GROUPS = 6  # more bars than that are read one by one
REST = "all others"  # the values of a category beyond the most frequent
_WHOLE = ("months", "days")  # units of which nobody reads parts
_SAME = 0.995  # rank correlation of two numbers, or share of customers in the same group of words, from which both say the same
_MOVED = 0.01  # of the customers that a rounded edge may put into the group beside theirs
_BY_CHANCE = 0.05  # for all columns of a table together (Bonferroni)


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouping:
    """A column cut into ``labels``, in order: ``edges`` between the groups of a number, each belonging to the group below it; or
    ``places``, the group of each value. A blank number is in the last group, which then is ``"blank"``.
    """

    column: Column
    labels: tuple[str, ...]
    edges: npt.NDArray[np.float64] | None = None
    places: Mapping[object, int] = field(default_factory=dict)

    def codes(self, customers: pd.DataFrame) -> npt.NDArray[np.intp]:
        """The group of each customer (n,)."""
        values = customers[self.column.name]
        if self.edges is None:
            codes, distinct = coded(values)
            last = len(self.labels) - 1
            places = [self.places.get(value, last) for value in distinct]
            return np.asarray(np.array([*places, last], dtype=np.intp)[codes])  # a code of −1 is a blank
        numbers = values.to_numpy(dtype=float)
        return np.where(np.isnan(numbers), len(self.labels) - 1, np.searchsorted(self.edges, numbers, side="left"))

    def of(self, customers: pd.DataFrame) -> pd.Series:
        """The same in words, an ordered category named as the column is."""
        words = pd.Categorical.from_codes(self.codes(customers), list(self.labels), ordered=True)
        return pd.Series(words, index=customers.index, name=self.column.name)


@dataclass(frozen=True, kw_only=True, eq=False)
class Strength:
    """How far the groups of a column lie apart.

    ``effect``: the share of the variation between leaving and staying that the groups explain, without what chance alone brings,
    (χ² − (k − 1)) / n; 0–1. ``money``: what left with the groups that lose more than the average, beyond the average rate; money a
    year, or lifetime value. ``same``: weaker columns that put customers into the same groups, as a bill beside the minutes it counts.
    """

    grouping: Grouping
    effect: float
    money: float
    same: tuple[Column, ...] = ()

    @cached_property
    def column(self) -> Column:
        return self.grouping.column


def strongest(customers: pd.DataFrame, schema: Schema) -> tuple[Strength, ...]:
    """The columns whose groups differ by more than chance, the largest effect first; of columns that say the same the strongest.
    Deterministic.

    The chance that any column is told though none differs is 5 %: χ² on k − 1 degrees of freedom, Bonferroni over the columns.
    """
    columns = [column for column in features(schema) if column.role != "total_charge"]
    churned, worth = customers[schema.target].to_numpy(dtype=float), worth_of(customers, schema, None).at_risk
    rate = churned.mean() if len(churned) else 0.0
    found = []
    for column in columns:
        grouping = grouping_of(customers[column.name], column)
        k = len(grouping.labels)
        codes = grouping.codes(customers)
        n, left = np.bincount(codes, minlength=k), np.bincount(codes, churned, minlength=k)
        there = n > 0
        if there.sum() < 2 or not 0 < rate < 1:
            continue
        square = float(((left - n * rate)[there] ** 2 / n[there]).sum() / (rate * (1 - rate)))
        degrees = int(there.sum()) - 1
        if chi_squared_above(square, degrees) > _BY_CHANCE / len(columns):
            continue
        total, lost = np.bincount(codes, worth, minlength=k), np.bincount(codes, worth * churned, minlength=k)
        money = float(np.maximum(lost - total * (lost.sum() / (total.sum() or 1.0)), 0).sum())
        found.append(Strength(grouping=grouping, effect=max((square - degrees) / len(customers), 0.0), money=money))
    return _each_once(sorted(found, key=lambda each: -each.effect), customers)


def _each_once(ordered: list[Strength], customers: pd.DataFrame) -> tuple[Strength, ...]:
    """Those that say something else than every stronger one, each with those that do not."""
    kept: list[tuple[Strength, npt.NDArray[np.float64]]] = []
    for each in ordered:
        placed = _placed(each, customers)
        twin = next((i for i, (before, places) in enumerate(kept) if _say_the_same(before, each, places, placed)), None)
        if twin is None:
            kept.append((each, placed))
        else:
            stronger, places = kept[twin]
            kept[twin] = (replace(stronger, same=(*stronger.same, each.column)), places)
    return tuple(each for each, _ in kept)


def _placed(each: Strength, customers: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The place of each customer by the column (n,): the standardised rank of a number, blanks first, or the group of words."""
    if each.grouping.edges is None:
        return each.grouping.codes(customers).astype(float)
    ranks = customers[each.column.name].rank(na_option="top").to_numpy(dtype=float)
    return np.asarray((ranks - ranks.mean()) / (ranks.std() or 1.0), dtype=float)


def _say_the_same(one: Strength, other: Strength, places: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> bool:
    if one.grouping.edges is None and other.grouping.edges is None:
        return bool((places == others).mean() >= _SAME)
    if one.grouping.edges is None or other.grouping.edges is None:
        return False
    return abs(float((places * others).mean())) >= _SAME


def grouping_of(values: pd.Series, column: Column, most: int = GROUPS) -> Grouping:
    """At most ``most`` groups of these values, and one for blanks: the values themselves where they are few, else about equally many
    customers in each group of a number, and the most frequent values of a category.

    >>> calls = Column(name="calls", label="Calls", kind="whole")
    >>> grouping_of(pd.Series(range(1, 61)), calls, most=3).labels
    ('1 to 20', '21 to 40', '41 to 60')
    >>> grouping_of(pd.Series([.25, .5, .75, 1.5, 2.5, 3.5]), Column(name="hours", label="Hours", kind="number"), most=2).labels
    ('up to 0.75', 'over 0.75')
    """
    if column.kind in ("category", "flag"):
        return _of_words(values, column, most)
    numbers = values.to_numpy(dtype=float)
    known = np.sort(numbers[~np.isnan(numbers)])
    blank = (BLANK,) if len(known) < len(numbers) else ()
    distinct = np.unique(known)
    if len(distinct) <= most and len({plain_number(value) for value in distinct}) == len(distinct):
        return Grouping(column=column, labels=(*map(plain_number, distinct), *blank), edges=distinct[:-1])
    places = (np.arange(1, most) * len(known) // most) - 1
    edges = np.unique([_rounded(edge, known) for edge in (np.ceil(known[places]) if column.unit in _WHOLE else known[places])])
    edges = edges[edges < known[-1]]
    by_label = {plain_number(edge): edge for edge in edges[::-1]}  # of edges that read the same the lowest
    edges = np.array(sorted(by_label.values()))
    labels = _whole_labels(known, edges) if column.kind == "whole" else _labels(known[0], edges)
    return Grouping(column=column, labels=(*labels, *blank), edges=edges)


def _rounded(edge: float, known: npt.NDArray[np.float64]) -> float:
    """The edge in two or three significant digits, where that moves few of the ``known`` numbers (in order) to the other side."""
    power = int(np.floor(np.log10(abs(edge)))) if edge else 0
    for digits in (2, 3):
        shorter = round(float(edge), digits - 1 - power)
        ends = np.searchsorted(known, [edge, shorter], side="right")
        if abs(int(ends[1] - ends[0])) <= _MOVED * len(known) and known[0] <= shorter:
            return shorter
    return float(edge)


def _whole_labels(known: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> list[str]:
    ends = [*edges, known[-1]]
    starts = [known[0], *(edge + 1 for edge in edges)]
    said = [(plain_number(start), plain_number(end)) for start, end in zip(starts, ends, strict=True)]
    return [start if start == end else f"{start} to {end}" for start, end in said]


def _labels(least: float, edges: npt.NDArray[np.float64]) -> list[str]:
    said = [plain_number(edge) for edge in edges]
    if not said:
        return ["all"]
    between = [f"{low} to {high}" for low, high in zip(said, said[1:], strict=False)]
    return [said[0] if edges[0] == least else f"up to {said[0]}", *between, f"over {said[-1]}"]


def _of_words(values: pd.Series, column: Column, most: int) -> Grouping:
    if column.kind == "flag":
        return Grouping(column=column, labels=("No", "Yes"), places={0: 0, 1: 1})
    counts = values.value_counts()
    there = [value for value in column.allowed if counts.get(value, 0) > 0]
    if len(there) <= most:
        return Grouping(column=column, labels=tuple(there), places={value: place for place, value in enumerate(there)})
    kept = sorted(there, key=lambda value: -counts[value])[: most - 1]
    kept = [value for value in there if value in kept]  # in the order of the schema
    return Grouping(column=column, labels=(*kept, REST), places={value: place for place, value in enumerate(kept)})
