"""The distributions that money and chances are reckoned with, each by a function of ``scipy.special``.

``scipy.stats`` has them too. It takes as long to load as everything else together that a command needs to score a file.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, chdtrc, gammainc, gammaincc, gammaincinv, ndtr, ndtri

_NORMAL = 1.6e-5  # skewness; of less a Pearson III distribution is the normal one to the last digits


def normal_quantile(share: float) -> float:
    """What is above so great a ``share`` (0–1) of the standard normal distribution.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(ndtri(share))


def normal_below(z: float) -> float:
    """The share of the standard normal distribution below ``z``.

    >>> normal_below(0.0)
    0.5
    """
    return float(ndtr(z))


def normal_above(z: float) -> float:
    """The share above ``z``, exact far out too."""
    return float(ndtr(-z))


def chi_squared_above(x: float, degrees: float) -> float:
    """The share of χ² with so many ``degrees`` of freedom above ``x``.

    >>> round(chi_squared_above(3.8415, 1), 4)
    0.05
    """
    return float(chdtrc(degrees, x))


def chi_squared_quantile(share: float, degrees: float) -> float:
    """What is above so great a ``share`` of χ² with so many ``degrees`` of freedom.

    >>> round(chi_squared_quantile(0.95, 1), 4)
    3.8415
    """
    return float(2 * gammaincinv(degrees / 2, share))


def beta_quantile(share: npt.ArrayLike, a: npt.ArrayLike, b: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """What is above so great a ``share`` of Beta(``a``, ``b``); shape as they are broadcast.

    >>> float(beta_quantile(0.5, 2, 2))
    0.5
    """
    return np.asarray(betaincinv(a, b, share), dtype=np.float64)


def pearson3_below(z: npt.NDArray[np.float64], skewness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The share below ``z`` of the Pearson III distribution of mean 0, deviation 1 and this ``skewness`` g; shapes alike.

    It is a Gamma distribution, moved and perhaps mirrored: with shape a = 4/g², z is at a + 2z/g of the standard one.

    >>> pearson3_below(np.array([0.0, 0.0]), np.array([0.0, 2.0])).round(4).tolist()
    [0.5, 0.6321]
    """
    is_normal = np.abs(skewness) < _NORMAL
    g = np.where(is_normal, 1.0, skewness)
    a = 4 / g**2
    at = np.maximum(a + 2 * z / g, 0.0)
    skewed = np.where(g > 0, gammainc(a, at), gammaincc(a, at))
    return np.asarray(np.where(is_normal, ndtr(z), skewed), dtype=np.float64)
