"""Families: yes-or-no columns that stop applying for the same customers, such as the extras of a service that not all have."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.data.proposing.languages import NO, YES
from churn_core.data.proposing.words import spoken
from churn_core.decisions.segments.conditions import HowMany, Mask
from churn_core.schema import Column

_FEWEST = 3  # columns; of two each says as much alone
_LEAST_SHARE = 0.05  # of the customers, to whom the columns apply
_MOST_VALUES = 12  # of a column that decides to whom they apply


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """``members``: the columns, with the value of each that says yes or no. ``deciding``: columns whose value alone says to whom the
    members apply (of Telco: the internet service). ``applies`` (n,).
    """

    members: tuple[Column, ...]
    yes: dict[str, str]
    no: dict[str, str]
    deciding: tuple[Column, ...]
    applies: Mask

    @property
    def names(self) -> frozenset[str]:
        """The names of all its columns."""
        return frozenset(column.name for column in (*self.members, *self.deciding))

    def how_many(self, customers: pd.DataFrame, left: Mask) -> list[HowMany]:
        """How many of them a customer has: none, at most k, at least k, all; of all members, and of the two parts into which the
        widest step of their effects divides them, churn rate without it − churn rate with it.
        """
        effect = [self._effect(customers[column.name], left, column.name) for column in self.members]
        order = np.argsort(-np.array(effect), kind="stable")
        cut = int(np.argmin(np.diff(np.array(effect)[order]))) + 1
        found = []
        for part in (order, order[:cut], order[cut:]):
            of = tuple(self.members[at] for at in sorted(part))
            yes, no = ({column.name: said[column.name] for column in of} for said in (self.yes, self.no))
            for k in range(len(of) if len(of) > 1 else 0):
                found.append(HowMany(of=of, yes=yes, no=no, least=0, most=k))
                found.append(HowMany(of=of, yes=yes, no=no, least=k + 1, most=len(of)))
        return found

    def _effect(self, values: pd.Series, left: Mask, name: str) -> float:
        without, having = ((values == said[name]).to_numpy() for said in (self.no, self.yes))
        return float(left[without].mean() - left[having].mean())


def families(customers: pd.DataFrame, columns: tuple[Column, ...]) -> list[Family]:
    """The families among the ``columns``, those of the most members first; the rest of each member is one value, or blank."""
    by_customers: dict[bytes, list[tuple[Column, str, str]]] = {}
    for column in columns:
        if (said := _yes_and_no(column)) is None:
            continue
        values = customers[column.name]
        has, has_not = ((values == word).to_numpy() for word in said)
        applies = has | has_not
        if _LEAST_SHARE < applies.mean() < 1 and has.any() and has_not.any() and _is_one(values[~applies]):
            by_customers.setdefault(applies.tobytes(), []).append((column, *said))
    found = []
    for applies, members in by_customers.items():
        if len(members) >= _FEWEST:
            mask = np.frombuffer(applies, dtype=bool)
            own = {column.name for column, _, _ in members}
            found.append(
                Family(
                    members=tuple(column for column, _, _ in members),
                    yes={column.name: yes for column, yes, _ in members},
                    no={column.name: no for column, _, no in members},
                    deciding=tuple(c for c in columns if c.name not in own and _decides(customers[c.name], c, mask)),
                    applies=mask,
                )
            )
    return sorted(found, key=lambda family: -len(family.members))


def _yes_and_no(column: Column) -> tuple[str, str] | None:
    """The values that say yes and no, of a category that has one of each and others beside."""
    if column.kind != "category" or len(column.allowed) < 3:
        return None
    yes, no = ([value for value in column.allowed if spoken(value) in said] for said in (YES, NO))
    return (yes[0], no[0]) if len(yes) == len(no) == 1 else None


def _is_one(values: pd.Series) -> bool:
    """Whether all of them are the same value, or all are blank."""
    return len(values.drop_duplicates()) == 1


def _decides(values: pd.Series, column: Column, applies: Mask) -> bool:
    """Whether each value of the column is only among those to whom a family applies, or only among the others."""
    if column.kind not in ("category", "flag") or values.nunique() > _MOST_VALUES:
        return False
    shares = pd.Series(applies, index=values.index).groupby(values, observed=True).mean()
    return len(shares) > 1 and bool(shares.isin([0.0, 1.0]).all())
