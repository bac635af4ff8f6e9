"""Customers → the tables that the pages draw: churn rates with intervals, distributions, segments.

Every function takes cleaned customers with the target and is pure. ``churn_rate`` is the share who left,
``low`` and ``high`` its 95 % interval (Jeffreys), ``monthly_revenue`` the sum of the monthly charges; ``lifetime_value``, the sum of
the lifetime values, stands there instead where that is what customers are worth.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.worth import worth_of
from churn_core.decisions.smoothing import smoothed
from churn_core.formats import plain_number
from churn_core.model.metrics import share_interval
from churn_core.schema import Column, Schema, Segment
from churn_core.settings import TENURE_EDGES


def churn_rate_by(customers: pd.DataFrame, groups: str | pd.Series | Sequence[str | pd.Series], schema: Schema) -> pd.DataFrame:
    """One row per group in the order of the groups, empty ones left out.

    ``groups`` is a column name or a series of group labels, or several. Columns: ``group`` (or one column per
    name), ``customers``, ``churned`` (counts), ``churn_rate``, ``low``, ``high`` (0–1), and the money.
    """
    several = isinstance(groups, (list, tuple))
    by = [customers[each] if isinstance(each, str) else each for each in (groups if several else [groups])]
    name, amount = _money(customers, schema)
    of_each = pd.DataFrame({"left": customers[schema.target], "money": amount})
    grouped = of_each.groupby(by if several else by[0], observed=True)
    table = grouped["left"].agg(customers="size", churned="sum")
    table["churn_rate"] = table["churned"] / table["customers"]
    table["low"], table["high"] = share_interval(table["churned"], table["customers"])
    table[name] = grouped["money"].sum()
    if not several:
        table.index.name = "group"
    return table.reset_index()


def churn_rate(customers: pd.DataFrame, schema: Schema) -> float:
    """The share of the customers who left; NaN of nobody."""
    return float(customers[schema.target].mean())


def _money(customers: pd.DataFrame, schema: Schema) -> tuple[str, pd.Series]:
    """What the customers are worth, and what that is called in a table."""
    worth = worth_of(customers, schema, None)
    return "lifetime_value" if worth.for_life else "monthly_revenue", pd.Series(worth.amount, index=customers.index)


def tenure_bucket(tenure: pd.Series, edges: Sequence[float] = TENURE_EDGES) -> pd.Series:
    """The bucket of each tenure in months, right-closed on ``edges``, as an ordered category.

    >>> list(tenure_bucket(pd.Series([0, 6, 7, 72, 80])))
    ['0–6', '0–6', '7–12', '49–72', 'over 72']
    """
    labels = [f"{high}" if high == low + 1 else f"{low + 1}–{high}" for low, high in pairwise(edges[:-1])] + [f"over {edges[-2]}"]
    return pd.cut(tenure, list(edges), labels=labels)


_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)  # that a bucket of tenure may be wide
_BUCKETS = 6
_MANY = 0.9  # of the customers are in the buckets before the last


def tenure_edges(column: Column, months: pd.Series | None = None) -> tuple[float, ...]:
    """The edges of about six buckets for the tenures that were seen; ``TENURE_EDGES`` where these suit, or nothing was seen. Where
    these ``months`` are given and few of them are long, the buckets part the many that are short.

    >>> tenure_edges(Column(name="age", label="Age", kind="whole", role="tenure", seen_low=0, seen_high=120))
    (-1, 24, 48, 72, 96, inf)
    """
    high = column.seen_high
    if months is not None and len(months) and not np.isinf(high):
        high = min(high, max(float(months.quantile(_MANY)), 1.0))
    if np.isinf(high) or TENURE_EDGES[-4] < high <= TENURE_EDGES[-2]:
        return TENURE_EDGES
    width = next((each for each in _MONTHS if high <= each * _BUCKETS), _MONTHS[-1])
    inner = range(width, max(width + 1, int(np.ceil(min(high, width * _BUCKETS)))), width)
    return (-1, *inner, float("inf"))


def whole_months(tenure: pd.Series) -> pd.Series:
    """Whole months with the company; blanks left out, and who joins in a few days is in month 0."""
    return np.floor(tenure.dropna().clip(lower=0)).astype(int)


def churn_by_tenure(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """As ``churn_rate_by``, one row per whole month of tenure, with the smooth curve through them and its 95 % band: ``smooth``,
    ``smooth_low``, ``smooth_high``. Raises ``KeyError`` where the schema has no tenure.

    Months are smoothed by their square root: who leaves changes fast in the first months and slowly after years.
    """
    months = whole_months(customers[schema.named("tenure")])
    table = churn_rate_by(customers.loc[months.index], months, schema)
    curve = smoothed(np.sqrt(table["group"]), table["churned"], table["customers"])
    return table.assign(smooth=curve.rate, smooth_low=curve.low, smooth_high=curve.high)


def churn_by_tenure_bucket(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """As ``churn_rate_by``, one row per tenure bucket. Raises ``KeyError`` where the schema has no tenure."""
    name = schema.named("tenure")
    months = whole_months(customers[name])
    return churn_rate_by(customers.loc[months.index], tenure_bucket(months, tenure_edges(schema[name], months)), schema)


_STEPS = (1.0, 1.5, 2.0, 2.5, 4.0, 5.0)  # times a power of ten: widths that read well


def width_for(values: pd.Series, wanted: int) -> float:
    """A width that reads well, by which about ``wanted`` bands hold the values, the highest and the lowest hundredth left aside.

    >>> width_for(pd.Series(np.linspace(18, 119, 500)), 7), width_for(pd.Series([0.1, 0.9]), 20), width_for(pd.Series([3.0]), 5)
    (15.0, 0.04, 1.0)
    """
    known = values.dropna()
    low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (0.0, 0.0)
    if not high > low:
        return 1.0
    about = (high - low) / wanted
    power = 10.0 ** np.floor(np.log10(about))
    widths = [float(np.round(step * scale, 12)) for scale in (power, 10 * power) for step in _STEPS]
    return min(widths, key=lambda width: abs(np.log(width / about)))


def churn_by_charge(customers: pd.DataFrame, schema: Schema, width: float = 15) -> pd.DataFrame:
    """As ``churn_rate_by``, one row per band of the monthly charge, ``width`` money per month wide."""
    charge = customers[schema.named("monthly_charge")]
    number = np.floor(charge / width).astype(int).to_numpy()
    there = np.sort(pd.unique(number))
    said = [f"{_end(n * width)}–{_end((n + 1) * width)}" for n in there]
    bands = pd.Categorical.from_codes(np.searchsorted(there, number), said, ordered=True)
    return churn_rate_by(customers, pd.Series(bands, index=customers.index), schema)


def _end(value: float) -> str:
    """An end of a band, as a whole number where it is one."""
    return str(int(value)) if float(value).is_integer() else plain_number(value)


def churn_by_each(customers: pd.DataFrame, columns: Sequence[Column], schema: Schema) -> pd.DataFrame:
    """``churn_rate_by`` of several columns, one below the other, with the column's ``label`` first; without columns that part these
    customers it is empty.
    """
    tables = []
    for column in columns:
        table = churn_rate_by(customers, column.name, schema)
        if column.kind == "flag":
            table["group"] = table["group"].map({0: "No", 1: "Yes"})
        table.insert(0, "label", column.label)
        if len(table) > 1:
            tables.append(table.astype({"group": str}))
    if not tables:
        money = _money(customers, schema)[0]
        return pd.DataFrame(columns=["label", "group", "customers", "churned", "churn_rate", "low", "high", money])
    return pd.concat(tables, ignore_index=True)


def highest(table: pd.DataFrame, fewest: int = 30) -> pd.Series | None:
    """The row with the highest churn rate among those with at least ``fewest`` customers; ``None`` if there is none."""
    enough = table[table["customers"] >= fewest]
    return None if enough.empty else enough.loc[enough["churn_rate"].idxmax()]


def distribution(values: pd.Series, churned: pd.Series, width: float) -> pd.DataFrame:
    """The distribution of ``values`` among those who churned and those who stayed; blanks are left out.

    Columns: ``low``, ``high`` (the bin, in the unit of ``values``), ``churned``, ``stayed`` (the share of each group
    in the bin; each column sums to 1 unless the group is empty).
    """
    known = values.notna()
    values, churned = values[known], churned[known]
    top = max(float(values.max()), width)
    edges = np.arange(np.floor(values.min() / width), np.ceil((top + width / 1e6) / width) + 1) * width
    shares = {}
    for name, mask in (("churned", churned == 1), ("stayed", churned == 0)):
        counts = np.histogram(values[mask], edges)[0]
        shares[name] = counts / max(counts.sum(), 1)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], **shares})


def without_tail(values: pd.Series, width: float, wanted: int) -> pd.Series:
    """The values, the highest and lowest of them held back to where about three times the ``wanted`` bands are filled."""
    middle: npt.NDArray[np.float64] = np.quantile(values.dropna(), [0.01, 0.99])
    reach = wanted * width
    return values.clip(middle[0] - reach, middle[1] + reach)


def churned_against_stayed(customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Index ``churned``, ``stayed``; columns: ``customers``; ``tenure_mean``, ``tenure_median`` (months) where there is a tenure,
    ``charge_mean`` (money per month) where there is a charge, ``clv_mean`` (money) where there are lifetime values, and the money.
    """
    grouped = customers.groupby(schema.target)
    told = {"customers": grouped.size()}
    if schema.tenure is not None:
        tenure = grouped[schema.tenure]
        told |= {"tenure_mean": tenure.mean(), "tenure_median": tenure.median()}
    if schema.monthly_charge is not None:
        told["charge_mean"] = grouped[schema.monthly_charge].mean()
    if schema.clv_column is not None:
        told["clv_mean"] = grouped[schema.clv_column].mean()
    name, amount = _money(customers, schema)
    told[name] = amount.groupby(customers[schema.target]).sum()
    return pd.DataFrame(told).rename(index={1: "churned", 0: "stayed"}).reindex(["churned", "stayed"])


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
    counted = [name for name in (schema.target, schema.monthly_charge, schema.clv_column, schema.tenure) if name]
    table = churn_rate_by(customers.loc[inside, counted], names, schema)
    table["share_of_churned"] = table["churned"] / max(int(customers[schema.target].sum()), 1)
    return table
