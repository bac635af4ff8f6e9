"""Rules: what two or three columns say together and no shape can, "support calls > 3 and day minutes <= 160".

Small trees are grown on what the card leaves unexplained; each path in them is a rule that might be. The one with the highest score
test is taken, the rest are tested again beside it, until none is left that chance would not have found.
"""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from churn_core.model.card.joint import Condition
from churn_core.model.card.shape import Floats
from churn_core.model.card.terms import ColumnTerms, LevelTerms

Conditions = tuple[Condition, ...]

_MOST, _LEAST_GAIN = 12, 18.0  # rules, and χ² that each must reach: among some hundred paths chance reaches less
_TREES = 60
_FEWEST = 20  # customers for whom a rule holds, and for whom it does not


def booster() -> Any | None:
    """The library that grows the trees; ``None`` where it cannot be used (it needs libgomp1)."""
    try:
        return importlib.import_module("lightgbm")
    except (ImportError, OSError):
        return None


class Splits:
    """What the trees may split by: numbers as they are, and of each level whether a customer has it."""

    def __init__(self, customers: pd.DataFrame, columns: Sequence[ColumnTerms]) -> None:
        self.of: list[tuple[str, str | int | None]] = []
        values: list[np.ndarray] = []
        self._distinct: dict[str, np.ndarray] = {}
        for terms in columns:
            name = terms.column
            if isinstance(terms, LevelTerms):
                levels = terms.levels if terms.others or len(terms.levels) > 2 else terms.levels[:1]
                for level in levels:
                    self.of.append((name, level))
                    values.append(Condition(column=name, test="is", value=level).holds(customers).astype(float))
            else:
                numbers = np.asarray(customers[name], dtype=float)
                self.of.append((name, None))
                values.append(numbers)
                self._distinct[name] = np.unique(numbers[~np.isnan(numbers)])
        self.values = np.asfortranarray(np.column_stack(values)) if values else np.empty((len(customers), 0))
        self._place = {split: k for k, split in enumerate(self.of)}
        self._held: dict[Condition, npt.NDArray[np.bool_]] = {}

    def condition(self, split: int, threshold: float, above: bool) -> Condition:
        """One side of a split; a limit is a number that somebody has."""
        name, level = self.of[split]
        if level is not None:
            return Condition(column=name, test="is" if above else "is not", value=level)
        distinct = self._distinct[name]
        at = max(int(np.searchsorted(distinct, threshold, side="right")) - 1, 0)
        return Condition(column=name, test=">" if above else "<=", value=float(distinct[at]))

    def holds(self, rule: Conditions) -> npt.NDArray[np.bool_]:
        """For which customers a rule holds, (n,); many rules have the same conditions, so each is looked at once."""
        for condition in rule:
            if condition not in self._held:
                self._held[condition] = self._side(condition)
        held: npt.NDArray[np.bool_] = np.logical_and.reduce([self._held[condition] for condition in rule])
        return held

    def _side(self, condition: Condition) -> npt.NDArray[np.bool_]:
        of_level = condition.test in ("is", "is not")
        place: Any = (condition.column, condition.value if of_level else None)
        values, limit = self.values[:, self._place[place]], 0.5 if of_level else float(condition.value or 0.0)
        return values <= limit if condition.test in ("<=", "is not") else values > limit


def find(customers: pd.DataFrame, y: Floats, log_odds: Floats, columns: Sequence[ColumnTerms]) -> list[Conditions]:
    """The rules that explain who left, ``y``, beyond the ``log_odds`` of the card, (n,); the strongest first."""
    library, splits = booster(), Splits(customers, columns)
    if library is None or splits.values.shape[1] < 2:
        return []
    settings = {
        "objective": "binary",
        "learning_rate": 0.15,
        "num_leaves": 6,
        "max_depth": 3,
        "min_data_in_leaf": max(_FEWEST, int(0.004 * len(y))),
        "feature_fraction": 0.7,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "num_threads": 1,
        "verbose": -1,
        "seed": 0,
        "deterministic": True,
        "force_row_wise": True,
    }
    trees = library.train(settings, library.Dataset(splits.values, y, init_score=log_odds), _TREES).dump_model()["tree_info"]
    paths = (path for tree in trees for path in _paths(tree["tree_structure"], splits, ()))
    pool = [rule for rule in dict.fromkeys(map(_tidy, paths)) if len({each.column for each in rule}) >= 2]
    held = [(rule, splits.holds(rule)) for rule in pool]
    held = [(rule, there) for rule, there in held if _FEWEST <= np.count_nonzero(there) <= len(y) - _FEWEST]
    return [held[k][0] for k in _chosen(np.column_stack([there for _, there in held]).astype(float), y, log_odds)] if held else []


def _paths(node: dict[str, Any], splits: Splits, so_far: Conditions) -> Iterator[Conditions]:
    """Every path from the root, those that end within the tree too."""
    yield so_far
    if "split_feature" in node:
        for child, above in (("left_child", False), ("right_child", True)):
            condition = splits.condition(node["split_feature"], node["threshold"], above)
            yield from _paths(node[child], splits, (*so_far, condition))


def _tidy(path: Iterable[Condition]) -> Conditions:
    """Without conditions that follow from others; columns in the order of their names, so that a rule is found once."""
    kept: dict[tuple[str, str, Any], Condition] = {}
    for condition in path:
        is_limit = condition.test in ("<=", ">")
        key = (condition.column, condition.test, None if is_limit else condition.value)
        narrower = min if condition.test == "<=" else max
        before = kept.get(key)
        if is_limit and before is not None:
            condition = Condition(
                column=condition.column,
                test=condition.test,
                value=narrower(before.value, condition.value),  # type: ignore[type-var]
            )
        kept[key] = condition
    decided = {condition.column for condition in kept.values() if condition.test == "is"}
    left = (each for each in kept.values() if not (each.test == "is not" and each.column in decided))
    return tuple(sorted(left, key=lambda each: (each.column, each.test, str(each.value))))


def _chosen(held: Floats, y: Floats, log_odds: Floats) -> list[int]:
    """Which of the rules, (n, rules) 0/1, are taken, one after the other."""
    chosen: list[int] = []
    taken, effects = np.ones((len(y), 1)), np.zeros(1)
    p = expit(log_odds)
    while len(chosen) < _MOST:
        w = p * (1 - p)
        weights = w @ held
        score = ((y - p) @ held) ** 2 / np.maximum(weights - weights**2 / w.sum(), 1e-9)
        best = int(np.argmax(score))
        if score[best] < _LEAST_GAIN:
            break
        chosen.append(best)
        taken, effects = np.column_stack([taken, held[:, best]]), np.append(effects, 0.0)
        effects = effects_of(taken, y, log_odds, effects)
        p = expit(log_odds + taken @ effects)
    return chosen


def effects_of(taken: Floats, y: Floats, log_odds: Floats, start: Floats) -> Floats:
    """What a constant and some rules, (n, 1 + rules), add to the log-odds: four Newton steps, the rules with a penalty of 1."""
    effects, weight = start, np.append(1e-9, np.ones(taken.shape[1] - 1))
    for _ in range(4):
        p = expit(log_odds + taken @ effects)
        w = np.maximum(p * (1 - p), 1e-6)
        H = (taken * w[:, None]).T @ taken + np.diag(weight)
        effects = effects + np.linalg.solve(H, taken.T @ (y - p) - weight * effects)
    return effects
