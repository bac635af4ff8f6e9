"""Scored customers as arrays, from a scored file or from the dashboard's customers: what an optimum is worked out on."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.worth import Worth, worth_of
from churn_core.data.cleaning.account import plain_text, shown
from churn_core.data.cleaning.taken import together
from churn_core.data.cleaning.values import read_flags
from churn_core.data.columns import find_columns
from churn_core.data.numbers import read_number
from churn_core.decisions.outcomes import about_unread, read_outcomes
from churn_core.decisions.population import HERE, Population
from churn_core.errors import DataError
from churn_core.formats import count, counted
from churn_core.schema import Schema
from churn_core.settings import MAX_MONEY

_MISSING = "Missing required column {}. Score the customers first: python -m churn_core score"


@dataclass(frozen=True, kw_only=True)
class Money:
    """Scored customers as arrays (n,): the probability, the ``worth``, and what happened (0/1) if it is known. ``left_out``: how
    many more there were, who have left; ``here`` says which rows of the table these customers are, ``None`` where they come from no
    table; ``warnings`` say which outcomes could not be read.
    """

    probability: npt.NDArray[np.float64]
    worth: Worth
    churned: npt.NDArray[np.float64] | None = None
    left_out: int = 0
    here: npt.NDArray[np.bool_] | None = None
    warnings: tuple[str, ...] = ()


def scored_money(
    frame: pd.DataFrame, schema: Schema, which: str | None = None, decimal: str = ".", with_tenure: bool = False
) -> Money:
    """From a scored file: ``churn_probability``, ``clv`` or the monthly charge under any of its names, and ``churned`` where it is
    there; ``with_tenure`` also the tenure. ``decimal`` is the decimal mark of the file's numbers.

    ``which``: ``ALL`` customers, or only those still ``HERE`` by ``churned`` or by the outcome of the schema. By default a file
    with ``churned`` is a back-test of all, and any other file one of those still here. Raises ``DataError`` naming the column
    or the row.
    """
    if frame.empty:
        raise DataError("There are no customers: the table has a header and no rows.")
    worth = _worth(frame, schema, decimal)
    probability = _numbers(frame, "churn_probability", high=1)
    worth = replace(worth, probability=probability)
    if with_tenure and not worth.for_life and schema.tenure is not None:
        tenure = _amount(frame, schema.tenure, 0.0, schema, decimal, f"'{schema.tenure}'") * schema[schema.tenure].factor
        worth = replace(worth, tenure=tenure)
    churned = _outcome(frame, schema) if "churned" in frame else None
    here, warnings = np.ones(len(frame), dtype=bool), tuple[str, ...]()
    if which == HERE or (which is None and churned is None):
        if churned is None:
            outcomes = read_outcomes(frame, schema)
            here, warnings = ~outcomes.left, about_unread(outcomes.unread, schema)
        else:
            here = churned == 0
        churned = None
        if not here.any():
            gone = counted(len(frame), "customer has", "customers have")
            back_test = " For a back-test: --customers all" if which is None else ""
            raise DataError(f"All {gone} left, so there is nobody to contact.{back_test}")
    return Money(
        probability=probability[here],
        worth=worth.of(here),
        churned=churned,
        left_out=int(len(frame) - here.sum()),
        here=here,
        warnings=warnings,
    )


def dashboard_money(population: Population) -> Money:
    """The customers of the dashboard with their probabilities and, in a back-test, with what happened."""
    churned = None if population.churned is None else population.churned.astype(float)
    return Money(probability=population.probability, worth=population.worth, churned=churned)


def _worth(frame: pd.DataFrame, schema: Schema, decimal: str) -> Worth:
    """By the column ``clv`` if there is one, else as the schema says; under the names and in the spellings that a file may have."""
    if "clv" in frame and schema.monthly_charge != "clv":
        return Worth(amount=_numbers(frame, "clv", decimal=decimal), for_life=True)
    name = schema.monthly_charge or schema.clv_column
    if name is None:
        return worth_of(frame, schema, None)
    low = -MAX_MONEY if schema[name].low < 0 else 0.0
    amount = np.maximum(_amount(frame, name, low, schema, decimal) * schema[name].factor, 0.0)
    return Worth(amount=amount, for_life=schema.monthly_charge is None)


def _amount(
    frame: pd.DataFrame, name: str, low: float, schema: Schema, decimal: str, instead: str = ""
) -> npt.NDArray[np.float64]:
    found = find_columns(frame.columns, schema)
    if name in found.converted:
        other = found.converted[name]
        return _read(frame.iloc[:, other.position], name, low, MAX_MONEY, decimal) * other.factor
    if name not in found.at:
        raise DataError(_MISSING.format(instead or f"'{name}' (or 'clv')"))
    return _read(together(frame, found.at[name], schema[name], decimal), name, low, MAX_MONEY, decimal)


def _outcome(frame: pd.DataFrame, schema: Schema) -> npt.NDArray[np.float64] | None:
    """The column ``churned``: 0/1 or words. ``None`` where ``score`` has carried it along as the file's only outcome and it cannot be
    read in each row: such a file is read as under any other name of the outcome.
    """
    values = _the_one(frame, "churned")
    churned = read_flags(values, schema[schema.target])
    if np.isnan(churned).any():
        outcomes = find_columns(frame.columns, schema).at.get(schema.target, ())
        if "contact" in frame and [frame.columns[i] for i in outcomes] == ["churned"]:
            return None
        row = int(np.isnan(churned).argmax())
        raise DataError(
            f"Row {frame.index[row]}: churned is {shown(values.iloc[row])}, not 0 or 1, Yes or No. Mend it or leave the row out."
        )
    return churned


def _numbers(frame: pd.DataFrame, name: str, high: float = MAX_MONEY, decimal: str = ".") -> npt.NDArray[np.float64]:
    """The column of this very name, as ``score`` or somebody's own program wrote it."""
    return _read(_the_one(frame, name), name, 0.0, high, decimal)


def _the_one(frame: pd.DataFrame, name: str) -> pd.Series:
    if list(frame.columns).count(name) > 1:
        raise DataError(f"Column '{name}' is there more than once. Keep one of them.")
    if name not in frame:
        raise DataError(_MISSING.format(f"'{name}'"))
    return frame[name]


def _read(values: pd.Series, name: str, low: float, high: float, decimal: str) -> npt.NDArray[np.float64]:
    """The numbers (n,) between ``low`` and ``high``, however they are written. Raises ``DataError`` with the first row that has
    none.
    """
    numbers = (
        pd.to_numeric(values, errors="coerce").astype("float64") if decimal == "." else pd.Series(np.nan, index=values.index)
    )
    words = values[numbers.isna()].map(plain_text)
    numbers[numbers.isna()] = words.map({word: _number(word, decimal) for word in words.unique()})
    wrong = ~numbers.between(low, high).to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"Row {values.index[row]}: {name} is {plain_text(values.iloc[row])[:40]!r}, not a number between {count(low)} and "
            f"{count(high)}. Mend it or leave the row out."
        )
    return np.asarray(numbers, dtype=float)


def _number(word: str, decimal: str) -> float:
    try:
        return read_number(word, decimal)[0]
    except ValueError:
        return math.nan
