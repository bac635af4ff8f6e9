"""What a campaign is to achieve, and what that costs."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import best_threshold, choose, per_customer
from churn_core.campaign.sweep import sweep
from churn_core.errors import CampaignError
from tests.campaign.conftest import budgets, campaigns, objectives, ratios, shares, simple_campaigns, tables_of, tempting

tables = tables_of(25)
TINY = 1e-6  # money; what summing in another order may change


@pytest.mark.parametrize(
    "asked, sentence",
    [
        ({"budget": -1}, "budget must be .*, got -1. Write the budget as an amount of money, like 20000."),
        ({"budget": 1e300}, "budget must be .*, got 1e.300. Write the budget as an amount of money"),
        ({"min_roi": -1}, "min_roi must be .*, got -1. Write it as a ratio, like 2.45 for 245 %."),
        ({"min_roi": 1e7}, "min_roi must be .*, got 1e.07. Write it as a ratio"),
        ({"min_marginal_roi": -0.5}, "min_marginal_roi must be .*, got -0.5. Write it as a ratio, like 1 for 100 %."),
    ],
)
def test_what_nobody_can_reach_or_mean_is_refused_by_name_with_the_mend(asked, sentence):
    with pytest.raises(CampaignError, match=f"^{sentence}"):
        Objective(**asked)


@pytest.mark.parametrize("name", ["budget", "min_roi", "min_marginal_roi"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "2", [1.0], 10**400])
def test_what_is_no_finite_number_is_refused_by_name(name, value):
    with pytest.raises(CampaignError, match=f"^{name} must be a finite number, got .*Write it with digits"):
        Objective(**{name: value})


def test_nothing_asked_for_is_the_maximum_profit():
    assert Objective() == MAXIMUM_PROFIT == Objective(budget=None, min_roi=None, min_marginal_roi=None)
    assert MAXIMUM_PROFIT.marginal == 0


def test_an_objective_cannot_be_changed_and_takes_what_is_asked_by_name_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Objective().budget = 5
    with pytest.raises(TypeError):
        Objective(20_000)


@given(tables, campaigns)
def test_a_limit_that_does_not_bind_changes_nothing(table, campaign):
    p, charge, churned = table
    clv = campaign.clv(charge)
    for easy in (Objective(budget=1e9), Objective(min_roi=0), Objective(min_marginal_roi=0)):
        for leaving in (p, churned):
            swept = sweep(p, monthly_charge=charge, leaving=leaving)
            free, asked = best_threshold(swept, campaign), best_threshold(swept, campaign, easy)
            assert asked.expected_profit == pytest.approx(free.expected_profit, rel=1e-9, abs=TINY)
        free, asked = per_customer(p, clv, campaign), per_customer(p, clv, campaign, objective=easy)
        assert asked.upper_bound is None
        assert asked.expected_profit == pytest.approx(free.expected_profit, rel=1e-9, abs=TINY)


@given(tables, campaigns, budgets, shares)
def test_more_budget_never_lowers_the_profit(table, campaign, budget, share):
    p, charge, _ = table
    clv, swept = campaign.clv(charge), sweep(p, monthly_charge=charge)
    less, more = Objective(budget=share * budget), Objective(budget=budget)
    assert best_threshold(swept, campaign, less).expected_profit <= best_threshold(swept, campaign, more).expected_profit + TINY
    here, there = (per_customer(p, clv, campaign, objective=objective) for objective in (less, more))
    assert here.expected_profit <= there.expected_profit + TINY
    assert here.contacted <= there.contacted


@given(tables, campaigns, ratios, shares, st.sampled_from(["min_roi", "min_marginal_roi"]))
def test_a_higher_demanded_return_never_raises_the_profit(table, campaign, ratio, share, name):
    assume(not (campaign.fixed_cost and name == "min_marginal_roi"))  # more of less profitable contacts can still pay for it
    p, charge, _ = table
    clv, swept = campaign.clv(charge), sweep(p, monthly_charge=charge)
    lower, higher = Objective(**{name: share * ratio}), Objective(**{name: ratio})
    for optimum in (lambda o: best_threshold(swept, campaign, o), lambda o: per_customer(p, clv, campaign, objective=o)):
        assert optimum(higher).expected_profit <= optimum(lower).expected_profit + TINY * (1 + ratio)


@given(tempting, ratios)
def test_the_demanded_marginal_roi_is_the_shadow_price_of_the_budget_that_it_spends(case, h):
    p, clv, campaign = case
    campaign = dataclasses.replace(campaign, fixed_cost=0.0)
    swept = sweep(p, clv=clv)
    for optimum in (lambda o: best_threshold(swept, campaign, o), lambda o: per_customer(p, clv, campaign, objective=o)):
        by_price = optimum(Objective(min_marginal_roi=h))
        by_budget = optimum(Objective(budget=by_price.expected_spend))
        assert by_budget.expected_profit == pytest.approx(by_price.expected_profit, rel=1e-9, abs=TINY * (1 + h))


@given(tempting)
def test_without_a_fixed_cost_the_ratio_is_highest_for_the_first_customer_so_it_is_no_objective(case):
    p, clv, campaign = case
    campaign = dataclasses.replace(campaign, fixed_cost=0.0)
    u, e = expected_profit(p, clv, campaign), np.broadcast_to(expected_spend(p, campaign), p.shape)
    assume((e > 0.01).all())
    best_first = np.argsort(-u / e)
    ratio = np.cumsum(u[best_first]) / np.cumsum(e[best_first])
    assert (np.diff(ratio) <= 1e-9 * np.abs(ratio[1:])).all()


money = st.integers(-50, 50).map(float)
candidates = st.lists(st.tuples(money, st.integers(0, 60).map(float)), max_size=8).map(
    lambda rows: np.array([(0.0, 0.0), *rows]).T  # the empty campaign first
)
round_objectives = st.builds(
    Objective,
    budget=st.one_of(st.none(), st.integers(0, 60)),
    min_roi=st.one_of(st.none(), st.integers(0, 8).map(lambda i: i / 4)),
    min_marginal_roi=st.one_of(st.none(), st.integers(0, 8).map(lambda i: i / 4)),
)


@given(candidates, round_objectives)
@example(np.array([[0.0, 10.0, 15.0, 15.0], [0.0, 5.0, 10.0, 10.0]]), Objective(min_marginal_roi=1))  # the second brings just 1
@example(np.array([[0.0, 10.0], [0.0, 10.0]]), Objective(budget=10, min_roi=1, min_marginal_roi=1))
def test_the_best_candidate_is_that_of_a_search_and_of_equal_ones_that_of_more_profit_and_then_the_first(candidates, objective):
    """In whole money and quarters, so that ties are ties. "At least" takes in who brings exactly what is demanded."""
    profit, spend = candidates

    def allowed(k):
        within = objective.budget is None or spend[k] <= objective.budget
        return profit[k] > 0 and within and (objective.min_roi is None or profit[k] >= objective.min_roi * spend[k])

    worth = {k: profit[k] - objective.marginal * spend[k] for k in range(1, len(profit)) if allowed(k)}
    best = max([0, *worth], key=lambda k: (worth.get(k, 0.0), profit[k], -k))
    assert objective.best(profit, spend) == best


@given(st.integers(1, 6).flatmap(lambda k: st.lists(st.lists(money, min_size=k, max_size=k), min_size=1, max_size=5)), objectives)
def test_many_sets_of_candidates_at_once_are_the_same_as_one_by_one(profits, objective):
    profit = np.array([[0.0, *row] for row in profits])
    spend = np.broadcast_to(np.arange(profit.shape[1], dtype=float), profit.shape)
    before = profit.copy()
    together = objective.best(profit, spend, 3.0)
    assert together.tolist() == [int(objective.best(p, s, 3.0)) for p, s in zip(profit, spend, strict=True)]
    assert (profit == before).all()


@given(tables, simple_campaigns, ratios)
def test_where_contacts_cost_the_same_the_demanded_return_acts_as_a_dearer_contact(table, campaign, h):
    """(1 + h) · c in place of c: the same list for each customer and for one threshold."""
    p, charge, _ = table
    campaign = dataclasses.replace(campaign, fixed_cost=0.0)
    clv, dearer = campaign.clv(charge), dataclasses.replace(campaign, retention_cost=(1 + h) * campaign.retention_cost)
    u = expected_profit(p, clv, dearer)
    contact, _ = choose(p, clv, campaign, Objective(min_marginal_roi=h))
    assert (contact >= (u > TINY)).all() and (contact <= (u >= -TINY)).all()
    asked = best_threshold(sweep(p, clv=clv), campaign, Objective(min_marginal_roi=h))
    worth = asked.expected_profit - h * asked.expected_spend
    assert worth == pytest.approx(best_threshold(sweep(p, clv=clv), dearer).expected_profit, rel=1e-9, abs=TINY * (1 + h))


def test_a_demanded_roi_can_leave_out_most_of_the_profit_and_a_marginal_one_says_where_it_stops_paying():
    """Ten at 35, ten at 5, for 10 each: the whole has an ROI of 200 %, and its second half one of 50 %."""
    p, campaign = np.repeat([0.9, 0.3], 10), Campaign(retention_cost=10, success_rate=0.5)
    whole = per_customer(p, 100.0, campaign)
    assert (whole.contacted, whole.roi) == (20, pytest.approx(2.0))
    assert per_customer(p, 100.0, campaign, objective=Objective(min_roi=2)).contacted == 20
    assert per_customer(p, 100.0, campaign, objective=Objective(min_marginal_roi=2)).contacted == 10
    assert per_customer(p, 100.0, campaign, objective=Objective(min_marginal_roi=0.5)).contacted == 20
