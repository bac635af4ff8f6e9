"""Whom to contact for the largest expected profit."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import (
    NOBODY_CONTACTED,
    Outcome,
    at_threshold,
    best_threshold,
    choose,
    contact_all,
    per_customer,
    plateau,
)
from churn_core.campaign.sweep import sweep
from tests.campaign.conftest import TINY, campaigns, meets, objectives, ratios, tables_of, tempting, worth_of

tables, small_tables = tables_of(25), tables_of(8)


def money_of(lists, leaving, clv, campaign):
    """Profit and spend of many lists at once, (lists, n) bool, straight from the definition; 0 for the empty one."""
    fixed = campaign.fixed_cost * lists.any(axis=1)
    spend = np.broadcast_to(expected_spend(leaving, campaign), leaving.shape)
    return lists @ expected_profit(leaving, clv, campaign) - fixed, lists @ spend + fixed


def every_threshold(p):
    return np.array([p >= t for t in sorted(set(p), reverse=True)])


def every_list(n):
    return np.array(list(product([False, True], repeat=n)))


def assert_best(outcome, objective, campaign, profit, spend, contacted):
    """The outcome meets the objective, and is worth as much as any rival that does."""
    here = worth_of(objective, outcome.expected_profit, outcome.expected_spend, campaign, outcome.contacted)
    rivals = worth_of(objective, profit, spend, campaign, contacted)[meets(objective, profit, spend, TINY)]
    assert here >= rivals.max(initial=0.0) - TINY * (1 + objective.marginal)
    if outcome.contacted:
        assert meets(objective, outcome.expected_profit, outcome.expected_spend, -TINY)
    else:
        assert (outcome.expected_profit, outcome.expected_spend, outcome.roi) == (0, 0, None)


@given(tables, campaigns)
def test_the_best_threshold_is_the_best_of_all_thresholds(table, campaign):
    p, charge, churned = table
    for leaving in (p, churned):
        best = best_threshold(sweep(p, monthly_charge=charge, leaving=leaving), campaign)
        profit, _ = money_of(every_threshold(p), leaving, campaign.clv(charge), campaign)
        assert best.expected_profit == pytest.approx(max(0.0, *profit), rel=1e-9, abs=TINY)


@given(tables, campaigns, objectives)
def test_the_best_threshold_is_the_best_of_all_that_meet_the_objective(table, campaign, objective):
    assume(not (campaign.fixed_cost and objective.marginal))  # a law of its own, below
    p, charge, churned = table
    lists = every_threshold(p)
    for leaving in (p, churned):
        best = best_threshold(sweep(p, monthly_charge=charge, leaving=leaving), campaign, objective)
        profit, spend = money_of(lists, leaving, campaign.clv(charge), campaign)
        assert_best(best, objective, campaign, profit, spend, lists.sum(axis=1))


@given(small_tables, campaigns)
def test_customer_by_customer_is_the_best_of_all_lists(table, campaign):
    p, charge, _ = table
    clv = campaign.clv(charge)
    profit, _ = money_of(every_list(len(p)), p, clv, campaign)
    outcome = per_customer(p, clv, campaign)
    assert outcome.expected_profit == pytest.approx(profit.max(), rel=1e-9, abs=TINY)
    assert outcome.upper_bound is None


@given(tempting, st.floats(0, 600), st.sampled_from([None, 0.5, 2.0]))
def test_within_a_budget_no_list_earns_more_than_the_bound_and_without_a_bound_the_list_is_the_best(case, budget, marginal):
    (p, clv, campaign), objective = case, Objective(budget=budget, min_marginal_roi=marginal)
    outcome = per_customer(p, clv, campaign, objective=objective)
    u, e = expected_profit(p, clv, campaign), np.broadcast_to(expected_spend(p, campaign), p.shape)
    lists = every_list(len(p))
    if marginal:
        lists = lists[~(lists & (u < marginal * e)).any(axis=1)]  # each contact has to bring it
    profit, spend = money_of(lists, p, clv, campaign)
    assert outcome.expected_spend <= budget + TINY
    most = profit[spend <= budget - TINY].max(initial=0.0)
    bound = outcome.expected_profit if outcome.upper_bound is None else outcome.upper_bound
    assert bound >= most - TINY
    assert bound >= outcome.expected_profit - TINY >= -TINY


@given(tempting, st.floats(0, 300))
def test_within_a_budget_the_list_is_exact_where_every_contact_costs_the_same(case, budget):
    p, clv, campaign = case
    campaign = replace(campaign, incentive=0.0)
    outcome = per_customer(p, clv, campaign, objective=Objective(budget=budget))
    profit, spend = money_of(every_list(len(p)), p, clv, campaign)
    assert outcome.upper_bound is None
    assert outcome.expected_profit >= profit[spend <= budget - TINY].max(initial=0.0) - TINY


@given(tempting, st.floats(0, 1), st.floats(10, 80))
def test_within_a_budget_the_list_is_short_of_the_bound_by_no_more_than_one_customer_earns(case, share, incentive):
    p, clv, campaign = case
    campaign = replace(campaign, fixed_cost=0.0, incentive=incentive, incentive_uptake=0.0)
    u, e = expected_profit(p, clv, campaign), expected_spend(p, campaign)
    contact, bound = choose(p, clv, campaign, Objective(budget=share * e[u > 0].sum()))
    if bound is not None:
        assert bound - u[contact].sum() <= u[(u > 0) & ~contact].max() + TINY


def test_a_customer_beyond_the_budget_does_not_keep_those_within_it_from_being_contacted():
    campaign = Campaign(retention_cost=1, success_rate=1, incentive=100, incentive_uptake=0)
    p, clv = np.array([0.9, 0.05]), np.array([100_000.0, 150.0])  # u = 89,909 for 91, and 1.50 for 6
    outcome = per_customer(p, clv, campaign, objective=Objective(budget=50))
    assert (outcome.contacted, outcome.expected_spend) == (1, 6)


@given(tempting, ratios)
def test_of_the_first_k_by_profit_the_most_profitable_that_reaches_the_demanded_roi_is_taken(case, demanded):
    (p, clv, campaign), objective = case, Objective(min_roi=demanded)
    u = expected_profit(p, clv, campaign)
    first = np.array([u >= least for least in sorted(set(u), reverse=True)])
    profit, spend = money_of(first, p, clv, campaign)
    assert_best(per_customer(p, clv, campaign, objective=objective), objective, campaign, profit, spend, first.sum(axis=1))


@given(tempting, st.one_of(st.none(), st.floats(0, 300)), ratios)
def test_of_all_lists_that_reach_the_demanded_roi_the_best_is_taken_where_contacts_cost_the_same(case, budget, demanded):
    (p, clv, campaign), objective = case, Objective(budget=budget, min_roi=demanded)
    campaign, lists = replace(campaign, incentive=0.0), every_list(len(p))
    profit, spend = money_of(lists, p, clv, campaign)
    assert_best(per_customer(p, clv, campaign, objective=objective), objective, campaign, profit, spend, lists.sum(axis=1))


@given(small_tables, campaigns, ratios)
def test_every_contact_brings_the_demanded_marginal_roi_and_whoever_does_is_contacted(table, campaign, h):
    p, charge, _ = table
    clv, objective = campaign.clv(charge), Objective(min_marginal_roi=h)
    contact, bound = choose(p, clv, campaign, objective)
    u, e = expected_profit(p, clv, campaign), np.broadcast_to(expected_spend(p, campaign), p.shape)
    slack = 1e-9 * (1 + h) * (np.abs(u) + e)
    assert bound is None
    assert (u[contact] >= (h * e - slack)[contact]).all() and (u[contact] > 0).all()
    bringing = (u > h * e + slack) & (u > 0)
    if u[bringing].sum() > campaign.fixed_cost + TINY:
        assert contact[bringing].all()
    if not contact.any():
        assert u[bringing].sum() <= campaign.fixed_cost + TINY


def test_with_a_fixed_cost_a_small_list_can_miss_the_demanded_roi_and_a_larger_one_reach_it():
    campaign = Campaign(retention_cost=10, success_rate=0.5, fixed_cost=20)
    p, clv, objective = np.array([0.9, 0.8, 0.7, 0.3]), np.full(4, 100.0), Objective(min_roi=1.25)
    # u = 35, 30, 25, 5: ROI 15/30, 45/40, 70/50 and 75/60, of which only the last two reach 1.25
    for outcome in (per_customer(p, clv, campaign, objective=objective), best_threshold(sweep(p, clv=clv), campaign, objective)):
        assert (outcome.contacted, outcome.roi) == (4, pytest.approx(1.25))
    more = replace(objective, min_roi=1.3)
    for outcome in (per_customer(p, clv, campaign, objective=more), best_threshold(sweep(p, clv=clv), campaign, more)):
        assert (outcome.contacted, outcome.roi) == (3, pytest.approx(1.4))


@given(tempting, ratios, st.floats(0, 500))
def test_a_fixed_cost_is_charged_once_if_anyone_is_contacted_and_moves_no_threshold_that_still_pays(case, h, fixed):
    p, clv, campaign = case
    swept, fixed_too = sweep(p, clv=clv), replace(campaign, fixed_cost=fixed)
    for objective in (MAXIMUM_PROFIT, Objective(min_marginal_roi=h)):
        without = best_threshold(swept, replace(campaign, fixed_cost=0.0), objective)
        best = best_threshold(swept, fixed_too, objective)
        if without.expected_profit > fixed + TINY:
            assert best.expected_profit == pytest.approx(without.expected_profit - fixed, abs=TINY)
            assert best.expected_spend == pytest.approx(without.expected_spend + fixed)
        elif without.expected_profit < fixed - TINY:
            assert best == NOBODY_CONTACTED


@given(tables, campaigns)
def test_customer_by_customer_earns_at_least_the_best_threshold_and_that_at_least_all_or_none(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    each = per_customer(p, campaign.clv(charge), campaign).expected_profit
    best = best_threshold(swept, campaign).expected_profit
    assert each >= best - TINY
    assert best >= max(0.0, contact_all(swept, campaign).expected_profit - TINY)


@given(tables, campaigns)
def test_no_other_choice_of_customers_earns_more_than_customer_by_customer(table, campaign):
    p, charge, other = table
    clv = campaign.clv(charge)
    profit, _ = money_of(np.array([other == 1]), p, clv, campaign)
    assert per_customer(p, clv, campaign).expected_profit >= profit[0] - TINY


@given(tables, campaigns, st.floats(-0.5, 1.5))
def test_a_threshold_contacts_exactly_those_at_or_above_it(table, campaign, threshold):
    p, charge, churned = table
    contact = p >= threshold
    for leaving in (p, churned):
        outcome = at_threshold(sweep(p, monthly_charge=charge, leaving=leaving), campaign, threshold)
        profit, spend = money_of(np.array([contact]), leaving, campaign.clv(charge), campaign)
        assert outcome.contacted == contact.sum()
        assert outcome.expected_profit == pytest.approx(profit[0], rel=1e-9, abs=TINY)
        assert outcome.expected_spend == pytest.approx(spend[0])
        assert outcome.threshold == (p[contact].min() if contact.any() else None)


@given(tables, campaigns)
def test_a_realised_profit_rests_on_the_same_decisions_as_the_expected_one(table, campaign):
    p, charge, churned = table
    clv = campaign.clv(charge)
    expected, realised = per_customer(p, clv, campaign), per_customer(p, clv, campaign, leaving=churned)
    assert realised.contacted == expected.contacted
    profit, spend = money_of(np.array([choose(p, clv, campaign)[0]]), churned, clv, campaign)
    assert realised.expected_profit == pytest.approx(profit[0], rel=1e-9, abs=TINY)
    assert realised.expected_spend == pytest.approx(spend[0])


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
    profit, spend = money_of(np.ones((1, len(p)), dtype=bool), p, campaign.clv(charge), campaign)
    if spend[0] > 0:
        assert everybody.roi == pytest.approx(profit[0] / spend[0], rel=1e-9, abs=TINY / spend[0])
    else:
        assert everybody.roi is None


def test_a_single_question_has_the_answer_that_a_slider_gets():
    """Asked once, the best threshold is found in one pass; asked again and again, on the hull that is made once."""
    rng = np.random.default_rng(7)
    swept = sweep(rng.beta(0.8, 2, 3_000).round(4), monthly_charge=rng.uniform(18, 119, 3_000).round(2))
    limits = (MAXIMUM_PROFIT, Objective(budget=5_000), Objective(min_roi=4), Objective(min_marginal_roi=0.5))
    for cost, rate, objective in product((0, 1, 7, 25, 90, 1_000), (0.05, 0.3, 0.77), limits):
        campaign = Campaign(retention_cost=cost, success_rate=rate)
        assert best_threshold(swept.valued_once(campaign), campaign, objective) == replace(
            best_threshold(swept, campaign, objective),
            expected_profit=pytest.approx(best_threshold(swept, campaign, objective).expected_profit),
        )
