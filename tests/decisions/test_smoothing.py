"""The smooth curve of churn by tenure: what it keeps of the counts, how sure it is, and that its band covers the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from churn_core.decisions import describe
from churn_core.decisions.smoothing import smoothed
from tests.gym import GYM, gym_dataset

MONTHS = np.arange(73.0)
CUSTOMERS = np.round(40 + 200 * np.exp(-MONTHS / 6) + 60 * (MONTHS > 60)).astype(int)
COUNTS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 400), st.floats(0, 1)), min_size=1, max_size=40)


def of_counts(counts):
    """Places with gaps, who left there, and of how many."""
    at = np.cumsum([gap for gap, _, _ in counts]).astype(float)
    n = np.array([n for _, n, _ in counts])
    return at, np.round(n * [share for *_, share in counts]).astype(int), n


@given(COUNTS)
def test_the_curve_lies_in_its_band_between_nobody_and_everybody(counts):
    curve = smoothed(*of_counts(counts))
    assert ((curve.low > 0) & (curve.low <= curve.rate) & (curve.rate <= curve.high) & (curve.high < 1)).all()


@given(COUNTS)
def test_smoothing_moves_nobody_from_those_who_left_to_those_who_stayed_nor_to_another_age_on_average(counts):
    at, k, n = of_counts(counts)
    everybody, curve = n.sum(), smoothed(at, k, n)
    expected = (n + n / everybody) * curve.rate
    assert expected.sum() == pytest.approx(k.sum() + 0.5, rel=1e-3)
    assert at @ expected == pytest.approx(at @ (k + 0.5 * n / everybody), rel=1e-3)


@given(COUNTS, st.floats(0.01, 1000))
def test_the_unit_of_time_changes_nothing(counts, times):
    at, k, n = of_counts(counts)
    assert smoothed(times * at, k, n).rate == pytest.approx(smoothed(at, k, n).rate, abs=1e-4)


@pytest.mark.parametrize(("left", "of"), [(0, 5), (5, 5), (2, 7)])
def test_one_place_alone_is_told_with_what_its_few_customers_allow(left, of):
    curve = smoothed([12], [left], [of])
    assert curve.rate == pytest.approx([(left + 0.5) / (of + 1)])
    assert curve.high[0] - curve.low[0] > 0.3


def test_where_nothing_bends_the_curve_is_a_straight_line_of_the_log_odds():
    n = np.full(40, 300)
    p = expit(-1 + 0.03 * np.arange(40))
    curve = smoothed(np.arange(40), np.round(n * p), n)
    assert curve.rate == pytest.approx(p, abs=0.005)
    assert np.abs(np.diff(np.log(curve.rate / (1 - curve.rate)), 2)).max() < 2e-3


def test_a_jump_that_many_customers_show_is_kept():
    n = np.full(30, 5000)
    p = np.where(np.arange(30) < 12, 0.6, 0.2)
    assert smoothed(np.arange(30), n * p, n).rate == pytest.approx(p, abs=0.02)


def test_a_gap_is_bridged_and_the_band_is_narrower_where_there_are_more_customers():
    at = np.r_[0:10, 50:60].astype(float)
    many, few = np.full(20, 900), np.r_[np.full(10, 900), np.full(10, 9)]
    wide = smoothed(at, few // 3, few)
    assert smoothed(at, many // 3, many).rate == pytest.approx(1 / 3, abs=0.01)
    assert (wide.high - wide.low)[-1] > 2 * (wide.high - wide.low)[0]


TRUTHS = {
    "falls fast at first": lambda x: 0.08 + 0.5 * np.exp(-x / 9),
    "straight": lambda x: expit(-0.3 - x / 40),
    "a hump in the middle": lambda x: 0.15 + 0.3 * np.exp(-(((x - 30) / 8) ** 2)),
}


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
def test_the_band_holds_the_true_rate_at_about_95_of_100_months(truth):
    rng, p = np.random.default_rng(18), truth(MONTHS)
    held = []
    for _ in range(60):
        curve = smoothed(np.sqrt(MONTHS), rng.binomial(CUSTOMERS, p), CUSTOMERS)
        held.append(np.mean((curve.low <= p) & (p <= curve.high)))
    assert 0.92 <= np.mean(held) <= 0.985


def test_it_is_nearer_to_the_truth_than_the_counts_are():
    rng, p = np.random.default_rng(3), TRUTHS["falls fast at first"](MONTHS)
    left = rng.binomial(CUSTOMERS, p)
    curve = smoothed(np.sqrt(MONTHS), left, CUSTOMERS)
    assert np.square(curve.rate - p).mean() < np.square(left / CUSTOMERS - p).mean() / 4


def test_half_a_million_customers_are_counted_by_month_and_then_smoothed():
    customers = gym_dataset(400).customers.sample(500_000, replace=True, random_state=1, ignore_index=True)
    table = describe.churn_by_tenure(customers, GYM)
    assert table["customers"].sum() == 500_000 and len(table) < 200
    assert table["smooth"].between(table["smooth_low"], table["smooth_high"]).all()


def test_who_joins_in_a_few_days_is_in_the_first_month():
    customers = gym_dataset(200).customers
    early = customers.assign(**{GYM.tenure: np.where(customers.index < 20, -0.24, 3.7)})
    assert describe.churn_by_tenure(early, GYM)["group"].tolist() == [0, 3]
    assert describe.churn_by_tenure_bucket(early, GYM)["customers"].sum() == 200
