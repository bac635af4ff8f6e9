"""The lowest point of a bowl within a box: a convex quadratic function of a few variables."""

import numpy as np

from churn_core.campaign.offers.problem import Floats

_ROUNDS = 200  # changes of the active set; some two for each variable are usual


def lowest_in_box(hessian: Floats, gradient: Floats, low: Floats, high: Floats) -> Floats:
    """The s (d,) with the least gᵀs + ½ sᵀHs of those with low ≤ s ≤ high, for a positive definite H and low ≤ 0 ≤ high.

    Exact, by a primal active set (Nocedal & Wright 2006, *Numerical Optimization*, 16.5): on the variables that are free the
    lowest point is a linear system; a step to it ends at the first border, which then is kept to; at a lowest point a border
    that the slope leads away from is let go.

    >>> lowest_in_box(np.eye(2), np.array([-3.0, 1.0]), np.array([-1.0, -2.0]), np.array([1.0, 2.0]))
    array([ 1., -1.])
    """
    s = np.zeros(len(gradient))
    free = ~(((low >= 0) & (gradient >= 0)) | ((high <= 0) & (gradient <= 0)))
    for _ in range(_ROUNDS):
        slope = gradient + hessian @ s
        step = np.zeros(len(s))
        if free.any():
            step[free] = np.linalg.solve(hessian[free][:, free], -slope[free])
        target = s + step
        outside = free & ((target < low) | (target > high))
        if outside.any():
            border = np.where(step < 0, low, high)
            share = np.divide(border - s, step, out=np.ones(len(s)), where=outside)
            first = int(np.where(outside, share, np.inf).argmin())
            s = np.clip(s + max(0.0, share[first]) * step, low, high)
            s[first] = border[first]
            free[first] = False
            continue
        s = np.clip(target, low, high)
        slope = gradient + hessian @ s
        away = np.where(s <= low, -slope, slope)  # a border is let go where the function falls away from it
        away[free | (low >= high)] = 0.0
        worst = int(away.argmax())
        if away[worst] <= 1e-12 * np.abs(gradient).max():
            break
        free[worst] = True
    return s
