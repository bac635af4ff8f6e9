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
_LEAVING = r"leaving|leave|left|quit|lapsed?|closed|closure|departure|churn"
_WHY_OR_WHEN = rf"\b({_LEAVING}) (reason|date)\b|\breason (for|of) ({_LEAVING})\b|\bdate (of )?({_LEAVING})\b"
_AFTERWARDS = re.compile(rf"\b({_STEM})\b.*\b({_DETAIL})\b|\b({_DETAIL})\b.*\b({_STEM})\b|{_WHY_OR_WHEN}")
_PREDICTION = re.compile(r"\b(predict(s|ed|ion|ions)?|probabilit(y|ies)|propensity|naive bayes)\b")
_BINS, _LEAST_IN_A_BIN = 40, 50  # at most so many parts of a number, of so many rows at least
_MOSTLY = 0.5  # share of the rows
_MOST_LEVELS = 60  # of words, or a fiftieth of the rows
_PRIOR = 5.0  # rows; the rate of a level with few rows leans towards the rate of all


def named_like_a_leak(column: RawColumn) -> str:
    """Why the name says that the column was made afterwards; empty if it does not."""
    if column.says(_PREDICTION):
        return "its name says that it is a prediction"
    return "its name says that it was made when somebody left" if column.says(_AFTERWARDS) else ""


def auc_alone(column: RawColumn, left: npt.NDArray[np.bool_]) -> float:
    """How well one column alone tells who ``left`` (rows,), as an AUC (0.5–1): the better of two.

    - Cross-fitted: each half of the rows is ranked by the churn rates that the other half has in the same value, in the same part
      of a number, and in blanks. The halves are drawn with a fixed seed. Words of which nearly each is different count as
      filled or blank.
    - Where most rows hold a number or a day: those rows, ranked by it in the better direction.
    """
    groups, half = _groups(column), np.random.default_rng(0).random(column.rows) < 0.5
    rate, score = left.mean(), np.empty(column.rows)
    for one, other in ((half, ~half), (~half, half)):
        size = np.bincount(groups[other], minlength=groups.max() + 1)
        gone = np.bincount(groups[other], weights=left[other], minlength=groups.max() + 1)
        score[one] = ((gone + _PRIOR * rate) / (size + _PRIOR))[groups[one]]
    best = _auc(score, left)
    if column.is_number or column.kind in ("date", "band"):
        known = ~np.isnan(column.values)
        if known.mean() > _MOSTLY and 0 < left[known].sum() < known.sum():
            ranked = _auc(column.values[known], left[known])
            best = max(best, ranked, 1 - ranked)
    return max(best, 0.5)


def _auc(score: npt.NDArray[np.float64], left: npt.NDArray[np.bool_]) -> float:
    many, few = int(left.sum()), int((~left).sum())
    return float((rankdata(score)[left].sum() - many * (many + 1) / 2) / (many * few))


def _groups(column: RawColumn) -> npt.NDArray[np.int64]:
    """Which group of values each row is in (rows,), blanks first."""
    if (column.is_number or column.kind == "date") and column.distinct > _MOST_LEVELS:
        values = column.values
        known = ~np.isnan(values)
        bins = max(2, min(_BINS, int(known.sum()) // _LEAST_IN_A_BIN))
        cuts = np.unique(np.quantile(values[known], np.arange(1, bins) / bins)) if known.any() else np.empty(0)
        return np.where(known, 1 + np.searchsorted(cuts, values, side="left"), 0)
    if column.distinct > max(_MOST_LEVELS, 0.02 * column.rows):
        return (column.codes >= 0).astype(np.int64)
    return column.codes + 1
