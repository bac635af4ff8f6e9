"""Clean customers of a company that has numbers of all sorts, blanks, rare levels, and two columns that act together."""

import numpy as np
import pandas as pd

from churn_core.schema import Column, Schema

COMPANY = Schema(
    name="Company",
    columns=(
        Column(name="number", label="Number", kind="text", role="id", required=False),
        Column(name="minutes", label="Minutes", kind="number", blanks=True),
        Column(name="spent", label="Spent", kind="number"),
        Column(name="calls", label="Support calls", kind="whole"),
        Column(name="years", label="Years", kind="whole"),
        Column(name="since", label="Since", kind="date", counted_to="2026-01-01", day_format="%Y-%m-%d"),
        Column(name="plan", label="Plan", kind="category", allowed=("basic", "plus", "rare", "never", "blank")),
        Column(name="abroad", label="Abroad", kind="flag"),
        Column(name="same", label="The same for all", kind="category", allowed=("one",)),
        Column(name="left", label="Left", kind="flag", role="target", required=False),
    ),
)


def company(rows: int = 1500, seed: int = 0) -> pd.DataFrame:
    """Who calls a lot and talks little leaves, whoever calls or talks alone does not."""
    rng = np.random.default_rng(seed)
    minutes, calls = rng.normal(180, 50, rows).round(1), rng.poisson(2, rows)
    plan = rng.choice(["basic", "plus", "rare", "blank"], rows, p=[0.6, 0.28, 0.02, 0.1])
    frame = pd.DataFrame(
        {
            "minutes": np.where(rng.random(rows) < 0.08, np.nan, minutes),
            "spent": np.where(rng.random(rows) < 0.3, 0.0, rng.gamma(0.5, 200, rows).round(2)),
            "calls": calls,
            "years": rng.integers(0, 5, rows),
            "since": rng.integers(1, 4000, rows).astype(float),
            "plan": pd.Categorical(plan, categories=["basic", "plus", "rare", "never", "blank"]),
            "abroad": rng.integers(0, 2, rows),
            "same": pd.Categorical(["one"] * rows, categories=["one"]),
        }
    )
    log_odds = (
        -2.5
        + 3.5 * ((calls >= 3) & (minutes < 180))
        + 0.9 * frame["abroad"]
        + 0.8 * (plan == "basic")
        + 0.7 * frame["minutes"].isna()
        - 0.2 * np.log1p(frame["spent"])
        + 0.8 * (frame["years"] == 3)
    )
    frame["left"] = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(int)
    return frame
