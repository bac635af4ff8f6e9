"""A limit that binds nothing changes nothing, to the last bit; and "at least" and "at most" take in the border."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign import optimise_summary
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import best_threshold, contact_all, per_customer, plateau, ranked_per_customer
from churn_core.campaign.sensitivity import heat_map
from churn_core.campaign.summary import Summary
from churn_core.campaign.sweep import sweep
from tests.campaign.conftest import campaigns, shares, simple_campaigns, tables_of

tables = tables_of(25)
any_campaign = st.one_of(campaigns, simple_campaigns)
MOST_ROI = 1e6  # what a least ROI may be


def limits_of(outcome, share):
    """Limits that the outcome keeps to, on the border and off it."""
    within, roi = outcome.expected_spend * (1 + share) + share, min(outcome.roi or 0.0, MOST_ROI)
    return (
        Objective(budget=outcome.expected_spend),
        Objective(budget=within),
        Objective(min_roi=roi),
        Objective(min_roi=share * roi),
        Objective(budget=outcome.expected_spend, min_roi=roi, min_marginal_roi=0),
    )


@given(tables, any_campaign, shares)
def test_of_the_best_threshold(table, campaign, share):
    p, charge, churned = table
    for leaving in (None, churned):
        swept = sweep(p, monthly_charge=charge, leaving=leaving)
        free = best_threshold(swept, campaign)
        for easy in limits_of(free, share):
            assert best_threshold(swept, campaign, easy) == free


@given(tables, any_campaign, shares)
def test_of_the_choice_customer_by_customer(table, campaign, share):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    for optimum in (
        lambda objective: ranked_per_customer(swept, campaign, objective),
        lambda objective: per_customer(p, campaign.clv(charge), campaign, objective=objective),
    ):
        free = optimum(MAXIMUM_PROFIT)
        assert free.upper_bound is None
        for easy in limits_of(free, share):
            assert optimum(easy) == free


@given(tables, any_campaign, shares)
def test_of_a_return_that_every_part_of_the_best_threshold_brings_anyway(table, campaign, share):
    """The last contacts of the list, however many, bring h or more: demanding h, or less, takes nobody off."""
    p, charge, _ = table
    campaign, swept = replace(campaign, fixed_cost=0.0), sweep(p, monthly_charge=charge)
    free = best_threshold(swept, campaign)
    k = int(np.searchsorted(swept.contacted, free.contacted))
    earned, spent = (np.asarray(of(campaign))[: k + 1] for of in (swept.expected_profit, swept.expected_spend))
    more = spent[-1] - spent[:-1] > 0
    least = ((earned[-1] - earned[:-1])[more] / (spent[-1] - spent[:-1])[more]).min(initial=MOST_ROI)
    for h in (max(0.0, least), share * max(0.0, least)):
        assert best_threshold(swept, campaign, Objective(min_marginal_roi=h)) == free


@given(tables, any_campaign)
def test_of_the_plateau(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    everybody = contact_all(swept, campaign).expected_spend
    for easy in (Objective(budget=everybody), Objective(min_roi=0), Objective(min_marginal_roi=0)):
        assert plateau(swept, campaign, easy) == plateau(swept, campaign)


@given(tables, any_campaign, shares)
def test_of_the_heat_map(table, campaign, share):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    rates, costs = np.array([0.0, 0.25, campaign.success_rate, 1.0]), np.array([0.0, 1.0, campaign.retention_cost])
    free = heat_map(swept, campaign, rates, costs)
    outcomes = [
        best_threshold(swept, replace(campaign, success_rate=float(rate), retention_cost=float(cost)))
        for rate in rates
        for cost in costs
    ]
    spend = max(outcome.expected_spend for outcome in outcomes) * (1 + 1e-9)
    roi = min((outcome.roi for outcome in outcomes if outcome.roi is not None), default=0.0)
    for easy in (
        Objective(budget=spend),
        Objective(min_roi=share * min(roi, MOST_ROI) * (1 - 1e-9)),
        Objective(min_marginal_roi=0),
    ):
        limited = heat_map(swept, campaign, rates, costs, easy)
        for name in ("threshold", "contacted", "expected_profit"):
            assert np.array_equal(getattr(limited, name), getattr(free, name), equal_nan=True), name


@given(tables, any_campaign, shares)
def test_of_summarised_customers(table, campaign, share):
    """The bound may fall: it is on the thresholds that keep to the limit."""
    p, charge, _ = table
    summary = Summary.of(p, charge)
    free = optimise_summary.best_threshold(summary, campaign)
    for easy in limits_of(free, share):
        limited = optimise_summary.best_threshold(summary, campaign, easy)
        assert replace(limited, upper_bound=free.upper_bound) == free
        assert limited.expected_profit <= limited.upper_bound <= free.upper_bound


@pytest.mark.parametrize("incentive", [0.0, 1e-9], ids=["fast way", "general way"])
def test_who_brings_exactly_the_demanded_return_is_contacted_by_every_rule(incentive):
    """u = 35, 30 and 10 for 10 each, and -5: at 100 % the third brings just that, at more than that no longer."""
    campaign, p = Campaign(retention_cost=10, success_rate=0.5, incentive=incentive), np.array([0.9, 0.8, 0.4, 0.1])
    swept, summary = sweep(p, clv=100.0), Summary.of(p, np.full(4, 100 / 12))
    for h, contacted in ((1, 3), (1.001, 2), (3, 2), (3.5, 1), (3.501, 0)):
        objective = Objective(min_marginal_roi=h * (1 - 1e-9))  # the incentive costs as much as that
        exact = objective if incentive else Objective(min_marginal_roi=h)
        assert per_customer(p, 100.0, campaign, objective=exact).contacted == contacted
        assert ranked_per_customer(swept, campaign, exact).contacted == contacted
        assert best_threshold(swept, campaign, exact).contacted == contacted
        assert optimise_summary.best_threshold(summary, campaign, exact).contacted == contacted
        rate, cost = np.array([0.5]), np.array([10.0])
        assert heat_map(swept, campaign, rate, cost, exact).contacted.tolist() == [[contacted]]


def test_who_earns_exactly_nothing_is_not_contacted_even_where_nothing_is_demanded():
    campaign, p = Campaign(retention_cost=8, success_rate=0.5, clv_months=1), np.array([0.5, 0.25])  # u = 8 and exactly 0
    for h in (0.0, 1e-15):
        objective = Objective(min_marginal_roi=h)
        assert per_customer(p, 64.0, campaign, objective=objective).contacted == 1
        assert ranked_per_customer(sweep(p, clv=64.0), campaign, objective).contacted == 1
        assert best_threshold(sweep(p, clv=64.0), campaign, objective).contacted == 1
