"""Folds that hold as many who left, and in which rows of one group stay together: those of the evaluation, and those within a fit."""

import numpy as np
import numpy.typing as npt

from churn_core.model.alike import Groups


def dealt(
    churned: npt.ArrayLike, folds: int, order: np.random.Generator | npt.NDArray[np.uint64], groups: Groups | None = None
) -> npt.NDArray[np.int64]:
    """The fold of each customer, (n,), from 0. Groups are dealt like cards, those alike in leavers and in size one after the other, so
    that each fold has nearly the same share of leavers (as scikit-learn's StratifiedGroupKFold, but for a million groups too). Those
    that are alike come in the ``order`` of numbers that are drawn, or of the least number of each group's customers, (n,).

    >>> dealt([1, 0, 0, 1, 0, 0], 2, np.arange(6, dtype=np.uint64)).tolist()
    [0, 0, 1, 1, 0, 1]
    """
    group = np.unique(groups, return_inverse=True)[1] if groups is not None else np.arange(len(np.asarray(churned)))
    size, left = np.bincount(group), np.bincount(group, churned)
    if isinstance(order, np.random.Generator):
        within = order.random(len(size))
    else:
        within = np.full(len(size), np.iinfo(np.uint64).max)
        np.minimum.at(within, group, order)
    fold = np.empty(len(size), dtype=np.int64)
    fold[np.lexsort((within, size, left))] = np.arange(len(size)) % folds
    return np.asarray(fold[group])
