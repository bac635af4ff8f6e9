"""A recommended list in weeks: who is in it, what it earns, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.schedule import NEVER, Waiting, schedule
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.weeks import as_dict, in_words, schedule_of, window_of
from churn_core.errors import CampaignError
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import MODEL, UNKNOWN

IN_TIME = Plan(campaign=Campaign(retention_cost=25, window=3), rule=PER_CUSTOMER)
TWO_OFFERS = replace(
    IN_TIME, offers=(Offer(name="call", retention_cost=20), Offer(name="gift", retention_cost=5, success_rate=0.4, incentive=80))
)


def test_room_for_all_in_the_first_week_earns_what_the_list_promises():
    recommended = recommend(UNKNOWN, IN_TIME)
    planned = schedule_of(recommended, 10_000)
    assert planned.week.tolist() == [1] * recommended.outcome.contacted and planned.cost_of_waiting == 0
    assert planned.expected_profit == pytest.approx(recommended.outcome.expected_profit)


def test_with_several_offers_each_customer_earns_by_the_own_one():
    recommended = recommend(UNKNOWN, TWO_OFFERS)
    assert {each.contacts.number > 0 for each in recommended.offers.per_offer} == {True}
    assert schedule_of(recommended, 10_000).expected_profit == pytest.approx(recommended.outcome.expected_profit)
    assert schedule_of(recommended, 10).cost_of_waiting > 0


def test_whoever_is_left_alone_has_no_week_and_takes_no_place():
    recommended = recommend(UNKNOWN, IN_TIME)
    left_alone = np.arange(recommended.outcome.contacted) % 5 == 0
    planned = schedule_of(recommended, 10, left_alone)
    assert (planned.week[left_alone] == NEVER).all() and planned.contacts[0] == 10
    p, clv = UNKNOWN.probability[recommended.contact], recommended.clv[recommended.contact]
    assert planned.at_once == pytest.approx(expected_profit(p, clv, IN_TIME.campaign)[~left_alone].sum())


def test_the_order_of_the_customers_does_not_matter():
    shuffled = np.random.default_rng(1).permutation(len(UNKNOWN))
    other = replace(UNKNOWN, customers=UNKNOWN.customers.iloc[shuffled], probability=UNKNOWN.probability[shuffled])
    weeks = []
    for population in (UNKNOWN, other):
        recommended = recommend(population, IN_TIME)
        ids = population.customers.loc[recommended.contact, TELCO.id]
        weeks.append(dict(zip(ids, schedule_of(recommended, 7).week.tolist(), strict=True)))
    assert weeks[0] == weeks[1]


def test_the_list_is_in_the_order_of_the_weeks_then_of_the_profit():
    recommended = recommend(UNKNOWN, IN_TIME)
    planned = schedule_of(recommended, 7)
    listed = contact_list(recommended, MODEL, week=planned.week)
    assert listed.columns[:2].tolist() == ["rank", "week"]
    assert listed["week"].dropna().value_counts(sort=False).sort_index().tolist() == planned.contacts.tolist()
    assert listed["week"].isna().sum() == planned.missed + planned.unpaid
    by_week = listed.fillna({"week": 999}).sort_values(["week", "expected_profit"], ascending=[True, False])
    assert by_week.index.tolist() == listed.index.tolist()


def test_the_window_is_the_plans_else_that_of_the_customers_and_without_one_there_is_no_schedule():
    assert window_of(IN_TIME, replace(TELCO, window=1.0)) == 3
    assert window_of(Plan(), replace(TELCO, window=1.0)) == 1
    with pytest.raises(CampaignError, match="nobody has said within how many months"):
        schedule_of(recommend(UNKNOWN, Plan()), 10)


def test_the_sentence_says_how_long_what_waiting_costs_who_is_missed_and_who_does_not_pay():
    waiting = Waiting.of([0.9, 0.2, 0.5, 0.05, 0.001], [840.0] * 5, Campaign())
    assert in_words(schedule(waiting, window=1, per_week=2), money=lambda amount: f"${amount:,.0f}") == (
        "At 2 contacts a week the list takes 2 weeks; waiting costs $15 of $376. 1 customer is not reached in time, and would earn "
        "$3 in the first week. After week 2 make a new list. 1 customer on it brings less than a contact costs, and "
        "gets no week."
    )
    assert in_words(schedule(waiting[np.arange(3)], window=1, per_week=3)) == (
        "At 3 contacts a week the list takes 1 week; waiting costs nothing."
    )
    assert in_words(schedule(waiting[np.array([4])], window=1, per_week=3)).startswith("No contact on the list pays on its own")


def test_as_json_the_weeks_add_up():
    planned = schedule_of(recommend(UNKNOWN, IN_TIME), 7)
    told = as_dict(planned)
    assert sum(week["expected_profit"] for week in told["weeks"]) == pytest.approx(told["expected_profit"])
    assert told["at_once"] - told["expected_profit"] == pytest.approx(told["cost_of_waiting"])
    assert told["expected_profit"] <= told["bound"] <= told["at_once"] * (1 + 1e-9)
