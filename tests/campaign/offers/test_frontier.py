"""What each budget earns at best, and what more of each limit would."""

import numpy as np
import pytest

from churn_core.campaign.offers.assign import assign
from churn_core.campaign.offers.frontier import frontier
from churn_core.campaign.offers.one_more import one_more
from tests.campaign.offers.conftest import KINDS, instance


def found_for(case, **options):
    return frontier(case.profit, case.spend, capacity=case.capacity, fixed_cost=case.fixed_cost, **options)


@pytest.mark.parametrize("fixed_cost", [0.0, 400.0])
@pytest.mark.parametrize("capacity", [None, 0.2])
@pytest.mark.parametrize("kind", KINDS)
def test_each_point_is_the_best_assignment_of_its_budget(kind, capacity, fixed_cost):
    case = instance(np.random.default_rng(8), 150, 3, kind, None, capacity, fixed_cost)
    found = found_for(case, points=9)
    points = list(zip(found.spend, found.profit, found.contacted, strict=True))
    for spend, profit, contacted in points[2 if fixed_cost else 0 :]:
        best = assign(case.profit, case.spend, budget=spend, capacity=case.capacity, fixed_cost=fixed_cost)
        assert best.profit == pytest.approx(profit, rel=1e-9, abs=1e-6)
        assert best.bound >= profit * (1 - 1e-9) or not profit
        assert contacted.sum() <= 150


@pytest.mark.parametrize("fixed_cost", [0.0, 400.0])
@pytest.mark.parametrize("capacity", [None, 0.2])
def test_more_money_earns_more_and_ever_less_of_it(capacity, fixed_cost):
    case = instance(np.random.default_rng(9), 400, 4, "any", None, capacity, fixed_cost)
    found = found_for(case)
    assert 40 <= len(found.spend) <= 63
    assert (np.diff(found.spend) > 0).all() and (np.diff(found.profit) >= 0).all()
    start = 1 if fixed_cost else 0
    slope = np.diff(found.profit[start:]) / np.diff(found.spend[start:])
    assert (np.diff(slope) <= 1e-9 * slope[0]).all()
    assert found.budget_price[-1] == 0
    assert (found.budget_price[start:-1] >= slope * (1 - 1e-9)).all()


@pytest.mark.parametrize("capacity", [None, 0.2])
def test_its_end_is_what_no_budget_would_hold_back(capacity):
    case = instance(np.random.default_rng(10), 400, 4, "any", None, capacity)
    best, found = assign(case.profit, case.spend, capacity=case.capacity), found_for(case)
    assert (found.profit[-1], found.spend[-1]) == pytest.approx((best.profit, best.spend))
    assert (found.contacted[-1] == np.bincount(best.offer[best.offer >= 0], minlength=4)).all()
    assert found.at(2 * best.spend) == found.profit[-1]


def test_between_two_points_profit_is_hardly_more_than_in_proportion():
    case = instance(np.random.default_rng(11), 3000, 4, "any", None, 0.3)
    found = found_for(case)
    for budget in np.linspace(found.spend[1], found.spend[-1], 7):
        best = assign(case.profit, case.spend, budget=budget, capacity=case.capacity)
        assert best.profit == pytest.approx(found.at(budget), rel=5e-3)


def test_what_is_free_is_given_for_nothing():
    profit, spend = np.array([[5.0, 7.0], [9.0, 9.5]]), np.array([[0.0, 0.0], [2.0, 1.0]])
    found = frontier(profit, spend)
    assert found.spend.tolist() == [0, 1, 3] and found.profit.tolist() == [12, 14.5, 18.5]
    assert frontier(profit, spend, capacity=[1, 1]).profit[0] == 7


def test_nobody_is_contacted_before_the_fixed_cost_is_earned_back():
    profit, spend = np.array([[50.0, 40.0, -1.0]]), np.array([[10.0, 10.0, 10.0]])
    found = frontier(profit, spend, fixed_cost=70)
    assert found.profit.tolist() == [0, 0, 20] and found.spend.tolist() == [0, 85, 90]
    assert found.contacted.tolist() == [[0], [0], [2]]
    never = frontier(profit, spend, fixed_cost=200)
    assert never.spend.tolist() == [0] and never.profit.tolist() == [0]


def test_nothing_to_offer_is_a_frontier_of_one_point():
    for shape in [(2, 0), (2, 3)]:
        found = frontier(np.full(shape, -1.0), np.ones(shape))
        assert found.spend.tolist() == [0] and found.profit.tolist() == [0] and found.contacted.tolist() == [[0, 0]]


def test_one_more_of_a_limit_earns_what_deciding_anew_does_and_nothing_where_it_does_not_bind():
    case = instance(np.random.default_rng(12), 300, 3, "any", 0.3, 0.2)
    now = assign(case.profit, case.spend, **case.limits)
    more = one_more(now, case.profit, case.spend, **case.limits, money=500)
    again = assign(case.profit, case.spend, **{**case.limits, "budget": case.budget + 500})
    assert more.budget == again.profit - now.profit > 0
    assert ((more.capacity > 0) <= (now.capacity_price > 0)).all()
    free = one_more(assign(case.profit, case.spend), case.profit, case.spend)
    assert free.budget == 0 and not free.capacity.any()
