"""Counts at ordered places → a smooth curve of the share with a band that holds it: the churn rate by month of tenure.

A binomial Whittaker–Henderson smoother, the actuaries' graduation of rates by age. With k of n customers gone at each x and
p = 1/(1 + exp(−f)), the curve f makes

    Σ [k log p + (n − k) log(1 − p)] − λ/2 ∫ f″(x)² dx

largest, f″ taken from second divided differences, so that the places may lie apart as they like and gaps are bridged straight. Nobody
sets how smooth the curve is: each λ of a grid, halved from one to the next, weighs as much as its marginal likelihood by Laplace's
approximation, and the curve is the mean of p over them. Without evidence of a bend it is a straight line in f. The posterior of f
under one λ is N(f, (W + λP)⁻¹) with W = n p (1 − p); the band is ± 1.96 standard deviations of their mixture, in f. It holds the true
rate at 95 of 100 places, on average over the curve.

Sources: Whittaker, Proc. Edinburgh Math. Soc. 41 (1923); Nychka, JASA 83 (1988), why such a band covers; Wood, J. R. Statist.
Soc. B 73 (2011), marginal likelihood of λ; Biessy, Revisiting Whittaker–Henderson smoothing (2023), all of it for counts.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_solve_banded, cholesky_banded
from scipy.special import expit, logit, softmax

from churn_core.campaign.uncertainty import Z

Values = npt.NDArray[np.float64]

_ROUNDING = 1e-11  # of λP; what floats may lose of it where hardly anybody tells anything, so that a step still leads upwards
_LEAST = 1e-15  # of a rate: floats round what is closer to 1 to 1, which has no log-odds
_STEPS, _CLOSE = 60, 1e-7  # of Newton; log-likelihood
_SMOOTHEST, _HALVINGS = 10.0, 46  # λ for each customer, x from 0 to 1: from a straight line down to the counts themselves


@dataclass(frozen=True, kw_only=True)
class Smooth:
    """A curve of shares and its 95 % band, each (m,), 0–1."""

    rate: Values
    low: Values
    high: Values


def smoothed(x: npt.ArrayLike, hits: npt.ArrayLike, trials: npt.ArrayLike) -> Smooth:
    """``x`` (m,): ascending places, no two the same; ``hits`` of ``trials`` (m,) at each, none without trials. At one or two places
    nothing is smoothed. Half a customer who left and half a one who stayed, spread as the others are, keep the curve off 0 and 1.

    >>> curve = smoothed([0, 1, 2, 3], [50, 40, 30, 20], [100, 100, 100, 100])
    >>> curve.rate.round(2).tolist()
    [0.51, 0.4, 0.29, 0.21]
    """
    at, k, n = (np.asarray(values, dtype=float) for values in (x, hits, trials))
    if not len(at):
        return Smooth(rate=at, low=at, high=at)
    everybody = n.sum()
    k, n = k + 0.5 * n / everybody, n + n / everybody
    penalty, rank = _penalty(at), max(len(at) - 2, 0)
    f = np.full(len(at), logit(k.sum() / n.sum()))
    evidence, curves, variances = [], [], []
    for halved in range(_HALVINGS if rank else 1):
        weight = everybody * _SMOOTHEST / 2.0**halved
        f, factor, reached = _newton(f, k, n, weight * penalty)
        evidence.append(reached + rank / 2 * np.log(weight) - np.log(factor[-1]).sum())
        curves.append(f)
        variances.append(np.diag(cho_solve_banded((factor, False), np.eye(len(at)))))
    share = softmax(evidence)
    rate = np.clip(share @ expit(curves), _LEAST, 1 - _LEAST)
    apart = np.asarray(curves) - share @ np.asarray(curves)
    middle, half = logit(rate), Z * np.sqrt(share @ (np.asarray(variances) + apart**2))
    low, high = (np.clip(expit(end), _LEAST, 1 - _LEAST) for end in (middle - half, middle + half))
    return Smooth(rate=rate, low=np.minimum(low, rate), high=np.maximum(high, rate))


def _penalty(x: Values) -> Values:
    """∫ f″² as fᵀPf, x stretched to 0–1: the upper diagonals (3, m) of P, as ``cholesky_banded`` has them."""
    m = len(x)
    bands = np.zeros((3, m))
    if m < 3:
        return bands
    gaps = np.diff(x) / (x[-1] - x[0])
    middle = (gaps[:-1] + gaps[1:]) / 2
    second = np.array([1 / gaps[:-1], -1 / gaps[:-1] - 1 / gaps[1:], 1 / gaps[1:]]) / np.sqrt(
        middle
    )  # f″·√middle at each inner x
    for i in range(3):
        for j in range(i, 3):
            bands[2 - (j - i), j : j + m - 2] += second[i] * second[j]
    return bands


def _times(bands: Values, f: Values) -> Values:
    """Pf."""
    product = bands[2] * f
    for away in (1, 2):
        upper = bands[2 - away, away:]
        product[:-away] += upper * f[away:]
        product[away:] += upper * f[:-away]
    return np.asarray(product)


def _newton(f: Values, k: Values, n: Values, penalty: Values) -> tuple[Values, Values, float]:
    """The best f from this one on, the Cholesky factor of W + λP there, and the penalised log-likelihood."""

    def reached(f: Values) -> float:
        return float((k * f - n * np.logaddexp(0, f)).sum() - f @ _times(penalty, f) / 2)

    def factor(f: Values) -> Values:
        bands = penalty.copy()
        bands[2] += n * expit(f) * expit(-f) + _ROUNDING * penalty[2].max()
        return np.asarray(cholesky_banded(bands))

    value = reached(f)
    for _ in range(_STEPS):
        slope = k - n * expit(f) - _times(penalty, f)
        step = cho_solve_banded((factor(f), False), slope)
        gain = float(slope @ step)
        while reached(f + step) < value and gain > _CLOSE:
            step, gain = step / 2, gain / 2
        if gain <= _CLOSE:
            break
        f = f + step
        value = reached(f)
    return f, factor(f), value
