"""Customer by customer within a budget and a least ROI: the best list, or how far from the best it can be."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import choose, per_customer
from tests.campaign.conftest import tempting

MOST = 10  # customers of whom every list is looked at
SLACK = 1e-9  # share of the money at stake that summing in another order may change


@cache
def every_list(n):
    return np.array(list(product([False, True], repeat=n)))


def money_of(p, clv, campaign):
    return expected_profit(p, clv, campaign), np.broadcast_to(expected_spend(p, campaign), p.shape)


def customers(rng, n):
    """Any, or round numbers with ties; now and then all with the same probability or value."""
    if rng.random() < 0.4:
        p, clv = rng.integers(0, 11, n) / 10, rng.integers(1, 16, n) * 40.0
    else:
        p, clv = rng.random(n) ** rng.choice([0.5, 1, 2]), rng.uniform(20, 1_500, n)
    p = np.full(n, p[0]) if rng.random() < 0.2 else p
    return p, np.full(n, clv[0]) if rng.random() < 0.2 else clv


def campaign_of(rng):
    """Contacts cost the same or differ, are free or not, can backfire or not; a fixed cost or none."""
    backfire = float(rng.choice([0, 0, 0.01, 0.02]))
    uptake = None if rng.random() < 0.4 else float(rng.choice([0, 0.5, rng.random()])) * (1 - backfire)
    return Campaign(
        retention_cost=float(rng.choice([0, 5, 10, rng.uniform(0, 20)])),
        success_rate=float(rng.choice([0.3, 0.5, rng.uniform(0.2, 1)])),
        incentive=float(rng.choice([20, 50, rng.uniform(1, 100)])) if rng.random() < 0.75 else 0.0,
        incentive_uptake=uptake,
        backfire_rate=backfire,
        fixed_cost=float(rng.choice([0, 0, rng.integers(1, 60), rng.uniform(0, 200)])),
    )


def limits_of(rng, u, e, fixed):
    """Each limit absent, anywhere, or exactly what some list or its worst contact reaches."""
    some = rng.random(len(u)) < 0.5
    earned, spent = u[some].sum() - fixed, e[some].sum() + fixed
    least = (u[some & (e > 0)] / e[some & (e > 0)]).min(initial=np.inf)

    def limit(reached, anywhere):
        kind = rng.choice(["none", "reached", "anywhere"])
        if kind == "reached" and 0 <= reached <= 1e6:
            return float(reached)
        return None if kind == "none" else float(anywhere)

    return Objective(
        budget=limit(spent, rng.uniform(0, 1.1 * (e[u > 0].sum() + fixed) + 1)),
        min_roi=limit(earned / spent if spent > 0 else -1, rng.choice([0, 1, 2, rng.uniform(0, 8)])),
        min_marginal_roi=limit(least, rng.choice([0, 1, rng.uniform(0, 3)])),
    )


def keeps_to(objective, profit, spend, slack):
    """Which lists earn something within the budget and the least ROI; with some money to spare, or (below 0) almost."""
    spare = slack * (np.abs(profit) + spend)
    kept = profit > np.abs(spare)
    if objective.budget is not None:
        kept &= spend <= objective.budget - spare
    return kept if objective.min_roi is None else kept & (profit >= objective.min_roi * (spend + spare) + spare)


def most_of_all_lists(u, e, fixed, objective, slack):
    """The largest profit of all lists within all limits, 0 for nobody."""
    h = objective.marginal
    never = (u <= 0) | (u < h * e + slack * (1 + h) * e)
    lists = every_list(len(u))
    lists = lists[~(lists & never).any(axis=1)]
    anyone = lists.any(axis=1)
    profit, spend = lists @ u - fixed * anyone, lists @ e + fixed * anyone
    return profit[keeps_to(objective, profit, spend, slack) & anyone].max(initial=0.0)


def test_the_worked_example_where_no_first_k_by_profit_reach_the_demanded_roi():
    campaign = Campaign(retention_cost=5, success_rate=0.3, incentive=50, incentive_uptake=1)
    p, clv = np.array([0.99, 0.01, 0.64]), np.array([377.0, 1201.0, 755.0])
    outcome = per_customer(p, clv, campaign, objective=Objective(min_roi=4.308))
    assert choose(p, clv, campaign, Objective(min_roi=4.308))[0].tolist() == [True, False, False]
    assert (outcome.contacted, outcome.upper_bound) == (1, None)
    assert outcome.expected_profit == pytest.approx(91.619) and outcome.roi == pytest.approx(4.5, abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_of_few_customers_the_list_is_the_best_of_all_lists_within_all_limits_at_once(seed):
    rng = np.random.default_rng(seed)
    limited = 0
    for _ in range(1_000):
        p, clv = customers(rng, int(rng.integers(1, MOST + 1)))
        campaign = campaign_of(rng)
        u, e = money_of(p, clv, campaign)
        objective = limits_of(rng, u, e, campaign.fixed_cost)
        contact, bound = choose(p, clv, campaign, objective)
        profit = u[contact].sum() - campaign.fixed_cost * contact.any()
        spend = e[contact].sum() + campaign.fixed_cost * contact.any()
        assert bound is None, (p, clv, campaign, objective)
        assert profit >= most_of_all_lists(u, e, campaign.fixed_cost, objective, SLACK) * (1 - SLACK), (
            p,
            clv,
            campaign,
            objective,
        )
        assert not contact.any() or keeps_to(objective, profit, spend, -SLACK)
        assert (u[contact] > 0).all()
        assert (u[contact] >= objective.marginal * e[contact] * (1 - SLACK)).all()
        limited += 0 < contact.sum() < (u > 0).sum()
    assert limited > 200


@pytest.mark.parametrize("seed", range(4))
def test_what_a_list_exactly_reaches_is_within_the_limit(seed):
    """Budget and least ROI are what the best list of all spends and returns: it is still the best."""
    rng = np.random.default_rng(100 + seed)
    anyone = 0
    for _ in range(200):
        p, clv = customers(rng, int(rng.integers(1, MOST + 1)))
        campaign = campaign_of(rng)
        u, e = money_of(p, clv, campaign)
        best = per_customer(p, clv, campaign, objective=limits_of(rng, u, e, campaign.fixed_cost))
        if best.contacted and best.roi is not None and best.roi <= 1e6:
            again = per_customer(p, clv, campaign, objective=Objective(budget=best.expected_spend, min_roi=best.roi))
            assert again.expected_profit >= best.expected_profit * (1 - SLACK)
            anyone += 1
    assert anyone > 80


def many(rng, n, tied):
    p, charge = rng.beta(0.6, 1.6, n), rng.uniform(18, 119, n)
    p, charge = (p.round(1), charge.round(-1)) if tied else (p, charge)
    campaign = Campaign(
        retention_cost=float(rng.choice([0, 5, 10, 30])),
        incentive=float(rng.choice([10, 20, 50, 100])),
        incentive_uptake=float(rng.choice([0, 0.5, 1])),
        fixed_cost=float(rng.choice([0, 0, 5 * n])),
    )
    clv = campaign.clv(charge)
    u, e = money_of(p, clv, campaign)
    if (u > 0).sum() < 3 or u[u > 0].sum() <= campaign.fixed_cost:
        return many(rng, n, tied)
    spend = e[u > 0].sum() + campaign.fixed_cost
    roi = (u[u > 0].sum() - campaign.fixed_cost) / spend
    objective = Objective(
        budget=rng.uniform(0.05, 0.9) * spend if rng.random() < 0.7 else None,
        min_roi=rng.uniform(1, 2.5) * roi if rng.random() < 0.6 else None,
    )
    return p, clv, campaign, objective


def most_by_a_solver(u, e, fixed, objective):
    """What a mixed-integer solver finds to be the largest profit; 0 where nobody can be contacted within the limits."""
    u, e = u[u > 0], e[u > 0]
    limits = []
    if objective.budget is not None:
        limits.append(LinearConstraint(e[None], -np.inf, objective.budget - fixed))
    if objective.min_roi is not None:
        limits.append(LinearConstraint((u - objective.min_roi * e)[None], (1 + objective.min_roi) * fixed, np.inf))
    found = milp(-u, constraints=limits, integrality=np.ones(len(u)), bounds=Bounds(0, 1), options={"mip_rel_gap": 1e-9})
    return 0.0 if found.x is None else max(0.0, -found.fun - fixed)


@pytest.mark.slow
@pytest.mark.parametrize("tied", [False, True], ids=["any", "tied"])
def test_of_more_customers_too_the_list_is_the_best_wherever_it_is_said_to_be_and_else_within_the_bound(tied):
    rng = np.random.default_rng(7)
    said = best = 0
    for _ in range(60):
        p, clv, campaign, objective = many(rng, 40, tied)
        u, e = money_of(p, clv, campaign)
        contact, bound = choose(p, clv, campaign, objective)
        profit = u[contact].sum() - campaign.fixed_cost * contact.any()
        most = most_by_a_solver(u, e, campaign.fixed_cost, objective)
        close = 1e-6 * (1 + most)
        assert (profit if bound is None else bound) >= most - close
        said += bound is None
        best += profit >= most - close
    assert said == best == 60


@pytest.mark.parametrize("tied", [False, True], ids=["any", "tied"])
@pytest.mark.parametrize("seed", range(5))
def test_of_thousands_the_list_is_short_of_the_bound_by_no_more_than_one_customer_earns(seed, tied):
    p, clv, campaign, objective = many(np.random.default_rng(seed), 7_043, tied)
    campaign = replace(campaign, fixed_cost=0.0)
    u, e = money_of(p, clv, campaign)
    contact, bound = choose(p, clv, campaign, objective)
    assert contact.any() and keeps_to(objective, u[contact].sum(), e[contact].sum(), -SLACK)
    if bound is not None:
        assert u[contact].sum() < bound <= u[contact].sum() + u[(u > 0) & ~contact].max() * (1 + SLACK)


@given(tempting, st.floats(0, 1), st.floats(0, 1))
def test_a_limit_that_binds_nothing_changes_nothing_to_the_last_bit(case, spare, share):
    p, clv, campaign = case
    free = per_customer(p, clv, campaign)
    contact = choose(p, clv, campaign)[0]
    u, e = money_of(p, clv, campaign)
    with np.errstate(over="ignore"):
        least = (u[contact] / np.where(e > 0, e, 1)[contact]).min(initial=1e6)
        roi = min(free.roi or 0, 1e6)
    for easy in (
        Objective(budget=free.expected_spend * (1 + spare)),
        Objective(min_roi=share * roi),
        Objective(min_marginal_roi=share * least),
        Objective(budget=free.expected_spend, min_roi=roi, min_marginal_roi=least),
    ):
        chosen, bound = choose(p, clv, campaign, easy)
        assert chosen.tolist() == contact.tolist() and bound is None
        assert per_customer(p, clv, campaign, objective=easy) == free


def test_nobody_is_contacted_where_no_list_can_reach_the_demanded_roi_within_the_budget():
    """The fixed cost wants more contacts than the budget pays for; that nobody can do better is certain, so no bound."""
    rng = np.random.default_rng(0)
    p, clv = rng.uniform(0.3, 1, 300), rng.uniform(200, 1_000, 300)
    campaign = Campaign(incentive=20, incentive_uptake=0.5, fixed_cost=1_000)
    contact, bound = choose(p, clv, campaign, Objective(budget=1_200, min_roi=3))
    assert not contact.any() and bound is None
    assert choose(p, clv, campaign, Objective(budget=5_000, min_roi=3))[0].any()
