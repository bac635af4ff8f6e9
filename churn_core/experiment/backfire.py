"""Success and backfire told apart by the churn probability at the draw: LOOP.md §6."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from churn_core.campaign.uncertainty import Band, Z
from churn_core.experiment.adjust import Values
from churn_core.experiment.two_by_two import Counts, success_rate

FEWEST_LEAVERS = 20  # in the control group; LOOP.md §6
_CLIP = 1e-9  # share; of a probability, so that its log-odds exist
_CLOSE = 1e-10  # no unit; of the largest step
_FLAT = 1e-6  # no unit; twice the log-likelihood that a further step would gain
_SINGULAR = 1e-8  # no unit; smallest eigenvalue of the information with ones on its diagonal
_STEPS, _HALVINGS = 200, 30


@dataclass(frozen=True, kw_only=True)
class SuccessAndBackfire:
    """``success_rate`` γ and ``backfire_rate`` s with 95 % intervals; ``shift`` α of the log-odds with its standard error;
    ``covariance`` of γ and s; ``log_likelihood``. s may come out slightly below 0: then the data show none.
    """

    success_rate: Band
    backfire_rate: Band
    success_se: float
    backfire_se: float
    shift: float
    shift_se: float
    covariance: float
    log_likelihood: float


def success_and_backfire(control: npt.NDArray[np.bool_], left: Values, churn_probability: Values) -> SuccessAndBackfire | None:
    """By maximum likelihood (Fisher scoring): control leaves with q = expit(logit p + α), treated with s + (1 − γ − s)·q.

    (n,) each; ``left`` NaN where it is not known. ``None`` where the two cannot be told apart: fewer than 20 leavers in control,
    none of the treated left, a singular information, or a likelihood that has its maximum at an edge.
    """
    known = ~np.isnan(left)
    held, y = control[known], left[known]
    counts = Counts.of(held, y)
    if counts.left_control < FEWEST_LEAVERS or not counts.left_treated:
        return None
    offset = logit(np.clip(churn_probability[known], _CLIP, 1 - _CLIP))
    pooled = success_rate(counts)
    at = np.array([0.0, min(max(pooled.estimate if pooled else 0.0, 0.0), 0.9), 0.0])
    best = _log_likelihood(at, offset, held, y)
    for _ in range(_STEPS):
        score, information = _slopes(at, offset, held, y)
        if not _tells_apart(information):
            return None
        step = np.linalg.solve(information, score)
        for _ in range(_HALVINGS):
            new = _log_likelihood(at + step, offset, held, y)
            if new >= best - 1e-12:
                break
            step = step / 2
        else:
            break
        at, best = at + step, new
        if np.abs(step).max() < _CLOSE:
            break
    score, information = _slopes(at, offset, held, y)
    if not _tells_apart(information):
        return None
    covariance = np.linalg.inv(information)
    if score @ covariance @ score > _FLAT:  # stopped at an edge, where the standard errors are not those of the maximum
        return None
    shift_se, success_se, backfire_se = np.sqrt(np.diag(covariance)).tolist()
    shift, success, backfire = at.tolist()
    return SuccessAndBackfire(
        success_rate=Band(estimate=success, low=success - Z * success_se, high=success + Z * success_se),
        backfire_rate=Band(estimate=backfire, low=backfire - Z * backfire_se, high=backfire + Z * backfire_se),
        success_se=success_se,
        backfire_se=backfire_se,
        shift=shift,
        shift_se=shift_se,
        covariance=float(covariance[1, 2]),
        log_likelihood=best,
    )


def _rates(at: Values, offset: Values, control: npt.NDArray[np.bool_]) -> tuple[Values, Values]:
    q = expit(offset + at[0])
    return q, np.where(control, q, at[2] + (1 - at[1] - at[2]) * q)


def _log_likelihood(at: Values, offset: Values, control: npt.NDArray[np.bool_], y: Values) -> float:
    """−∞ outside |α| ≤ 5, −3 ≤ γ ≤ 1, |s| ≤ 1 and 0 < r < 1."""
    if not (abs(at[0]) <= 5 and -3 <= at[1] <= 1 and abs(at[2]) <= 1):
        return -math.inf
    _, r = _rates(at, offset, control)
    if r.min() <= 0 or r.max() >= 1:
        return -math.inf
    return float((y * np.log(r) + (1 - y) * np.log1p(-r)).sum())


def _tells_apart(information: Values) -> bool:
    """Whether it can be inverted: no parameter is, but for rounding, a combination of the others."""
    scale = np.sqrt(np.diag(information))
    if not (np.isfinite(information).all() and (scale > 0).all()):
        return False
    return bool(np.linalg.eigvalsh(information / np.outer(scale, scale))[0] > _SINGULAR)


def _slopes(at: Values, offset: Values, control: npt.NDArray[np.bool_], y: Values) -> tuple[Values, Values]:
    """The score and the expected information."""
    q, r = _rates(at, offset, control)
    slope = q * (1 - q)
    moved = ~control
    rows = np.column_stack([np.where(moved, (1 - at[1] - at[2]) * slope, slope), -q * moved, (1 - q) * moved])
    weight = 1 / (r * (1 - r))
    return rows.T @ (weight * (y - r)), (rows * weight[:, None]).T @ rows
