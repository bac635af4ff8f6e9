"""The account of one cleaning while it runs: repairs, findings, and the rows that cannot be used, with the reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.quality import (
    EXAMPLES,
    LONGEST_VALUE,
    MISSING,
    MOST_VALUES,
    OUT_OF_RANGE,
    UNKNOWN,
    UNREADABLE,
    Finding,
    Kind,
    Repair,
    no_rejects,
)
from churn_core.schema import Column


class Account:
    """What happens to each row while the columns are cleaned one after the other.

    ``typed``: the table came with numbers as numbers, so a column of numbers stored as text is reported. ``decimal``: the
    decimal mark of the file, "" if unknown. ``bad`` (n,): rows that are rejected; ``nameless`` (n,): rows without an id.
    """

    def __init__(self, rows: int, labels: pd.Index, typed: bool, decimal: str) -> None:
        self.labels, self.typed, self.decimal = labels, typed, decimal
        self.bad = np.zeros(rows, dtype=bool)
        self.found: list[Finding] = []
        self.nameless = np.zeros(rows, dtype=bool)
        self._problems: defaultdict[int, list[str]] = defaultdict(list)
        self._repairs: list[tuple[Column, str, npt.NDArray[np.bool_]]] = []

    def repair(self, column: Column, what: str, rows: npt.ArrayLike) -> None:
        """The values of ``column`` in ``rows`` (mask) were mended (``Repair``)."""
        rows = np.asarray(rows, dtype=bool)
        if rows.any():
            self._repairs.append((column, what, rows))

    def reject(
        self,
        column: Column,
        rows: npt.ArrayLike,
        why: str | Callable[[int], str],
        kind: Kind,
        words: Sequence[Any] | npt.NDArray[Any] | pd.Series | None = None,
    ) -> None:
        """``rows`` (mask) cannot be used: ``why`` is the reason, or makes it from a row's position; ``words`` are the values."""
        rows = np.asarray(rows, dtype=bool)
        positions = np.flatnonzero(rows).tolist()
        if not positions:
            return
        self.bad |= rows
        for position in positions:
            self._problems[position].append(f"{column.name}: {why(position) if callable(why) else why}")
        written: Counter[str] = Counter() if words is None else Counter(cut(str(words[position])) for position in positions)
        self.find(kind, column, _WHAT[kind], "row rejected", rows, dict(written.most_common(MOST_VALUES)))

    def find(
        self,
        kind: Kind,
        column: Column,
        what: str,
        done: str,
        rows: npt.NDArray[np.bool_],
        values: Mapping[str, int] | None = None,
    ) -> None:
        count = int(rows.sum())
        if count:
            first = tuple(self.labels[i] for i in np.flatnonzero(rows)[:EXAMPLES])
            found = Finding(kind=kind, column=column.name, what=what, done=done, count=count, rows=first, values=values or {})
            self.found.append(found)

    def counted_repairs(self) -> tuple[Repair, ...]:
        """The repairs in kept rows; a repair in a rejected row helped nobody."""
        counts = [(column, what, int((rows & ~self.bad).sum())) for column, what, rows in self._repairs]
        return tuple(Repair(column=column.name, what=what, count=count) for column, what, count in counts if count)

    def rejects(self) -> pd.DataFrame:
        if not self._problems:
            return no_rejects()
        return pd.DataFrame(
            [(self.labels[i], "; ".join(self._problems[i])) for i in sorted(self._problems)], columns=["row", "problem"]
        )


_WHAT = {
    MISSING: "blank",
    UNREADABLE: "not a number that can be read",
    OUT_OF_RANGE: "out of range",
    UNKNOWN: "not one of the known values",
}


def shown(value: object) -> str:
    """A value as it stands in a sentence: quoted, shortened, or the word ``blank``."""
    text = cut(str(value).strip())
    return repr(text) if text else "blank"


def cut(text: str) -> str:
    """A value as it is counted: on its own, shortened."""
    text = plain_text(text)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def plain_text(value: object) -> str:
    """The value as text; a missing value is the empty text."""
    if isinstance(value, str):  # no table can hold half of a surrogate pair
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)
