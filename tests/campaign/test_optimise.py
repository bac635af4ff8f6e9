"""Whom to contact for the largest expected profit."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import (
    NOBODY_CONTACTED,
    Outcome,
    at_candidate,
    at_threshold,
    best_threshold,
    choose,
    contact_all,
    per_customer,
    plateau,
    ranked_per_customer,
)
from churn_core.campaign.sensitivity import heat_map
from churn_core.campaign.sweep import sweep
from tests.campaign.conftest import amounts, campaigns, objectives, ratios, shares, simple_campaigns, tables_of, tempting

tables, small_tables = tables_of(25), tables_of(8)
TINY = 1e-6  # money; what summing in another order may change


def money_of(lists, leaving, clv, campaign):
    """Profit and spend of many lists at once, (lists, n) bool, straight from the definition; 0 for the empty one."""
    fixed = campaign.fixed_cost * lists.any(axis=1)
    spend = np.broadcast_to(expected_spend(leaving, campaign), leaving.shape)
    return lists @ expected_profit(leaving, clv, campaign) - fixed, lists @ spend + fixed


def every_threshold(p):
    return np.array([p >= t for t in sorted(set(p), reverse=True)])


def every_list(n):
    return np.array(list(product([False, True], repeat=n)))


def meets(objective, profit, spend, slack):
    """Whether a campaign pays and keeps to the budget and the demanded ROI, with some money to spare (or, below 0, almost)."""
    within = spend <= (np.inf if objective.budget is None else objective.budget) - slack
    demanded = (objective.min_roi or 0) * spend
    return within & (profit >= demanded + slack * (1 + (objective.min_roi or 0))) & (profit > slack)


def worth_of(objective, profit, spend, campaign, contacted):
    """Σu − h·Σe: what is compared, the profit itself where no return on each contact is demanded."""
    fixed = campaign.fixed_cost * (np.asarray(contacted) > 0)
    return profit + fixed - objective.marginal * (spend - fixed)


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


@given(tables, campaigns, shares)
def test_a_better_success_rate_never_lowers_the_best_profit(table, campaign, share):
    """One threshold may have to contact customers who are worth less than the incentive, and a success with them costs."""
    p, charge, _ = table
    better = replace(campaign, success_rate=campaign.success_rate + share * (1 - campaign.success_rate))
    clv, swept = campaign.clv(charge), sweep(p, monthly_charge=charge)
    assert per_customer(p, clv, better).expected_profit >= per_customer(p, clv, campaign).expected_profit - TINY
    if campaign.incentive <= clv.min():
        assert best_threshold(swept, better).expected_profit >= best_threshold(swept, campaign).expected_profit - TINY


@given(tables, campaigns, amounts, st.sampled_from(["retention_cost", "incentive", "fixed_cost"]))
def test_a_dearer_campaign_never_earns_more(table, campaign, more, name):
    p, charge, _ = table
    dearer, clv = replace(campaign, **{name: getattr(campaign, name) + more}), campaign.clv(charge)
    swept = sweep(p, monthly_charge=charge)
    assert per_customer(p, clv, dearer).expected_profit <= per_customer(p, clv, campaign).expected_profit + TINY
    assert best_threshold(swept, dearer).expected_profit <= best_threshold(swept, campaign).expected_profit + TINY


@given(tables, campaigns, objectives, st.integers(-6, 6))
def test_another_currency_unit_changes_no_decision(table, campaign, objective, exponent):
    """By powers of two, which floats multiply exactly: the very same list, and k times its profit to the last bit."""
    p, charge, churned = table
    k = 2.0**exponent
    dearer = replace(campaign, **{name: k * getattr(campaign, name) for name in ("retention_cost", "incentive", "fixed_cost")})
    larger = replace(objective, budget=None if objective.budget is None else k * objective.budget)
    pairs = [
        [
            per_customer(p, campaign.clv(unit * charge), c, objective=o)
            for unit, c, o in ((1, campaign, objective), (k, dearer, larger))
        ]
    ]
    for leaving in (None, churned):
        one, other = (sweep(p, monthly_charge=unit * charge, leaving=leaving) for unit in (1, k))
        for optimum in (best_threshold, ranked_per_customer):
            pairs.append((optimum(one, campaign, objective), optimum(other, dearer, larger)))
    for one, other in pairs:
        assert (other.contacted, other.threshold) == (one.contacted, one.threshold)
        assert (other.expected_profit, other.expected_spend) == (k * one.expected_profit, k * one.expected_spend)


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


@given(tables, campaigns, objectives)
def test_the_best_threshold_applied_again_is_the_same_campaign(table, campaign, objective):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    for aim in (MAXIMUM_PROFIT, objective):
        best = best_threshold(swept, campaign, aim)
        if best.threshold is not None:
            assert at_threshold(swept, campaign, best.threshold) == best


@given(tables, campaigns, objectives, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_decision(table, campaign, objective, random):
    shuffled = random.sample(range(table.shape[1]), table.shape[1])
    (p, charge, _), (p2, charge2, _) = table, table[:, shuffled]
    one, two = sweep(p, monthly_charge=charge), sweep(p2, monthly_charge=charge2)
    for aim in (MAXIMUM_PROFIT, objective):
        assert best_threshold(one, campaign, aim) == best_threshold(two, campaign, aim)
        assert plateau(one, campaign, aim) == plateau(two, campaign, aim)
        assert ranked_per_customer(one, campaign, aim) == ranked_per_customer(two, campaign, aim)
        each = per_customer(p, campaign.clv(charge), campaign, objective=aim)
        again = per_customer(p2, campaign.clv(charge2), campaign, objective=aim)
        assert each.contacted == again.contacted
        assert each.expected_profit == pytest.approx(again.expected_profit, rel=1e-12, abs=1e-9)


@given(tables, campaigns)
def test_a_realised_profit_rests_on_the_same_decisions_as_the_expected_one(table, campaign):
    p, charge, churned = table
    clv = campaign.clv(charge)
    expected, realised = per_customer(p, clv, campaign), per_customer(p, clv, campaign, leaving=churned)
    assert realised.contacted == expected.contacted
    profit, spend = money_of(np.array([choose(p, clv, campaign)[0]]), churned, clv, campaign)
    assert realised.expected_profit == pytest.approx(profit[0], rel=1e-9, abs=TINY)
    assert realised.expected_spend == pytest.approx(spend[0])


def test_a_customer_who_earns_exactly_nothing_is_not_contacted():
    campaign = Campaign(retention_cost=8, success_rate=0.5, clv_months=1)  # powers of two: exact in floats
    p, clv = np.array([0.5, 0.25]), np.array([64.0, 64.0])  # u = 8 and exactly 0
    for outcome in (best_threshold(sweep(p, clv=clv), campaign), per_customer(p, clv, campaign)):
        assert (outcome.contacted, outcome.expected_profit) == (1, 8.0)


@given(
    st.lists(st.tuples(st.integers(0, 10), st.integers(1, 10)), min_size=1, max_size=6),
    st.integers(0, 10),
    st.integers(1, 10),
    st.integers(0, 6),
)
@example([(7, 10)], 7, 1, 0)  # p = 0.7, V = 100, γ = 0.1, c = 7: in floats one product is 7.000000000000001
@example([(9, 2), (6, 3)], 1, 1, 0)
@example([(1, 2)], 1, 10, 2)  # u = 1 for 1, where 100 % are demanded
def test_without_an_incentive_the_decisions_are_those_of_exact_arithmetic(customers, cost, rate, half_returns):
    """With round numbers a profit of exactly 0 is common, and floats give it a sign; nobody is contacted for that.
    Who brings exactly the demanded return is."""
    p, clv = np.array([[i / 10, 10.0 * v] for i, v in sorted(customers, reverse=True)]).T
    campaign, swept = Campaign(retention_cost=cost, success_rate=rate / 10), sweep(p, clv=clv)
    exact = [Fraction(i * v * rate, 10) - cost for i, v in sorted(customers, reverse=True)]
    assert best_threshold(swept, campaign).contacted == smallest_best(p, exact)
    for h in (Fraction(0), Fraction(half_returns, 2)):
        worth, objective = sum(u > 0 and u >= h * cost for u in exact), Objective(min_marginal_roi=float(h))
        assert per_customer(p, clv, campaign, objective=objective).contacted == worth
        assert ranked_per_customer(swept, campaign, objective).contacted == worth


@given(
    st.lists(st.tuples(st.integers(0, 10), st.integers(1, 10)), min_size=1, max_size=6),
    st.tuples(st.integers(0, 10), st.integers(1, 10), st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)),
)
@example([(7, 10)], (7, 1, 0, 0, 0))
def test_with_an_incentive_and_backfire_too_the_decisions_are_those_of_exact_arithmetic(customers, parameters):
    cost, rate, incentive, uptake, backfire = parameters
    p, clv = np.array([[i / 10, 10.0 * v] for i, v in sorted(customers, reverse=True)]).T
    rates = {"success_rate": rate / 10, "incentive_uptake": uptake / 10, "backfire_rate": backfire / 10}
    campaign = Campaign(retention_cost=cost, incentive=incentive, **rates)
    gain = [Fraction(i * rate * (10 * v - incentive), 100) for i, v in sorted(customers, reverse=True)]
    loss = [Fraction((10 - i) * (uptake * incentive + backfire * 10 * v), 100) for i, v in sorted(customers, reverse=True)]
    exact = [g - lost - cost for g, lost in zip(gain, loss, strict=True)]
    assert per_customer(p, clv, campaign).contacted == sum(u > 0 for u in exact)
    assert best_threshold(sweep(p, clv=clv), campaign).contacted == smallest_best(p, exact)


def smallest_best(p, exact):
    """How many the smallest of the most profitable thresholds contacts; ``p`` falling, ``exact`` profits."""
    campaigns = [0, *(int((p >= t).sum()) for t in sorted(set(p), reverse=True))]
    return max(campaigns, key=lambda n: (sum(exact[:n]), -n))


def test_losses_and_gains_that_cancel_out_are_no_reason_to_contact_anyone():
    campaign = Campaign(retention_cost=0.9, success_rate=0.1)
    p, clv = np.array([0.9, 0.6]), np.array([1.8, 27.3])  # u = -0.738 and 0.738, in floats a little more
    swept = sweep(p, clv=clv)
    assert best_threshold(swept, campaign) == NOBODY_CONTACTED
    assert best_threshold(swept, campaign, Objective(budget=1_000)) == NOBODY_CONTACTED


def test_a_profit_of_exactly_the_fixed_cost_is_no_reason_to_contact_anyone():
    campaign = Campaign(retention_cost=0, success_rate=1, fixed_cost=0.3)
    swept = sweep([0.2, 0.1], clv=1.0)  # 0.1 + 0.2 is a little more than 0.3 in floats
    for optimum in (best_threshold, ranked_per_customer):
        assert optimum(swept, campaign) == NOBODY_CONTACTED
    assert per_customer(swept.score, 1.0, campaign) == NOBODY_CONTACTED


@pytest.mark.parametrize("seed", range(3))
def test_among_thousands_too_a_customer_who_earns_exactly_nothing_is_not_contacted(seed):
    rng = np.random.default_rng(seed)
    p, clv = np.append(rng.uniform(0.71, 1, 7_000), 0.7), np.append(rng.uniform(100, 10_000, 7_000), 10.3)
    campaign = Campaign(retention_cost=0.721, success_rate=0.1)  # the last one earns 0.7 · 0.1 · 10.3 - 0.721
    swept = sweep(p, clv=clv)
    assert per_customer(p, clv, campaign).contacted == 7_000
    assert ranked_per_customer(swept, campaign).contacted == 7_000
    assert best_threshold(swept, campaign).contacted == 7_000


@given(tables, simple_campaigns, st.one_of(st.just(MAXIMUM_PROFIT), ratios.map(lambda h: Objective(min_marginal_roi=h))))
def test_the_fast_way_to_the_best_threshold_is_the_general_way(table, campaign, objective):
    p, charge, churned = table
    for leaving in (p, churned):
        swept = sweep(p, monthly_charge=charge, leaving=leaving)
        fast = best_threshold(swept, campaign, objective)
        k = objective.best(swept.expected_profit(campaign), swept.expected_spend(campaign), campaign.fixed_cost)
        general = at_candidate(swept, campaign, int(k))
        fast_worth, general_worth = (
            worth_of(objective, way.expected_profit, way.expected_spend, campaign, way.contacted) for way in (fast, general)
        )
        assert fast_worth == pytest.approx(general_worth, rel=1e-9, abs=TINY * (1 + objective.marginal))


@given(tables, simple_campaigns, st.one_of(st.just(MAXIMUM_PROFIT), ratios.map(lambda h: Objective(min_marginal_roi=h))))
@example(np.array([[0.5, 0.0], [100.0, 100.0], [0, 0]]), Campaign(retention_cost=0), Objective(min_marginal_roi=1))
def test_the_fast_way_customer_by_customer_is_the_general_way(table, campaign, objective):
    p, charge, churned = table
    clv = campaign.clv(charge)
    for leaving in (None, churned):
        fast = ranked_per_customer(sweep(p, monthly_charge=charge, leaving=leaving), campaign, objective)
        general = per_customer(p, clv, campaign, leaving, objective)
        assert fast.contacted == general.contacted
        assert fast.expected_profit == pytest.approx(general.expected_profit, rel=1e-9, abs=TINY)
        assert fast.expected_spend == pytest.approx(general.expected_spend)


@pytest.mark.parametrize("seed", range(5))
def test_among_thousands_whom_no_contact_pays_for_nobody_is_contacted(seed):
    rng = np.random.default_rng(seed)
    swept = sweep(rng.random(3_000), clv=100 * rng.random(3_000))
    hopeless = Campaign(retention_cost=10_000)
    for optimum in (best_threshold, ranked_per_customer):
        assert optimum(swept, hopeless) == NOBODY_CONTACTED


@pytest.mark.parametrize("incentive", [0.0, 1e-9], ids=["fast way", "general way"])
def test_the_fixed_cost_never_brings_in_contacts_that_miss_the_demanded_marginal_roi(incentive):
    """u = 35, 15, 12.50 and 10 for 10 each: only the first brings 200 %, and alone it does not earn the 60 back."""
    campaign = Campaign(retention_cost=10, success_rate=0.5, fixed_cost=60, incentive=incentive)
    objective, p = Objective(min_marginal_roi=2), np.array([0.9, 0.5, 0.45, 0.4])
    swept = sweep(p, clv=100.0)
    assert per_customer(p, 100.0, campaign, objective=objective).contacted == 0
    assert best_threshold(swept, campaign, objective) == NOBODY_CONTACTED
    assert heat_map(swept, campaign, np.array([0.5]), np.array([10.0]), objective).contacted.tolist() == [[0]]


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


@given(tempting, objectives)
def test_a_limit_bounds_the_plateau_too(case, objective):
    p, clv, campaign = case
    swept = sweep(p, clv=clv)
    best = best_threshold(swept, campaign, objective)
    assume(best.expected_profit > TINY)
    low, high = plateau(swept, campaign, objective)
    assert low <= best.threshold <= high
    for threshold in p[(p >= low) & (p <= high)]:
        there = at_threshold(swept, campaign, threshold)
        assert meets(objective, there.expected_profit, there.expected_spend, -TINY)
        assert there.expected_profit >= (1 - settings.PLATEAU_SHARE) * best.expected_profit - TINY
    if objective.marginal:  # beyond the best are contacts that bring less than what is demanded of each
        assert low == best.threshold
