"""The cells of a campaign's columns as numbers, and what of them could not be understood."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.cleaning.account import plain_text, shown
from churn_core.data.cleaning.values import read_flags
from churn_core.data.dates import days_of, format_of
from churn_core.data.nothing import is_nothing
from churn_core.data.numbers import Ambiguous, read_number
from churn_core.errors import DataError
from churn_core.formats import count, counted, short_percent
from churn_core.schema import Column

Values = npt.NDArray[np.float64]

_MOST_UNREAD = 0.5  # share of the filled cells; with more the column means something else
_EXAMPLES = 3  # words; enough to recognise what was written


def flags_in(raw: pd.DataFrame, at: tuple[int, ...], column: Column) -> tuple[Values, Counter[str]]:
    """1, 0 or NaN of each row (n,), and the words that are not understood. Raises ``DataError`` if they are most of the column."""
    values = raw.iloc[:, at[0]]
    flags = read_flags(values, column)
    return flags, unread_of(values, flags, column, str(raw.columns[at[0]]).strip())


def unread_of(values: pd.Series, flags: Values, column: Column, name: str) -> Counter[str]:
    """The words that are not understood. Raises ``DataError`` if they are most of the column."""
    words = [plain_text(each).strip() for each in values[np.isnan(flags)]]
    unread = Counter(word for word in words if not is_nothing(word) and not column.says_neither(word))
    filled = unread.total() + int((~np.isnan(flags)).sum())
    if unread.total() > _MOST_UNREAD * filled:
        examples = ", ".join(shown(word) for word, _ in unread.most_common(_EXAMPLES))
        raise DataError(
            f"{count(unread.total())} of {counted(filled, 'value')} in the column {name!r} could not be understood ({examples}). "
            "Write 1 or yes, and 0 or no."
        )
    return unread


def unread_in_words(name: str, unread: Counter[str], rows: int) -> str | None:
    """What could not be understood, with its share and examples."""
    if not unread.total():
        return None
    examples = ", ".join(shown(word) for word, _ in unread.most_common(_EXAMPLES))
    return (
        f"{count(unread.total())} of {counted(rows, 'value')} ({short_percent(unread.total() / rows)}) in {name!r} could not be "
        f"understood ({examples}); they count as unknown."
    )


def amounts_in(raw: pd.DataFrame, at: tuple[int, ...] | None, what: str) -> Values | None:
    """Money of each row. Raises ``DataError`` for the first cell that is no amount, and for one below 0."""
    if at is None:
        return None
    amounts = np.full(len(raw), np.nan)
    for i, (row, cell) in enumerate(raw.iloc[:, at[0]].items()):
        word = plain_text(cell).strip()
        if is_nothing(word):
            continue
        try:
            amounts[i] = read_number(word, ".")[0]
        except (Ambiguous, ValueError):
            raise DataError(f"{shown(word)} in row {row} is not a {what}. Write an amount of money like 12.50.") from None
        if amounts[i] < 0:
            raise DataError(f"{shown(word)} in row {row} is a {what} below 0. Write what was spent as a positive amount.")
    return amounts


def probabilities_in(raw: pd.DataFrame, at: tuple[int, ...] | None) -> Values | None:
    """Shares, 0–1. Raises ``DataError`` for anything else."""
    found = amounts_in(raw, at, "churn probability")
    if found is not None and np.nanmax(found, initial=0.0) > 1:
        row = raw.index[int(np.nanargmax(found))]
        raise DataError(f"The churn probability in row {row} is above 1. Write it as on the list, like 0.3 for 30 %.")
    return found


def accepted_in(raw: pd.DataFrame, at: tuple[int, ...] | None) -> Values | None:
    """What each accepted: money given, or 1 and 0 for yes and no; ``None`` where the column holds names of offers."""
    if at is None:
        return None
    column = Column(name="offer", label="offer", kind="flag", synonyms={"accepted": "1", "declined": "0", "rejected": "0"})
    values = raw.iloc[:, at[0]]
    flags = read_flags(values, column)
    amounts = pd.to_numeric(values.map(plain_text), errors="coerce").to_numpy(dtype=float)
    found = np.where(np.isnan(amounts), flags, amounts)
    filled = sum(not is_nothing(plain_text(each)) for each in values)
    return found if filled and int((~np.isnan(found)).sum()) > _MOST_UNREAD * filled else None


def days_in(raw: pd.DataFrame, at: tuple[int, ...] | None) -> Values | None:
    """Days since 1970. Raises ``DataError`` where the dates have no format that is known."""
    if at is None:
        return None
    words = [plain_text(each).strip() for each in raw.iloc[:, at[0]]]
    filled = [word for word in words if not is_nothing(word)]
    if not filled:
        return np.full(len(words), np.nan)
    form = format_of(filled)
    if form is None:
        raise DataError(
            f"The dates in {str(raw.columns[at[0]])!r} could not be read ({shown(filled[0])}). Write them like 2026-01-31."
        )
    return np.where([is_nothing(word) for word in words], np.nan, days_of(words, form))
