"""Who is treated differently: contacts, calibration and profit by group of people."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.campaign.economics import expected_profit
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.decisions.strongest import grouping_of
from churn_core.model.by_chance import chance_of_so_far
from churn_core.model.metrics import share_interval
from churn_core.schema import Column, Schema

FEW = 30  # customers or leavers; shares of fewer say little, and pages mark them


def treatment(
    customers: pd.DataFrame,
    probability: npt.ArrayLike,
    churned: npt.NDArray[np.int64],
    contact: npt.NDArray[np.bool_],
    plan: Plan,
    schema: Schema,
) -> pd.DataFrame:
    """One row per value of each column that describes a person (schema group ``person``), of a number for each of about six groups
    of its values; empty without such a column.

    Columns: ``column``, ``group`` (words); ``customers``, ``contacted`` (counts), ``contact_rate`` with ``contact_low``,
    ``contact_high``; ``churn_rate`` with ``churn_low``, ``churn_high``; ``mean_probability`` and ``calibration_gap``
    (mean probability − churn rate; ``calibrated``: the number that left is not further from Σp than chance would bring any
    one of all these groups in 5 of 100 tables);
    ``found`` (share of those who left that were contacted), ``in_vain`` (share of those who stayed that were contacted);
    ``realised_profit_per_1000`` (money per 1,000 customers of the group, without fixed cost). Shares 0–1, intervals 95 %.
    """
    p = np.asarray(probability, dtype=float)
    clv = worth_of(customers, schema, p).clv(plan.campaign)
    realised = np.where(contact, expected_profit(churned.astype(float), clv, plan.campaign), 0.0)
    rows = []
    for column in persons(schema):
        for words, inside in _groups(customers, column):
            n, left, contacts = int(inside.sum()), int(churned[inside].sum()), int(contact[inside].sum())
            if not n:
                continue
            (churn_low, contact_low), (churn_high, contact_high) = share_interval([left, contacts], n)
            rows.append(
                {
                    "column": column.label,
                    "group": words,
                    "customers": n,
                    "contacted": contacts,
                    "contact_rate": contacts / n,
                    "contact_low": contact_low,
                    "contact_high": contact_high,
                    "churn_rate": left / n,
                    "churn_low": churn_low,
                    "churn_high": churn_high,
                    "mean_probability": p[inside].mean(),
                    "calibration_gap": p[inside].mean() - left / n,
                    "calibrated": chance_of_so_far(p[inside], left),
                    "found": contact[inside & (churned == 1)].mean() if left else np.nan,
                    "in_vain": contact[inside & (churned == 0)].mean() if left < n else np.nan,
                    "realised_profit_per_1000": 1000 * realised[inside].mean(),
                }
            )
    table = pd.DataFrame(rows)
    if rows:  # Šidák: each group gets so much of the 5 % that all of them together have it
        table["calibrated"] = table["calibrated"] > 1 - settings.CONFIDENCE ** (1 / len(table))
    return table


def persons(schema: Schema) -> tuple[Column, ...]:
    """The columns that describe a person, in values or groups of values."""
    return tuple(column for column in schema.columns if column.group == "person" and column.kind != "text")


def _groups(customers: pd.DataFrame, column: Column) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Each group in words, and who is in it (n,)."""
    if column.kind in ("category", "flag"):
        values = customers[column.name].to_numpy()
        return [(replace(column, typical="").phrase(value), values == value) for value in column.allowed or (0, 1)]
    grouping = grouping_of(customers[column.name], column)
    codes = grouping.codes(customers)
    return [(f"{column.label.lower()} {label}", codes == place) for place, label in enumerate(grouping.labels)]


def widest(table: pd.DataFrame, measure: str) -> tuple[str, pd.Series, pd.Series] | None:
    """The column of ``treatment`` whose groups differ most in ``measure``, its lowest and its highest group; ``None`` if the
    table is empty.
    """
    if table.empty:
        return None
    by_column = table.groupby("column", sort=False)[measure]
    column = (by_column.max() - by_column.min()).idxmax()
    rows = table[table["column"] == column].dropna(subset=[measure]).sort_values(measure)
    return column, rows.iloc[0], rows.iloc[-1]
