"""A second company for the laws of the model: no total charge, numbers and free text among its features, no rule of thumb."""

import numpy as np
import pandas as pd

from churn_core.data.dataset import Dataset
from churn_core.data.quality import QualityReport
from churn_core.schema import Column, Schema

GYM = Schema(
    name="Gym",
    columns=(
        Column(name="member", label="Member", kind="text", role="id", required=False),
        Column(name="months", label="Membership", kind="whole", role="tenure", low=0, unit="months"),
        Column(name="plan", label="Plan", kind="category", allowed=("basic", "plus", "premium"), offers=("plus",)),
        Column(name="visits", label="Visits per week", kind="number", low=0, high=30),
        Column(name="weight_change", label="Weight change", kind="number", unit="kg"),
        Column(name="student", label="Student", kind="flag"),
        Column(name="goal", label="Goal", kind="text"),
        Column(name="trainer", label="Trainer", kind="category", allowed=("No", "Yes")),
        Column(
            name="sessions", label="Sessions", kind="category", allowed=("none", "few", "many"), needs="trainer", without="none"
        ),
        Column(name="fee", label="Fee", kind="number", role="monthly_charge", low=0),
        Column(name="left", label="Left", kind="flag", role="target", required=False),
    ),
)
GOALS = ("marathon", "lose weight, soon", "half a sign \ud83d", "")


def members(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    """Clean customers of the gym, as cleaning leaves them."""
    rng = np.random.default_rng(seed)
    trainer = rng.choice(["No", "Yes"], rows)
    months, visits = rng.integers(0, 90, rows), rng.uniform(0, 6, rows)
    plan = rng.choice(["basic", "plus", "premium"], rows)
    log_odds = 1.2 - 0.5 * np.log1p(months) - 0.3 * visits + (plan == "basic") + (trainer == "No")
    values = {
        "member": [f"M{i}" for i in range(rows)],
        "months": months,
        "plan": pd.Categorical(plan, dtype=GYM["plan"].dtype),
        "visits": visits,
        "weight_change": rng.normal(0, 3, rows),
        "student": rng.integers(0, 2, rows),
        "goal": pd.Series(rng.choice(GOALS, rows), dtype="object"),
        "trainer": pd.Categorical(trainer, dtype=GYM["trainer"].dtype),
        "sessions": pd.Categorical(
            np.where(trainer == "No", "none", rng.choice(["few", "many"], rows)), dtype=GYM["sessions"].dtype
        ),
        "fee": rng.uniform(15, 80, rows).round(2),
        "left": (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(int),
    }
    return pd.DataFrame(values)


def gym_dataset(rows: int = 300, seed: int = 0) -> Dataset:
    customers = members(rows, seed)
    quality = QualityReport(rows=rows, kept=rows)
    return Dataset(name="members.csv", schema=GYM, customers=customers, quality=quality, sha256="b" * 64)
