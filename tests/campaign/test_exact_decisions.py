"""Profits of exactly nothing are no reason to contact anyone, and the fast way decides as the general way does."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import NOBODY_CONTACTED, at_candidate, best_threshold, per_customer, ranked_per_customer
from churn_core.campaign.sensitivity import heat_map
from churn_core.campaign.sweep import sweep
from tests.campaign.conftest import TINY, ratios, simple_campaigns, tables_of, worth_of

tables = tables_of(25)


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
