"""Rules on what the tables leave unexplained: paths of small trees, taken one by one while a score test says that they add something."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from churn_core.model.shape_card.newton import Values, newton
from churn_core.model.shape_card.trees import Condition, boost, paths

_ROUNDS = 60
_SMALL = {"learning_rate": 0.15, "num_leaves": 6, "max_depth": 3, "feature_fraction": 0.7, "bagging_fraction": 0.7}
_FEWEST = 20  # customers for whom a rule holds, and for whom it does not
_LEAST_INFORMATION = 0.3  # no unit; a rule that says less than this is said by those before it


@dataclass(frozen=True, kw_only=True)
class Found:
    """Conditions on the columns that were searched, by place, and what each rule adds; ``shift`` goes to everybody."""

    rules: tuple[tuple[Condition, ...], ...]
    effects: tuple[float, ...]
    shift: float


def late_rules(columns: npt.NDArray[np.int64], churned: Values, offset: Values, most: int, least: float) -> Found:
    """At most ``most`` rules of two conditions or more, each with a score (χ² of one degree) of at least ``least``, given the
    held-out log-odds ``offset`` (n,) and those before it. ``columns`` (n, k) are codes of numbers, and 0/1 of words.
    """
    rules = _candidates(columns, churned, offset)
    chosen: list[int] = []
    if not rules:
        return Found(rules=(), effects=(), shift=0.0)
    holds = np.column_stack([_holds(rule, columns) for rule in rules])
    inside, effects, p = np.ones((len(churned), 1)), np.zeros(1), expit(offset)
    while len(chosen) < most:
        weight = p * (1 - p)
        shared = (inside * weight[:, None]).T @ holds
        information = (inside * weight[:, None]).T @ inside + 1e-6 * np.eye(inside.shape[1])
        own = weight @ holds - (np.linalg.solve(information, shared) * shared).sum(axis=0)
        score = np.where(own > _LEAST_INFORMATION, ((churned - p) @ holds) ** 2 / (np.maximum(own, 1e-9) + 1), 0.0)
        best = int(np.argmax(score))
        if score[best] < least:
            break
        chosen.append(best)
        inside = np.column_stack([inside, holds[:, best]])
        penalty = np.append(1e-9, np.ones(len(chosen)))
        effects = newton(inside, churned, offset, np.append(effects, 0.0), penalty, np.zeros(len(penalty)), steps=5)
        p = expit(offset + inside @ effects)
    return Found(rules=tuple(rules[k] for k in chosen), effects=tuple(effects[1:].tolist()), shift=float(effects[0]))


def _candidates(columns: npt.NDArray[np.int64], churned: Values, offset: Values) -> list[tuple[Condition, ...]]:
    trees = boost(columns, churned, _ROUNDS, start=offset, **_SMALL)
    found = dict.fromkeys(path for tree in trees for path in paths(tree))
    several = (rule for rule in found if len({column for column, _, _ in rule}) >= 2)
    return [rule for rule in several if _FEWEST <= _holds(rule, columns).sum() <= len(churned) - _FEWEST]


def _holds(rule: tuple[Condition, ...], columns: npt.NDArray[np.int64]) -> Values:
    held = [columns[:, column] > code if above else columns[:, column] <= code for column, above, code in rule]
    return np.logical_and.reduce(held).astype(float)
