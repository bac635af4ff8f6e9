"""What the laws of found segments are tried on: a café of which it is known who leaves, and what was found of it."""

import numpy as np
import pandas as pd
import pytest

from churn_core.decisions.segments.find import find_segments
from churn_core.decisions.segments.found import FoundSegments
from churn_core.schema import BLANK, Column, Schema

N = 4000
CAFE = Schema(
    name="Café",
    columns=(
        Column(name="card", label="Card number", kind="text", role="id"),
        Column(name="plan", label="Plan", kind="category", allowed=("basic", "plus", "gold")),
        Column(name="visits", label="Visits", kind="whole", low=0, unit="visits"),
        Column(name="spent", label="Spent", kind="number", low=0, unit="money", blanks=True),
        Column(name="news", label="Newsletter", kind="flag", phrases={"1": "reads the newsletter", "0": "no newsletter"}),
        Column(name="town", label="Town", kind="category", allowed=("A", "B", BLANK), blanks=True),
        Column(name="left", label="Left", kind="flag", role="target", required=False),
    ),
    clv=200.0,
)


def visitors(rows: int = N, seed: int = 0) -> pd.DataFrame:
    """Customers of whom 15 % leave; of those on the basic plan with at most two visits 60 %, of gold with news 2 %."""
    rng = np.random.default_rng(seed)
    plan, visits = rng.choice(["basic", "plus", "gold"], rows), rng.poisson(4, rows)
    news = rng.integers(0, 2, rows)
    rate = np.where((plan == "basic") & (visits <= 2), 0.6, np.where((plan == "gold") & (news == 1), 0.02, 0.15))
    return pd.DataFrame(
        {
            "card": [f"k{seed}-{i}" for i in range(rows)],
            "plan": pd.Categorical(plan, ["basic", "plus", "gold"]),
            "visits": visits,
            "spent": np.where(rng.random(rows) < 0.1, np.nan, rng.gamma(2, 30, rows)),
            "news": news,
            "town": pd.Categorical(rng.choice(["A", "B", BLANK], rows), ["A", "B", BLANK]),
            "left": (rng.random(rows) < rate).astype(int),
        }
    )


@pytest.fixture(scope="session")
def cafe() -> pd.DataFrame:
    return visitors()


@pytest.fixture(scope="session")
def found(cafe) -> FoundSegments:
    return find_segments(cafe, CAFE)


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def told(found: FoundSegments) -> list[tuple]:
    """All that a result says, to compare two."""
    return [(each.in_words("$"), each.customers, each.left, each.rate, each.low, each.high, each.p) for each in found.segments]
