"""Which pairs of columns get a table: those by which trees that may use any pair gain most."""

from itertools import combinations

import numpy as np
import numpy.typing as npt

from churn_core.model.shape_card.trees import boost, gains

_ROUNDS = 150  # trees of the first run


def pairs_worth_a_table(
    codes: npt.NDArray[np.int64], churned: npt.NDArray[np.float64], columns: int, most: int
) -> list[tuple[int, int]]:
    """At most so many pairs among the first ``columns`` of the codes (n, k), the most useful first. The other columns (rules) are
    there to take what is theirs; they are in no pair.
    """
    total = gains(boost(codes, churned, _ROUNDS, allowed=alone_or_in(codes.shape[1], list(combinations(range(columns), 2)))))
    found = [key for key in total if len(key) == 2]
    found.sort(key=lambda key: (-total[key], key))
    return [(key[0], key[1]) for key in found[:most]]


def alone_or_in(columns: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """What a tree may use together: any column alone, and these pairs."""
    return [[j] for j in range(columns)] + [list(pair) for pair in pairs]
