"""Boosted trees on codes, and what is read from them: gains, leaves, paths. lightgbm is the library; one thread, so that the same
customers give the same trees.
"""

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 8,
    "max_depth": 4,
    "min_data_in_leaf": 10,
    "lambda_l2": 1.0,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.6,
    "max_bin": 255,
    "min_data_in_bin": 1,
    "feature_pre_filter": False,
    "num_threads": 1,
    "verbose": -1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
}

Node = dict[str, Any]
Box = dict[int, tuple[int, int | None]]  # column → lowest code, and one past the highest (None: no end)
Step = tuple[int, bool, int]  # column, whether its code is to lie above (else: up to), which code
Values = npt.NDArray[np.float64]


def lightgbm() -> Any:
    """The library, imported when it is needed: it is large."""
    return importlib.import_module("lightgbm")


def boost(
    codes: npt.NDArray[Any],
    churned: Values,
    rounds: int,
    *,
    allowed: list[list[int]] | None = None,
    start: Values | None = None,
    settings: Mapping[str, float] = MappingProxyType({}),
) -> list[Node]:
    """So many trees; along a path only columns that ``allowed`` names together. ``start``: log-odds (n,) that they add to."""
    library = lightgbm()
    chosen = {**SETTINGS, **settings} | ({"interaction_constraints": allowed} if allowed else {})
    data = library.Dataset(codes.astype(float), churned, init_score=start)
    return roots(library.train(chosen, data, rounds))


def boost_until_it_stops_helping(
    codes: npt.NDArray[Any],
    churned: Values,
    learn: npt.NDArray[np.intp],
    check: npt.NDArray[np.intp],
    allowed: list[list[int]],
    rate: float,
) -> tuple[list[Node], Values]:
    """Trees learned from some customers at this learning ``rate`` as long as they help with the others, and their log-odds of those
    others.
    """
    library = lightgbm()
    values = codes.astype(float)
    data = library.Dataset(values[learn], churned[learn])
    held_out = library.Dataset(values[check], churned[check], reference=data)
    model = library.train(
        {**SETTINGS, "interaction_constraints": allowed, "learning_rate": rate},
        data,
        1500,
        valid_sets=[held_out],
        callbacks=[library.early_stopping(40, verbose=False)],
    )
    return roots(model, model.best_iteration), model.predict(values[check], raw_score=True, num_threads=1)


def roots(model: Any, rounds: int | None = None) -> list[Node]:
    """The trees of a fitted booster."""
    return [tree["tree_structure"] for tree in model.dump_model(num_iteration=rounds)["tree_info"]]


def gains(trees: list[Node]) -> dict[tuple[int, ...], float]:
    """What the splits gained, filed under the columns that their paths had used so far, themselves included."""
    total: dict[tuple[int, ...], float] = {}

    def walk(node: Node, used: frozenset[int]) -> None:
        if "leaf_value" in node:
            return
        used = used | {node["split_feature"]}
        key = tuple(sorted(used))
        total[key] = total.get(key, 0.0) + node["split_gain"]
        walk(node["left_child"], used)
        walk(node["right_child"], used)

    for tree in trees:
        walk(tree, frozenset())
    return total


def leaves(node: Node, box: Box | None = None) -> Iterator[tuple[Box, float]]:
    """Each leaf: the codes that lead to it, and what it adds to the log-odds."""
    box = box or {}
    if "leaf_value" in node:
        yield box, node["leaf_value"]
        return
    column, past = node["split_feature"], int(np.floor(node["threshold"])) + 1
    low, high = box.get(column, (0, None))
    yield from leaves(node["left_child"], {**box, column: (low, past if high is None else min(high, past))})
    yield from leaves(node["right_child"], {**box, column: (max(low, past), high)})


def paths(node: Node, so_far: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Every way from the root to a node, as conditions, each column's from above and from below once."""
    if so_far:
        yield _tightest(so_far)
    if "leaf_value" in node:
        return
    column, code = node["split_feature"], int(np.floor(node["threshold"]))
    yield from paths(node["left_child"], (*so_far, (column, False, code)))
    yield from paths(node["right_child"], (*so_far, (column, True, code)))


def _tightest(path: tuple[Step, ...]) -> tuple[Step, ...]:
    best: dict[tuple[int, bool], int] = {}
    for column, above, code in path:
        best[column, above] = (max if above else min)(code, best.get((column, above), code))
    return tuple(sorted((column, above, code) for (column, above), code in best.items()))
