"""Columns that tell afterwards who left: by their name, or because they alone tell it too well."""

import re

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from churn_core.data.proposing.raw_column import RawColumn

LEAK, SHOWN = 0.97, 0.9  # AUC of one column alone: no honest column comes near the first; from the second on it is shown
_STEM = (
    r"churn(ed)?|attrition|cancell?(ed|ation)?|terminat(ed|ion)|exit|k(u|ue)ndigungs?|cancelacion|resiliation|"
    r"cancelamento|disdetta|baja"
)
_DETAIL = (
    r"reasons?|categor(y|ie)|scores?|date|day|month|year|label|value|flag|type|risk|prob(ability)?|"
    r"grund|datum|motivo|fecha|motif|date|data"
)
_AFTERWARDS = re.compile(rf"\b({_STEM})\b.*\b({_DETAIL})\b|\b({_DETAIL})\b.*\b({_STEM})\b")
_PREDICTION = re.compile(r"\b(predict(s|ed|ion|ions)?|probabilit(y|ies)|propensity|naive bayes)\b")
_BINS = 40  # equal shares of the rows of a number
_MOST_LEVELS = 60  # of words, or a fiftieth of the rows
_PRIOR = 5.0  # rows; the rate of a level with few rows leans towards the rate of all


def named_like_a_leak(column: RawColumn) -> str:
    """Why the name says that the column was made afterwards; empty if it does not."""
    if column.says(_PREDICTION):
        return "its name says that it is a prediction"
    return "its name says that it was made when somebody left" if column.says(_AFTERWARDS) else ""


def auc_alone(column: RawColumn, left: npt.NDArray[np.bool_]) -> float:
    """The cross-fitted AUC (0–1) of one column alone for ``left`` (rows,): each half of the rows is ranked by the churn rates that the
    other half has in the same value, in the same fortieth of a number, and in blanks.

    The halves are drawn with a fixed seed. Words of which nearly each is different count as filled or blank.
    """
    groups = _groups(column)
    half = np.random.default_rng(0).random(len(groups)) < 0.5
    rate, score = left.mean(), np.empty(len(groups))
    for one, other in ((half, ~half), (~half, half)):
        size = np.bincount(groups[other], minlength=groups.max() + 1)
        gone = np.bincount(groups[other], weights=left[other], minlength=groups.max() + 1)
        score[one] = ((gone + _PRIOR * rate) / (size + _PRIOR))[groups[one]]
    many, few = int(left.sum()), int((~left).sum())
    return float((rankdata(score)[left].sum() - many * (many + 1) / 2) / (many * few))


def _groups(column: RawColumn) -> npt.NDArray[np.int64]:
    """Which group of values each row is in (rows,), blanks first."""
    if (column.is_number or column.kind == "date") and column.distinct > _MOST_LEVELS:
        values = column.values
        known = ~np.isnan(values)
        cuts = np.unique(np.quantile(values[known], np.arange(1, _BINS) / _BINS)) if known.any() else np.empty(0)
        return np.where(known, 1 + np.searchsorted(cuts, values, side="left"), 0)
    if column.distinct > max(_MOST_LEVELS, 0.02 * column.rows):
        return (column.codes >= 0).astype(np.int64)
    return column.codes + 1
