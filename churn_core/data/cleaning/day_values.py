"""A column of dates of a raw table → the time from each to a stated day; repairs and rejected rows go into the account."""

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.cleaning.account import Account, shown
from churn_core.data.cleaning.number_values import find_unseen
from churn_core.data.cleaning.words import coded
from churn_core.data.dates import days_of
from churn_core.data.nothing import is_nothing
from churn_core.data.quality import MISSING, UNREADABLE
from churn_core.errors import DataError
from churn_core.schema import Column

_ISO, _IS_ISO = "%Y-%m-%d", re.compile(r"\s*\d{4}-\d{2}-\d{2}([T ].*)?$", re.DOTALL)


def clean_days(values: pd.Series, column: Column, account: Account) -> npt.NDArray[np.float64]:
    """The time from each date to the day of the schema, in the column's unit; NaN where there is none."""
    codes, words = coded(values)
    passed = _passed(words, column)
    blank = np.array([is_nothing(word) for word in words])
    unread = np.isnan(passed) & ~blank
    if unread.any():
        rows, written = unread[codes], np.array(words, dtype=object)[codes]
        account.reject(
            column, rows, lambda i: f"{shown(words[codes[i]])} is not a date like {example_day(column)}", UNREADABLE, written
        )
    if column.blanks:
        account.find(MISSING, column, "blank", "used as it is", blank[codes])
    else:
        account.reject(column, blank[codes], f"blank; write a date like {example_day(column)}", MISSING)
    find_unseen(passed[codes], column, account)
    return passed[codes]


def read_day(word: str, column: Column) -> float:
    """The time from a date to the day of the schema, in the column's unit; NaN for what is no date in its format. A day like
    2024-12-31, which can be no other, is read in any column: it is how spreadsheets and databases hold one.

    >>> day = Column(name="start", label="Start", kind="date", day_format="%Y-%m-%d", counted_to="2024-12-31", unit="days")
    >>> read_day("2024-12-01", day), read_day("soon", day)
    (30.0, nan)
    """
    form = _ISO if _IS_ISO.match(word) else column.day_format
    return (_day(column.counted_to, _ISO) - _day(word, form)) * column.factor


def day_of(passed: float, column: Column) -> str:
    """The day (YYYY-MM-DD) from which this time has passed: what ``read_day`` reads.

    >>> day_of(30.0, Column(name="start", label="Start", kind="date", counted_to="2024-12-31", unit="days"))
    '2024-12-01'
    """
    return f"{(pd.Timestamp(column.counted_to) - pd.to_timedelta(round(passed / column.factor), unit='D')).date()}"


@lru_cache(maxsize=10_000)
def _day(word: str, form: str) -> float:
    return float(days_of([word], form)[0])


def _passed(words: list[str], column: Column) -> npt.NDArray[np.float64]:
    """``read_day`` of each word (n,), in one step."""
    is_iso = np.array([_IS_ISO.match(word) is not None for word in words], dtype=bool)
    days = np.empty(len(words))
    for chosen, form in ((is_iso, _ISO), (~is_iso, column.day_format)):
        if chosen.any():
            days[chosen] = days_of([word for word, there in zip(words, chosen, strict=True) if there], form)
    return (_day(column.counted_to, _ISO) - days) * column.factor


def day_said(day: str) -> str:
    """A day that somebody said, as YYYY-MM-DD. Raises ``DataError`` for what is none.

    >>> day_said("2024-2-29")
    '2024-02-29'
    """
    read = pd.to_datetime(day.strip(), format="%Y-%m-%d", errors="coerce")
    if pd.isna(read):
        raise DataError(f"{shown(day)} is no day. Write it like 2024-12-31.")
    return str(read.date())


def example_day(column: Column) -> str:
    """How the column writes the day that dates are counted to."""
    return str(pd.Timestamp(column.counted_to).strftime(column.day_format))
