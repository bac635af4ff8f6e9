"""Which customer gets which offer: the laws of the decision, whatever the method that finds it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.assign import NONE
from churn_core.campaign.offers.offer import OF_ONE_OFFER, Offer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.offers import (
    OfferPrices,
    at_prices,
    decide_offers,
    earnings,
    figures_of_each,
    identity_of,
    names_of,
)
from churn_core.decisions.offers_words import about_best, about_limits, about_nobody, recommendation
from churn_core.decisions.only_if import may_get
from churn_core.decisions.recommendation import recommend
from churn_core.errors import CampaignError
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, UNKNOWN, P, with_fixed_cost

CALL = Offer(name="Call", retention_cost=25, success_rate=0.4)
GIFT = Offer(name="Gift", retention_cost=2, incentive=30, incentive_uptake=0.6, success_rate=0.35, only_if="gender=Male")
MAIL = Offer(name="Mail", retention_cost=1, success_rate=0.05)
ALL = (CALL, GIFT, MAIL)
CLV = Campaign().clv(CUSTOMERS[TELCO.monthly_charge].to_numpy())
IDENTITY = identity_of(CUSTOMERS[TELCO.id])


def decided(plan: Plan, order: np.ndarray | slice = slice(None)):
    customers = CUSTOMERS.iloc[order]
    return decide_offers(P[order], CLV[order], may_get(plan.offers, customers, TELCO), plan, IDENTITY[order])


@settings(max_examples=60, deadline=None)
@given(with_fixed_cost)
def test_one_offer_without_limits_is_the_rule_customer_by_customer_to_the_last_bit(campaign):
    offer = Offer(name="The offer", **{name: getattr(campaign, name) for name in OF_ONE_OFFER})
    one = recommend(
        UNKNOWN,
        Plan(campaign=replace(Campaign(), clv_months=campaign.clv_months, fixed_cost=campaign.fixed_cost), offers=(offer,)),
    )
    today = recommend(UNKNOWN, Plan(campaign=campaign, rule=PER_CUSTOMER))
    assert one.contact.tolist() == today.contact.tolist()
    assert one.outcome.expected_profit == pytest.approx(today.outcome.expected_profit)
    assert one.outcome.expected_spend == pytest.approx(today.outcome.expected_spend)
    assert one.forecast.range.half_width == pytest.approx(today.forecast.range.half_width)
    if campaign.success_rate > 1e-6:  # below it the skewness of the profit is no float
        assert one.chance_of_loss == today.chance_of_loss


def test_without_limits_each_customer_gets_the_offer_that_earns_most():
    found = decided(Plan(offers=ALL))
    profit, _ = earnings(P, CLV, may_get(ALL, CUSTOMERS, TELCO), found.plan)
    expected = np.where(profit.max(axis=0) > 0, profit.argmax(axis=0), NONE)
    assert found.offer.tolist() == expected.tolist() and found.assignment.optimal
    assert found.outcome.expected_profit == pytest.approx(np.maximum(profit.max(axis=0), 0).sum())


def test_nobody_gets_an_offer_that_is_not_for_them_and_capacities_and_budget_are_kept():
    plan = Plan(objective=Objective(budget=1_500), offers=(replace(CALL, capacity=20), replace(GIFT, capacity=30), MAIL))
    found = decided(plan)
    males = (CUSTOMERS["gender"] == "Male").to_numpy()
    assert males[found.offer == 1].all()
    assert (found.per_offer[0].contacts.number, found.per_offer[1].contacts.number) <= (20, 30)
    assert found.outcome.expected_spend <= 1_500 * (1 + 1e-9)
    assert found.outcome.expected_profit <= found.assignment.bound * (1 + 1e-12)
    assert sum(each.contacts.number for each in found.per_offer) == found.contact.sum() == found.outcome.contacted


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(3)), st.randoms(use_true_random=False))
def test_neither_the_order_of_the_customers_nor_that_of_the_offers_matters(places, random):
    plan = Plan(objective=Objective(budget=2_000), offers=(replace(CALL, capacity=20), replace(GIFT, capacity=30), MAIL))
    order = np.array(random.sample(range(len(P)), len(P)))
    one, other = decided(plan), decided(replace(plan, offers=tuple(plan.offers[k] for k in places)), order)
    names = np.empty(len(P), dtype=object)
    names[order] = other.names
    assert names.tolist() == one.names.tolist()
    assert one.assignment.profit == other.assignment.profit


def test_the_fixed_cost_is_charged_once_and_where_it_is_not_earned_back_nobody_gets_anything():
    free, paid, dear = (decided(Plan(campaign=Campaign(fixed_cost=cost), offers=ALL)) for cost in (0.0, 500.0, 1e8))
    assert paid.outcome.expected_profit == pytest.approx(free.outcome.expected_profit - 500)
    assert paid.outcome.expected_spend == pytest.approx(free.outcome.expected_spend + 500)
    assert (dear.outcome.contacted, dear.outcome.expected_profit, dear.outcome.expected_spend) == (0, 0.0, 0.0)


def test_what_a_save_is_worth_is_that_of_the_campaign_and_all_else_that_of_the_offer():
    plan = Plan(campaign=Campaign(retention_cost=1e6, success_rate=0.0, clv_months=12), offers=ALL)
    assert decided(plan).offer.tolist() == decided(Plan(offers=ALL)).offer.tolist()


def test_a_plan_without_offers_is_refused():
    with pytest.raises(CampaignError, match="Add an offer"):
        decide_offers(P, CLV, np.zeros((0, len(P)), dtype=bool), Plan())


def test_a_recommendation_of_offers_says_who_gets_which_and_the_lowest_probability_of_anybody_who_does():
    found = recommend(UNKNOWN, Plan(offers=ALL))
    assert found.offers is not None and found.contact.tolist() == (found.offers.offer != NONE).tolist()
    assert found.threshold is None and found.best.threshold == P[found.contact].min()
    assert found.outcome == found.offers.outcome and 0 <= found.chance_of_loss <= 1


def given_at(budget: float, capacity: float = 0.0) -> np.ndarray:
    return at_prices(
        P, CLV, may_get(ALL, CUSTOMERS, TELCO), Plan(offers=ALL), OfferPrices(budget=budget, capacity=(capacity,) * 3)
    )


def test_at_the_prices_of_a_list_without_limits_everybody_gets_what_the_list_gives():
    found = decided(Plan(offers=ALL))
    assert found.prices == OfferPrices(budget=0.0, capacity=(0.0, 0.0, 0.0))
    assert given_at(0.0).tolist() == found.offer.tolist()


def test_a_higher_price_gives_fewer_offers():
    for prices in ([(price, 0.0) for price in (0, 1, 5, 50)], [(0.0, price) for price in (0, 9, 99)]):
        many = [(given_at(*price) != NONE).sum() for price in prices]
        assert many == sorted(many, reverse=True) and many[0] > many[-1]


def test_each_customer_is_told_the_figures_of_the_own_offer_and_whoever_gets_none_those_of_the_best():
    plan, allowed = Plan(offers=(CALL, GIFT)), may_get((CALL, GIFT), CUSTOMERS, TELCO)
    offer = decided(plan).offer
    profit, break_even = figures_of_each(P, CLV, allowed, plan, offer)
    of_call = expected_profit(P, CLV, CALL.in_campaign(plan.campaign))
    assert profit[offer == 0].tolist() == of_call[offer == 0].tolist()
    assert (profit[offer == NONE] <= 0).all() and (profit[offer != NONE] > 0).all()
    assert ((break_even < P) == (profit > 0)).all()
    only_men = Plan(offers=(GIFT,))
    none = np.full(len(P), NONE)
    women = (CUSTOMERS["gender"] == "Female").to_numpy()
    assert np.isnan(figures_of_each(P, CLV, may_get((GIFT,), CUSTOMERS, TELCO), only_men, none)[0]).tolist() == women.tolist()


def test_without_limits_means_without_budget_and_capacities():
    plan = Plan(objective=Objective(budget=10), offers=(replace(CALL, capacity=1),)).without_limits
    assert plan.objective == Objective() and plan.offers[0].capacity is None


def test_names_are_none_for_whoever_gets_nothing():
    assert names_of(ALL, np.array([2, NONE, 0])).tolist() == ["Mail", None, "Call"]


def test_the_recommendation_names_the_offers_with_customers_and_how_many_are_left_alone():
    found = decided(Plan(offers=ALL))
    said = recommendation(found, "$")
    for each in found.per_offer:
        assert (f"'{each.offer.name}' to " in said) == (each.contacts.number > 0)
    assert f"leave {(found.offer == NONE).sum()} alone" in said and "expected profit $" in said


def test_where_nothing_pays_it_is_said_that_all_are_left_alone():
    assert recommendation(decided(Plan(offers=(replace(CALL, success_rate=0.0),)))).startswith("Leave all 400 customers alone")


def test_of_limits_it_is_said_which_binds_or_that_none_does_and_nothing_where_there_are_none():
    assert about_limits(decided(Plan(offers=ALL))) == ""
    wide = Plan(objective=Objective(budget=1e9), offers=(replace(CALL, capacity=400),))
    assert about_limits(decided(wide)) == "No limit binds: more budget or more capacity would earn nothing."


def test_an_offer_whose_rule_nobody_meets_is_named():
    nobody = replace(CALL, only_if="MonthlyCharges>100000")
    assert about_nobody(decided(Plan(offers=(nobody, MAIL)))) == [
        "Nobody can get 'Call': no customer meets MonthlyCharges>100000."
    ]
    assert about_nobody(decided(Plan(offers=ALL))) == []


def test_what_is_proven_to_be_the_best_is_called_so():
    assert "No other choice" in about_best(decided(Plan(offers=ALL)))
