"""What was found about a table → one row of the proposal for each column."""

from dataclasses import dataclass

import numpy as np

from churn_core.data.proposing.answers import SAID
from churn_core.data.proposing.leaks import SHOWN
from churn_core.data.proposing.proposal import ColumnProposal, Confidence, Id, Money, ProposedRole, Target, Tenure
from churn_core.data.proposing.raw_column import ProposedKind, RawColumn
from churn_core.data.proposing.sensitive import POSTAL_CODE, sensitive
from churn_core.formats import decimal

_OF_WORDS, _OF_NUMBERS = ("category", "yes/no", "band"), ("number", "whole", "ordinal")
_MOST_VALUES = 10_000  # distinct values of a column that are kept


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The columns with a role; and by position: why a column is left out (``out``), why it is a leak (``leaks``), how well it alone
    tells who left (``aucs``), what is a total
    (``totals``), which sensitive columns somebody said to use (``used``), and of which columns somebody said what they are (``said``).
    """

    target: Target | None
    id: Id | None
    money: Money
    tenure: Tenure | None
    out: dict[int, str]
    leaks: dict[int, str]
    aucs: dict[int, float]
    totals: set[int]
    used: frozenset[int] = frozenset()
    said: frozenset[int] = frozenset()

    def row(self, column: RawColumn) -> ColumnProposal:
        """The proposal for one column."""
        role, confidence, reason = self._role(column)
        kind: ProposedKind = "category" if sensitive(column) == POSTAL_CODE and column.said is None else column.kind
        known = column.values[~np.isnan(column.values)] if kind in _OF_NUMBERS else np.empty(0)
        auc = self.aucs.get(column.position, 0.5)
        return ColumnProposal(
            name=column.name,
            role=role,
            kind=kind,
            confidence=confidence,
            reason=reason,
            leak=column.position in self.leaks,
            auc=round(auc, 4) if auc > SHOWN else None,
            blank=column.rows - column.filled,
            values=column.frequent(_MOST_VALUES) if kind in _OF_WORDS else (),
            low=float(known.min()) if len(known) else None,
            high=float(known.max()) if len(known) else None,
            day_format=column.day_format,
            suffix=column.suffix if kind in _OF_NUMBERS else "",
            thousands=column.thousands if kind in _OF_NUMBERS else "",
            used=column.position in self.used,
        )

    def _role(self, column: RawColumn) -> tuple[ProposedRole, Confidence, str]:
        if column.position in self.out:
            return "left out", "sure", self.out[column.position]
        if column.position in self.leaks:
            return "left out", "likely", self.leaks[column.position]
        worth: ProposedRole = "charge" if self.money.kind == "charge" else "clv"
        named: tuple[tuple[ProposedRole, Target | Id | Money | Tenure | None], ...] = (
            ("target", self.target),
            ("id", self.id),
            (worth, self.money),
            ("tenure", self.tenure),
        )
        for role, found in named:
            if found is not None and found.column == column.name:
                return role, found.confidence, found.reason
        if what := sensitive(column):
            said = "used, because you said so" if column.position in self.used else "used only if you say so"
            return "sensitive", "likely", f"{what}: {said}"
        if column.position in self.totals:
            return "total", "likely", "about the charge times the tenure"
        auc = self.aucs.get(column.position, 0.5)
        if column.position in self.said:
            alone = f"; it alone tells much about who left (AUC {decimal(auc, 3)})" if auc > SHOWN else ""
            return "feature", "sure", f"{SAID}{alone}"
        if auc > SHOWN:
            return "feature", "likely", f"it alone tells much about who left (AUC {decimal(auc, 3)}): was it known before?"
        return "feature", "sure", "nothing speaks against it"
