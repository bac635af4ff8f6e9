"""What a search has found: segments with their figures, frozen, and in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.decisions.segments.conditions import Condition, Mask
from churn_core.decisions.segments.selection import HIGH
from churn_core.formats import counted, listed

LEAK = 0.99  # churn rate; what tells leavers that surely was often written down after they left
OVERLAP = "Segments overlap: a customer can be in several, so their figures must not be added up."


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundSegment:
    """Customers who meet all ``conditions``. ``side`` 1: they leave more often than the others, −1: more seldom.

    ``customers`` and ``left``: how many there are, and left, in both halves together. ``found_rate``: the churn rate where it was
    searched; ``rate`` with ``low`` and ``high``: that of the half that confirmed it, and its interval, which holds for all segments at
    once with 95 %; ``rest_rate``: that of all others there. All 0–1. ``searched`` and ``confirming``: its customers in each half.
    ``p``: the chance of such a difference if there were none, before Holm. ``lost``: what left with those who did, twelve monthly
    charges of each or the lifetime value; money.
    """

    side: int
    conditions: tuple[Condition, ...]
    customers: int
    left: int
    searched: int
    confirming: int
    found_rate: float
    rate: float
    low: float
    high: float
    rest_rate: float
    p: float
    lost: float

    def members(self, customers: pd.DataFrame) -> pd.Series:
        """Who of clean ``customers`` is in it, with their index."""
        return pd.Series(self.mask(customers), index=customers.index)

    def mask(self, customers: pd.DataFrame) -> Mask:
        """The same as an array (n,)."""
        return np.asarray(np.logical_and.reduce([each.members(customers) for each in self.conditions]), dtype=bool)

    def in_words(self, currency: str = "") -> str:
        """Its conditions: ``fibre internet and none of online security and tech support``."""
        return listed(condition.in_words(currency) for condition in self.conditions)

    @property
    def leaves_more(self) -> bool:
        """Whether its customers leave more often than the others."""
        return self.side == HIGH

    @property
    def may_be_a_leak(self) -> bool:
        """Whether nearly all of them left: then a column may say what happened after they did."""
        return self.leaves_more and min(self.found_rate, self.rate) >= LEAK


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundSegments:
    """The ``segments`` that held, in the order in which they were found: those who leave more often first.

    ``refused``: proposals that did not hold on the other half. ``rate``: the churn rate of all. ``searched`` and ``confirming``:
    customers of the two parts. ``conditions`` and ``tried``: how many conditions there were, and rules of them.
    """

    segments: tuple[FoundSegment, ...] = ()
    refused: int = 0
    rate: float = float("nan")
    searched: int = 0
    confirming: int = 0
    conditions: int = 0
    tried: int = 0

    def __len__(self) -> int:
        return len(self.segments)

    def in_words(self) -> str:
        """How they were found, in sentences."""
        if not self.tried:
            return "These customers are too few, or too much alike, to look for segments."
        said = (
            f"{counted(self.tried, 'combination')} of {counted(self.conditions, 'condition')} were tried on "
            f"{counted(self.searched, 'customer')}, and what was found was checked on {counted(self.confirming, 'other')}."
        )
        if self.refused:
            said += (
                f" {counted(self.refused, 'proposal')} did not hold there and {'is' if self.refused == 1 else 'are'} left out."
            )
        if not self.segments:
            return f"{said} No group of customers leaves more or less often than the others by more than chance."
        return f"{said} {OVERLAP}"
