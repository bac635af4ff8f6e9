"""The card as a value: a base and its lines. log-odds = base + Σ effect of each line, added in their order.

The lines are told against the average training customer, so the base is that customer's log-odds and the effects are the
contributions. They are added one after the other and never by a matrix product: the sum of a customer alone, among a few and among a
million is the same to the last bit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from churn_core.model.card.joint import Rule, Table
from churn_core.model.card.shape import Columns, Curve, Floats, Levels
from churn_core.model.evidence import Evidence

Line = Curve | Levels | Table | Rule


@dataclass(frozen=True, kw_only=True)
class Card:
    """``base``: the log-odds of the average training customer. ``lines``: what is added to them, one for each column, pair or rule.
    ``notes``: what was left out when it was learned, in sentences. ``evidence``: what the training customers say of each reason,
    where it was gathered.
    """

    base: float
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    evidence: Evidence | None = None

    @classmethod
    def centred(cls, base: float, lines: Iterable[Line], customers: Columns, notes: tuple[str, ...] = ()) -> "Card":
        """The card of lines that are told against nobody in particular: each moved to a mean of 0 among the training ``customers``,
        with its strength there; what is taken from them goes into the base.
        """
        centred: list[Line] = []
        for line in lines:
            effects = line.effects(customers)
            mean = float(effects.mean())
            base += mean
            centred.append(replace(line.moved(-mean), strength=float(effects.std())))
        return cls(base=base, lines=tuple(centred), notes=notes)

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        """The columns of each line."""
        return tuple(line.columns for line in self.lines)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the card looks at, each once."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.columns))

    def log_odds(self, customers: Columns, size: int) -> Floats:
        """Of each of ``size`` customers, (n,)."""
        log_odds = np.full(size, self.base)
        for line in self.lines:
            log_odds += line.effects(customers)
        return log_odds

    def log_odds_of(self, customer: Mapping[str, Any]) -> float:
        """The same of one customer, to the last bit."""
        log_odds = self.base
        for line in self.lines:
            log_odds += line.effect_of(customer)
        return log_odds

    def contributions(self, customers: Columns, size: int) -> Floats:
        """What each line adds for each of ``size`` customers, (n, lines)."""
        added = np.empty((size, len(self.lines)), order="F")
        for k, line in enumerate(self.lines):
            added[:, k] = line.effects(customers)
        return added
