"""Customers by what a contact keeps of them: those worth a contact at some cost are the first of those ranked by p·v."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BLOCK = 1024  # customers; sums are kept once per block, and those within a block are added when they are asked for


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """Customers in rising order of p·v, with the sum from each block up, so that the top of the list is added in one step."""

    gain: npt.NDArray[np.float64]
    from_block: npt.NDArray[np.float64]

    @classmethod
    def of(cls, gain: npt.NDArray[np.float64]) -> "Ranking":
        """The ranking of customers with these p·v (n,), in any order."""
        gain = np.sort(gain)
        blocks = np.add.reduceat(gain, np.arange(0, len(gain), _BLOCK)) if len(gain) else np.zeros(0)
        return cls(gain=gain, from_block=np.append(np.cumsum(blocks[::-1])[::-1], 0.0))

    def above(self, price: float) -> tuple[int, float]:
        """How many have p·v above ``price``, and their Σpv."""
        first = int(np.searchsorted(self.gain, price, side="right"))
        if first == len(self.gain):
            return 0, 0.0
        following = first // _BLOCK + 1
        return len(self.gain) - first, float(self.gain[first : following * _BLOCK].sum() + self.from_block[following])
