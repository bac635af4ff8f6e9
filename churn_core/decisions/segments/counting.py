"""Customers and leavers of many groups at once: of every condition, of every two together, of some rules and one condition more."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
_BLOCK = 4096  # customers at a time: what is multiplied stays in the cache of the processor


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Of each of some groups: ``customers``, how many there are; ``standing``, how many they stand for; ``left``, how many of these
    left. Three arrays of one shape.
    """

    customers: Counts
    standing: Counts
    left: Counts

    def without(self, others: "Sums") -> "Sums":
        """The sums of the same groups without ``others``."""
        return Sums(
            customers=self.customers - others.customers, standing=self.standing - others.standing, left=self.left - others.left
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Counter:
    """``left`` (n,), 0/1, of customers who each stand for ``weight`` (n,); ``None``: for one."""

    left: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64] | None = None

    def of(self, groups: npt.NDArray[np.bool_]) -> Sums:
        """The sums of each of the ``groups`` (k, n): (k,) each."""
        standing = groups.sum(axis=1).astype(float) if self.weight is None else groups @ self.weight
        left = groups[:, self.left]
        return Sums(
            customers=groups.sum(axis=1).astype(float),
            standing=standing,
            left=left.sum(axis=1).astype(float) if self.weight is None else left @ self.weight[self.left],
        )

    def together(self, some: npt.NDArray[np.bool_], others: npt.NDArray[np.bool_], rows: npt.NDArray[np.bool_]) -> Sums:
        """The sums of each of ``some`` (k, n) together with each of the ``others`` (m, n), among the customers of ``rows`` (n,):
        (k, m) each. Without weights exact: sums of ones below 2²⁴ in single precision.
        """
        shape, at = (len(some), len(others)), np.flatnonzero(rows)
        customers, standing, left = (np.zeros(shape) for _ in range(3))
        for start in range(0, len(at), _BLOCK):
            part = at[start : start + _BLOCK]
            a, b = some[:, part].astype(np.float32), others[:, part].astype(np.float32)
            customers += a @ b.T
            if self.weight is not None:
                b *= self.weight[part].astype(np.float32)
                standing += a @ b.T
            gone = self.left[part]
            left += a[:, gone] @ b[:, gone].T
        return Sums(customers=customers, standing=customers if self.weight is None else standing, left=left)
