"""Other answers to what a campaign assumes: what they do to today's list, and to the best one."""

from dataclasses import replace

import pytest

from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE, Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.assumptions import alternatives
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.weeks import schedule_of
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import UNKNOWN

CURVE = (1.0, 0.9, 0.8, 0.7, 0.6)
CALL, GIFT = Offer(name="call", retention_cost=20), Offer(name="gift", retention_cost=5, success_rate=0.4, incentive=80)


def answers(found):
    return [(each.plan.campaign.after_save, each.window, each.plan.campaign.margin, each.per_week) for each in found]


def test_on_the_telco_back_test_a_save_at_the_own_risk_and_a_lower_margin_earn_what_economics_md_says(workspace):
    found = alternatives(recommend(workspace.all_customers, Plan()), workspace.tenure_curve)
    told = {
        answer: (round(each.kept), round(each.best), each.contacted) for answer, each in zip(answers(found), found, strict=True)
    }
    assert told[STAYS, None, 1.0, None][0] == 441_180
    assert told[OWN_RISK, 1.0, 1.0, None] == (48_484, 52_312, 4_387)
    assert told[OWN_RISK, 3.0, 1.0, None] == (142_759, 144_718, 4_872)
    assert told[OWN_RISK, 12.0, 1.0, None] == (299_476, 301_122, 4_984)
    assert (TENURE, None, 1.0, None) in told and (STAYS, None, 0.5, None) in told and (STAYS, None, 0.3, None) in told


def test_today_is_first_and_each_other_answer_stands_alone():
    assert answers(alternatives(recommend(UNKNOWN, Plan()), CURVE)) == [
        (STAYS, None, 1.0, None),
        *((OWN_RISK, months, 1.0, None) for months in (1.0, 3.0, 12.0)),
        (TENURE, None, 1.0, None),
        (STAYS, None, 0.5, None),
        (STAYS, None, 0.3, None),
    ]


def test_what_is_assumed_already_is_no_other_answer_and_a_stated_window_is_the_only_one():
    plan = Plan(campaign=Campaign(after_save=OWN_RISK, window=2, margin=0.5))
    assert answers(alternatives(recommend(UNKNOWN, plan), ())) == [
        (OWN_RISK, 2.0, 0.5, None),
        (STAYS, 2.0, 0.5, None),
        (OWN_RISK, 2.0, 0.3, None),
    ]


@pytest.mark.parametrize(
    "plan", [Plan(), Plan(objective=Objective(budget=900)), Plan(offers=(CALL, GIFT))], ids=["", "budget", "several"]
)
def test_the_best_list_is_decided_anew_and_the_changes_are_counted(plan):
    today = recommend(UNKNOWN, plan)
    for each in alternatives(today, CURVE):
        anew = recommend(UNKNOWN, replace(each.plan, rule=PER_CUSTOMER))
        assert each.best == pytest.approx(anew.outcome.expected_profit) and each.contacted == anew.outcome.contacted
        assert today.outcome.contacted - each.left_out + each.joined == each.contacted
        assert each.best >= each.kept - 1e-6 * abs(each.kept) or plan.objective.budget is not None


@pytest.mark.parametrize("plan", [Plan(), Plan(offers=(CALL, GIFT))], ids=["one", "several"])
def test_as_assumed_todays_list_earns_what_the_headline_says(plan):
    today = recommend(UNKNOWN, plan)
    assert alternatives(today, CURVE)[0].kept == pytest.approx(today.outcome.expected_profit)


def test_contacts_per_week_leave_out_who_is_not_reached_in_time():
    plan = Plan(campaign=Campaign(window=3, fixed_cost=100), rule=PER_CUSTOMER)
    today = recommend(UNKNOWN, plan)
    found, planned = alternatives(today, CURVE, per_week=7)[-1], schedule_of(today, 7)
    assert found.per_week == 7 and found.kept == pytest.approx(planned.expected_profit - 100)
    assert (found.contacted, found.left_out, found.joined) == (planned.contacts.sum(), planned.missed, 0)


def test_without_a_churn_window_contacts_per_week_change_nothing_that_is_known():
    assert all(each.per_week is None for each in alternatives(recommend(UNKNOWN, Plan()), CURVE, per_week=7))


def test_a_lifetime_value_leaves_contacts_per_week_open_alone():
    columns = tuple(replace(each, role="feature") if each.role == "monthly_charge" else each for each in TELCO.columns)
    schema = replace(TELCO, columns=columns, clv=900.0, window=3.0)
    population = replace(UNKNOWN, schema=schema)
    assert answers(alternatives(recommend(population, Plan()), CURVE, per_week=7)) == [
        (STAYS, 3.0, 1.0, None),
        (STAYS, 3.0, 1.0, 7),
    ]
