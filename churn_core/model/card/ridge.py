"""Logistic regression with a penalty of its own for each group of terms; how strong each is, approximate leave-one-out says.

Z is (n, 1 + k): a column of ones, which is not penalised, and the standardised terms. The penalised loss is
Σ log(1 + e^η) − yη + ½ Σ λ b², with η = Zb. Leaving one customer out moves the fit by about one Newton step, so the loss on customers
that were left out is about the loss of the fit plus tr((ZᵀWZ + Λ)⁻¹ Σ (y − p)² z zᵀ), W = p(1 − p): nothing is fitted twice, and
nothing is drawn (Takeuchi 1976; Beirami et al., NeurIPS 2017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array
from scipy.special import expit

from churn_core.model.alike import Groups
from churn_core.model.card.shape import Floats

GRIDS: Mapping[str, tuple[float, ...]] = {  # the strengths that are tried, by group
    "level": (0.3, 1, 3, 10, 30),
    "line": (0.1, 1, 10),
    "shape": (1, 3, 10, 30, 100, 300, 1000),
    "step": (1, 3, 10, 30, 100, 300, 1000),
    "rule": (1, 3, 10, 30, 100),
}
START: Mapping[str, float] = {"level": 1, "line": 1, "shape": 30, "step": 100, "rule": 3}
_ORDER = ("shape", "step", "level", "rule", "line")
_LEAST_WEIGHT = 1e-6  # of a customer of whom the fit is certain
_MOST_LEVERAGE = 0.9  # no unit; a customer of more leverage is left out as one of so much
_ROUNDS = 2  # times that the strengths are looked for, each around a fit by the last ones
_BETTER = 1e-7  # mean loss; less is no gain
_MOVES = 1e-3  # relative gain of a Newton step, below which the next has the same curvature
_STEPS, _STILL = 25, 1e-8  # Newton steps at most, and the relative gain at which they end


@dataclass(frozen=True)
class Fit:
    """Coefficients b (1 + k,), and the strength of each group's penalty."""

    coefficients: Floats
    strengths: Mapping[str, float]


def log_loss(log_odds: Floats, y: Floats) -> Floats:
    """Of each customer, (n,)."""
    loss: Floats = np.logaddexp(0.0, log_odds) - y * log_odds
    return loss


def penalty(groups: Sequence[str], strengths: Mapping[str, float]) -> Floats:
    """λ of each coefficient, (1 + k,); of the first none."""
    return np.array([0.0, *(strengths[group] for group in groups)])


def newton(Z: Floats, y: Floats, weight: Floats, start: Floats | None = None, steps: int = _STEPS) -> Floats:
    """The coefficients that minimise the penalised loss with these λ, (1 + k,)."""
    b = at_the_rate(y, Z.shape[1]) if start is None else start
    log_odds = Z @ b
    loss, moves, factor = float(log_loss(log_odds, y).sum() + 0.5 * weight @ b**2), True, None
    for _ in range(steps):
        p = expit(log_odds)
        if moves:  # the curvature costs most; near the end the last one serves as well
            factor = _factor(information(Z, p), weight)
        step = cho_solve(factor, Z.T @ (y - p) - weight * b, check_finite=False)
        share, before = 1.0, loss
        while True:
            log_odds = Z @ (b + share * step)
            loss = float(log_loss(log_odds, y).sum() + 0.5 * weight @ (b + share * step) ** 2)
            if loss <= before or share < 1e-4:
                break
            share /= 2
        b = b + share * step
        if before - loss < _STILL * abs(before):
            break
        moves = before - loss > _MOVES * abs(before)
    return b


def at_the_rate(y: Floats, size: int) -> Floats:
    """Coefficients by which everybody leaves as often as all do, (size,)."""
    rate = float(y.mean())
    return np.append(np.log(rate / (1 - rate)), np.zeros(size - 1))


def information(Z: Floats, p: Floats) -> Floats:
    """ZᵀWZ, W = p(1 − p)."""
    weighted = Z * np.sqrt(np.maximum(p * (1 - p), _LEAST_WEIGHT))[:, None]
    H: Floats = weighted.T @ weighted
    return H


def _factor(H: Floats, weight: Floats) -> Any:
    return cho_factor(H + np.diag(weight + 1e-9), check_finite=False)


def fit(
    Z: Floats,
    y: Floats,
    groups: Sequence[str],
    strengths: Mapping[str, float] = START,
    start: Floats | None = None,
    together: Groups | None = None,
) -> Fit:
    """The fit with the strengths that leave-one-out prefers; each is changed alone, from ``strengths``, while that is better.
    ``start``: coefficients of the first terms, from which it goes on. Rows of one of ``together``, (n,), are left out together.
    """
    strengths = {group: strengths[group] for group in _ORDER if group in groups}
    first = at_the_rate(y, 1) if start is None else start
    b = newton(Z, y, penalty(groups, strengths), np.append(first, np.zeros(Z.shape[1] - len(first))))
    for _ in range(_ROUNDS):
        better = _search(Z, y, groups, strengths, b, together)
        if better == strengths:
            break
        strengths = better
        b = newton(Z, y, penalty(groups, strengths), b)
    return Fit(b, strengths)


def _search(
    Z: Floats, y: Floats, groups: Sequence[str], strengths: Mapping[str, float], b: Floats, together: Groups | None
) -> dict[str, float]:
    """The strengths whose left-out loss is least, one Newton step from the fit b."""
    p = expit(Z @ b)
    H, rest = information(Z, p), Z * (y - p)[:, None]
    target, rest = H @ b + rest.sum(axis=0), rest if together is None else _sums(rest, together)
    spread = rest.T @ rest

    def left_out(tried: Mapping[str, float]) -> float:
        factor = _factor(H, penalty(groups, tried))
        stepped = cho_solve(factor, target, check_finite=False)
        optimism = float(np.trace(cho_solve(factor, spread, check_finite=False)))
        return (float(log_loss(Z @ stepped, y).sum()) + optimism) / len(y)

    best, least = dict(strengths), left_out(strengths)
    for group, strength in strengths.items():
        grid, start = GRIDS[group], GRIDS[group].index(strength)
        for direction in (1, -1):
            at = start + direction
            while 0 <= at < len(grid):
                tried = {**best, group: grid[at]}
                loss = left_out(tried)
                if loss >= least - _BETTER:
                    break
                best, least, at = tried, loss, at + direction
            if best[group] != strength:
                break
    return best


def left_out_log_odds(Z: Floats, y: Floats, b: Floats, weight: Floats, together: Groups | None = None) -> Floats:
    """What a fit without the customer would say of each, (n,), about: one Newton step. Rows of one of ``together``, (n,), are left out
    together; that is exact to the step where they are the same.
    """
    log_odds = Z @ b
    p = expit(log_odds)
    w = np.maximum(p * (1 - p), _LEAST_WEIGHT)
    inverse = cho_solve(_factor(information(Z, p), weight), np.eye(Z.shape[1]), check_finite=False)
    pulls = Z @ inverse
    own = np.einsum("ij,ij->i", pulls, Z)
    if together is None:
        leverage, pull = w * own, own * (y - p)
    else:
        at = np.unique(together, return_inverse=True)[1]
        leverage = np.bincount(at, w * own)[at]
        pull = np.einsum("ij,ij->i", pulls, _sums(Z * (y - p)[:, None], at)[at])
    left: Floats = log_odds - pull / (1 - np.minimum(leverage, _MOST_LEVERAGE))
    return left


def _sums(rows: Floats, together: Groups) -> Floats:
    """The sum of the rows (n, k) of each group, (groups, k)."""
    at = np.unique(together, return_inverse=True)[1]
    return np.asarray(csr_array((np.ones(len(at)), (at, np.arange(len(at))))) @ rows)
