"""The best of several offers within a budget and capacities: exact where that can be proven, and never above the bound."""

import json
from pathlib import Path

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.assign import NONE, assign
from churn_core.campaign.optimise import choose
from tests.campaign.offers.conftest import KINDS, Instance, by_integer_programming, enumerated, instance, totals

VECTORS = json.loads(Path(__file__).with_name("offers_vectors.json").read_text())["instances"]


def assigned(case, **options):
    """The assignment of an instance, which is within the limits, and whose profit, spend and bound are what they say."""
    found = assign(case.profit, case.spend, **case.limits, **options)
    profit, spend, used = totals(case, found.offer)
    assert (found.profit, found.spend) == pytest.approx((profit, spend), rel=1e-12, abs=1e-9)
    assert found.spend <= (np.inf if case.budget is None else case.budget + 1e-9 * max(1, case.budget))
    assert all(places is None or count <= places for count, places in zip(used, case.capacity, strict=True))
    given = np.flatnonzero(found.offer != NONE)
    assert (case.profit[found.offer[given], given] > 0).all()
    assert found.bound >= found.profit >= 0
    assert found.gap == (0 if found.optimal or not found.bound else (found.bound - found.profit) / found.bound)
    return found


def vector(given):
    places = [None if offer["capacity"] is None else int(offer["capacity"]) for offer in given["offers"]]
    profit = np.array(given["expected_profit_each"])
    for j, offer in enumerate(given["offers"]):
        if offer["only_for"] is not None:
            profit[j, ~np.array(offer["only_for"], dtype=bool)] = -np.inf
    budget = None if given["budget"] is None else float(given["budget"])
    return Instance(profit, np.array(given["expected_spend_each"]), budget, places, float(given["fixed_cost"]))


@pytest.mark.parametrize("given", VECTORS, ids=[given["id"] for given in VECTORS])
def test_the_worked_instances_are_solved_and_proven(given):
    best, case = given["optimum"], vector(given)
    found = assigned(case)
    names = [*(offer["name"] for offer in given["offers"]), None]
    assert found.profit == pytest.approx(best["profit"], rel=1e-9)
    assert found.spend == pytest.approx(best["spend"], rel=1e-9)
    assert np.count_nonzero(found.offer != NONE) == best["customers"]
    assert [names[j] for j in found.offer] in best["all_best_assignments"]
    assert found.optimal and found.profit <= found.bound <= given["lp_bound"] * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_no_assignment_of_a_few_customers_is_better_and_of_equal_ones_none_spends_less(seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        offers = int(rng.integers(1, 4))
        n = int(rng.integers(1, {1: 13, 2: 11, 3: 9}[offers]))
        fixed = 0.0 if rng.random() < 0.6 else float(rng.uniform(0, 60))
        case = instance(rng, n, offers, rng.choice(KINDS), rng.choice([None, 0.1, 0.3, 0.5, 0.8]), None, fixed)
        case = case._replace(capacity=[None if rng.random() < 0.3 else int(rng.integers(0, n + 1)) for _ in range(offers)])
        if rng.random() < 0.3:
            case = case._replace(profit=np.round(case.profit))
        best, spend = enumerated(case)
        found = assigned(case)
        assert found.optimal
        assert (found.profit, found.spend) == pytest.approx((best, spend), rel=1e-9, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["any", "round", "ties", "rule"])
def test_integer_programming_finds_nothing_better_for_three_hundred_customers(kind):
    rng = np.random.default_rng(17)
    proven = 0
    for budget, capacity in [
        (0.4, 0.25),
        (0.6, 0.25),
        (0.7, 0.4),
        (0.2, 0.25),
        (0.5, None),
        (None, 0.2),
        (0.3, 0.4),
        (0.02, 0.05),
    ]:
        case = instance(rng, 300, 4, kind, budget, capacity)
        found, best = assigned(case), by_integer_programming(case, seconds=4)
        assert found.profit >= best * (1 - 1e-4)
        assert found.bound >= best * (1 - 1e-9)
        proven += found.optimal
    assert proven >= 7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("budget", "capacity"), [(0.4, 0.25), (0.02, 0.05), (0.3, None), (None, 0.1)])
def test_the_order_of_customers_and_of_offers_does_not_matter(kind, budget, capacity):
    rng = np.random.default_rng(3)
    case = instance(rng, 120, 3, kind, budget, capacity)
    names, people = np.array(["a call", "a voucher", "an upgrade"]), rng.permutation(120)
    found = assigned(case, names=names, identity=people)
    who = dict(zip(people, np.append(names, "none")[found.offer], strict=True))
    for _ in range(3):
        customers, offers = rng.permutation(120), rng.permutation(3)
        moved = Instance(
            case.profit[np.ix_(offers, customers)],
            case.spend[np.ix_(offers, customers)],
            budget=case.budget,
            capacity=[case.capacity[j] for j in offers],
        )
        again = assigned(moved, names=names[offers], identity=people[customers])
        assert (again.profit, again.spend, again.bound) == (found.profit, found.spend, found.bound)
        assert dict(zip(people[customers], np.append(names[offers], "none")[again.offer], strict=True)) == who
        assert again.budget_price == found.budget_price and (again.capacity_price == found.capacity_price[offers]).all()


@pytest.mark.parametrize("seed", range(30))
def test_more_budget_more_capacity_and_a_better_rate_never_earn_less(seed):
    rng = np.random.default_rng(seed)
    case = instance(rng, 12, 3, rng.choice(KINDS), 0.4, 0.3)
    earned = assigned(case).profit
    more = case._replace(capacity=[places + 1 for places in case.capacity])
    for better in (case._replace(budget=case.budget * 1.1), more, case._replace(profit=case.profit * 1.01)):
        assert assigned(better).profit >= earned * (1 - 1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_without_limits_everybody_gets_the_own_best_offer(kind):
    case = instance(np.random.default_rng(5), 500, 4, kind, None, None)
    found = assigned(case)
    assert found.optimal and found.budget_price == 0 and not found.capacity_price.any()
    best = case.profit.max(axis=0)
    given = np.flatnonzero(best > 0)
    assert ((found.offer != NONE) == (best > 0)).all()
    assert (case.profit[found.offer[given], given] == best[given]).all()


def test_limits_that_bind_nothing_change_nothing():
    case = instance(np.random.default_rng(5), 500, 4, "any", None, None)
    found = assigned(case)
    limited = assigned(
        case._replace(budget=found.spend, capacity=np.bincount(found.offer[found.offer >= 0], minlength=4).tolist())
    )
    assert (limited.offer == found.offer).all() and limited.profit == found.profit and limited.optimal


def one_offer(seed, n):
    rng = np.random.default_rng(seed)
    p, clv = rng.beta(0.6, 1.6, n), rng.uniform(18, 119, n) * 12
    campaign = Campaign(retention_cost=float(rng.uniform(2, 30)), incentive=float(rng.choice([0, 20])), incentive_uptake=0.5)
    money = expected_profit(p, clv, campaign), np.broadcast_to(expected_spend(p, campaign), p.shape)
    return p, clv, campaign, *(each[None] for each in money)


@pytest.mark.parametrize("seed", range(20))
def test_one_offer_without_limits_is_the_decision_customer_by_customer(seed):
    p, clv, campaign, profit, spend = one_offer(seed, 400)
    assert ((assign(profit, spend).offer == 0) == choose(p, clv, campaign)[0]).all()


@pytest.mark.parametrize("n", [20, 400, 5000])
@pytest.mark.parametrize("share", [0.03, 0.3, 0.8])
def test_one_offer_within_a_budget_earns_at_least_what_the_list_within_it_does(n, share):
    for seed in range(3):
        p, clv, campaign, profit, spend = one_offer(seed, n)
        budget = share * float(spend[profit > 0].sum())
        contact, bound = choose(p, clv, campaign, Objective(budget=budget))
        found = assign(profit, spend, budget=budget)
        assert found.profit >= profit[0, contact].sum() * (1 - 1e-12)
        assert found.optimal or bound is not None


def test_customers_who_are_all_alike_use_up_what_there_is():
    profit, spend = np.full((1, 900), 7.0), np.full((1, 900), 3.0)
    found = assign(profit, spend, budget=100)
    assert (found.profit, found.spend, found.optimal) == (33 * 7, 99, True)
    assert (np.flatnonzero(found.offer == 0) == np.arange(33)).all()
    assert assign(profit, spend, budget=300).bound == pytest.approx(700)
    for seed in range(5):
        case = instance(np.random.default_rng(seed), 300, 4, "equal", 0.4, 0.25)
        assert assigned(case).gap < 0.01


@pytest.mark.parametrize("offers", [1, 2, 4, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_tight_limits_are_kept_to_and_used(kind, offers):
    for seed in range(3):
        case = instance(np.random.default_rng(seed), 1500, offers, kind, 0.02, 0.05)
        assert assigned(case).gap < 0.04


@pytest.mark.parametrize("kind", KINDS)
def test_many_customers_leave_a_small_gap(kind):
    case = instance(np.random.default_rng(1), 7_043, 4, kind)
    assert assigned(case).gap < 5e-4


def test_nobody_gets_an_offer_whose_capacity_is_zero_or_that_earns_nothing():
    case = instance(np.random.default_rng(2), 50, 3, "any", None, None)
    assert not (assigned(case._replace(capacity=[0, None, 4])).offer == 0).any()
    assert assigned(case._replace(capacity=[0, 0, 0])).profit == 0
    assert assigned(case._replace(profit=-np.abs(case.profit))).optimal
    assert assigned(case._replace(profit=case.profit * 0)).spend == 0


def test_a_part_of_a_place_is_none():
    case = instance(np.random.default_rng(2), 50, 2, "any", None, None)
    assert np.count_nonzero(assign(case.profit, case.spend, capacity=[2.9, 0.9]).offer != NONE) == 2


def test_nobody_is_contacted_where_the_fixed_cost_is_not_earned_back_or_is_above_the_budget():
    case = instance(np.random.default_rng(2), 50, 2, "any", 0.3, 0.3)
    earned = assigned(case).profit
    for fixed, budget in [(earned * 1.001, case.budget + 2 * earned), (10.0, 5.0)]:
        found = assigned(case._replace(fixed_cost=fixed, budget=budget))
        assert (found.profit, found.spend) == (0, 0) and not (found.offer != NONE).any()
    paid = assigned(case._replace(fixed_cost=earned / 2, budget=case.budget + earned / 2))
    assert paid.profit == pytest.approx(earned / 2)


def test_a_price_is_what_one_more_unit_of_a_limit_earns():
    case = instance(np.random.default_rng(4), 5000, 3, "any", 0.3, 0.2)
    found = assigned(case)
    more = assigned(case._replace(budget=case.budget * 1.01))
    assert (more.profit - found.profit) / (case.budget * 0.01) == pytest.approx(found.budget_price, rel=0.03)
    full = case._replace(budget=None)
    found = assigned(full)
    j = int(found.capacity_price.argmax())
    places = [count + 10 * (j == k) for k, count in enumerate(full.capacity)]
    assert (assigned(full._replace(capacity=places)).profit - found.profit) / 10 == pytest.approx(
        found.capacity_price[j], rel=0.05
    )


def test_no_customers_and_no_offers_are_an_assignment_of_nothing():
    for shape in [(3, 0), (0, 4), (0, 0)]:
        found = assign(np.zeros(shape), np.zeros(shape), budget=10, capacity=[1] * shape[0])
        assert (found.profit, found.spend, found.bound, found.optimal) == (0, 0, 0, True)
        assert (found.offer == NONE).all() and len(found.offer) == shape[1]
