"""Generated customers: a stand-in when the real data cannot be obtained, and for tests. Never shown as facts."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.schema import BLANK, Column, Schema

_COMPANY = 20  # seed of the invented company: its shares, prices and effects, the same for every set of customers


def generate(rows: int, seed: int, schema: Schema) -> pd.DataFrame:
    """``rows`` invented customers of one invented company, in raw form, the same for the same ``seed``.

    Shares, prices and effects are drawn at random once for the company; they are fitted to nothing and support
    no claim. Only one thing is taken from life: new customers leave most often. Columns: those of ``schema``; the
    target is in words.

    >>> from churn_core.schema.telco import TELCO
    >>> generate(3, seed=0, schema=TELCO).equals(generate(3, seed=0, schema=TELCO))
    True
    """
    company, rng = np.random.default_rng(_COMPANY), np.random.default_rng(seed)
    tenure = np.minimum(rng.exponential(30, rows), 72).astype(int)  # months; most are short, as in life
    charge = np.full(rows, 20.0)  # money per month before any service
    log_odds = 1.6 - 0.9 * np.log1p(tenure)
    drawn: dict[str, npt.NDArray[Any]] = {}
    for column in schema.columns:
        if column.role in ("feature", "clv"):
            draw = _DRAWN[column.kind]
            values, price, effect = draw(column, rows, company, rng)
            absent = _absent(column, drawn, rows, schema)
            if absent.any():
                values[absent] = column.without
            drawn[column.name] = values
            charge += np.where(absent, 0, price)
            log_odds += np.where(absent, 0, effect)
    charge = charge.round(2)
    churned = rng.random(rows) < 1 / (1 + np.exp(-(log_odds - log_odds.mean() - 1.1)))
    by_role = {
        "id": [f"GENERATED-{i:06d}" for i in range(rows)],
        "group": [f"GENERATED-{i // 2:06d}" for i in range(rows)],
        "tenure": tenure if schema.tenure is None else _stated(tenure, schema[schema.tenure]),
        "monthly_charge": charge if schema.monthly_charge is None else _stated(charge, schema[schema.monthly_charge]),
        "total_charge": np.where(tenure == 0, " ", (charge * tenure).round(2).astype(str)),
    }
    for column in schema.columns:
        if column.role == "target":
            by_role["target"] = np.where(churned, *(column.word(flag) for flag in (1, 0)))
    return pd.DataFrame({c.name: drawn[c.name] if c.name in drawn else by_role[c.role] for c in schema.columns})


def _stated(values: npt.NDArray[Any], column: Column) -> npt.NDArray[Any]:
    """Clean values of a column as a file has them, in the unit that is stated there."""
    if column.kind == "date":
        days = pd.Timestamp(column.counted_to) - pd.to_timedelta(np.rint(values / column.factor), unit="D")
        return np.asarray(days.strftime(column.day_format), dtype=object)
    return values if column.factor == 1 else (values / column.factor).round(2)


def _categories(
    column: Column, rows: int, company: np.random.Generator, rng: np.random.Generator
) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Words or flags: the values, what each adds to the charge (money per month), and what to the log-odds of leaving."""
    texts = tuple(f"{column.label} {number}" for number in range(1, 6)) if column.kind == "text" else (0, 1)
    values = (
        tuple(value for value in column.allowed if value not in (column.without, column.others, BLANK)) or column.allowed or texts
    )
    codes = rng.choice(len(values), rows, p=company.dirichlet(np.full(len(values), 8.0)))
    prices, effects = company.uniform(0, 12, len(values)), company.normal(0, 0.5, len(values))
    return np.array(values, dtype=object)[codes], prices[codes], effects[codes]


def _numbers(
    column: Column, rows: int, company: np.random.Generator, rng: np.random.Generator
) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The same for numbers, whole or with two decimals: a hump between two limits, a tail beyond one limit, else a bell."""
    low, high = max(column.low, column.seen_low), min(column.high, column.seen_high)
    if np.isfinite([low, high]).all():
        values = low + (high - low) * rng.beta(2, 5, rows)
    elif np.isfinite(column.low):
        values = column.low + rng.exponential(company.uniform(2, 20), rows)
    else:
        values = np.minimum(company.uniform(2, 20) * rng.standard_normal(rows), column.high)
    values = np.floor(values).astype(int) if column.kind == "whole" else values.round(2)
    spread = values.std() or 1.0
    return values, np.zeros(rows), company.normal(0, 0.5) * (values - values.mean()) / spread


def _days(
    column: Column, rows: int, company: np.random.Generator, rng: np.random.Generator
) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The same for dates, as a file has them."""
    passed, price, effect = _numbers(column, rows, company, rng)
    return _stated(passed, column), price, effect


_DRAWN = {"number": _numbers, "whole": _numbers, "date": _days, "category": _categories, "flag": _categories, "text": _categories}


def _absent(column: Column, drawn: dict[str, npt.NDArray[Any]], rows: int, schema: Schema) -> npt.NDArray[np.bool_]:
    """True where the customer lacks the service that ``column`` builds on."""
    if not column.needs:
        return np.zeros(rows, dtype=bool)
    return np.isin(drawn[column.needs], schema[column.needs].nothing)


def template(rows: int = 3, *, schema: Schema) -> pd.DataFrame:
    """The columns of a file to be scored, with a few generated customers as an example."""
    example = generate(rows, settings.SEED, schema)[[column.name for column in schema.inputs]]
    return example.assign(**{schema.id: [f"EXAMPLE-{i + 1}" for i in range(rows)]})
