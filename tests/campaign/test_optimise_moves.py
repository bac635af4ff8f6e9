"""What moves the best list, in which direction, and what does not move it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import (
    at_threshold,
    best_threshold,
    per_customer,
    plateau,
    ranked_per_customer,
)
from churn_core.campaign.sweep import sweep
from tests.campaign.conftest import TINY, amounts, campaigns, objectives, shares
from tests.campaign.test_optimise import tables


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
        optima = (best_threshold, ranked_per_customer)
        pairs += [(optimum(one, campaign, objective), optimum(other, dearer, larger)) for optimum in optima]
    for one, other in pairs:
        assert (other.contacted, other.threshold) == (one.contacted, one.threshold)
        assert (other.expected_profit, other.expected_spend) == (k * one.expected_profit, k * one.expected_spend)


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
