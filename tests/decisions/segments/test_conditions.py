"""Conditions: who meets them, how they are told, which of them a search may combine, and families of yes-or-no columns."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.decisions.segments.candidates import BINS, candidates
from churn_core.decisions.segments.conditions import Among, Between, Blank, HowMany
from churn_core.decisions.segments.families import families
from churn_core.decisions.segments.find import searched_columns
from churn_core.schema import Column
from churn_core.schema.telco import TELCO
from tests.decisions.segments.conftest import CAFE

WHOLE = Column(name="x", label="X", kind="whole")
NUMBER = Column(name="x", label="X", kind="number", blanks=True)
LEFT = Column(name="left", label="Left", kind="flag", role="target")
PROTECTION = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport")


def of(values: list, column: Column, least: int = 1):
    customers = pd.DataFrame({"x": values})
    left = np.arange(len(values)) % 3 == 0
    return customers, candidates(customers, left, (column,), [], least)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1, max_size=200), st.integers(1, 60), st.booleans())
def test_each_condition_is_met_by_enough_customers_and_by_others_than_any_before(values, least, whole):
    column = WHOLE if whole else NUMBER
    customers, found = of([math.floor(v) if whole and v == v else v for v in values], column, least)
    sizes = found.members.sum(axis=1)
    assert ((sizes >= least) & (sizes <= 0.9 * len(values))).all()
    assert len({members.tobytes() for members in found.members}) == len(found) == len(found.members)
    assert len({each.in_words() for each in found.conditions}) == len(found)
    for each, members in zip(found.conditions, found.members, strict=True):
        assert (each.members(customers) == members).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=30, max_size=300, unique=True))
def test_cuts_of_a_number_leave_about_equally_many_between_them(values):
    customers, found = of(values, NUMBER)
    below = sorted(each.members(customers).mean() for each in found.conditions if math.isinf(getattr(each, "low", 0)))
    assert all(abs(share - k / BINS) <= 0.5 / BINS + 1 / len(values) for k, share in enumerate(below, 1)) or len(below) < BINS - 1


def test_a_number_of_few_values_is_told_by_each_of_them_and_blanks_by_themselves():
    values = [0.0, 1.0, 5.0, math.nan] * 25
    said = [
        each.in_words() for each in of(values, Column(name="x", label="X", kind="whole", seen_low=0, seen_high=5))[1].conditions
    ]
    assert said == ["x: 0", "x: at least 1", "x: at most 1", "x: at least 2", "x: 1", "x: blank"]


def test_of_a_category_each_value_counts_and_the_two_or_three_that_lose_most_or_least():
    allowed = tuple("abcdef")
    values = pd.Categorical(list(allowed) * 50, allowed)
    customers = pd.DataFrame({"x": values})
    left = np.isin(np.asarray(values), ["a", "d"])
    column = Column(name="x", label="X", kind="category", allowed=allowed)
    found = candidates(customers, left, (column,), [], 1)
    assert [each.values for each in found.conditions][:6] == [(value,) for value in allowed]
    assert ("a", "d") in [each.values for each in found.conditions]


def test_words_of_the_schema_are_used_and_amounts_have_their_currency():
    contract, tenure, charge = TELCO["Contract"], TELCO["tenure"], TELCO["MonthlyCharges"]
    assert Among(column=contract, values=("One year", "Two year")).in_words() == "one-year contract or two-year contract"
    assert Between(column=tenure, high=1).in_words() == "at most 1 month with us"
    assert Between(column=tenure, low=5, high=12).in_words() == "6 to 12 months with us"
    assert Between(column=charge, low=70).in_words("€") == "monthly charge over €70"
    assert Among(column=CAFE["news"], values=(0,)).in_words() == "no newsletter"
    assert Blank(column=CAFE["spent"]).in_words() == "spent: blank"


def test_a_blank_lies_in_no_range():
    customers = pd.DataFrame({"x": [math.nan, 1.0]})
    assert Between(column=NUMBER).members(customers).tolist() == [False, True]
    assert Blank(column=NUMBER).members(customers).tolist() == [True, False]


@pytest.mark.slow
def test_the_extras_of_the_internet_service_are_one_family_and_their_effects_part_the_protective_ones(telco):
    customers, columns = telco.customers, searched_columns(TELCO)
    (family,) = families(customers, columns)
    assert {column.name for column in family.members} == {*PROTECTION, "StreamingTV", "StreamingMovies"}
    assert [column.name for column in family.deciding] == ["InternetService"]
    parts = {condition.columns for condition in family.how_many(customers, customers["Churn"].to_numpy() == 1)}
    assert frozenset(PROTECTION) in parts and len(parts) == 3
    assert (family.applies == (customers["InternetService"] != "No").to_numpy()).all()


def test_two_extras_are_no_family_and_neither_are_extras_of_different_customers():
    words = ("Yes", "No", "none")
    columns = tuple(Column(name=name, label=name, kind="category", allowed=words) for name in "abcd")
    rng = np.random.default_rng(0)
    answers = {name: pd.Series(np.where(np.arange(300) < 100, "none", rng.choice(["Yes", "No"], 300))) for name in "abcd"}
    assert len(families(pd.DataFrame(answers), columns)[0].members) == 4
    assert families(pd.DataFrame(answers), columns[:2]) == []
    shifted = {**answers, "c": answers["c"].shift(1, fill_value="No"), "d": answers["d"].shift(2, fill_value="No")}
    assert families(pd.DataFrame(shifted), columns) == []


def test_how_many_counts_only_customers_to_whom_the_columns_apply():
    words = ("Yes", "No", "none")
    columns = tuple(Column(name=name, label=name, kind="category", allowed=words) for name in "ab")
    customers = pd.DataFrame({"a": ["Yes", "No", "No", "none"], "b": ["Yes", "Yes", "No", "none"]})
    yes, no = dict.fromkeys("ab", "Yes"), dict.fromkeys("ab", "No")
    met = [HowMany(of=columns, yes=yes, no=no, least=k, most=k).members(customers).tolist() for k in range(3)]
    assert met == [[False, False, True, False], [False, True, False, False], [True, False, False, False]]
