"""Each customer who pays and is not contacted says why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.decide import decide
from churn_core.decisions.drawn import draw_of
from churn_core.decisions.weeks import schedule_of
from churn_core.decisions.why_not import CONTROL_GROUP, NOT_IN_TIME, why_not_contacted
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, MODEL, P, plans, recommended


def reasons(plan: Plan, threshold: float | None = None) -> tuple[pd.DataFrame, pd.Series]:
    decided = decide(CUSTOMERS, P, plan, threshold, schema=TELCO)
    return decided, why_not_contacted(decided, plan, threshold)


def said(plan: Plan, threshold: float | None = None) -> set[str]:
    return set(reasons(plan, threshold)[1]) - {""}


@given(plans, st.sampled_from([None, 0.0, 0.1, 0.6]))
def test_a_reason_is_given_to_exactly_those_who_pay_and_are_not_contacted(plan, threshold):
    decided, why = reasons(plan, threshold)
    assert ((why != "") == ((decided["expected_profit"] > 0) & ~decided["contact"])).all()
    assert why.index.equals(decided.index)


def test_below_a_published_threshold():
    decided, why = reasons(Plan(), 0.456)
    assert said(Plan(), 0.456) == {"below the published threshold of 45.6%"}
    assert (decided["churn_probability"][why != ""] < 0.456).all()


def test_beyond_the_budget_of_a_published_campaign():
    plan = Plan(objective=Objective(budget=100))
    decided, why = reasons(plan, 0.2)
    assert set(why) == {"", "beyond the budget", "below the published threshold of 20.0%"}
    assert (decided["churn_probability"][why == "beyond the budget"] >= 0.2).all()
    assert (decided["churn_probability"][why == "below the published threshold of 20.0%"] < 0.2).all()


def test_less_roi_than_each_contact_has_to_bring():
    plan = Plan(objective=Objective(min_marginal_roi=1))
    decided, why = reasons(plan)
    assert set(why) == {"", "ROI below 100%"}
    assert (decided["expected_profit"][why != ""] < 10).all()  # a contact costs 10


def test_beyond_the_budget_and_below_the_least_roi_are_told_apart():
    plan = Plan(objective=Objective(min_marginal_roi=1, budget=100))
    decided, why = reasons(plan)
    assert set(why) == {"", "ROI below 100%", "beyond the budget"}
    assert (decided["expected_profit"][why == "beyond the budget"] >= 10).all()


def test_the_roi_of_the_campaign_both_limits_and_a_fixed_cost():
    assert said(Plan(objective=Objective(min_roi=30))) == {"ROI of the campaign would fall below 3,000%"}
    assert said(Plan(objective=Objective(min_roi=30, budget=100))) == {"beyond the limits of the campaign"}
    assert said(Plan(campaign=Campaign(fixed_cost=1e8))) == {"the list does not earn back its fixed cost"}


def test_within_published_limits_who_brings_less_than_each_contact_has_to_is_told_so():
    plan = Plan(objective=Objective(min_marginal_roi=8, budget=1000), rule=PER_CUSTOMER)
    decided, why = reasons(plan, 0.2)
    assert {"ROI below 800%", "beyond the budget"} <= set(why)
    assert (decided["expected_profit"][why == "ROI below 800%"] < 80).all()  # a contact costs 10
    assert (decided["expected_profit"][why == "beyond the budget"] >= 80).all()


CALL = Offer(name="Call", retention_cost=25, success_rate=0.4)


@pytest.mark.parametrize(
    ("capacity", "budget", "why"),
    [
        (5, None, "beyond the capacity of the offers"),
        (None, 100, "beyond the budget"),
        (5, 1000, "beyond the budget or the capacity of the offers"),
    ],
)
def test_of_several_offers_the_limit_is_named(capacity, budget, why):
    mail = Offer(name="Mail", retention_cost=1, success_rate=0.1, capacity=capacity)
    offers = Plan(offers=(replace(CALL, capacity=capacity), mail), objective=Objective(budget=budget))
    decided, told = reasons(offers)
    assert set(told) == {"", why}
    assert ((told != "") == ((decided["expected_profit"] > 0) & ~decided["contact"])).all()


def test_on_a_contact_list_the_control_group_and_who_is_not_reached_in_time_say_so():
    found = recommended(Plan(campaign=Campaign(window=1)))
    left_alone = draw_of(found, 0.2, "s").control
    week = schedule_of(found, 20, left_alone).week
    listed = contact_list(found, MODEL, control_share=0.2, salt="s", week=week)
    held, late = listed["arm"] == "control", listed["week"].isna() & (listed["arm"] == "treated")
    assert (listed["why_not"][held] == CONTROL_GROUP).all() and held.any()
    assert (listed["why_not"][late & (listed["expected_profit"] > 0)] == NOT_IN_TIME).all() and late.any()
    assert (listed["why_not"][~held & ~late] == "").all()
    assert "why_not" not in contact_list(found, MODEL)  # where everybody is contacted nobody has to be told why not


def test_of_nobody_there_is_nothing_to_say():
    nobody = decide(CUSTOMERS.head(0), np.zeros(0), Plan(), schema=TELCO)
    assert why_not_contacted(nobody, Plan(), 0.5).tolist() == []


def test_who_has_left_is_told_so_before_anything_else():
    decided, why = reasons(Plan(objective=Objective(budget=100)), 0.2)
    gone = np.arange(len(CUSTOMERS)) % 2 == 0
    told = why_not_contacted(decided, Plan(objective=Objective(budget=100)), 0.2, gone)
    assert (told[gone & (why != "")] == "has left").all() and (told[gone & (why == "")] == "").all()
    assert told[~gone].equals(why[~gone])
