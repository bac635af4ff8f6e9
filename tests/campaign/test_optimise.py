"""Whom to contact for the largest expected profit."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.optimise import Outcome, at_threshold, best_threshold, contact_all, per_customer, plateau
from churn_core.campaign.sweep import sweep

scores = st.one_of(st.integers(0, 8).map(lambda i: i / 8), st.floats(0, 1))
customer = st.tuples(scores, st.floats(0, 200), st.integers(0, 1))
tables = st.lists(customer, min_size=1, max_size=25).map(lambda rows: np.array(rows, dtype=float).T)
campaigns = st.builds(Campaign, retention_cost=st.floats(0, 300), success_rate=st.floats(0, 1), clv_months=st.integers(1, 60))
TINY = 1e-6  # money; what summing in another order may change


@given(tables, campaigns)
def test_the_best_threshold_is_the_best_of_all_thresholds(table, campaign):
    p, charge, _ = table
    best = best_threshold(sweep(p, monthly_charge=charge), campaign)
    clv = campaign.clv(charge)
    by_hand = [expected_profit(p[p >= t], clv[p >= t], campaign).sum() for t in set(p)]
    assert best.expected_profit == pytest.approx(max(0.0, *by_hand), rel=1e-9, abs=TINY)


@given(tables, campaigns)
def test_customer_by_customer_earns_at_least_the_best_threshold_and_that_at_least_all_or_none(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    each = per_customer(p, campaign.clv(charge), campaign).expected_profit
    best = best_threshold(swept, campaign).expected_profit
    assert each >= best - TINY
    assert best >= max(0.0, contact_all(swept, campaign).expected_profit)


@given(tables, campaigns)
def test_no_other_choice_of_customers_earns_more_than_customer_by_customer(table, campaign):
    p, charge, other = table
    clv = campaign.clv(charge)
    chosen = per_customer(p, clv, campaign).expected_profit
    assert chosen >= expected_profit(p, clv, campaign)[other == 1].sum() - TINY


@given(tables, campaigns, st.floats(-0.5, 1.5))
def test_a_threshold_contacts_exactly_those_at_or_above_it(table, campaign, threshold):
    p, charge, churned = table
    contact = p >= threshold
    for leaving in (p, churned):
        outcome = at_threshold(sweep(p, monthly_charge=charge, leaving=leaving), campaign, threshold)
        earned = expected_profit(leaving, campaign.clv(charge), campaign)[contact].sum()
        assert outcome.contacted == contact.sum()
        assert outcome.expected_profit == pytest.approx(earned, rel=1e-9, abs=TINY)
        assert outcome.expected_spend == pytest.approx(campaign.retention_cost * contact.sum())
        assert outcome.threshold == (p[contact].min() if contact.any() else None)


@given(tables, campaigns)
def test_the_best_threshold_applied_again_is_the_same_campaign(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    best = best_threshold(swept, campaign)
    if best.threshold is not None:
        assert at_threshold(swept, campaign, best.threshold) == best


@given(tables, campaigns, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_decision(table, campaign, random):
    shuffled = random.sample(range(table.shape[1]), table.shape[1])
    (p, charge, _), (p2, charge2, _) = table, table[:, shuffled]
    one, two = sweep(p, monthly_charge=charge), sweep(p2, monthly_charge=charge2)
    assert best_threshold(one, campaign) == best_threshold(two, campaign)
    assert plateau(one, campaign) == plateau(two, campaign)
    each, again = per_customer(p, campaign.clv(charge), campaign), per_customer(p2, campaign.clv(charge2), campaign)
    assert each.contacted == again.contacted
    assert each.expected_profit == pytest.approx(again.expected_profit, rel=1e-12, abs=1e-9)


@given(tables, campaigns)
def test_a_realised_profit_rests_on_the_same_decisions_as_the_expected_one(table, campaign):
    p, charge, churned = table
    clv = campaign.clv(charge)
    expected, realised = per_customer(p, clv, campaign), per_customer(p, clv, campaign, leaving=churned)
    assert realised.contacted == expected.contacted
    assert realised.expected_spend == expected.expected_spend
    contact = expected_profit(p, clv, campaign) > 0
    assert realised.expected_profit == pytest.approx(expected_profit(churned, clv, campaign)[contact].sum(), abs=TINY)


def test_a_customer_who_earns_exactly_nothing_is_not_contacted():
    campaign = Campaign(retention_cost=8, success_rate=0.5, clv_months=1)  # powers of two: exact in floats
    p, clv = np.array([0.5, 0.25]), np.array([64.0, 64.0])  # u = 8 and exactly 0
    for outcome in (best_threshold(sweep(p, clv=clv), campaign), per_customer(p, clv, campaign)):
        assert (outcome.contacted, outcome.expected_profit) == (1, 8.0)


def test_of_equal_profits_the_smaller_campaign_is_chosen():
    campaign = Campaign(retention_cost=8, success_rate=0.5, clv_months=1)
    outcome = best_threshold(sweep([0.75, 0.5, 0.25], clv=[64.0, 16.0, 96.0]), campaign)  # u = 16, -4, 4
    assert (outcome.contacted, outcome.threshold, outcome.expected_profit) == (1, 0.75, 16.0)


@given(tables, st.floats(0.01, 300))
def test_where_no_contact_pays_nobody_is_contacted_and_roi_is_undefined(table, cost):
    p, charge, _ = table
    hopeless = Campaign(retention_cost=cost, success_rate=0.0)
    nothing = Outcome(contacted=0, expected_profit=0.0, expected_spend=0.0)
    swept = sweep(p, monthly_charge=charge)
    assert best_threshold(swept, hopeless) == nothing
    assert per_customer(p, hopeless.clv(charge), hopeless) == nothing
    assert nothing.roi is None and nothing.threshold is None
    assert plateau(swept, hopeless) is None


@given(tables, campaigns)
def test_roi_is_profit_over_spend(table, campaign):
    p, charge, _ = table
    everybody = contact_all(sweep(p, monthly_charge=charge), campaign)
    assert everybody.contacted == len(p)
    if campaign.retention_cost * len(p) > 0:
        assert everybody.roi == pytest.approx(everybody.expected_profit / (campaign.retention_cost * len(p)))
    else:
        assert everybody.roi is None


@given(tables, campaigns)
def test_the_plateau_contains_the_best_threshold_and_its_ends_lose_at_most_one_per_cent(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    best = best_threshold(swept, campaign)
    assume(best.expected_profit > 0)
    low, high = plateau(swept, campaign)
    assert low <= best.threshold <= high
    for end in (low, high):
        assert at_threshold(swept, campaign, end).expected_profit >= (1 - settings.PLATEAU_SHARE) * best.expected_profit


@given(tables, campaigns)
def test_every_threshold_on_the_plateau_is_as_good_and_the_next_on_either_side_is_not(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    best = best_threshold(swept, campaign)
    assume(best.expected_profit > 0)
    low, high = plateau(swept, campaign)
    enough = (1 - settings.PLATEAU_SHARE) * best.expected_profit
    for threshold in p[(p >= low) & (p <= high)]:
        assert at_threshold(swept, campaign, threshold).expected_profit >= enough
    for beside in (p[p < low].max(initial=-1), p[p > high].min(initial=2)):
        if beside in p:
            assert at_threshold(swept, campaign, beside).expected_profit < enough
