"""Generated customers: a stand-in for when the real data cannot be had, and for tests. Never shown as facts."""

import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.schema import Column, Schema

_COMPANY = 20  # seed of the invented company: its shares, prices and effects, the same for every set of customers


def generate(rows: int, seed: int, schema: Schema) -> pd.DataFrame:
    """``rows`` invented customers of one invented company, in raw form, the same for the same ``seed``.

    Shares, prices and effects are drawn at random once for the company; they are fitted to nothing and support
    no claim. The one thing taken from life is that customers who have just come leave most. Columns: those of
    ``schema``, flags that are targets as Yes/No.

    >>> from churn_core.schema.telco import TELCO
    >>> generate(3, seed=0, schema=TELCO).equals(generate(3, seed=0, schema=TELCO))
    True
    """
    company, rng = np.random.default_rng(_COMPANY), np.random.default_rng(seed)
    tenure = np.minimum(rng.exponential(30, rows), 72).astype(int)  # months; mostly short, as in life
    charge = np.full(rows, 20.0)  # money per month before any service
    log_odds = 1.6 - 0.9 * np.log1p(tenure)
    drawn: dict[str, np.ndarray] = {}
    for column in schema.columns:
        if column.role == "feature":
            values = tuple(value for value in column.allowed if value != column.without) or (0, 1)
            codes = rng.choice(len(values), rows, p=company.dirichlet(np.full(len(values), 8.0)))
            prices, effects = company.uniform(0, 12, len(values)), company.normal(0, 0.5, len(values))
            drawn[column.name] = np.array(values, dtype=object)[codes]
            absent = _absent(column, drawn, schema)
            drawn[column.name][absent] = column.without
            charge += np.where(absent, 0, prices[codes])
            log_odds += np.where(absent, 0, effects[codes])
    charge = charge.round(2)
    churned = rng.random(rows) < 1 / (1 + np.exp(-(log_odds - log_odds.mean() - 1.1)))
    by_role = {
        "id": [f"GENERATED-{i:06d}" for i in range(rows)],
        "tenure": tenure,
        "monthly_charge": charge,
        "total_charge": np.where(tenure == 0, " ", (charge * tenure).round(2).astype(str)),
        "target": np.where(churned, "Yes", "No"),
    }
    return pd.DataFrame({c.name: drawn.get(c.name, by_role.get(c.role)) for c in schema.columns})


def _absent(column: Column, drawn: dict[str, np.ndarray], schema: Schema) -> np.ndarray:
    """True where the customer lacks the service that ``column`` builds on."""
    if not column.needs:
        rows = len(next(iter(drawn.values())))
        return np.zeros(rows, dtype=bool)
    return (drawn[column.needs] == "No") | (drawn[column.needs] == schema[column.needs].without)


def template(rows: int = 3, *, schema: Schema) -> pd.DataFrame:
    """The columns of a file to be scored, with a few generated customers as an example."""
    example = generate(rows, settings.SEED, schema)[[column.name for column in schema.inputs]]
    return example.assign(**{schema.id: [f"EXAMPLE-{i + 1}" for i in range(rows)]})
