"""The day to which dates are counted: the latest in the table, unless somebody says another one."""

import numpy as np
import pandas as pd

from churn_core.data.cleaning.day_values import day_said
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.proposal import Tenure
from churn_core.data.proposing.raw_column import RawColumn


def day_of(columns: list[RawColumn], tenure: Tenure | None, answers: Answers) -> tuple[str, tuple[str, ...]]:
    """The day as YYYY-MM-DD with a sentence about it; two empty ones where there is no date.

    Raises ``DataError`` if the day that somebody said is none.
    """
    began = [column for column in columns if tenure is not None and column.name == tenure.column and tenure.unit == "start date"]
    dates = [column for column in columns if column.kind == "date"]
    if not (dates or began):
        return "", ()
    if answers.day:
        return day_said(answers.day), ()
    latest = [_latest(column.values) for column in dates] + [
        f"{int(column.values[~np.isnan(column.values)].max())}-12-31" for column in began if column.is_number
    ]
    day = max(latest)
    if not day:
        return "", ()
    return day, (f"Dates are counted to {day}, the latest in the file. Another day: --day",)


def _latest(days: np.ndarray) -> str:
    known = days[~np.isnan(days)]
    return str((pd.Timestamp(0) + pd.Timedelta(days=int(known.max()))).date()) if len(known) else ""
