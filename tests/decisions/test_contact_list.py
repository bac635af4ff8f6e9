"""The plan carried out: who is recommended, what it earned, the list to work through."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_threshold, best_threshold, choose, per_customer
from churn_core.campaign.plan import LIMITS, ONE_THRESHOLD, PARAMETERS, PER_CUSTOMER, RULES, Plan
from churn_core.campaign.sweep import sweep
from churn_core.decisions.contact_list import Recommendation, campaign_sheet, contact_list, recommend
from churn_core.decisions.decide import DECISION_COLUMNS, score
from churn_core.decisions.policies import customer_sweep
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CHURNED, CUSTOMERS, FULL, IDS, MODEL, SWEPT, P, clv_of, recommended

BACK_TEST = customer_sweep(CUSTOMERS, P, leaving=CHURNED, schema=TELCO)

LIMITED = {
    "no limit": Objective(),
    "budget": Objective(budget=1500),
    "least ROI": Objective(min_roi=4),
    "least ROI of each": Objective(min_marginal_roi=2),
    "all": Objective(budget=2500, min_roi=3, min_marginal_roi=1),
}
campaigns = st.builds(
    Campaign,
    retention_cost=st.floats(1, 200),
    success_rate=st.floats(0.05, 1),
    clv_months=st.integers(1, 60),
    incentive=st.sampled_from([0.0, 0.0, 10.0]),
    backfire_rate=st.sampled_from([0.0, 0.0, 0.01]),
    fixed_cost=st.sampled_from([0.0, 0.0, 1000.0]),
)
limits = st.builds(
    Objective,
    budget=st.one_of(st.none(), st.floats(0, 5_000)),
    min_roi=st.one_of(st.none(), st.floats(0, 10)),
    min_marginal_roi=st.one_of(st.none(), st.floats(0, 10)),
)
plans = st.builds(Plan, campaign=campaigns, objective=limits, rule=st.sampled_from(RULES))


# Who is recommended


@given(plans)
def test_by_one_threshold_everybody_from_the_best_threshold_up_is_recommended(plan):
    plan = replace(plan, rule=ONE_THRESHOLD)
    found, best = recommended(plan), best_threshold(SWEPT, plan.campaign, plan.objective)
    assert found.outcome == found.best == best and found.threshold == best.threshold
    assert found.contact.sum() == best.contacted
    assert found.contact.tolist() == (np.zeros(len(P), bool) if best.threshold is None else best.threshold <= P).tolist()


@given(plans)
def test_customer_by_customer_those_are_recommended_whom_the_core_chooses(plan):
    plan = replace(plan, rule=PER_CUSTOMER)
    found = recommended(plan)
    assert found.contact.tolist() == choose(P, clv_of(plan.campaign), plan.campaign, plan.objective)[0].tolist()
    outcome = per_customer(P, clv_of(plan.campaign), plan.campaign, objective=plan.objective)
    assert found.outcome.contacted == outcome.contacted == found.contact.sum() and found.threshold is None
    assert found.outcome.expected_profit == pytest.approx(outcome.expected_profit, abs=1e-6)
    assert found.outcome.expected_spend == pytest.approx(outcome.expected_spend)
    assert (found.outcome.upper_bound is None) == (outcome.upper_bound is None)
    assert found.best == best_threshold(SWEPT, plan.campaign, plan.objective)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("asked", LIMITED.values(), ids=LIMITED)
@pytest.mark.parametrize("campaign", [Campaign(), FULL], ids=["basic", "full"])
def test_the_outcome_is_what_the_contacts_promise_and_keeps_to_the_limits(campaign, asked, rule):
    found = recommended(Plan(campaign=campaign, objective=asked, rule=rule))
    p, clv, outcome = P[found.contact], clv_of(campaign)[found.contact], found.outcome
    spends = np.broadcast_to(expected_spend(p, campaign), p.shape)
    assert outcome.contacted == len(p) > 0
    assert outcome.expected_profit == pytest.approx(expected_profit(p, clv, campaign).sum() - campaign.fixed_cost)
    assert outcome.expected_spend == pytest.approx(spends.sum() + campaign.fixed_cost)
    assert asked.budget is None or outcome.expected_spend <= asked.budget
    assert asked.min_roi is None or outcome.roi >= asked.min_roi
    if asked.min_marginal_roi is not None and rule == PER_CUSTOMER:
        assert (expected_profit(p, clv, campaign) >= asked.min_marginal_roi * spends * (1 - 1e-9)).all()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("limit", [{"budget": 1500}, {"min_roi": 20}, {"min_marginal_roi": 8}], ids=lambda limit: [*limit][0])
def test_a_limit_that_binds_shortens_the_list(rule, limit):
    free, bound = recommended(Plan(rule=rule)), recommended(Plan(rule=rule, objective=Objective(**limit)))
    assert 0 < bound.outcome.contacted < free.outcome.contacted
    assert bound.outcome.expected_profit < free.outcome.expected_profit
    assert bound.outcome.roi > free.outcome.roi


@pytest.mark.parametrize("rule", RULES)
def test_where_nothing_pays_nobody_is_recommended_and_nothing_is_at_stake(rule):
    found = recommended(Plan(campaign=Campaign(retention_cost=300, success_rate=0.01), rule=rule))
    assert not found.contact.any() and found.threshold is None and found.outcome.contacted == 0
    assert (found.profit.estimate, found.profit.low, found.profit.high, found.roi) == (0, 0, 0, None)


# What it earned


@given(plans)
def test_the_realised_profit_is_that_of_the_same_contacts_on_what_happened(plan):
    found = recommended(plan)
    realised = per_realised(found)
    assert found.profit.estimate == pytest.approx(realised, abs=1e-6)
    assert found.profit.low <= found.profit.estimate <= found.profit.high
    assert (found.roi is None) == (found.outcome.expected_spend == 0)


def per_realised(found: Recommendation) -> float:
    campaign, contact = found.plan.campaign, found.contact
    earned = expected_profit(CHURNED[contact], clv_of(campaign)[contact], campaign).sum()
    return float(earned) - (campaign.fixed_cost if contact.any() else 0)


def test_by_one_threshold_the_realised_profit_is_that_of_the_back_test():
    found = recommended(Plan(campaign=FULL))
    realised = at_threshold(BACK_TEST, FULL, found.threshold)
    assert found.profit.estimate == pytest.approx(realised.expected_profit)
    assert found.roi.estimate == pytest.approx(realised.roi)


@given(plans)
def test_the_contacts_in_a_back_test_are_the_same_customers(plan):
    found = recommended(plan)
    there = found.contacts_in(BACK_TEST)
    assert there.sum() == found.outcome.contacted
    earned = expected_profit(BACK_TEST.leaving, BACK_TEST.clv(plan.campaign), plan.campaign)[there].sum()
    charged = plan.campaign.fixed_cost if there.any() else 0
    assert float(earned) - charged == pytest.approx(found.profit.estimate, abs=1e-6)


# The list to work through


@settings(max_examples=30)
@given(plans)
def test_the_contact_list_holds_exactly_the_recommended_the_most_profitable_first(plan):
    found = recommended(plan)
    listed = contact_list(CUSTOMERS, P, MODEL, found, schema=TELCO)
    assert sorted(listed[TELCO.id]) == sorted(IDS[found.contact])
    assert listed["rank"].tolist() == list(range(1, len(listed) + 1))
    assert listed["expected_profit"].is_monotonic_decreasing
    assert listed["expected_profit"].sum() - plan.campaign.fixed_cost * bool(len(listed)) == pytest.approx(
        found.outcome.expected_profit, abs=1e-6
    )


@pytest.mark.parametrize("first", [0, 1, 7, 10_000])
@pytest.mark.parametrize("rule", RULES)
def test_the_first_of_a_list_are_the_head_of_the_whole_list(rule, first):
    found = recommended(Plan(rule=rule))
    whole, head = (
        contact_list(CUSTOMERS, P, MODEL, found, control_share=0.2, seed=3, first=n, schema=TELCO) for n in (None, first)
    )
    pd.testing.assert_frame_equal(head, whole.head(first), check_dtype=first > 0)
    assert len(whole) == found.outcome.contacted


def test_a_list_has_the_customer_the_decision_the_control_group_and_the_campaign_in_each_row():
    plan = Plan(campaign=FULL, objective=Objective(budget=1500, min_roi=2))
    found = recommended(plan)
    listed = contact_list(CUSTOMERS, P, MODEL, found, schema=TELCO)
    customer = ["rank", TELCO.id, TELCO.monthly_charge, TELCO.tenure]
    decision = [name for name in DECISION_COLUMNS if name != "contact"]
    assert list(listed) == [*customer, *decision, "control_group", "threshold", *PARAMETERS, "budget", "min_roi", "rule"]
    for name, value in {**plan.as_dict(), "threshold": found.threshold}.items():
        assert (listed[name] == value).all(), name
    assert not listed.isna().any(axis=None)


def test_a_list_decided_customer_by_customer_has_no_threshold_and_unasked_limits_are_left_out():
    listed = contact_list(CUSTOMERS, P, MODEL, recommended(Plan(rule=PER_CUSTOMER)), schema=TELCO)
    assert listed["threshold"].isna().all() and (listed["rule"] == PER_CUSTOMER).all()
    assert not set(LIMITS) & set(listed)


def test_a_listed_customer_is_decided_as_in_a_scored_file():
    listed = contact_list(CUSTOMERS, P, MODEL, recommended(Plan(rule=PER_CUSTOMER)), schema=TELCO).set_index(TELCO.id)
    scored = score(CUSTOMERS, MODEL, Plan(), schema=TELCO).set_index(CUSTOMERS[TELCO.id])
    assert set(listed.index) == set(scored.index[scored["contact"]])
    for column in DECISION_COLUMNS:
        if column != "contact":
            assert listed[column].tolist() == scored.loc[listed.index, column].tolist(), column


@pytest.mark.parametrize("rule", RULES)
def test_the_order_of_the_customers_changes_nothing_in_the_list(rule):
    order = np.random.default_rng(1).permutation(len(P))
    shuffled = CUSTOMERS.iloc[order]
    here = contact_list(CUSTOMERS, P, MODEL, recommended(Plan(rule=rule)), control_share=0.1, schema=TELCO)
    found = recommend(
        shuffled, P[order], CHURNED[order], Plan(rule=rule), customer_sweep(shuffled, P[order], schema=TELCO), TELCO
    )
    pd.testing.assert_frame_equal(contact_list(shuffled, P[order], MODEL, found, control_share=0.1, schema=TELCO), here)


def test_an_empty_list_keeps_its_columns():
    nobody = recommended(Plan(campaign=Campaign(success_rate=0)))
    listed = contact_list(CUSTOMERS, P, MODEL, nobody, control_share=0.3, schema=TELCO)
    assert len(listed) == 0
    assert list(listed) == list(contact_list(CUSTOMERS, P, MODEL, recommended(), first=1, schema=TELCO))


def test_the_sheet_of_the_campaign_has_every_parameter_its_outcome_and_the_model():
    plan = Plan(campaign=FULL, objective=Objective(min_marginal_roi=1))
    found = recommended(plan)
    sheet = campaign_sheet(found, "model-7")
    told, outcome = dict(zip(sheet["name"], sheet["value"], strict=True)), found.outcome
    assert {name: told[name] for name in plan.as_dict()} == plan.as_dict()
    assert (told["contacted"], told["expected_profit"], told["expected_spend"], told["roi"], told["threshold"]) == (
        outcome.contacted, outcome.expected_profit, outcome.expected_spend, outcome.roi, outcome.threshold,
    )  # fmt: skip
    assert told["model_id"] == "model-7" and len(told) == len(sheet)


def test_a_recommendation_of_no_customers_is_empty():
    none, p = CUSTOMERS.head(0), P[:0]
    for rule in RULES:
        found = recommend(none, p, CHURNED[:0], Plan(rule=rule), sweep(p, monthly_charge=p), TELCO)
        assert found.outcome.contacted == 0 == found.profit.estimate and found.roi is None
