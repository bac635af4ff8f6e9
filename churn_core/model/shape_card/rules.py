"""Rules on what log-odds leave unexplained: paths of small trees, taken one by one while a score test says that they add something."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from churn_core.model.card.joint import Condition
from churn_core.model.newton import Values, newton
from churn_core.model.shape_card.codes import ColumnCodes, NumberCodes
from churn_core.model.shape_card.trees import boost, paths

_ROUNDS = 60
_SMALL = {"learning_rate": 0.15, "num_leaves": 6, "max_depth": 3, "feature_fraction": 0.7, "bagging_fraction": 0.7}
_FEWEST = 20  # customers for whom a rule holds, and for whom it does not
_LEAST_INFORMATION = 0.3  # no unit; a rule that says less than this is said by those before it

Conditions = tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Rules, what each adds to the log-odds, and ``shift``, what everybody gets."""

    conditions: tuple[Conditions, ...] = ()
    effects: tuple[float, ...] = ()
    shift: float = 0.0

    def log_odds(self, customers: pd.DataFrame) -> Values:
        """What they add for each customer, (n,)."""
        total = np.full(len(customers), self.shift)
        for conditions, effect in zip(self.conditions, self.effects, strict=True):
            total += effect * holds(conditions, customers)
        return total


def holds(conditions: Conditions, customers: pd.DataFrame) -> Values:
    """1 for each customer for whom all hold, else 0, (n,)."""
    held: Values = np.logical_and.reduce([each.holds(customers) for each in conditions]).astype(np.float64)
    return held


def rules_beyond(
    offset: Values, customers: pd.DataFrame, churned: Values, codes: list[ColumnCodes], *, most: int, least: float
) -> Rules:
    """At most ``most`` rules on two columns or more, each with a score (χ² of one degree) of at least ``least`` given the log-odds
    ``offset`` (n,), which were not learned from the customer, and the rules before it.
    """
    rules, held = _candidates(customers, churned, codes, offset)
    chosen: list[int] = []
    inside, effects, p = np.ones((len(churned), 1)), np.zeros(1), expit(offset)
    while len(chosen) < min(most, len(rules)):
        weight = p * (1 - p)
        shared = (inside * weight[:, None]).T @ held
        information = (inside * weight[:, None]).T @ inside + 1e-6 * np.eye(inside.shape[1])
        own = weight @ held - (np.linalg.solve(information, shared) * shared).sum(axis=0)
        score = np.where(own > _LEAST_INFORMATION, ((churned - p) @ held) ** 2 / (np.maximum(own, 1e-9) + 1), 0.0)
        best = int(np.argmax(score))
        if score[best] < least:
            break
        chosen.append(best)
        inside = np.column_stack([inside, held[:, best]])
        penalty = np.append(1e-9, np.ones(len(chosen)))
        effects = newton(inside, churned, offset, np.append(effects, 0.0), penalty, np.zeros(len(penalty)), steps=5)
        p = expit(offset + inside @ effects)
    return Rules(conditions=tuple(rules[k] for k in chosen), effects=tuple(effects[1:].tolist()), shift=float(effects[0]))


def _candidates(
    customers: pd.DataFrame, churned: Values, codes: list[ColumnCodes], offset: Values
) -> tuple[list[Conditions], Values]:
    """What might be a rule, and for whom each holds, (n, rules)."""
    searched, values = _searched(customers, codes)
    steps = dict.fromkeys(path for tree in boost(values, churned, _ROUNDS, start=offset, settings=_SMALL) for path in paths(tree))
    found = dict.fromkeys(tuple(_condition(*searched[column], above, code) for column, above, code in path) for path in steps)
    rules = [rule for rule in found if len({condition.column for condition in rule}) >= 2]
    held = [holds(rule, customers) for rule in rules]
    enough = [k for k, each in enumerate(held) if _FEWEST <= each.sum() <= len(churned) - _FEWEST]
    return [rules[k] for k in enough], np.column_stack([held[k] for k in enough]) if enough else np.empty((len(churned), 0))


Searched = tuple[ColumnCodes, str | None]  # the codes of numbers, or one word


def _searched(customers: pd.DataFrame, codes: list[ColumnCodes]) -> tuple[list[Searched], npt.NDArray[np.int64]]:
    """What trees may split by: the codes of numbers; of each word with a code of its own, whether the customer has it."""
    searched: list[Searched] = []
    values: list[npt.NDArray[np.int64]] = []
    for each in codes:
        own = each.of(customers)
        if isinstance(each, NumberCodes):
            searched.append((each, None))
            values.append(own)
        else:
            words = [(word, code) for word, code in zip(each.words, each.code, strict=True) if code != each.rest]
            searched += [(each, word) for word, _ in words]
            values += [(own == code).astype(np.int64) for _, code in words]
    return searched, np.column_stack(values)


def _condition(codes: ColumnCodes, word: str | None, above: bool, code: int) -> Condition:
    """One step of a path, as people read it."""
    if not isinstance(codes, NumberCodes):
        return Condition(column=codes.column, test="is" if above else "is not", value=word)
    if codes.flag:
        return Condition(column=codes.column, test="is" if above else "is not", value=1)
    if code == 0:
        return Condition(column=codes.column, test="known" if above else "blank")
    return Condition(column=codes.column, test=">" if above else "<=", value=codes.cuts[code - 1])
