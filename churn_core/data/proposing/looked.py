"""A raw table whose columns were looked at, for any number of proposals: what takes long is done once."""

import re
from collections.abc import Iterable, Sized
from dataclasses import dataclass, field

import pandas as pd

from churn_core.data.numbers import decimal_mark
from churn_core.data.proposing.dictionary_line import describes_columns
from churn_core.data.proposing.leaks import auc_alone
from churn_core.data.proposing.outcome import Outcome
from churn_core.data.proposing.raw_column import ProposedKind, RawColumn, look_at
from churn_core.data.proposing.said_kinds import kinds_of
from churn_core.formats import count
from churn_core.jobs import Report, silent

_TOLD_BY = 200  # rows; they show the decimal mark
_POINTED = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.(\d{1,2}|\d{4,})")


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """The ``columns`` of a table of so many ``rows``, its ``decimal`` mark, and ``notes`` about what had to be decided."""

    columns: tuple[RawColumn, ...]
    rows: int
    decimal: str
    notes: tuple[str, ...]
    _aucs: dict[tuple[int, str, int], float] = field(default_factory=dict)
    _kinds: dict[int, tuple[ProposedKind, ...]] = field(default_factory=dict)

    def aucs(self, columns: Iterable[RawColumn], outcome: Outcome) -> dict[int, float]:
        """Position → how well the column alone tells who left (0.5–1); ``columns`` in the usable rows, of which somebody left and
        somebody stayed. Each is worked out once for an outcome.
        """
        left = outcome.left[outcome.usable]
        of_outcome = hash((outcome.left.tobytes(), outcome.usable.tobytes()))
        told = {}
        for column in columns:
            key = (column.position, column.kind, of_outcome)
            if key not in self._aucs:
                self._aucs[key] = auc_alone(column, left)
            told[column.position] = self._aucs[key]
        return told

    def kinds(self, report: Report = silent) -> tuple[tuple[ProposedKind, ...], ...]:
        """The kinds that may be said of each column, in the file's order; worked out once. ``report`` may raise to stop."""
        for i, column in enumerate(self.columns):
            if column.position not in self._kinds:
                report(f"What each column may be: {_of(i, self.columns)}", i / len(self.columns))
                self._kinds[column.position] = kinds_of(column)
        return tuple(self._kinds[column.position] for column in self.columns)


def look(frame: pd.DataFrame, report: Report = silent) -> Looked:
    """Look at a raw table, cells of any types. A line that describes the columns is left out, and that is said. ``report`` is told
    of each column, and may raise to stop.
    """
    decimal, notes = _decimal(frame)
    if describes_columns(frame, decimal):
        frame, notes = frame.iloc[1:], (*notes, "The first row below the names describes the columns; it is left out.")
    shown = decimal == "," or _shows_a_point(frame)
    columns = []
    for i, name in enumerate(frame.columns):
        report(f"Looking at the columns: {_of(i, frame.columns)}", i / len(frame.columns))
        columns.append(look_at(name, i, frame.iloc[:, i], decimal, shown))
    return Looked(columns=tuple(columns), rows=len(frame), decimal=decimal, notes=notes)


def _of(i: int, columns: Sized) -> str:
    return f"{count(i + 1)} of {count(len(columns))}"


def _shows_a_point(frame: pd.DataFrame) -> bool:
    """Whether a number has a decimal point for certain, so that a comma is none."""
    return any(_POINTED.fullmatch(cell.strip()) for cell in _texts(frame))


def _texts(frame: pd.DataFrame) -> Iterable[str]:
    some = frame.head(_TOLD_BY)
    return (cell for i in range(some.shape[1]) for cell in some.iloc[:, i] if isinstance(cell, str))


def _decimal(frame: pd.DataFrame) -> tuple[str, tuple[str, ...]]:
    """The decimal mark. Where no number shows it, a point is taken for one, and that is said."""
    mark, told = decimal_mark(_texts(frame))
    return mark or ".", tuple(told) if mark else (
        "Numbers like 1.234 were read as 1.234, and not as 1234; no number shows which.",
    )
