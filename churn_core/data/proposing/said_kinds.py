"""What somebody has said each column is → the columns of that kind, if their values can be read so."""

from collections.abc import Iterable

import numpy as np

from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.answers import Answers, Meant, column_named
from churn_core.data.proposing.languages import NO, YES
from churn_core.data.proposing.raw_column import ProposedKind, RawColumn
from churn_core.data.proposing.words import spoken
from churn_core.errors import DataError
from churn_core.formats import short_percent

KINDS: dict[Meant, ProposedKind] = {
    "number": "number",
    "whole": "whole",
    "date": "date",
    "yes-no": "yes/no",
    "category": "category",
}
_MOST_UNREAD = 0.05  # share of the filled rows; they are rejected when the file is read
_MOST_VALUES = 1_000  # distinct values of a category
_EACH_ITS_OWN = 0.5  # distinct values for each filled row; from here on a category holds nothing to learn from
_FEW = 50  # distinct values, which are a category of any number of rows
_EXAMPLES = 3  # values in a sentence


def as_said(columns: Iterable[RawColumn], answers: Answers) -> list[RawColumn]:
    """The columns, those of which a kind was said with that kind.

    Raises ``DataError`` if there is no such column, two things are said of one, or its values cannot be read so.
    """
    whole = list(columns)
    said: dict[int, Meant] = {}
    for name, meant in answers.columns:
        column = column_named(name, whole)
        if said.setdefault(column.position, meant) != meant:
            raise DataError(f"{column.name} is said to be {said[column.position]} and {meant}. Say one of them.")
    return [_as(column, said[column.position]) if column.position in said else column for column in whole]


def kinds_of(column: RawColumn) -> tuple[ProposedKind, ...]:
    """The kinds that may be said of a column, its own among them."""
    return tuple(kind for kind in KINDS.values() if kind == column.kind or not _why_not(column, kind))


def _as(column: RawColumn, meant: Meant) -> RawColumn:
    if meant == "leave out":
        return column
    kind = KINDS.get(meant, "category" if column.kind == "text" else column.kind)
    why_not = _why_not(column, kind) if kind != column.kind or not column.filled else ""
    if why_not:
        raise DataError(f"{column.name} cannot be {_A.get(kind, 'used')}: {why_not}")
    return column.of_kind(kind) if meant in KINDS else column


_A: dict[ProposedKind, str] = {
    "number": "a number",
    "whole": "a whole number",
    "date": "a date",
    "yes/no": "yes or no",
    "category": "a category",
}


def _why_not(column: RawColumn, kind: ProposedKind) -> str:
    """Why the values are not of that kind, and the mend; empty if they are."""
    if not column.filled:
        return "it holds nothing. Leave it out."
    if kind == "category":
        many = column.distinct > max(_FEW, _EACH_ITS_OWN * column.filled) or column.distinct > _MOST_VALUES
        return f"it has {column.distinct:,} different values in {column.filled:,} rows. Leave it out." if many else ""
    if kind == "yes/no":
        words = {spoken(level) for level in column.frequent(len(YES | NO) + 1)}
        fits = words <= YES | NO and words & YES and words & NO
        return "" if fits else f"it holds {_examples(column, column.codes >= 0)}, and not yes and no. Say category."
    if kind == "date":
        return "" if column.of_kind("date").day_format else f"it holds {_examples(column, column.codes >= 0)}. Write 2024-12-31."
    unread = (column.codes >= 0) & np.isnan(np.append(column.numbers, np.nan)[column.codes])
    if unread.sum() > _MOST_UNREAD * column.filled:
        share = short_percent(unread.sum() / column.filled)
        return f"{share} of its values are none, like {_examples(column, unread)}. Mend them, or say category."
    broken = (column.codes >= 0) & ~unread & (np.append(column.numbers, np.nan)[column.codes] % 1 != 0)
    return f"it holds {_examples(column, broken)}. Say number." if kind == "whole" and broken.any() else ""


def _examples(column: RawColumn, rows: np.ndarray) -> str:
    codes = np.unique(column.codes[rows])[:_EXAMPLES]
    return ", ".join(shown(column.levels[code]) for code in codes)
