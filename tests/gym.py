"""A second company: a gym. It has no total charge, no service of a telephone company, and words of its own."""

import hashlib

import pandas as pd

from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import Dataset
from churn_core.data.synthetic import generate
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.terms import Term
from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO

GYM = Schema(
    name="Gym",
    columns=(
        Column(name="member_no", label="Member", kind="text", role="id", required=False, aliases=("membership number",)),
        Column(
            name="age_group",
            label="Age group",
            kind="category",
            group="person",
            allowed=("under 30", "30 to 49", "50 and over"),
            phrases={"*": "{value} years old"},
        ),
        Column(name="student", label="Student", kind="flag", group="person", phrases={"1": "student", "0": "no student"}),
        Column(
            name="months_member",
            label="Months of membership",
            kind="whole",
            role="tenure",
            low=0,
            high=600,
            unit="months",
            phrases={"*": "member for {value} month{s}"},
        ),
        Column(
            name="membership",
            label="Membership",
            kind="category",
            group="account",
            allowed=("basic", "plus", "premium"),
            offers=("plus", "premium"),
            synonyms={"standard": "basic"},
        ),
        Column(name="goal", label="Goal", kind="text", group="person"),
        Column(name="visits_per_week", label="Visits per week", kind="number", low=0, high=30, unit="visits per week"),
        Column(name="classes_booked", label="Classes booked", kind="whole", low=0),
        Column(name="weight_change", label="Weight change", kind="number", unit="kg"),
        Column(
            name="personal_trainer",
            label="Personal trainer",
            kind="category",
            group="service",
            allowed=("No", "Yes"),
            offers=("Yes",),
            phrases={"Yes": "has a personal trainer", "No": "no personal trainer"},
        ),
        Column(
            name="trainer_sessions",
            label="Trainer sessions",
            kind="category",
            group="service",
            allowed=("no trainer", "monthly", "weekly"),
            needs="personal_trainer",
            without="no trainer",
        ),
        Column(
            name="sauna",
            label="Sauna",
            kind="flag",
            group="service",
            offers=("1",),
            phrases={"1": "uses the sauna", "0": "does not use the sauna"},
        ),
        Column(
            name="sauna_towels",
            label="Sauna towels",
            kind="category",
            group="service",
            allowed=("own", "rented", "no sauna"),
            needs="sauna",
            without="no sauna",
        ),
        Column(name="fee", label="Fee", kind="number", role="monthly_charge", low=0, high=5_000, unit="money per month"),
        Column(
            name="status",
            label="Cancelled",
            kind="flag",
            role="target",
            required=False,
            synonyms={"cancelled": "1", "member": "0"},
        ),
    ),
)


def members(rows: int, seed: int = 0) -> pd.DataFrame:
    """Raw customers of the gym, the target among them in its own words."""
    return generate(rows, seed, GYM)


def gym_dataset(rows: int = 600, seed: int = 0) -> Dataset:
    """The same, cleaned, as a training file would be."""
    raw = members(rows, seed)
    customers, quality = clean(raw, GYM)
    sha256 = hashlib.sha256(raw.to_csv(index=False).encode()).hexdigest()
    return Dataset(name="members.csv", schema=GYM, customers=customers, quality=quality, sha256=sha256)


def equation(customers: pd.DataFrame) -> TermLogisticRegression:
    """A readable model of the gym, fitted on these customers."""
    numbers = [Term(name=name, meaning=GYM[name].label, columns=(name,)) for name in ("months_member", "visits_per_week")]
    words = [
        Term(name=f"{name}={value}", meaning=GYM[name].phrase(value), columns=(name,), value=value)
        for name, value in (("membership", "premium"), ("personal_trainer", "Yes"), ("sauna", 1), ("sauna_towels", "rented"))
    ]
    return TermLogisticRegression((*numbers, *words)).fit(customers, customers[GYM.target].to_numpy())


_OF_TELCO = {"Telco", *(column.name for column in TELCO.columns)} - {"tenure", "Churn"}  # words of the house


def knows_nothing_of_telco(*said: object) -> bool:
    """Whether no word of the Telco schema stands in what was said of the gym."""
    text = " ".join(one.to_csv() if isinstance(one, pd.DataFrame) else str(one) for one in said)
    return not [word for word in _OF_TELCO if word in text]
