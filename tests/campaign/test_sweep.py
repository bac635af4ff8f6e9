"""The exact sweep: every threshold that makes a difference, none that does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.sweep import profit_curve, sweep

# Scores on a coarse grid make ties, any float makes none; laws hold for both.
scores = st.one_of(st.integers(0, 8).map(lambda i: i / 8), st.floats(0, 1))
customer = st.tuples(scores, st.floats(0, 200), st.integers(0, 1))
tables = st.lists(customer, max_size=25).map(lambda rows: np.array(rows, dtype=float).reshape(-1, 3).T)
campaigns = st.builds(Campaign, retention_cost=st.floats(0, 300), success_rate=st.floats(0, 1), clv_months=st.integers(1, 60))


def brute_force(score, charge, leaving, campaign):
    """Contacted, profit and spend of each campaign that some threshold describes, straight from the definition."""
    rows = [(0, 0.0, 0.0)]
    for threshold in sorted(set(score), reverse=True):
        contact = score >= threshold
        earned = expected_profit(leaving[contact], campaign.clv(charge[contact]), campaign)
        rows.append((contact.sum(), earned.sum(), campaign.retention_cost * contact.sum()))
    return np.array(rows).T


@given(tables, campaigns)
def test_the_sweep_equals_brute_force_over_every_distinct_threshold(table, campaign):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    contacted, profit, spend = brute_force(score, charge, score, campaign)
    assert swept.contacted.tolist() == contacted.tolist()
    assert swept.expected_profit(campaign) == pytest.approx(profit, rel=1e-9, abs=1e-6)
    assert swept.expected_spend(campaign) == pytest.approx(spend)


@given(tables, campaigns)
def test_the_back_test_equals_brute_force_with_what_happened(table, campaign):
    score, charge, churned = table
    profit = sweep(score, monthly_charge=charge, leaving=churned).expected_profit(campaign)
    assert profit == pytest.approx(brute_force(score, charge, churned, campaign)[1], rel=1e-9, abs=1e-6)


@given(tables, campaigns)
def test_valuing_by_the_lifetime_value_is_the_same_as_by_the_monthly_charge(table, campaign):
    score, charge, _ = table
    by_charge = sweep(score, monthly_charge=charge).expected_profit(campaign)
    by_clv = sweep(score, clv=campaign.clv(charge)).expected_profit(campaign)
    assert by_clv == pytest.approx(by_charge, rel=1e-9, abs=1e-6)


@given(tables)
def test_ties_are_never_split_and_no_distinct_score_is_left_out(table):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    assert swept.threshold[0] == np.inf and swept.contacted[0] == 0
    assert swept.threshold[1:].tolist() == sorted(set(score), reverse=True)
    assert swept.contacted[1:].tolist() == [int((score >= t).sum()) for t in swept.threshold[1:]]


@given(tables, campaigns, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing_to_the_last_bit(table, campaign, random):
    shuffled = random.sample(range(table.shape[1]), table.shape[1])
    score, charge, churned = table
    for leaving in (None, churned):
        one = sweep(score, monthly_charge=charge, leaving=leaving)
        other = sweep(score[shuffled], monthly_charge=charge[shuffled], leaving=None if leaving is None else leaving[shuffled])
        assert one.threshold.tobytes() == other.threshold.tobytes()
        assert one.expected_profit(campaign).tobytes() == other.expected_profit(campaign).tobytes()


@pytest.mark.parametrize("realised", [False, True], ids=["expected", "realised"])
def test_the_order_within_ties_changes_nothing_to_the_last_bit(realised):
    """Many customers to a score, with values whose sum depends on the order in which they are added."""
    rng = np.random.default_rng(7)
    score, charge, churned = rng.integers(1, 9, 2000) / 10, rng.random(2000) * 100, rng.integers(0, 2, 2000)
    sums = set()
    for _ in range(20):
        order = rng.permutation(2000)
        leaving = churned[order] if realised else None
        sums.add(sweep(score[order], monthly_charge=charge[order], leaving=leaving).value_leaving.tobytes())
    assert len(sums) == 1


@given(tables, campaigns, st.floats(0.01, 100))
def test_k_times_the_money_is_k_times_the_profit(table, campaign, k):
    score, charge, _ = table
    dearer = Campaign(
        retention_cost=k * campaign.retention_cost, success_rate=campaign.success_rate, clv_months=campaign.clv_months
    )
    profit = sweep(score, monthly_charge=charge).expected_profit(campaign)
    scaled = sweep(score, monthly_charge=k * charge).expected_profit(dearer)
    assert scaled == pytest.approx(k * profit, rel=1e-9, abs=1e-6)


@given(tables, campaigns)
def test_one_sweep_serves_every_position_of_the_sliders(table, campaign):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    before = swept.expected_profit(Campaign()).tobytes()
    swept.expected_profit(campaign)
    assert swept.expected_profit(Campaign()).tobytes() == before


@given(tables)
def test_the_inputs_are_left_as_they_are(table):
    before = table.copy()
    sweep(table[0], monthly_charge=table[1], leaving=table[2])
    assert (table == before).all()


def test_no_customers_leave_the_empty_campaign_alone():
    swept = sweep([], monthly_charge=[])
    assert swept.contacted.tolist() == [0]
    assert swept.expected_profit(Campaign()).tolist() == [0.0]


@pytest.mark.parametrize("value", [{}, {"monthly_charge": [70.0], "clv": [840.0]}], ids=["neither", "both"])
def test_customers_are_valued_by_their_charge_or_their_lifetime_value_and_by_one_only(value):
    with pytest.raises(TypeError, match="either monthly_charge or clv"):
        sweep([0.5], **value)


@given(tables, campaigns)
def test_the_curve_has_the_empty_campaign_first_and_a_row_for_each_distinct_score(table, campaign):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    curve = profit_curve(swept, campaign)
    assert list(curve) == ["threshold", "contacted", "expected_profit", "expected_spend", "roi"]
    assert len(curve) == 1 + len(set(score))
    assert np.isnan(curve["threshold"][0]) and curve["expected_profit"][0] == 0 and np.isnan(curve["roi"][0])
    assert not curve["threshold"][1:].isna().any()


@given(tables, campaigns)
def test_roi_is_profit_over_spend_and_undefined_where_nothing_is_spent(table, campaign):
    score, charge, _ = table
    curve = profit_curve(sweep(score, monthly_charge=charge), campaign)
    spent = curve["expected_spend"] > 0
    assert curve["roi"].isna().equals(~spent)
    ratio = curve["expected_profit"][spent] / curve["expected_spend"][spent]
    assert curve["roi"][spent].tolist() == pytest.approx(ratio.tolist())


@given(tables, campaigns, st.integers(2, 10))
def test_a_thinned_curve_keeps_both_ends_and_the_best_row_and_invents_none(table, campaign, points):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    whole, thinned = profit_curve(swept, campaign), profit_curve(swept, campaign, points)
    assert len(thinned) <= points + 1
    assert set(thinned["contacted"]) <= set(whole["contacted"])
    assert thinned["contacted"].iloc[[0, -1]].tolist() == whole["contacted"].iloc[[0, -1]].tolist()
    assert thinned["expected_profit"].max() == whole["expected_profit"].max()
