"""Required columns that a file has not got: which of its own may be meant, by their names and by what they hold."""

import difflib

import numpy as np
import pandas as pd

from churn_core.data.cleaning.account import Account, plain_text, shown
from churn_core.data.cleaning.values import CLEANERS
from churn_core.data.columns import Columns, says_another_unit
from churn_core.data.nothing import is_nothing
from churn_core.errors import DataError
from churn_core.formats import listed
from churn_core.schema import Column, Schema, fold

_LOOKED_AT = 200  # rows; they show what a column holds
_LONGEST_NAME = 60  # characters; a longer name is no other spelling
_MOST_NAMES = 500  # columns that are compared with each that is missing
_NEAREST = 3  # names whose values are looked at


def require(raw: pd.DataFrame, found: Columns, schema: Schema) -> None:
    """Raises ``DataError`` if a required column is missing. It suggests the column with the nearest name whose values fit, and says
    which of the columns that were found hold other values than theirs.
    """
    missing = [column for column in schema.columns if column.required and column.name not in found]
    if not missing:
        return
    rows = raw.head(_LOOKED_AT)
    known = {i for at in found.at.values() for i in at} | {each.position for each in found.converted.values()}
    named = [(fold(name), i) for i, name in enumerate(found.names) if i not in known and len(name) <= _LONGEST_NAME]
    unknown = {name: i for name, i in reversed(named[:_MOST_NAMES]) if name}
    said = [f"Missing required columns: {', '.join(repr(column.name) for column in missing)}."]
    taken: set[str] = set()
    for column in missing:
        name, others = fold(column.name), [each for each in unknown if each not in taken]
        near = difflib.get_close_matches(name, others, n=_NEAREST, cutoff=0.6)
        near += [each for each in others if len(name) > 3 and name in each and each not in near][:_NEAREST]
        meant = next((each for each in near if _unlike(rows, unknown[each], column) is None), None)
        if meant is not None:
            taken.add(meant)
            own = _cut(found.names[unknown[meant]].strip())
            convert = f" Then convert it to {column.unit}." if says_another_unit(own, column) else ""
            said.append(f"Is {own!r} meant to be '{column.name}'?{convert}")
    said += _other_values(rows, found, schema)
    usual = ", ".join(column.name for column in schema.inputs if column.required)
    raise DataError(f"{' '.join(said)} A customer table has the columns {usual}; the page Customers has a template to download.")


def _other_values(rows: pd.DataFrame, found: Columns, schema: Schema) -> list[str]:
    """A sentence for each column that was found by its name, and mostly holds other values."""
    said = []
    for column in schema.columns:
        if not column.required or column.name not in found.at:
            continue
        words = _unlike(rows, found.at[column.name][0], column)
        if words:
            usual = ", ".join(column.allowed) or ("a whole number" if column.kind == "whole" else "a number")
            name = found.names[found.at[column.name][0]].strip()
            said.append(f"{_cut(name)!r} holds other values ({listed(map(shown, words))}) than {column.name} ({usual}).")
    return said


def _unlike(rows: pd.DataFrame, position: int, column: Column) -> list[str] | None:
    """Examples of the values of a column of a file if most of those that are not blank are none of ``column``; else ``None``."""
    values = rows.iloc[:, position].reset_index(drop=True)
    words = values.map(plain_text)
    filled = values[~words.map(is_nothing).astype(bool)].reset_index(drop=True)
    if filled.empty:
        return None
    account = Account(rows=len(filled), labels=filled.index, typed=False, decimal="")
    CLEANERS[column.kind](filled, column, account)
    if np.mean(account.bad) <= 0.5:
        return None
    return list(dict.fromkeys(filled[account.bad].map(plain_text)))[:2]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
