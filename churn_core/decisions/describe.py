"""Customers → the tables that the pages draw: churn rates with intervals, distributions, segments.

Every function takes cleaned customers with the target and is pure. ``churn_rate`` is the share who left,
``low`` and ``high`` its 95 % interval (Jeffreys), ``monthly_revenue`` the sum of the monthly charges.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from churn_core.model.metrics import share_interval
from churn_core.schema import Column, Schema, Segment
from churn_core.settings import TENURE_EDGES


def churn_rate_by(customers: pd.DataFrame, groups: str | Sequence[str] | pd.Series, schema: Schema) -> pd.DataFrame:
    """One row per group in the order of the groups, empty ones left out.

    ``groups`` is a column name, several, or a series of group labels. Columns: ``group`` (or one column per
    name), ``customers``, ``churned`` (counts), ``churn_rate``, ``low``, ``high`` (0–1), ``monthly_revenue``.
    """
    names = [groups] if isinstance(groups, str) else groups
    by = names if isinstance(names, pd.Series) else [customers[name] for name in names]
    grouped = customers.groupby(by, observed=True)
    table = grouped[schema.target].agg(customers="size", churned="sum")
    table["churn_rate"] = table["churned"] / table["customers"]
    table["low"], table["high"] = share_interval(table["churned"], table["customers"])
    table["monthly_revenue"] = grouped[schema.monthly_charge].sum()
    if not isinstance(groups, (list, tuple)):
        table.index.name = "group"
    return table.reset_index()


def tenure_bucket(tenure: pd.Series) -> pd.Series:
    """The bucket of each tenure in months, right-closed on ``TENURE_EDGES``, as an ordered category.

    >>> list(tenure_bucket(pd.Series([0, 6, 7, 72, 80])))
    ['0–6', '0–6', '7–12', '49–72', 'over 72']
    """
    edges = TENURE_EDGES
    labels = [f"{low + 1}–{high}" for low, high in pairwise(edges[:-1])] + [f"over {edges[-2]}"]
    return pd.cut(tenure, edges, labels=labels)


def churn_by_tenure(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """As ``churn_rate_by``, one row per month of tenure."""
    return churn_rate_by(customers, schema.tenure, schema)


def churn_by_tenure_bucket(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """As ``churn_rate_by``, one row per tenure bucket."""
    return churn_rate_by(customers, tenure_bucket(customers[schema.tenure]), schema)


def churn_by_charge(customers: pd.DataFrame, schema: Schema, width: int = 15) -> pd.DataFrame:
    """As ``churn_rate_by``, one row per band of the monthly charge, ``width`` money per month wide."""
    charge = customers[schema.monthly_charge]
    low = (charge // width).astype(int) * width
    bands = low.astype(str) + "–" + (low + width).astype(str)
    ordered = [f"{edge}–{edge + width}" for edge in sorted(low.unique())]
    return churn_rate_by(customers, pd.Series(pd.Categorical(bands, ordered, ordered=True), index=customers.index), schema)


def churn_by_each(customers: pd.DataFrame, columns: Sequence[Column], schema: Schema) -> pd.DataFrame:
    """``churn_rate_by`` of several columns, one below the other, with the column's ``label`` first; empty without columns."""
    if not columns:
        return pd.DataFrame(columns=["label", "group", "customers", "churned", "churn_rate", "low", "high", "monthly_revenue"])
    tables = []
    for column in columns:
        table = churn_rate_by(customers, column.name, schema)
        if column.kind == "flag":
            table["group"] = table["group"].map({0: "No", 1: "Yes"})
        table.insert(0, "label", column.label)
        tables.append(table.astype({"group": str}))
    return pd.concat(tables, ignore_index=True)


def highest(table: pd.DataFrame, fewest: int = 30) -> pd.Series | None:
    """The row with the highest churn rate among those with at least ``fewest`` customers; ``None`` if there is none."""
    enough = table[table["customers"] >= fewest]
    return None if enough.empty else enough.loc[enough["churn_rate"].idxmax()]


def distribution(values: pd.Series, churned: pd.Series, width: float) -> pd.DataFrame:
    """The distribution of ``values`` among those who churned and those who stayed.

    Columns: ``low``, ``high`` (the bin, in the unit of ``values``), ``churned``, ``stayed`` (the share of each group
    in the bin; each column sums to 1 unless the group is empty).
    """
    top = max(float(values.max()), width)
    edges = np.arange(np.floor(values.min() / width), np.ceil((top + width / 1e6) / width) + 1) * width
    shares = {}
    for name, mask in (("churned", churned == 1), ("stayed", churned == 0)):
        counts = np.histogram(values[mask], edges)[0]
        shares[name] = counts / max(counts.sum(), 1)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], **shares})


def churned_against_stayed(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Index ``churned``, ``stayed``; columns: ``customers``, ``tenure_mean``, ``tenure_median`` (months),
    ``charge_mean`` (money per month), ``monthly_revenue``.
    """
    grouped = customers.groupby(customers[schema.target].map({1: "churned", 0: "stayed"}))
    table = pd.DataFrame(
        {
            "customers": grouped.size(),
            "tenure_mean": grouped[schema.tenure].mean(),
            "tenure_median": grouped[schema.tenure].median(),
            "charge_mean": grouped[schema.monthly_charge].mean(),
            "monthly_revenue": grouped[schema.monthly_charge].sum(),
        }
    )
    return table.reindex(["churned", "stayed"])


def difference(sides: pd.DataFrame) -> pd.Series:
    """Churned minus stayed in the table of ``churned_against_stayed``, column by column."""
    return sides.loc["churned"] - sides.loc["stayed"]


def segment_against_rest(customers: pd.DataFrame, segment: Segment, schema: Schema) -> pd.DataFrame:
    """As ``churn_rate_by`` with two rows, the segment and the rest of its wider group, and ``share_of_churned``
    (of all churned customers, 0–1). A row without customers is left out.
    """
    rest = segment.others(customers)
    inside = segment.members(customers) | rest
    names = rest[inside].map({False: segment.name, True: segment.rest})
    table = churn_rate_by(customers[inside], names, schema)
    table["share_of_churned"] = table["churned"] / max(int(customers[schema.target].sum()), 1)
    return table
