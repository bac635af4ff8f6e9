"""A few Newton steps of a penalised logistic regression with few columns and an offset."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Values = npt.NDArray[np.float64]
LEAST = 1e-6  # no unit; least variance of an outcome, so that a certain customer still has a weight


def newton(
    columns: Values, churned: Values, offset: Values, start: Values, penalty: Values, centre: Values, steps: int
) -> Values:
    """The coefficients (k,) that make −log-likelihood + ½ Σ penalty · (b − centre)² smallest, given ``offset`` (n,)."""
    b = start
    for _ in range(steps):
        p = expit(offset + columns @ b)
        weight = np.maximum(p * (1 - p), LEAST)
        hessian = (columns * weight[:, None]).T @ columns + np.diag(penalty)
        b = b + np.linalg.solve(hessian, columns.T @ (churned - p) - penalty * (b - centre))
    return b
