"""The prices of money and of capacity, and the bound that they give."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from churn_core.campaign.offers.box import lowest_in_box
from churn_core.campaign.offers.prices import best_prices, choices, upper_bound
from churn_core.campaign.offers.problem import canonical, cleaned
from tests.campaign.offers.conftest import KINDS, instance


@pytest.mark.parametrize("size", [1, 2, 4, 7])
def test_nothing_within_the_box_is_lower(size):
    rng = np.random.default_rng(size)
    for _ in range(100):
        half = rng.normal(size=(size, size))
        hessian = half @ half.T + 10.0 ** rng.uniform(-6, 0) * np.eye(size)
        gradient = rng.normal(size=size) * 10.0 ** rng.uniform(-2, 2)
        low, high = -rng.uniform(0, 1, size) * (rng.random(size) < 0.8), rng.uniform(0, 1, size) * (rng.random(size) < 0.8)
        s = lowest_in_box(hessian, gradient, low, high)
        slope = gradient + hessian @ s
        assert (low <= s).all() and (s <= high).all()
        small = 1e-8 * np.abs(gradient).max()
        assert ((slope > -small) | (s >= high - 1e-12)).all() and ((slope < small) | (s <= low + 1e-12)).all()


def linear_program(problem):
    """The most that an assignment could earn if customers could be split."""
    j, i = np.nonzero(problem.profit > 0)
    pairs = np.arange(len(j))
    limits = np.append(problem.limits, np.ones(problem.customers))
    rows = np.concatenate([np.zeros_like(j), 1 + j, 1 + problem.offers + i])
    uses = coo_array((np.concatenate([problem.spend[j, i], np.ones(2 * len(j))]), (rows, np.tile(pairs, 3)))).tocsr()
    limited = np.flatnonzero(np.isfinite(limits))
    scale = problem.profit[j, i].mean()
    return -linprog(-problem.profit[j, i] / scale, A_ub=uses[limited], b_ub=limits[limited], method="highs").fun * scale


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("offers", [1, 3, 6])
def test_the_bound_is_that_of_the_linear_program(kind, offers):
    rng = np.random.default_rng(offers)
    for n in (8, 60, 400):
        for budget, capacity in [(0.4, 0.25), (0.01, 0.05), (None, 0.1), (0.1, None), (0.9, 0.02)]:
            case = instance(rng, n, offers, kind, budget, capacity)
            spend = case.spend * 10.0 ** rng.uniform(-3, 3, (offers, 1)) if n == 60 else case.spend
            if n == 400:
                spend[0] = 0.0  # an offer that costs nothing
            problem = cleaned(case.profit, spend, np.inf if budget is None else case.budget, case.capacity)
            problem = problem.part(canonical(problem, None), problem.limits)
            if not problem.customers:
                continue
            prices = best_prices(problem)
            assert (prices >= 0).all() and not prices[np.isinf(problem.limits)].any()
            bound = upper_bound(problem, prices, choices(problem, prices))
            assert bound == pytest.approx(linear_program(problem), rel=1e-8)
            near = best_prices(problem, start=prices * rng.uniform(0.2, 2, len(prices)))
            assert upper_bound(problem, near, choices(problem, near)) == pytest.approx(bound, rel=1e-9)


def test_a_sample_that_misleads_is_corrected_by_the_others():
    rng = np.random.default_rng(0)
    case = instance(rng, 9000, 3, "any", 0.05, 0.02)
    profit = case.profit * np.where(rng.random(9000) < 1e-3, 1e3, 1.0)  # a few are worth a thousand times as much
    problem = cleaned(profit, case.spend, case.budget, case.capacity)
    problem = problem.part(canonical(problem, None), problem.limits)
    prices = best_prices(problem)
    assert upper_bound(problem, prices, choices(problem, prices)) == pytest.approx(linear_program(problem), rel=1e-8)
