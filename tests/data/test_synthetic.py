"""Generated customers: a stand-in, never shown as facts."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import generated_dataset
from churn_core.data.synthetic import generate
from churn_core.decisions.describe import churn_by_tenure_bucket
from churn_core.schema.telco import TELCO
from tests.gym import GYM


def test_the_same_seed_gives_the_same_customers_and_another_seed_others():
    assert generate(50, seed=1, schema=TELCO).equals(generate(50, seed=1, schema=TELCO))
    assert not generate(50, seed=1, schema=TELCO).equals(generate(50, seed=2, schema=TELCO))


@given(st.integers(1, 60), st.integers(0, 10_000))
def test_generated_customers_are_clean_as_they_come(rows, seed):
    raw = generate(rows, seed, TELCO)
    customers, report = clean(raw, TELCO)
    assert list(raw) == [column.name for column in TELCO.columns]
    assert report.kept == rows == len(customers)
    assert {repair.column for repair in report.repairs} <= {"TotalCharges"}


def test_every_generated_customer_is_labelled_as_such():
    assert generate(20, seed=0, schema=TELCO)["customerID"].str.startswith("GENERATED-").all()
    assert generate(20, seed=0, schema=TELCO)["customerID"].is_unique


def test_a_customer_without_a_service_has_nothing_that_builds_on_it():
    customers = generate(500, seed=0, schema=TELCO)
    for column in TELCO.columns:
        if column.needs:
            lacking = customers[column.needs] == "No"
            assert ((customers[column.name] == column.without) == lacking).all()


def test_every_allowed_value_occurs():
    customers = generate(2000, seed=0, schema=TELCO)
    for column in TELCO.columns:
        if column.kind == "category":
            assert set(customers[column.name]) == set(column.allowed)


def test_there_are_leavers_and_stayers_and_the_newest_leave_most():
    customers = generated_dataset().customers
    assert 0.1 < customers[TELCO.target].mean() < 0.5
    rates = churn_by_tenure_bucket(customers, TELCO)["churn_rate"]
    assert rates.iloc[0] == rates.max()


@pytest.mark.parametrize("rows", [1, 2])
def test_few_are_as_well_formed_as_many(rows):
    assert len(generate(rows, seed=5, schema=TELCO)) == rows


@pytest.mark.parametrize("schema", [TELCO, GYM], ids=lambda schema: schema.name)
def test_customers_of_any_schema_are_clean_as_they_come(schema):
    raw = generate(300, 1, schema)
    customers, report = clean(raw, schema)
    assert list(raw) == [column.name for column in schema.columns]
    assert report.kept == 300 and {repair.column for repair in report.repairs} <= {"TotalCharges"}
    assert 0 < customers[schema.target].sum() < 300


def test_numbers_keep_within_their_limits_whole_ones_are_whole_and_words_are_those_of_the_schema():
    raw = generate(500, 0, GYM)
    for column in GYM.columns:
        if column.kind in ("number", "whole"):
            assert raw[column.name].between(column.low, column.high).all()
            assert column.kind == "number" or pd.api.types.is_integer_dtype(raw[column.name])
        if column.kind == "category":
            assert set(raw[column.name]) == set(column.allowed)
    assert set(raw[GYM.target]) == {"cancelled", "member"}
    assert ((raw["sauna"] == 0) == (raw["sauna_towels"] == "no sauna")).all()
