"""The tables that the pages draw, against the facts of the file (MODELLING.md)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from churn_core import settings
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.decisions import describe
from churn_core.model.metrics import share_interval
from churn_core.schema import Column, Segment
from churn_core.schema.telco import TELCO

PROTECTIONS = list(TELCO.segments[0].where)


@pytest.fixture(scope="module")
def customers(telco):
    return telco.customers


def percent(rates) -> list[float]:
    return [round(100 * rate, 1) for rate in rates]


def test_1869_of_7043_customers_left(customers):
    table = describe.churned_against_stayed(customers, TELCO)
    assert table["customers"].to_dict() == {"churned": 1869, "stayed": 7043 - 1869}


def test_those_who_left_had_come_lately(customers):
    table = describe.churned_against_stayed(customers, TELCO)
    assert table["tenure_mean"].round(2).to_dict() == {"churned": 17.98, "stayed": 37.57}
    assert table["tenure_median"].to_dict() == {"churned": 10, "stayed": 38}


def test_those_who_left_had_paid_more(customers):
    table = describe.churned_against_stayed(customers, TELCO)
    assert table["charge_mean"].round(2).to_dict() == {"churned": 74.44, "stayed": 61.27}
    assert round(table["charge_mean"]["churned"] - table["charge_mean"]["stayed"], 2) == 13.18
    assert table["monthly_revenue"]["churned"] == pytest.approx(139_130.85)
    assert table["monthly_revenue"].sum() == pytest.approx(456_116.60)


def test_the_rate_falls_with_every_tenure_bucket(customers):
    table = describe.churn_by_tenure_bucket(customers, TELCO)
    assert list(table["group"]) == ["0–6", "7–12", "13–24", "25–48", "49–72"]
    assert list(table["customers"]) == [1481, 705, 1024, 1594, 2239]
    assert percent(table["churn_rate"]) == [52.9, 35.9, 28.7, 20.4, 9.5]


def test_the_rate_falls_with_the_length_of_the_contract(customers):
    table = describe.churn_rate_by(customers, "Contract", TELCO)
    assert list(table["group"]) == ["Month-to-month", "One year", "Two year"]
    assert percent(table["churn_rate"]) == [42.7, 11.3, 2.8]


def test_premium_but_unprotected_customers_leave_twice_as_often_as_the_rest_of_fibre(customers):
    table = describe.segment_against_rest(customers, TELCO.segments[0], TELCO).set_index("group")
    segment, rest = table.loc["Premium but unprotected"], table.loc["Rest of fibre"]
    assert (segment["customers"], round(100 * segment["churn_rate"], 2)) == (848, 63.56)
    assert segment["monthly_revenue"] == pytest.approx(67_694.10)
    assert round(100 * segment["share_of_churned"], 1) == 28.8
    assert (rest["customers"], round(100 * rest["churn_rate"], 2)) == (2248, 33.72)


def test_each_protection_of_fibre_customers_goes_with_a_lower_rate(customers):
    fibre = customers[customers["InternetService"] == "Fiber optic"]
    table = describe.churn_rate_by(fibre, (fibre[PROTECTIONS] == "Yes").sum(axis=1), TELCO)
    assert list(table["group"]) == [0, 1, 2, 3, 4]
    assert percent(table["churn_rate"]) == [63.6, 46.8, 32.4, 19.7, 8.4]


@pytest.mark.parametrize(
    "table",
    [
        lambda customers: describe.churn_by_tenure(customers, TELCO),
        lambda customers: describe.churn_by_tenure_bucket(customers, TELCO),
        lambda customers: describe.churn_by_charge(customers, TELCO),
        lambda customers: describe.churn_rate_by(customers, "gender", TELCO),
        lambda customers: describe.churn_rate_by(customers, ["Contract", "InternetService"], TELCO),
        lambda customers: describe.churn_rate_by(customers, describe.tenure_bucket(customers["tenure"]), TELCO),
    ],
    ids=["tenure", "tenure bucket", "charge", "one column", "two columns", "labels"],
)
def test_groups_divide_the_customers_the_churned_and_the_revenue(customers, table):
    groups = table(customers)
    assert groups["customers"].sum() == 7043
    assert groups["churned"].sum() == 1869
    assert groups["monthly_revenue"].sum() == pytest.approx(456_116.60)
    assert (groups["customers"] > 0).all()
    assert groups["churn_rate"].equals(groups["churned"] / groups["customers"])
    assert (groups["low"] <= groups["churn_rate"]).all() and (groups["churn_rate"] <= groups["high"]).all()


def test_bands_of_the_charge_are_in_order_and_hold_what_they_say(customers):
    groups = describe.churn_by_charge(customers, width=15, schema=TELCO)["group"]
    lows = [int(group.split("–")[0]) for group in groups]
    assert lows == sorted(lows)
    first = customers["MonthlyCharges"].between(lows[0], lows[0] + 15, inclusive="left")
    assert describe.churn_by_charge(customers, width=15, schema=TELCO)["customers"][0] == first.sum()


def test_several_columns_stand_one_below_the_other_with_flags_in_words(customers):
    columns = (TELCO["SeniorCitizen"], TELCO["Contract"])
    table = describe.churn_by_each(customers, columns, TELCO)
    assert list(zip(table["label"], table["group"], strict=True)) == [
        ("Senior citizen", "No"),
        ("Senior citizen", "Yes"),
        *[("Contract", value) for value in TELCO["Contract"].allowed],
    ]


def test_the_highest_rate_counts_only_among_enough_customers():
    table = pd.DataFrame({"group": ["few", "many"], "customers": [29, 30], "churn_rate": [0.9, 0.1]})
    assert describe.highest(table)["group"] == "many"
    assert describe.highest(table, fewest=29)["group"] == "few"
    assert describe.highest(table, fewest=31) is None


@given(st.integers(0, 2000))
def test_every_tenure_has_a_bucket_and_the_edges_close_on_the_right(months):
    (bucket,) = describe.tenure_bucket(pd.Series([months]))
    if months > settings.TENURE_EDGES[-2]:
        assert bucket == "over 72"
    else:
        low, high = map(int, bucket.split("–"))
        assert low <= months <= high


# Distributions


values = st.floats(0, 200).map(lambda value: round(value, 2))


@given(st.lists(st.tuples(values, st.integers(0, 1)), min_size=1, max_size=40), st.sampled_from([0.1, 1, 5, 6, 10]))
def test_a_distribution_sums_to_one_for_each_group_that_is_not_empty(rows, width):
    value, churned = (pd.Series(part) for part in zip(*rows, strict=True))
    table = describe.distribution(value, churned, width)
    for name, mask in (("churned", churned == 1), ("stayed", churned == 0)):
        assert table[name].sum() == pytest.approx(1 if mask.any() else 0)
    assert (table["low"][1:].to_numpy() == table["high"][:-1].to_numpy()).all()


def test_the_distributions_of_the_real_customers_are_whole(customers):
    for name, width in (("tenure", 6), ("MonthlyCharges", 5)):
        table = describe.distribution(customers[name], customers["Churn"], width)
        assert table[["churned", "stayed"]].sum().tolist() == pytest.approx([1, 1])
        assert table["low"].min() <= customers[name].min() and table["high"].max() >= customers[name].max()


# Intervals


@given(st.integers(1, 500).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_an_interval_holds_the_share_and_stays_within_0_and_1(counts):
    hits, trials = counts
    low, high = share_interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert (low == 0) == (hits == 0) and (high == 1) == (hits == trials)


@pytest.mark.parametrize("share", [0.05, 0.27, 0.5, 0.9])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(share):
    hits = np.arange(201)
    low, high = share_interval(hits, 200)
    coverage = binom.pmf(hits, 200, share)[(low <= share) & (share <= high)].sum()
    assert abs(coverage - settings.CONFIDENCE) < 0.02


# Empty parts


def test_a_part_without_churned_customers_or_members_is_described_all_the_same():
    customers, _ = clean(generate(40, seed=0, schema=TELCO).assign(Churn="No", InternetService="DSL"), TELCO)
    table = describe.churned_against_stayed(customers, TELCO)
    assert table["customers"].isna().to_dict() == {"churned": True, "stayed": False}
    assert describe.segment_against_rest(customers, TELCO.segments[0], TELCO).empty


def test_a_segment_that_is_everybody_has_no_rest():
    customers, _ = clean(generate(40, seed=0, schema=TELCO), TELCO)
    everybody = Segment(name="All", definition="", rest="Rest", within={}, where={})
    table = describe.segment_against_rest(customers, everybody, TELCO)
    assert list(table["group"]) == ["All"] and list(table["customers"]) == [40]


def test_the_buckets_part_the_many_short_tenures_of_a_new_company():
    tenure = Column(name="age", label="Age", kind="whole", role="tenure", seen_low=0, seen_high=60)
    months = pd.Series([0, 1, 1, 2, 3, 4, 4, 5, 5, 60])
    edges = describe.tenure_edges(tenure, months)
    assert edges[-2] <= 12 and describe.tenure_edges(tenure) == settings.TENURE_EDGES
    assert list(describe.tenure_bucket(pd.Series([0, 2, 9]), (-1, 1, 2, float("inf")))) == ["0–1", "2", "over 2"]
