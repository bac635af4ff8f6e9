"""Files of three companies, with what has to be said of each: a shop with dates and blanks, a bank whose customers are all worth the
same and count in years, and a SaaS with a column of lifetime values.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from churn_core.data.proposing.to_schema import schema_of
from churn_core.schema import Schema
from tests import shop


@dataclass(frozen=True, kw_only=True)
class Company:
    """``raw`` makes so many customers from a seed; ``options`` are those of the command line, ``answers`` say the same."""

    name: str
    raw: Callable[[int, int], pd.DataFrame]
    options: tuple[str, ...]
    answers: Answers

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    def content(self, rows: int = 400, seed: int = 0) -> bytes:
        return self.raw(rows, seed).to_csv(index=False).encode()

    def schema(self) -> Schema:
        return schema_of(propose(self.raw(400, 0), self.answers), self.name)


def _bank(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    years, products = rng.integers(0, 11, rows), rng.integers(1, 5, rows)
    log_odds = 0.4 - 0.35 * years + 0.9 * (products > 2)
    return pd.DataFrame(
        {
            "account id": 15_000_000 + 1_000 * seed + np.arange(rows),
            "years with bank": years,
            "products": products,
            "credit score": rng.integers(350, 850, rows),
            "balance": rng.gamma(2, 4e11, rows).round(3),  # in the smallest coin: beyond 10,000,000,000
            "region": rng.choice(["north", "south", "east"], rows),
            "exited": (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(int),
        }
    )


def _saas(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    logins = rng.poisson(6, rows)
    log_odds = 1.2 - 0.4 * logins
    return pd.DataFrame(
        {
            "workspace id": [f"W{seed}-{i}" for i in range(rows)],
            "logins per week": logins,
            "seats": rng.integers(1, 60, rows),
            "tier": rng.choice(["free", "team", "enterprise"], rows),
            "clv": rng.gamma(2, 500, rows).round(2),
            "churned": np.where(rng.random(rows) < 1 / (1 + np.exp(-log_odds)), "yes", "no"),
        }
    )


SHOP = Company(
    name="shop",
    raw=shop.raw,
    options=(
        "--charge",
        "fee",
        "--charge-period",
        "year",
        "--tenure",
        "since",
        "--tenure-unit",
        "start-date",
        "--window",
        "3",
        "--currency",
        "€",
    ),
    answers=shop.YEARLY,
)
BANK = Company(
    name="bank",
    raw=_bank,
    options=("--clv", "900", "--tenure-unit", "years"),
    answers=Answers(clv=900.0, tenure_unit="years"),
)
SAAS = Company(name="saas", raw=_saas, options=("--clv-column", "clv"), answers=Answers(clv_column="clv"))
COMPANIES = (SHOP, BANK, SAAS)
