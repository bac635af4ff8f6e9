"""Customers who stand for several: rows repeated as often as their weight says, for whatever takes no weights itself."""

import numpy as np
import numpy.typing as npt

Weight = npt.NDArray[np.float64]  # (n,), ≥ 0; how many customers each stands for


def repeated(weight: Weight) -> npt.NDArray[np.intp]:
    """Positions, each as often as its weight says, in their order; of fractions the sum is kept: 2.5 is twice and three times in turn.

    >>> repeated(np.array([1.0, 0.0, 2.5, 2.5])).tolist()
    [0, 2, 2, 2, 3, 3]
    """
    ends = np.floor(np.cumsum(weight) + 0.5).astype(np.intp)
    return np.repeat(np.arange(len(weight)), np.diff(ends, prepend=0))


def standing_for(positions: npt.NDArray[np.intp], weight: Weight | None) -> npt.NDArray[np.intp]:
    """The positions of some customers, each as often as its weight says."""
    return positions if weight is None else positions[repeated(weight[positions])]
