"""Customers + model + campaign → decisions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.decisions.decide import DECISION_COLUMNS, decide, score
from churn_core.decisions.policies import (
    outcome_of,
)
from churn_core.decisions.published_limits import from_threshold_up
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, MODEL, P, campaigns, clv_of, plans


@given(campaigns)
def test_exactly_those_are_contacted_whose_own_expected_profit_is_above_zero(campaign):
    decisions = decide(CUSTOMERS, P, Plan(campaign=campaign), schema=TELCO)
    profit = expected_profit(P, clv_of(campaign), campaign)
    assert decisions["expected_profit"].to_numpy().tobytes() == profit.tobytes()
    assert decisions["contact"].tolist() == (profit > 0).tolist()
    assert decisions.index.equals(CUSTOMERS.index)


@given(campaigns)
def test_a_contacted_customer_is_above_the_own_break_even_probability(campaign):
    decisions = decide(CUSTOMERS, P, Plan(campaign=campaign), schema=TELCO)
    never = decisions["break_even_probability"].isna()
    assert not decisions["contact"][never].any()
    contacted = decisions[decisions["contact"]]
    assert (contacted["churn_probability"] >= contacted["break_even_probability"] * (1 - 1e-12)).all()


def test_a_customer_who_earns_exactly_nothing_is_not_contacted():
    one = CUSTOMERS.head(1).assign(MonthlyCharges=64.0)
    plan = Plan(campaign=Campaign(retention_cost=8, success_rate=0.5, clv_months=1))
    decisions = decide(one, np.array([0.25]), plan, schema=TELCO)
    assert decisions["expected_profit"].item() == 0 and not decisions["contact"].item()


@given(plans)
def test_the_outcome_is_the_sum_of_the_decisions_less_the_fixed_cost(plan):
    decisions = decide(CUSTOMERS, P, plan, schema=TELCO)
    outcome = outcome_of(CUSTOMERS, P, plan.campaign, objective=plan.objective, schema=TELCO)
    assert outcome.contacted == decisions["contact"].sum()
    charged = plan.campaign.fixed_cost if outcome.contacted else 0
    earned = decisions["expected_profit"][decisions["contact"]].sum() - charged
    assert outcome.expected_profit == pytest.approx(earned, abs=1e-6)


@given(plans)
def test_the_decisions_keep_to_the_limits_of_the_plan_and_pay_back_the_fixed_cost(plan):
    decisions, asked = decide(CUSTOMERS, P, plan, schema=TELCO), plan.objective
    contact = decisions["contact"].to_numpy()
    if not contact.any():
        return
    profit, spend = decisions["expected_profit"].to_numpy()[contact], expected_spend(P, plan.campaign)
    spend = np.broadcast_to(spend, P.shape)[contact]
    earned, spent = profit.sum() - plan.campaign.fixed_cost, spend.sum() + plan.campaign.fixed_cost
    assert earned > 0
    assert asked.budget is None or spent <= asked.budget * (1 + 1e-9)
    assert asked.min_roi is None or earned >= asked.min_roi * spent * (1 - 1e-9)
    assert asked.min_marginal_roi is None or (profit >= asked.min_marginal_roi * spend * (1 - 1e-9)).all()


@given(plans, st.one_of(st.floats(0, 1), st.sampled_from(sorted(P[:50].tolist()))))
def test_by_a_published_threshold_exactly_those_are_contacted_who_reach_it_where_the_limits_allow_them(plan, threshold):
    contact, limited = from_threshold_up(P, clv_of(plan.campaign), plan, threshold)
    by_threshold, by_plan = decide(CUSTOMERS, P, plan, threshold, schema=TELCO), decide(CUSTOMERS, P, plan, schema=TELCO)
    assert by_threshold["contact"].tolist() == ((threshold <= P) if limited is None else contact).tolist()
    assert by_threshold.drop(columns="contact").equals(by_plan.drop(columns="contact"))


@given(plans, st.integers(0, len(CUSTOMERS) - 1))
def test_one_contact_alone_bears_no_fixed_cost_no_budget_and_no_roi_of_the_whole(plan, position):
    one, p, alone = CUSTOMERS.iloc[[position]], P[[position]], plan.of_one_contact
    decision = decide(one, p, alone, schema=TELCO).iloc[0]
    spend = float(expected_spend(p, plan.campaign).item())
    worth = decision.expected_profit > 0
    if plan.objective.min_marginal_roi is not None:
        worth &= decision.expected_profit >= plan.objective.min_marginal_roi * spend
    assert decision.contact == worth
    without = Plan(campaign=plan.campaign, objective=Objective(min_marginal_roi=plan.objective.min_marginal_roi)).of_one_contact
    assert alone == without and alone.campaign == replace(plan.campaign, fixed_cost=0.0)


def test_a_customer_whom_no_probability_makes_worth_a_contact_has_no_break_even():
    plan = Plan(campaign=Campaign(success_rate=0.1, incentive=1e6))
    decisions = decide(CUSTOMERS, P, plan, schema=TELCO)
    never = np.isinf(break_even_probability(clv_of(plan.campaign), plan.campaign))
    assert decisions["break_even_probability"].isna().tolist() == never.tolist()
    assert not decisions["contact"].any()


def test_a_score_is_a_decision_with_its_reasons_for_every_customer():
    scored = score(CUSTOMERS, MODEL, Plan(), schema=TELCO)
    assert tuple(scored) == DECISION_COLUMNS and len(scored) == len(CUSTOMERS)
    assert not scored.isna().any(axis=None)
