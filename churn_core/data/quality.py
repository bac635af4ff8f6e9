"""What cleaning found and did: a count of every repair, a reason for every rejected row, and findings about kept rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final, Literal

import pandas as pd

from churn_core.formats import count, counted

MISSING: Final = "missing"
UNREADABLE: Final = "not readable"
OUT_OF_RANGE: Final = "out of range"
UNKNOWN: Final = "unknown value"
CONTRADICTION: Final = "contradiction"
UNSEEN: Final = "not seen in training"
DUPLICATE: Final = "duplicate"
CONSTANT: Final = "constant"
AS_TEXT: Final = "stored as text"
Kind = Literal[
    "missing", "not readable", "out of range", "unknown value", "contradiction", "not seen in training", "duplicate", "constant",
    "stored as text",
]  # fmt: skip

EXAMPLES = 3  # rows that a finding names
MOST_VALUES = 20  # different values that a finding keeps count of
LONGEST_VALUE = 40  # characters of a value that are shown
_ENOUGH = 30  # rows; in fewer a column may well be the same for everybody


_NO_REJECTS = pd.DataFrame({"row": pd.Series(dtype="int64"), "problem": pd.Series(dtype="str")})


def no_rejects() -> pd.DataFrame:
    """An empty table of rejected rows."""
    return _NO_REJECTS.copy()


@dataclass(frozen=True, kw_only=True)
class Repair:
    """``count`` values of ``column`` were mended: filled in, converted, or taken for another word or number than stands there;
    ``what`` says how, in words. What is read as it stands is no repair, a number stored as text neither.
    """

    column: str
    what: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``count`` rows have the same problem in ``column``: ``what`` it is, and what was ``done`` about it.

    ``rows`` are the first of them (line in the file), ``values`` the words that stood there → how often.
    """

    kind: Kind
    column: str
    what: str
    done: str
    count: int
    rows: tuple[Any, ...] = ()
    values: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Finding") -> "Finding":
        values = dict(self.values)
        for value, times in other.values.items():
            values[value] = values.get(value, 0) + times
        most = dict(sorted(values.items(), key=lambda pair: -pair[1])[:MOST_VALUES])
        return replace(self, count=self.count + other.count, rows=(*self.rows, *other.rows)[:EXAMPLES], values=most)


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """The account of one table's cleaning; ``rows = kept + rejected``.

    ``rejects`` has the columns ``row`` (the row's label: for a file its line) and ``problem`` (what is wrong
    and the mend; several problems of a row are joined by a semicolon); ``unlisted`` counts the rejected rows that a sum of
    reports does not list. ``notes`` are sentences about how the table was read. ``seen`` maps each column to the one value
    that all kept rows have, ``None`` if they differ.
    """

    rows: int
    kept: int
    repairs: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    rejects: pd.DataFrame = field(default_factory=no_rejects)
    unlisted: int = 0
    found: tuple[Finding, ...] = ()
    seen: Mapping[str, object] = field(default_factory=dict)

    def __add__(self, other: "QualityReport") -> "QualityReport":
        """One report of both tables; it counts the rejects without listing them."""
        return QualityReport(
            rows=self.rows + other.rows,
            kept=self.kept + other.kept,
            repairs=_summed((*self.repairs, *other.repairs)),
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
            unlisted=self.rejected + other.rejected,
            found=_merged((*self.found, *other.found)),
            seen=_agreed(self, other),
        )

    def with_unread(self, unread: pd.DataFrame) -> "QualityReport":
        """The same report with the lines that could not be read as rows (``row``, ``problem``) among the rejects."""
        if unread.empty:
            return self
        rejects = pd.concat([self.rejects, unread]) if len(self.rejects) else unread
        return replace(self, rows=self.rows + len(unread), rejects=rejects.sort_values("row", kind="stable", ignore_index=True))

    def with_repeats(self, found: tuple[int, tuple[Any, ...]], column: str) -> "QualityReport":
        """The same report with the number of rows that repeat a customer, and the first of them."""
        count, rows = found
        repeated = (repeats(column, count, rows),) if count else ()
        return replace(self, found=(*self.found, *repeated))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on how the table was read, and on what was left unchanged."""
        return (
            *self.notes,
            *(
                f"{counted(f.count, 'row repeats', 'rows repeat')} the {f.column} of an earlier row; each row is {f.done}."
                for f in self.found
                if f.kind == DUPLICATE
            ),
        )

    @property
    def repaired(self) -> int:
        """Number of values that were mended."""
        return sum(repair.count for repair in self.repairs)

    @property
    def rejected(self) -> int:
        return len(self.rejects) + self.unlisted

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings; the last ones are the columns that have the same value in every row."""
        constant = () if self.kept < _ENOUGH else tuple((n, v) for n, v in self.seen.items() if v is not None)
        return (
            *self.found,
            *(
                Finding(
                    kind=CONSTANT,
                    column=name,
                    what=f"{str(value)[:LONGEST_VALUE]!r} in every row",
                    done="used unchanged; it distinguishes no customers",
                    count=self.kept,
                )
                for name, value in constant
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "rows": self.rows,
            "kept": self.kept,
            "rejected": self.rejected,
            "repairs": [{"column": r.column, "what": r.what, "count": r.count} for r in self.repairs],
            "findings": [finding_as_dict(f) for f in self.findings],
            "warnings": list(self.warnings),
            "rejects": self.rejects.to_dict("records"),
        }

    def finding_table(self) -> pd.DataFrame:
        """Columns: ``kind``, ``column``, ``what``, ``count`` (rows), ``example`` (lines or values), ``done``."""
        columns = ["kind", "column", "what", "count", "example", "done"]
        return pd.DataFrame([(f.kind, f.column, f.what, f.count, examples(f), f.done) for f in self.findings], columns=columns)


def repeats(column: str, count: int, rows: tuple[Any, ...]) -> Finding:
    """``count`` rows repeat the customer of an earlier row; ``rows`` are the first of them."""
    done = "treated as a separate customer"
    return Finding(
        kind=DUPLICATE, column=column, what="the same as in an earlier row", done=done, count=count, rows=rows[:EXAMPLES]
    )


def examples(finding: Finding) -> str:
    """Where to look, in words: the values with their counts, and the first rows."""
    values = ", ".join(
        f"{value!r}" + (f" × {count(times)}" if times > 1 else "") for value, times in list(finding.values.items())[:3]
    )
    rows = ", ".join(str(row) for row in finding.rows)
    return " · ".join(part for part in (values, f"row {rows}" if rows else "") if part)


def finding_as_dict(finding: Finding) -> dict[str, Any]:
    """A finding as JSON values."""
    plain = [row.item() if hasattr(row, "item") else row for row in finding.rows]
    return {**vars(finding), "rows": plain, "values": dict(finding.values)}


def _summed(repairs: tuple[Repair, ...]) -> tuple[Repair, ...]:
    counts: dict[tuple[str, str], int] = {}
    for repair in repairs:
        key = repair.column, repair.what
        counts[key] = counts.get(key, 0) + repair.count
    return tuple(Repair(column=column, what=what, count=count) for (column, what), count in counts.items())


def _merged(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for finding in found:
        alike.setdefault((finding.kind, finding.column, finding.what, finding.done), []).append(finding)
    return tuple(reduce(Finding.__add__, findings) for findings in alike.values())


def _agreed(one: QualityReport, other: QualityReport) -> dict[str, object]:
    if not one.kept or not other.kept:
        return dict(one.seen if one.kept else other.seen)
    return {name: value if value is not None and value == other.seen.get(name) else None for name, value in one.seen.items()}
