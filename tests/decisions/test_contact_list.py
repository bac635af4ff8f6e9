"""The plan carried out: who is recommended, what it earned, the list to work through."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.forecast import NOTHING, forecast_of
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_threshold, best_threshold, choose, per_customer
from churn_core.campaign.plan import LIMITS, ONE_THRESHOLD, PARAMETERS, PER_CUSTOMER, RULES, Plan
from churn_core.campaign.uncertainty import Z
from churn_core.decisions.campaign_sheet import campaign_sheet
from churn_core.decisions.contact_list import contact_list, contact_list_in_parts
from churn_core.decisions.decide import DECISION_COLUMNS, score
from churn_core.decisions.realised import realised
from churn_core.errors import CampaignError
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import BACK_TEST, CHURNED, CUSTOMERS, FULL, IDS, MODEL, SWEPT, UNKNOWN, P, clv_of, recommended

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
    assert found.forecast == NOTHING and found.chance_of_loss == 0


# What it earned


@given(plans)
def test_the_realised_profit_is_that_of_the_same_contacts_on_what_happened(plan):
    found = recommended(plan, BACK_TEST)
    was, campaign, contact = realised(found), plan.campaign, found.contact
    earned = float(expected_profit(CHURNED[contact], clv_of(campaign)[contact], campaign).sum())
    assert was.profit.estimate == pytest.approx(earned - (campaign.fixed_cost if contact.any() else 0), abs=1e-6)
    assert was.profit.low <= was.profit.estimate <= was.profit.high
    assert (was.roi is None) == (found.outcome.expected_spend == 0)
    assert was.had_left == CHURNED[contact].sum() and was.beyond_chance == (abs(was.missed) > Z)


def test_by_one_threshold_the_realised_profit_is_that_of_the_back_test():
    found = recommended(Plan(campaign=FULL), BACK_TEST)
    then = at_threshold(BACK_TEST.realised_sweep, FULL, found.threshold)
    assert realised(found).profit.estimate == pytest.approx(then.expected_profit)
    assert realised(found).roi.estimate == pytest.approx(then.roi)


def test_of_customers_who_are_still_here_it_is_not_known_what_a_campaign_realised():
    with pytest.raises(CampaignError, match="Take all customers"):
        realised(recommended())
    with pytest.raises(CampaignError, match="Take all customers"):
        _ = UNKNOWN.realised_sweep


@given(plans)
def test_the_ranges_are_around_the_expected_profit_of_the_very_contacts(plan):
    found = recommended(plan)
    told = forecast_of(P[found.contact], clv_of(plan.campaign)[found.contact], plan.campaign, found.outcome.expected_profit)
    assert found.forecast == told and found.forecast.range.estimate == found.outcome.expected_profit
    assert 0 <= found.chance_of_loss <= 1


# The list to work through


@settings(max_examples=30)
@given(plans)
def test_the_contact_list_holds_exactly_the_recommended_the_most_profitable_first(plan):
    found = recommended(plan)
    listed = contact_list(found, MODEL)
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
    whole, head = (contact_list(found, MODEL, control_share=0.2, salt="s", first=n) for n in (None, first))
    pd.testing.assert_frame_equal(head, whole.head(first), check_dtype=first > 0)
    assert len(whole) == found.outcome.contacted


@pytest.mark.parametrize("first", [1, 5, 100])
def test_that_holds_where_many_earn_the_same_too(first):
    alike = replace(UNKNOWN, customers=CUSTOMERS.assign(**{TELCO.monthly_charge: 50.0}), probability=np.round(P, 1))
    found = recommended(population=alike)
    whole, head = (contact_list(found, MODEL, first=n) for n in (None, first))
    pd.testing.assert_frame_equal(head, whole.head(first))
    assert whole["expected_profit"].nunique() < 12 < len(whole)


def test_where_nobody_is_drawn_the_name_of_the_list_changes_nothing_and_nothing_is_worked_out_again():
    found = recommended(population=replace(UNKNOWN))
    contact_list(found, MODEL, first=5, salt="spring")
    kept = len(found.kept), len(found.figures)
    contact_list(found, MODEL, first=5, salt="summer")
    assert (len(found.kept), len(found.figures)) == kept
    drawn = [contact_list(found, MODEL, control_share=0.3, first=50, salt=salt)["arm"].tolist() for salt in ("spring", "summer")]
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("rows", [1, 7, 10_000])
@pytest.mark.parametrize("rule", RULES)
def test_the_parts_of_a_list_below_each_other_are_the_whole_list(rule, rows):
    found = recommended(Plan(rule=rule))
    parts = list(contact_list_in_parts(found, MODEL, control_share=0.2, salt="s", rows=rows))
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), contact_list(found, MODEL, control_share=0.2, salt="s"))
    assert all(len(part) == rows for part in parts[:-1])


def test_an_empty_list_is_one_part_with_its_columns():
    nobody = recommended(Plan(campaign=Campaign(success_rate=0)))
    (part,) = contact_list_in_parts(nobody, MODEL)
    assert len(part) == 0 and list(part) == list(contact_list(nobody, MODEL))


def test_a_list_has_the_customer_the_decision_the_control_group_and_the_campaign_in_each_row():
    plan = Plan(campaign=FULL, objective=Objective(budget=1500, min_roi=2))
    found = recommended(plan)
    listed = contact_list(found, MODEL)
    customer = ["rank", TELCO.id, TELCO.monthly_charge, TELCO.tenure]
    decision = [name for name in DECISION_COLUMNS if name != "contact"]
    said = [name for name in PARAMETERS if name != "window"]  # nobody has said it
    assert list(listed) == [*customer, *decision, "arm", "stratum", "threshold", *said, "budget", "min_roi", "rule"]
    for name, value in {**plan.as_dict(), "threshold": found.threshold}.items():
        assert (listed[name] == value).all(), name
    assert not listed.isna().any(axis=None)


def test_a_list_decided_customer_by_customer_has_no_threshold_and_unasked_limits_are_left_out():
    listed = contact_list(recommended(Plan(rule=PER_CUSTOMER)), MODEL)
    assert listed["threshold"].isna().all() and (listed["rule"] == PER_CUSTOMER).all()
    assert not set(LIMITS) & set(listed)


def test_a_listed_customer_is_decided_as_in_a_scored_file():
    listed = contact_list(recommended(Plan(rule=PER_CUSTOMER)), MODEL).set_index(TELCO.id)
    scored = score(CUSTOMERS, MODEL, Plan(), schema=TELCO).set_index(CUSTOMERS[TELCO.id])
    assert set(listed.index) == set(scored.index[scored["contact"]])
    for column in DECISION_COLUMNS:
        if column != "contact":
            assert listed[column].tolist() == scored.loc[listed.index, column].tolist(), column


@pytest.mark.parametrize("rule", RULES)
def test_the_order_of_the_customers_changes_nothing_in_the_list(rule):
    order = np.random.default_rng(1).permutation(len(P))
    shuffled = replace(UNKNOWN, customers=CUSTOMERS.iloc[order], probability=P[order])
    here, there = (recommended(Plan(rule=rule), population) for population in (UNKNOWN, shuffled))
    pd.testing.assert_frame_equal(*(contact_list(found, MODEL, control_share=0.1) for found in (there, here)))


def test_an_empty_list_keeps_its_columns():
    nobody = recommended(Plan(campaign=Campaign(success_rate=0)))
    listed = contact_list(nobody, MODEL, control_share=0.3)
    assert len(listed) == 0
    assert list(listed) == list(contact_list(recommended(), MODEL, first=1))


def test_the_sheet_of_the_campaign_has_every_parameter_its_outcome_and_the_model():
    plan = Plan(campaign=FULL, objective=Objective(min_marginal_roi=1))
    found = recommended(plan)
    sheet = campaign_sheet(found, "model-7")
    told, outcome = dict(zip(sheet["name"], sheet["value"], strict=True)), found.outcome
    assert {name: told[name] for name in plan.as_dict()} == plan.as_dict()
    assert (told["contacted"], told["expected_profit"], told["expected_spend"], told["roi"], told["threshold"]) == (
        outcome.contacted, outcome.expected_profit, outcome.expected_spend, outcome.roi, outcome.threshold,
    )  # fmt: skip
    band, exact = found.forecast.range, found.forecast.range_if_exact
    assert (told["range_low"], told["range_high"]) == (band.low, band.high)
    assert (told["range_if_exact_low"], told["range_if_exact_high"]) == (exact.low, exact.high)
    assert told["customers"] == len(P)
    assert told["model_id"] == "model-7" and len(told) == len(sheet)


def test_a_recommendation_of_no_customers_is_empty():
    nobody = replace(UNKNOWN, customers=CUSTOMERS.head(0), probability=P[:0])
    for rule in RULES:
        found = recommended(Plan(rule=rule), nobody)
        assert found.outcome.contacted == 0 and found.forecast == NOTHING
