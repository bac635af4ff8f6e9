"""What the choices earn, and what is at risk."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.optimise import best_threshold, contact_all
from churn_core.campaign.plan import Plan
from churn_core.decisions.policies import (
    EACH,
    EVERYBODY,
    FORESIGHT,
    NOBODY,
    ONE_THRESHOLD,
    advantage,
    average_break_even,
    outcome_of,
    policies,
    revenue_at_risk,
    segment_economics,
)
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import BACK_TEST, CHURNED, CUSTOMERS, SWEPT, UNKNOWN, P, clv_of, plans, with_fixed_cost


@given(with_fixed_cost)
def test_each_policy_earns_at_least_as_much_as_the_simpler_ones(campaign):
    table = policies(BACK_TEST, Plan(campaign=campaign)).set_index("policy")
    profit = table["expected_profit"]
    assert list(table.index) == [NOBODY, EVERYBODY, ONE_THRESHOLD, EACH, FORESIGHT]
    assert profit["Nobody"] == 0 == table["contacted"]["Nobody"]
    assert profit["Best threshold"] >= max(0, profit["Everybody"])
    assert profit["Customer by customer"] >= profit["Best threshold"] - 1e-6
    assert table["contacted"]["Everybody"] == len(CUSTOMERS)
    with np.errstate(over="ignore", invalid="ignore"):
        told = np.isfinite(profit / table["expected_spend"])  # a spend of next to nothing has no ROI that a number holds
    assert (table["roi"].isna() == ~told).all()
    simple, gained = advantage(table.reset_index(), EACH)
    assert simple in (NOBODY, EVERYBODY) and gained >= -1e-6


@given(plans)
def test_the_chosen_policies_keep_to_the_plan_and_everybody_is_contacted_whatever_its_limits(plan):
    table = policies(BACK_TEST, plan).set_index("policy")
    everybody, best = contact_all(SWEPT, plan.campaign), best_threshold(SWEPT, plan.campaign, plan.objective)
    assert table.loc[EVERYBODY, ["contacted", "expected_profit"]].tolist() == [len(CUSTOMERS), everybody.expected_profit]
    assert table.loc[ONE_THRESHOLD, ["contacted", "expected_profit"]].tolist() == [best.contacted, best.expected_profit]
    each = outcome_of(CUSTOMERS, P, plan.campaign, objective=plan.objective, schema=TELCO)
    assert table.loc[EACH, ["contacted", "expected_profit"]].tolist() == pytest.approx([each.contacted, each.expected_profit])
    if plan.objective.budget is not None:
        within = table.drop(index=EVERYBODY)["expected_spend"]
        assert (within <= plan.objective.budget * (1 + 1e-9)).all()
    assert table["threshold"].notna().tolist() == [False, True, best.contacted > 0, False, False]


def test_the_advantage_is_that_of_the_policy_that_is_chosen():
    policies_compared = [NOBODY, EVERYBODY, ONE_THRESHOLD, EACH]
    table = pd.DataFrame({"policy": policies_compared, "expected_profit": [0.0, -5.0, 7.0, 9.0], "forbidden_by": ""})
    assert advantage(table, ONE_THRESHOLD) == (NOBODY, 7.0) and advantage(table, EACH) == (NOBODY, 9.0)
    assert advantage(table.assign(expected_profit=[0.0, 5.0, 7.0, 9.0]), EACH) == (EVERYBODY, 4.0)


def test_what_a_limit_forbids_is_not_compared():
    table = pd.DataFrame(
        {"policy": [NOBODY, EVERYBODY, EACH], "expected_profit": [0.0, 50.0, 9.0], "forbidden_by": ["", "budget", ""]}
    )
    assert advantage(table, EACH) == (NOBODY, 9.0)


@given(plans)
def test_everybody_is_forbidden_exactly_where_a_limit_of_the_plan_is_broken(plan):
    table = policies(UNKNOWN, plan).set_index("policy")
    everybody, asked = table.loc[EVERYBODY], plan.objective
    assert table["forbidden_by"].drop(EVERYBODY).eq("").all()
    profit, spend = expected_profit(P, clv_of(plan.campaign), plan.campaign), expected_spend(P, plan.campaign)
    broken = {
        "budget": asked.budget is not None and everybody.expected_spend > asked.budget * (1 + 1e-9),
        "min_roi": asked.min_roi is not None and everybody.expected_profit < asked.min_roi * everybody.expected_spend - 1e-6,
        "min_marginal_roi": asked.min_marginal_roi is not None and (profit < asked.min_marginal_roi * spend - 1e-6).any(),
    }
    assert everybody.forbidden_by == next((name for name, is_broken in broken.items() if is_broken), "")


@given(plans)
def test_nobody_earns_less_by_choosing_than_by_the_best_simple_choice_that_is_allowed(plan):
    table = policies(UNKNOWN, plan)
    noise = 1e-6 * (1 + table["expected_spend"].max())
    assert advantage(table, ONE_THRESHOLD)[1] >= -noise


def test_with_perfect_foresight_only_those_are_contacted_who_leave_and_are_worth_it():
    foresight = policies(BACK_TEST, Plan()).set_index("policy").loc[FORESIGHT]
    value = 0.3 * 12 * CUSTOMERS[TELCO.monthly_charge]
    assert foresight["contacted"] == ((CHURNED == 1) & (value > 10)).sum()
    assert foresight["expected_profit"] == pytest.approx((value - 10)[(CHURNED == 1) & (value > 10)].sum())


def test_the_revenue_at_risk_is_a_year_of_what_is_expected_to_leave():
    gone = CUSTOMERS[TELCO.monthly_charge][CHURNED == 1].sum()
    assert revenue_at_risk(replace(UNKNOWN, probability=CHURNED)) == pytest.approx(12 * gone)
    assert revenue_at_risk(replace(UNKNOWN, probability=np.zeros(len(CUSTOMERS)))) == 0


def test_the_average_customer_breaks_even_where_one_threshold_is_to_be_expected():
    clv = 12 * CUSTOMERS[TELCO.monthly_charge].mean()
    assert average_break_even(UNKNOWN, Campaign()) == pytest.approx(10 / (0.3 * clv))
    full = Campaign(incentive=20, incentive_uptake=0.5, backfire_rate=0.01)
    stake = 10 + 0.5 * 20 + 0.01 * clv
    assert average_break_even(UNKNOWN, full) == pytest.approx(stake / (0.3 * (clv - 20) + 0.5 * 20 + 0.01 * clv))
    assert average_break_even(UNKNOWN, Campaign(success_rate=0)) == np.inf


def test_a_segment_is_judged_by_its_own_customers_and_an_empty_one_is_undefined():
    segment, campaign = TELCO.segments[0], Campaign()
    inside = segment.members(CUSTOMERS).to_numpy()
    told = segment_economics(UNKNOWN, segment, campaign)
    assert told["customers"] == inside.sum() > 0
    assert told["outcome"] == outcome_of(CUSTOMERS[inside], P[inside], campaign, schema=TELCO)
    assert told["forecast"].range.estimate == told["outcome"].expected_profit
    assert told["mean_probability"] == pytest.approx(P[inside].mean())
    assert told["value_of_a_point"] == pytest.approx(0.12 * CUSTOMERS[TELCO.monthly_charge][inside].sum())
    assert segment_economics(UNKNOWN, segment, replace(campaign, fixed_cost=1e6)) == told  # charged to no segment
    empty = segment_economics(UNKNOWN.among(CUSTOMERS.index[~inside]), segment, campaign)
    assert empty["customers"] == 0 == empty["outcome"].contacted and np.isnan(empty["mean_probability"])
