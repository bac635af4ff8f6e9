"""Raw customers → clean customers. Pure: no file, no network; the raw table stays unchanged."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from churn_core.data.cleaning.account import Account
from churn_core.data.cleaning.number_values import in_unit
from churn_core.data.cleaning.taken import taken
from churn_core.data.cleaning.units import far_apart, refuse_other_units
from churn_core.data.cleaning.values import CLEANERS
from churn_core.data.columns import find_columns
from churn_core.data.quality import CONTRADICTION, EXAMPLES, MISSING, QualityReport, repeats
from churn_core.errors import DataError
from churn_core.formats import counted
from churn_core.jobs import Report, silent
from churn_core.schema import Column, Schema


def clean(
    raw: pd.DataFrame, schema: Schema, decimal: str = ".", is_part: bool = False, report: Report = silent
) -> tuple[pd.DataFrame, QualityReport]:
    """The customers of ``raw`` as the schema describes them, and the account of what was done.

    The frame has the schema's columns in the schema's order (the target only if ``raw`` has it), numbers as
    numbers, flags and the target as 0/1, categories as pandas categories, texts as ``str``, and keeps the row labels of ``raw``.
    Columns are found by their names in any spelling, or by an alias (``find_columns``); unknown columns are dropped.

    Mended and counted: stray spaces, letter case and other spellings in categories; flags as words; numbers with thousands
    separators or a currency sign, or with a decimal comma where the file's mark is the point; numbers in another unit; a blank
    total charge, which becomes tenure × monthly charge. Numbers stored as text, with the file's decimal mark, are read as they stand.
    A row with a value that could only be guessed is left out and named in the report. Rows that contradict themselves are
    kept unchanged and reported.

    ``decimal``: the decimal mark of the file, "." or ",", or "" if the file does not show it. In a part of a file
    (``is_part``) nobody looks for repeated customers, because most repeats lie in other parts. ``report`` is told before each
    column, and may raise to stop.

    Raises ``DataError`` if there are no rows, or if a required column is missing or appears twice with different values.

    >>> from churn_core.data.synthetic import generate
    >>> from churn_core.schema.telco import TELCO
    >>> raw = generate(50, seed=1, schema=TELCO)
    >>> raw["Contract"] = raw["Contract"].str.upper() + " "
    >>> customers, report = clean(raw, TELCO)
    >>> (report.rows, report.kept, [(r.column, r.count) for r in report.repairs if r.column == "Contract"])
    (50, 50, [('Contract', 50)])
    """
    labels, found = raw.index, find_columns(raw.columns, schema)
    raw = taken(raw, found, schema, decimal)
    if raw.empty:
        raise DataError("There are no customers: the table has a header and no rows. Add a row for each customer.")
    typed = any(pd.api.types.is_numeric_dtype(kind) for kind in raw.dtypes)
    account = Account(rows=len(raw), labels=labels, typed=typed, decimal=decimal)
    raw.index = pd.RangeIndex(len(raw))  # here a row is its position
    cleaned: dict[str, npt.NDArray[Any]] = {}  # a category is its position among the allowed values
    for i, column in enumerate(schema.columns):
        report(f"Cleaning {counted(len(raw), 'row')}", i / len(schema.columns))
        if column.name in raw:
            values, other = raw[column.name], found.converted.get(column.name)
            cleaned[column.name] = (in_unit(other.factor) if other else CLEANERS[column.kind])(values, column, account)
            if other:
                account.repair(column, f"{other.unit} converted to {column.unit}", ~np.isnan(cleaned[column.name]))
        elif column.role in ("id", "total_charge") or column.kind == "text":
            nothing = pd.Series(pd.NA, index=range(len(raw)), dtype="object")
            cleaned[column.name] = CLEANERS[column.kind](nothing, column, account)
    refuse_other_units(cleaned, schema)
    _fill_total_charge(cleaned, schema, account)
    if not is_part:
        _find_repeated(cleaned[schema.id], schema, account)
    _name_the_nameless(cleaned[schema.id], account)
    _find_contradictions(cleaned, schema, account)
    if account.bad.any():
        keep = ~account.bad
        labels, cleaned = labels[keep], {name: values[keep] for name, values in cleaned.items()}
    finished = {name: _finished(values, schema[name]) for name, values in cleaned.items()}
    return pd.DataFrame(finished, index=labels, copy=False), QualityReport(
        rows=len(raw),
        kept=len(labels),
        repairs=account.counted_repairs(),
        notes=found.notices,
        rejects=account.rejects(),
        found=tuple(account.found),
        seen={name: _the_one(values, schema[name]) for name, values in cleaned.items()},
    )


def _fill_total_charge(cleaned: dict[str, npt.NDArray[Any]], schema: Schema, account: Account) -> None:
    """A blank total charge is tenure × monthly charge: 0 for a customer who has just joined."""
    if schema.total_charge is None:
        return
    total, (tenure_name, charge_name) = schema[schema.total_charge], schema.tenure_and_charge
    charged, monthly = cleaned[total.name], cleaned[charge_name]
    with np.errstate(over="ignore", invalid="ignore"):  # rejected numbers may be of any size
        computed = cleaned[tenure_name] * monthly
    blank = np.isnan(charged) & ~np.isnan(computed) & ~account.bad
    what = f"set to {tenure_name} × {charge_name}"
    account.repair(total, f"blank, {what}", blank)
    account.find(MISSING, total, "blank", what, blank)
    far = far_apart(charged, computed, monthly) & ~account.bad
    account.find(CONTRADICTION, total, f"far from {tenure_name} × {charge_name}", "used as it is", far)
    cleaned[total.name] = np.where(np.isnan(charged), computed, charged)


def _find_contradictions(cleaned: dict[str, npt.NDArray[Any]], schema: Schema, account: Account) -> None:
    """Values that contradict the service they build on: present without it, or absent although the customer has it."""
    whole = ~account.bad
    lacking: dict[str, npt.NDArray[np.bool_]] = {}  # a service → who does not have it
    for column in schema.columns:
        if not column.needs:
            continue
        needed = schema[column.needs]
        if column.needs not in lacking:
            nothing = [value if needed.kind == "flag" else needed.allowed.index(str(value)) for value in needed.nothing]
            lacking[column.needs] = np.isin(cleaned[column.needs], nothing)
        lacks = lacking[column.needs]
        says = cleaned[column.name] == column.allowed.index(column.without)
        if ((lacks != says) & whole).any():
            without = f"{column.needs} is {_or(needed.nothing)}, and it is not '{column.without}'"
            account.find(CONTRADICTION, column, without, "scored as it is", lacks & ~says & whole)
            with_it = f"'{column.without}', and {column.needs} is not {_or(needed.nothing)}"
            account.find(CONTRADICTION, column, with_it, "scored as it is", ~lacks & says & whole)


def _or(values: tuple[str | int, ...]) -> str:
    return " or ".join(map(str, values))


def _name_the_nameless(ids: ExtensionArray, account: Account) -> None:
    """A customer without an id is named after the row."""
    if account.nameless.any():
        ids[account.nameless] = "row " + account.labels.astype(str).to_numpy()[account.nameless].astype(object)


def _find_repeated(ids: ExtensionArray, schema: Schema, account: Account) -> None:
    again, named = np.zeros(len(ids), dtype=bool), ~account.nameless & ~account.bad
    again[named] = pd.Series(ids[named]).duplicated()
    if again.any():
        rows = tuple(account.labels[i] for i in np.flatnonzero(again)[:EXAMPLES])
        account.found.append(repeats(schema.id, int(again.sum()), rows))


def _finished(values: ExtensionArray | npt.NDArray[Any], column: Column) -> ExtensionArray | npt.NDArray[Any]:
    """The column as a table of clean customers holds it."""
    if column.kind == "category":
        return pd.Categorical.from_codes(values, dtype=column.dtype)
    if column.kind == "text":
        return values
    return values.astype(np.int64) if column.kind == "flag" or (column.kind == "whole" and not column.blanks) else values


def _the_one(values: npt.NDArray[Any], column: Column) -> object:
    """The value that all rows have; ``None`` if they differ."""
    if column.kind == "text" or not len(values) or not (values == values[0]).all():
        return None  # repeated ids are found elsewhere
    if column.kind == "category":
        return column.allowed[values[0]]
    return float(values[0]) if column.kind in ("number", "date") else int(values[0])
