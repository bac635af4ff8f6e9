"""Within limits that bind, the browser chooses the list that Python chooses; limits that bind nothing change nothing."""

import numpy as np
import pytest

from churn_core.campaign.curve import beyond_budget
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import best_threshold, per_customer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.sweep import Sweep
from tests.browser.some_campaigns import some_customers, telco_like
from tests.browser.test_live_economics import as_sent, assert_all_same, evaluated


def binding_plan(rng: np.random.Generator, back_test: Sweep) -> Plan:
    """Contacts differ in cost, and the best list without a limit is beyond a budget, below a least ROI, or both."""
    campaign = Campaign(
        retention_cost=float(rng.choice([0, 2, 10])),
        success_rate=float(rng.uniform(0.3, 0.9)),
        incentive=float(rng.choice([5, 20, rng.uniform(1, 50)])),
        incentive_uptake=float(rng.choice([0, 0.5, 1])),
        fixed_cost=float(rng.choice([0, 0, 100])),
    )
    free = per_customer(back_test.score, back_test.clv(campaign), campaign)
    roi = free.roi or 0.0
    objective = Objective(
        budget=float(rng.uniform(0.1, 1) * free.expected_spend) if rng.random() < 0.7 else None,
        min_roi=min(float(rng.uniform(1, 2) * roi), 1e6) if rng.random() < 0.7 else None,
        min_marginal_roi=min(float(rng.uniform(0, 0.5) * roi), 1e6) if rng.random() < 0.3 else None,
    )
    return Plan(campaign=campaign, objective=objective, rule=PER_CUSTOMER)


@pytest.mark.parametrize("seed", range(3))
def test_within_limits_that_bind_the_list_is_the_one_that_python_chooses(js, seed):
    rng = np.random.default_rng(200 + seed)
    anyone = 0
    for _ in range(60):
        back_test = some_customers(rng)
        anyone += assert_all_same(js, back_test, [binding_plan(rng, back_test) for _ in range(4)])
    assert anyone > 100


def test_within_limits_that_bind_the_list_of_as_many_as_the_telco_customers_is_the_one_that_python_chooses(js):
    rng = np.random.default_rng(300)
    back_test = telco_like(rng)
    assert assert_all_same(js, back_test, [binding_plan(rng, back_test) for _ in range(40)]) > 25


def test_a_limit_that_binds_nothing_changes_nothing_to_the_last_bit_and_its_border_belongs_to_it(js):
    rng = np.random.default_rng(400)
    for _ in range(40):
        back_test, campaign = some_customers(rng), binding_plan(rng, some_customers(rng)).campaign
        (free,) = evaluated(js, back_test, [Plan(campaign=campaign)])
        for rule in ("byCustomer", "byThreshold"):
            roi = free[rule]["roi"]
            if roi is None or roi > 1e6:
                continue
            borders = (
                Objective(budget=free[rule]["spend"]),
                Objective(min_roi=roi),
                Objective(budget=free[rule]["spend"], min_roi=roi, min_marginal_roi=0),
            )
            for found in evaluated(js, back_test, [Plan(campaign=campaign, objective=objective) for objective in borders]):
                assert found[rule] == free[rule]


def test_what_the_budget_forbids_of_the_curve_and_the_best_without_limits_are_those_of_python(js):
    rng = np.random.default_rng(500)
    forbidden = 0
    for _ in range(40):
        back_test = some_customers(rng)
        plan = binding_plan(rng, back_test)
        found = js.evaluate(
            """([customers, plan]) => {
                const candidates = js.sweep(customers, plan)
                return [js.beyondBudget(candidates, plan), candidates.threshold[js.withoutLimits(candidates, plan)]]
            }""",
            [as_sent(back_test), plan.as_dict()],
        )
        budget = plan.objective.budget
        beyond = None if budget is None else beyond_budget(back_test, plan.campaign, budget)
        assert found == [beyond, best_threshold(back_test, plan.campaign).threshold]
        forbidden += beyond is not None
    assert forbidden > 5
