"""The conditions that a search may combine: values of categories, parts of numbers, blanks, and how many of a family."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.decisions.segments.conditions import Among, Between, Blank, Condition, Mask
from churn_core.decisions.segments.families import Family
from churn_core.schema import Column

BINS = 8  # of a number, about equally many customers in each
_INNER = 3  # neighbouring bins that are one condition, at most
_MOST_VALUES = 60  # of a category, the most frequent
_FEW_VALUES = 12  # of a category of which two or three values are one condition, at most
_MOST_SHARE = 0.9  # of the customers; who meets nearly nothing else is no segment
_MOVED = 0.25  # of a bin, by which a cut may move to a number that reads well
_DIGITS = (2, 3)  # of a number that reads well


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """``conditions`` (m,), who meets each, ``members`` (m, n), and the number of the family of each, −1 of none, ``family`` (m,)."""

    conditions: tuple[Condition, ...]
    members: npt.NDArray[np.bool_]
    family: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.conditions)


def candidates(customers: pd.DataFrame, left: Mask, columns: tuple[Column, ...], found: list[Family], least: int) -> Candidates:
    """Every condition that ``least`` of the customers or more meet, and not nearly all. Of conditions that the same customers meet
    only the first counts. ``left`` (n,), ``found`` the families among the columns.
    """
    of_column = {name: number for number, family in reversed(list(enumerate(found))) for name in family.names}
    members_of_families = {column.name for family in found for column in family.members}
    proposed: list[Condition] = [each for family in found for each in family.how_many(customers, left)]
    for column in columns:
        if column.kind in ("category", "flag"):
            several = column.kind == "category" and column.name not in members_of_families
            proposed += _of_values(customers[column.name], column, left, several)
        else:
            proposed += _of_numbers(customers[column.name].to_numpy(dtype=float, na_value=np.nan), column)
    kept: dict[bytes, tuple[Condition, Mask]] = {}
    for each in proposed:
        members = each.members(customers)
        if least <= members.sum() <= _MOST_SHARE * len(customers):
            kept.setdefault(members.tobytes(), (each, members))
    return Candidates(
        conditions=tuple(each for each, _ in kept.values()),
        members=np.array([members for _, members in kept.values()]).reshape(len(kept), len(customers)),
        family=np.array([of_column.get(min(each.columns), -1) for each, _ in kept.values()], dtype=np.intp),
    )


def _of_values(values: pd.Series, column: Column, left: Mask, several: bool) -> list[Condition]:
    """Each value, and where there are ``several`` the two or three that lose most or least."""
    known = values.value_counts(sort=True)
    names = list(column.allowed) if column.kind == "category" else [0, 1]
    there = sorted((name for name in names if known.get(name, 0) > 0), key=lambda name: -known[name])[:_MOST_VALUES]
    there = [name for name in names if name in there]
    single: list[Condition] = [Among(column=column, values=(name,)) for name in there]
    if not several or not 3 <= len(there) <= _FEW_VALUES:
        return single
    rate = {name: float(left[(values == name).to_numpy()].mean()) for name in there}
    ordered = sorted(there, key=lambda name: rate[name])
    groups = [some for k in (2, 3) if k <= max(2, len(there) // 2) for some in (ordered[:k], ordered[-k:])]
    return [*single, *(Among(column=column, values=tuple(name for name in there if name in some)) for some in groups)]


def _of_numbers(values: npt.NDArray[np.float64], column: Column) -> list[Condition]:
    """At most and over each cut, the parts between neighbouring cuts, and blanks."""
    known = np.sort(values[~np.isnan(values)])
    distinct = np.unique(known)
    if not len(distinct):
        return []
    is_exact = len(distinct) <= BINS + 2
    cuts = distinct[:-1] if is_exact else _cuts(known, column)
    conditions: list[Condition] = []
    for cut in cuts:
        conditions += [Between(column=column, high=float(cut)), Between(column=column, low=float(cut))]
    for k in range(1, 2 if is_exact else 1 + _INNER):
        spans = zip(cuts, cuts[k:], strict=False)
        conditions += [Between(column=column, low=float(low), high=float(high)) for low, high in spans]
    return conditions if len(known) == len(values) else [*conditions, Blank(column=column)]


def _cuts(known: npt.NDArray[np.float64], column: Column) -> npt.NDArray[np.float64]:
    """Between bins of about equally many of the ``known`` numbers (in order), each with few digits where that moves few."""
    exact = np.quantile(known, np.arange(1, BINS) / BINS, method="lower")
    cuts = np.unique([_rounded(float(cut), known) for cut in exact])
    if column.kind == "whole":
        cuts = np.unique(np.floor(cuts))
    at = np.searchsorted(known, cuts, side="right")
    apart = [0, *(place for place, (a, b) in enumerate(pairwise(at), 1) if b > a)]
    return np.asarray(cuts[apart][at[apart] < len(known)], dtype=float)


def _rounded(cut: float, known: npt.NDArray[np.float64]) -> float:
    power = int(np.floor(np.log10(abs(cut)))) if cut else 0
    for digits in _DIGITS:
        shorter = round(cut, digits - 1 - power)
        at = np.searchsorted(known, [cut, shorter], side="right")
        if abs(int(at[1]) - int(at[0])) <= _MOVED * len(known) / BINS and at[1]:
            return shorter
    return cut
