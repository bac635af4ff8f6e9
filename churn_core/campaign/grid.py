"""A logarithmic grid over churn probability and monthly charge, with edges that are exact and the same on every machine.

Places end at floats whose last binary digits are 0. A *bin* is a place of p alone, on a fine grid; a *cell* is a place of p
and one of the monthly charge, on coarser grids, in one number. Neighbours can be put together two by two: a number
shifted right by one is the place that is twice as wide.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LARGEST_CHARGE = 2.0**30  # money per month; above settings.MAX_MONEY, and the last that has a place

Places = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """Places of non-negative numbers: 2^``digits`` to an octave from 2^``first`` on, all that is smaller in place 0."""

    first: int
    digits: int

    def place(self, x: Values) -> Places:
        places: Places = np.maximum((x.view(np.int64) >> (52 - self.digits)) - self._origin, 0)
        return places

    def edge(self, place: Places) -> Values:
        """The least number in a place."""
        edge = ((np.maximum(place, 0) + self._origin) << (52 - self.digits)).view(np.float64)
        return np.where(place <= 0, 0.0, edge)

    @property
    def _origin(self) -> int:
        return (self.first + 1023) << self.digits  # 1023 is the bias of a float's exponent


_P_OF_BIN = _Axis(first=-13, digits=18)  # p from 1.2e-4 up, in steps of 4e-6 of it at most
_P_OF_CELL = _Axis(first=-13, digits=10)  # p from 1.2e-4 up, in steps of 0.1 % of it at most
_CHARGE = _Axis(first=-10, digits=10)  # money per month from 0.001 up, in steps of 0.1 % of it at most


def bins_of(probability: Values) -> Places:
    """The bin of each churn probability (n,), 0–1; rising with it."""
    return _P_OF_BIN.place(probability)


def cells_of(probability: Values, monthly_charge: Values) -> Places:
    """The cell of each churn probability (n,), 0–1, and monthly charge (n,), 0–``LARGEST_CHARGE``.

    The bits of both places in turn, so that half of the number is the cell twice as wide (Morton 1966, "A computer oriented
    geodetic data base"): along p first, along the charge next, and so on; and numbers in order stay in order.
    """
    return _spread(_P_OF_CELL.place(probability)) | (_spread(_CHARGE.place(monthly_charge)) << 1)


def rectangles(cells: Places, halvings: int) -> tuple[Values, Values, Values, Values]:
    """Least p, largest p, least charge, largest charge of each of these cells (j,), whose numbers were halved so often."""
    key = cells << halvings
    p, charge = _gathered(key), _gathered(key >> 1)
    wide_p, wide_charge = 1 << (halvings + 1) // 2, 1 << halvings // 2
    largest_p = np.minimum(_P_OF_CELL.edge(p + wide_p), 1.0)
    return _P_OF_CELL.edge(p), largest_p, _CHARGE.edge(charge), _CHARGE.edge(charge + wide_charge)


_MASKS = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))  # shift, and the bits that stay of 16


def _spread(bits: Places) -> Places:
    """Sixteen bits with a 0 after each."""
    for shift, mask in _MASKS:
        bits = (bits | (bits << shift)) & mask
    return bits


def _gathered(bits: Places) -> Places:
    """Every other bit: the way back."""
    bits = bits & _MASKS[-1][1]
    for (shift, _), (_, mask) in zip(_MASKS[::-1], (*_MASKS[-2::-1], (0, 0xFFFF)), strict=True):
        bits = (bits | (bits >> shift)) & mask
    return bits
