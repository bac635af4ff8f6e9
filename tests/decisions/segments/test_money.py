"""The money of a found segment: that of its customers alone, by the plan that is asked, with one kind of contact or several offers."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.population import Population
from churn_core.decisions.segments.money import money_of
from tests.decisions.segments.conftest import CAFE

PLAN = Plan(campaign=Campaign(retention_cost=15, success_rate=0.4))
CALL, MAIL = Offer(name="Call", retention_cost=15, success_rate=0.4), Offer(name="Mail", retention_cost=1, success_rate=0.05)


@pytest.fixture(scope="module")
def here(cafe) -> Population:
    probability = np.random.default_rng(3).beta(1, 4, len(cafe))
    return Population.still_here(cafe, probability, CAFE)


def test_it_is_the_sum_over_its_customers_whom_it_pays_to_contact(found, here):
    for segment in found.segments:
        money, inside = money_of(segment, here, PLAN), segment.mask(here.customers)
        profit = expected_profit(here.probability[inside], 200.0, PLAN.campaign)
        assert (money.customers, money.contacted) == (inside.sum(), (profit > 0).sum())
        assert money.expected_profit == pytest.approx(profit[profit > 0].sum())
        assert money.value_of_a_point == pytest.approx(200.0 * inside.sum() / 100)
        assert money.forecast.range.low < money.expected_profit < money.forecast.range.high and money.offer == ""


def test_limits_and_the_fixed_cost_are_those_of_the_whole_campaign(found, here):
    limited = Plan(campaign=replace(PLAN.campaign, fixed_cost=1e6), objective=Objective(budget=10.0))
    assert money_of(found.segments[0], here, limited) == money_of(found.segments[0], here, PLAN)
    few = replace(limited, offers=(replace(CALL, capacity=1), MAIL))
    free = replace(PLAN, offers=(CALL, MAIL))
    assert money_of(found.segments[0], here, few) == money_of(found.segments[0], here, free)


def test_one_offer_is_that_contact_and_of_several_each_customer_gets_the_best(found, here):
    segment, alone = found.segments[0], money_of(found.segments[0], here, PLAN)
    one = money_of(segment, here, replace(PLAN, offers=(CALL,)))
    assert (one.contacted, one.offer) == (alone.contacted, "Call")
    assert one.expected_profit == pytest.approx(alone.expected_profit)
    both, inside = money_of(segment, here, replace(PLAN, offers=(CALL, MAIL))), segment.mask(here.customers)
    p = here.probability[inside]
    best = np.max([expected_profit(p, 200.0, offer.in_campaign(PLAN.campaign)) for offer in (CALL, MAIL)], axis=0)
    assert both.expected_profit == pytest.approx(best[best > 0].sum()) and both.expected_profit >= alone.expected_profit
    assert both.contacted == sum(offer.customers for offer in both.offers) == (best > 0).sum()
    assert [offer.name for offer in both.offers] == [
        offer.name for offer in sorted(both.offers, key=lambda offer: -offer.expected_profit)
    ]


def test_where_no_contact_pays_nothing_is_earned(found, here):
    dear = replace(PLAN, campaign=replace(PLAN.campaign, retention_cost=1e6))
    for plan in (dear, replace(dear, offers=(replace(CALL, retention_cost=1e6),))):
        money = money_of(found.segments[0], here, plan)
        assert (money.contacted, money.expected_profit, money.offer) == (0, 0.0, "")
