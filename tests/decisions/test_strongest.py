"""The columns that tell those who left apart: each cut into few groups that hold everybody, ranked, and none by chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.decisions.strongest import GROUPS, REST, grouping_of, strongest
from churn_core.schema import BLANK, Column, Schema

N = 2000
RNG = np.random.default_rng(5)
WORDS = tuple("abcdefghij")
SHOP = Schema(
    name="Shop",
    columns=(
        Column(name="calls", label="Calls", kind="whole", low=0, blanks=True),
        Column(name="spent", label="Spent", kind="number", low=0, blanks=True),
        Column(name="plan", label="Plan", kind="category", allowed=(*WORDS, BLANK)),
        Column(name="member", label="Member", kind="flag"),
        Column(name="noise", label="Noise", kind="number"),
        Column(name="left", label="Left", kind="flag", role="target"),
    ),
    clv=100.0,
)
CALLS = RNG.poisson(2, N).astype(float)
SPENT = RNG.gamma(2, 30.0, N)
PLAN = RNG.choice(list(WORDS), N, p=np.array([10, 8, 6, 5, 4, 3, 3, 2, 2, 1]) / 44)
LEFT = (RNG.random(N) < 1 / (1 + np.exp(2 - CALLS + 0.02 * (SPENT - 60)))).astype(int)
SPENT[:100] = np.nan
CUSTOMERS = pd.DataFrame(
    {
        "calls": CALLS,
        "spent": SPENT,
        "plan": pd.Categorical(PLAN, [*WORDS, BLANK]),
        "member": RNG.integers(0, 2, N),
        "noise": RNG.normal(size=N),
        "left": LEFT,
    }
)


@pytest.mark.parametrize("column", SHOP.inputs, ids=lambda column: column.name)
def test_every_customer_is_in_one_of_few_groups_in_their_order(column):
    groups = grouping_of(CUSTOMERS[column.name], column).of(CUSTOMERS)
    assert groups.notna().all() and groups.name == column.name
    known = groups[groups != BLANK]
    assert known.nunique() <= GROUPS and (column.kind == "category" or groups.cat.ordered)
    if column.kind in ("whole", "number"):
        numbers = CUSTOMERS.loc[known.index, column.name].groupby(known, observed=True).agg(["min", "max"])
        assert (numbers["max"].to_numpy()[:-1] < numbers["min"].to_numpy()[1:]).all()


def test_blanks_are_a_group_of_their_own():
    groups = grouping_of(CUSTOMERS["spent"], SHOP["spent"]).of(CUSTOMERS)
    assert ((groups == BLANK) == CUSTOMERS["spent"].isna()).all() and BLANK not in set(
        grouping_of(CUSTOMERS["calls"], SHOP["calls"]).labels
    )


def test_rare_words_stand_together_and_a_word_that_was_not_there_among_them():
    grouping = grouping_of(CUSTOMERS["plan"], SHOP["plan"])
    assert grouping.labels == ("a", "b", "c", "d", "e", REST)
    assert grouping.of(CUSTOMERS.assign(plan=BLANK)).eq(REST).all()


def test_a_number_of_few_values_keeps_them():
    assert grouping_of(pd.Series([1, 2, 2, 4]), SHOP["calls"]).labels == ("1", "2", "4")


@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=1, max_size=60), st.booleans())
def test_any_numbers_have_groups_with_names_of_their_own(values, whole):
    column = SHOP["calls"] if whole else SHOP["spent"]
    numbers = pd.Series([np.floor(value) for value in values] if whole else values, name=column.name)
    grouping = grouping_of(numbers, column)
    assert len(set(grouping.labels)) == len(grouping.labels) <= GROUPS + 1
    assert grouping.of(numbers.to_frame()).notna().all()


def test_what_decides_comes_first_and_chance_is_not_told():
    found = strongest(CUSTOMERS, SHOP)
    assert [each.column.name for each in found] == ["calls", "spent"]
    assert found[0].effect > found[1].effect > 0
    assert [each.effect for each in strongest(CUSTOMERS, SHOP)] == [each.effect for each in found]


def test_the_money_is_what_left_beyond_the_average_rate():
    first = strongest(CUSTOMERS, SHOP)[0]
    by_group = CUSTOMERS.groupby(first.grouping.of(CUSTOMERS), observed=True)["left"].agg(["size", "sum"])
    beyond = (by_group["sum"] - by_group["size"] * LEFT.mean()).clip(lower=0).sum()
    assert first.money == pytest.approx(100.0 * beyond)


def test_nothing_is_strong_where_everybody_or_nobody_left_or_nobody_is_there():
    assert strongest(CUSTOMERS.assign(left=1), SHOP) == strongest(CUSTOMERS.head(0), SHOP) == ()


def test_columns_that_say_the_same_are_told_once_by_the_stronger():
    cents = Column(name="cents", label="Spent in cents", kind="number", low=0, blanks=True)
    customers = CUSTOMERS.assign(cents=CUSTOMERS["spent"] * 101.7 + 3)
    found = strongest(customers, replace(SHOP, columns=(cents, *SHOP.columns)))
    (spent,) = [each for each in found if each.column.name in ("spent", "cents")]
    assert [column.name for column in (spent.column, *spent.same)] in (["spent", "cents"], ["cents", "spent"])
    assert [each.column.name for each in found if each not in (spent,)] == [
        each.column.name for each in strongest(CUSTOMERS, SHOP) if each.column.name != "spent"
    ]


@given(st.lists(st.floats(1e-3, 1e6), min_size=300, max_size=300))
def test_edges_are_short_and_groups_stay_about_equally_large(values):
    numbers = pd.Series(values)
    exact = np.sort(numbers.to_numpy())
    for edge in grouping_of(numbers, Column(name="x", label="X", kind="number")).edges:
        nearest = np.abs(np.searchsorted(exact, edge, side="right") - np.arange(1, GROUPS) * len(exact) // GROUPS).min()
        is_short = float(np.format_float_scientific(edge, 2)) == edge
        assert edge in exact or (is_short and (nearest <= 0.01 * len(exact) or len(set(values)) < len(values)))
