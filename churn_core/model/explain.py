"""Why a probability is what it is: additive contributions to the log-odds, reason by reason. ``reasons`` puts them into words.

The log-odds of a customer are those of a reference (the average customer) plus one contribution per reason. They are
exact for logistic models; the boosters give their own; other models are walked from the typical customer to this one
(``Opaque.contributions``). Contributions of the same columns are one reason (all tenure terms together), and what a
customer lacks because a service is missing altogether is told as the missing service ("no internet service"), not five
times over. Effects are exact numbers; words are made only of those that the training customers support (``evidence``).

One engine serves all: of each reason the distinct effects are worked out once, and each customer points to one of them. By an
equation or a card an effect rests on the values of a few columns, so there are some hundreds of them for any number of customers; by
other models every customer has an effect of one's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from churn_core.model.columns import Columns, arrays_of
from churn_core.model.looked_up import LookedUp
from churn_core.model.protocol import Model
from churn_core.model.wording import coded
from churn_core.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason for some customers (n,): ``columns``, by which it is told; ``effects`` (m,), what each distinct effect adds to
    the log-odds; ``codes`` (n,), which of them each customer has; ``examples`` (m,), the position of a customer with each;
    ``supported`` (m,), whether the data say of the effect what the model says (``evidence``), so that words may be made of it.
    """

    columns: tuple[str, ...]
    effects: np.ndarray
    codes: np.ndarray
    examples: np.ndarray
    supported: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """``average``: the log-odds of the reference. ``reasons``: by name (``Model.reasons``). For every customer, average + the sum of
    the effects = log-odds of the churn probability.
    """

    average: float
    reasons: dict[str, Reason]
    index: pd.Index

    @property
    def effects(self) -> pd.DataFrame:
        """A row per customer, a column per reason, on the log-odds."""
        return pd.DataFrame({name: each.effects[each.codes] for name, each in self.reasons.items()}, index=self.index)

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns of the customers that each reason is told by."""
        return {name: each.columns for name, each in self.reasons.items()}


def explain(model: Model, customers: pd.DataFrame, schema: Schema) -> Explanation:
    """The contributions for each cleaned customer; index as ``customers``."""
    told_by = _told_by(model, schema)
    rests_on = _rests_on(model, schema)
    columns = arrays_of(customers, (name for names in told_by.values() for name in names))
    if rests_on is None:
        everybody = np.arange(len(customers))
        average, effects = _effects(model, customers, schema)
        found = {name: (effects[name], everybody, everybody) for name in told_by}
    else:
        used = arrays_of(customers, (name for names in rests_on.values() for name in names))
        of_column = {name: coded(values) for name, values in used.items()}
        distinct = {name: _distinct([of_column[each] for each in rests_on[name]], len(customers)) for name in told_by}
        ends = np.cumsum([len(examples) for _, examples in distinct.values()])
        if distinct and ends[-1] < len(customers):
            at = np.concatenate([examples for _, examples in distinct.values()])
            some = pd.DataFrame({name: values.take(at) for name, values in used.items()}, copy=False)
            average, effects = _effects(model, some, schema)
            own = {name: effects[name][end - len(distinct[name][1]) : end] for end, name in zip(ends, distinct, strict=True)}
        else:  # of numbers nearly everybody has one of one's own
            average, effects = _effects(model, customers, schema)
            own = {name: effects[name][examples] for name, (_, examples) in distinct.items()}
        found = {name: (own[name], *distinct[name]) for name in told_by}
    reasons = {
        name: Reason(
            columns=told_by[name],
            effects=each,
            codes=codes,
            examples=there,
            supported=_supported(model, name, each, {column: columns[column].take(there) for column in told_by[name]}, schema),
        )
        for name, (each, codes, there) in found.items()
    }
    return Explanation(average=average, reasons=reasons, index=customers.index)


def _supported(model: Model, reason: str, effects: np.ndarray, columns: Columns, schema: Schema) -> np.ndarray:
    """Which effects may be told; all of them by a model of an earlier program, which kept no evidence."""
    if model.evidence is None:
        return np.ones(len(effects), dtype=bool)
    return model.evidence.supports(reason, effects, columns, schema)


def _told_by(model: Model, schema: Schema) -> dict[str, tuple[str, ...]]:
    """Reason → the columns that it is told by; last those services that are only told where they are missing."""
    return _columns_of(model.reasons, model.told_by, schema)


def _columns_of(reasons: Sequence[str], told_by: Sequence[tuple[str, ...]], schema: Schema) -> dict[str, tuple[str, ...]]:
    columns = {reason: tuple(dict.fromkeys(names)) for reason, names in zip(reasons, told_by, strict=True)}
    missing = dict.fromkeys(schema[name].needs for name in columns if name in schema and schema[name].needs)
    return columns | {name: (name,) for name in missing if name not in columns}


def _effects(model: Model, customers: pd.DataFrame, schema: Schema) -> tuple[float, dict[str, np.ndarray]]:
    """The reference's log-odds, and what each reason adds for each customer, (n,)."""
    average, added = model.contributions(customers)
    effects = {reason: np.zeros(len(customers)) for reason in _told_by(model, schema)}
    for reason, values in zip(model.reasons, added.T, strict=True):
        if reason in schema and schema[reason].needs:
            column = schema[reason]
            lacking = (customers[column.name] == column.without).to_numpy()
            effects[column.needs] += np.where(lacking, values, 0.0)
            values = np.where(lacking, 0.0, values)
        effects[reason] += values
    return average, effects


def _rests_on(model: Model, schema: Schema) -> dict[str, tuple[str, ...]] | None:
    """Reason → every column that decides its effect; ``None`` where any column may."""
    if model.rests_on is None:
        return None
    columns: dict[str, dict[str, None]] = {}
    for told, names in zip(model.reasons, model.rests_on, strict=True):
        for reason in filter(None, (told, schema[told].needs if told in schema else "")):
            columns.setdefault(reason, {reason: None} if reason in schema else {}).update(dict.fromkeys(names))
    return {reason: tuple(names) for reason, names in columns.items()}


def _distinct(columns: list[tuple[np.ndarray, pd.Index]], customers: int) -> tuple[np.ndarray, np.ndarray]:
    """Which combination of values each customer has (n,), and the first customer with each (m,); of each column the codes and the
    values, as ``coded`` gives them.
    """
    codes, size = np.zeros(customers, dtype=np.intp), 1
    for i, (more, values) in enumerate(columns):
        codes, size = codes * len(values) + more if i else more, size * len(values)
        if size > customers:  # most of what there could be is not there
            codes, there = pd.factorize(codes)
            size = len(there)
    first = np.full(size, -1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    there = first >= 0
    if there.all():
        return codes, first
    return (np.cumsum(there) - 1)[codes], first[there]


class ReasonsOfOne:
    """``explain`` for one clean customer at a time, a mapping. A fitted model is asked once which reasons it has."""

    def __init__(self, model: Model, schema: Schema) -> None:
        self._columns, self._says, self._schema = _told_by(model, schema), model.evidence, schema
        self._parts = [(name, *_only_with(name, schema)) for name in model.reasons]
        self._raising = {
            name: LookedUp(self._columns[name], partial(self._raises, name)) for name in self._columns if name in schema
        }

    def strongest(self, customer: Mapping[str, Any], added: Sequence[float], most: int | None = None) -> list[tuple[str, float]]:
        """Reasons and their effects, strongest first, at most so many; those only that raise the probability above the reference's and
        did so for the training customers. ``added``: the contributions of this customer.
        """
        effects: dict[str, float] = {}
        for (reason, without, needs), by in zip(self._parts, added, strict=True):
            if needs and customer[reason] == without:
                reason = needs
            if reason in effects:
                effects[reason] += by
            else:
                effects[reason] = by
        told = list[tuple[str, float]]()
        for each in sorted([each for each in effects.items() if each[1] > 0], key=_effect, reverse=True):
            if len(told) == most:
                break
            looked_up = self._raising.get(each[0])
            if looked_up.of(customer) if looked_up else self._raises(each[0], customer, each[1]):
                told.append(each)
        return told

    def _raises(self, reason: str, customer: Mapping[str, Any], effect: float = 0.0) -> bool:
        """Whether the training customers say so too; of a reason that is named after several columns it depends on the ``effect``."""
        return self._says is None or self._says.raises(reason, self._columns[reason], customer, self._schema, effect)


def _only_with(reason: str, schema: Schema) -> tuple[str, str]:
    """The value by which a service is missing altogether, and the service that it needs; both empty for what is no such service."""
    return (schema[reason].without, schema[reason].needs) if reason in schema and schema[reason].needs else ("", "")


_effect = itemgetter(1)


def reasons_of(
    model: Model, customer: Mapping[str, Any], schema: Schema, most: int | None = None, added: Sequence[float] | None = None
) -> dict[str, float]:
    """``explain`` for one clean customer: reason → effect, see ``ReasonsOfOne``; ``added``, where they are known already."""
    added = model.contributions_of(customer, schema) if added is None else added
    return dict(ReasonsOfOne(model, schema).strongest(customer, added, most))


def drivers(model: Model, customers: pd.DataFrame, schema: Schema) -> list[str]:
    """The reasons by how much they tell these customers apart: mean absolute effect on the log-odds, largest first."""
    of_each = explain(model, customers, schema).reasons.items()
    total = {name: np.bincount(each.codes, minlength=len(each.effects)) @ np.abs(each.effects) for name, each in of_each}
    return [str(reason) for reason in pd.Series(total, dtype=float).sort_values(ascending=False).index]
