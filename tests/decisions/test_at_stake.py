"""What a campaign keeps of the revenue at risk, and what the last contacts of its list bring back."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.decisions.at_stake import last_contacts, recovered_share
from churn_core.decisions.recommendation import recommend
from tests.decisions.conftest import UNKNOWN

CHEAP = Plan(campaign=Campaign(retention_cost=0.0))
OFFERS = (Offer(name="call", retention_cost=20), Offer(name="gift", retention_cost=5, success_rate=0.4, incentive=80))


def test_a_free_contact_of_everybody_keeps_the_success_rate_of_what_is_at_risk():
    assert recovered_share(recommend(UNKNOWN, CHEAP)) == pytest.approx(CHEAP.campaign.success_rate)


def test_nobody_contacted_keeps_nothing_and_has_no_last_contacts():
    nobody = recommend(UNKNOWN, Plan(campaign=Campaign(retention_cost=1e6)))
    assert recovered_share(nobody) == 0 and last_contacts(nobody, most=1) is None


def test_who_is_driven_away_is_taken_off_what_is_kept():
    plan = replace(CHEAP, campaign=replace(CHEAP.campaign, backfire_rate=0.01, incentive_uptake=0.5))
    found = recommend(UNKNOWN, plan)
    p, paid, listed = UNKNOWN.probability, UNKNOWN.worth.amount, found.contact
    kept = (paid * (0.3 * p - 0.01 * (1 - p)))[listed].sum()
    assert recovered_share(found) == pytest.approx(kept / (paid * p).sum())


def test_with_several_offers_each_customer_is_kept_by_the_own_one():
    found = recommend(UNKNOWN, Plan(campaign=Campaign(), offers=OFFERS))
    rate = np.array([0.0, *(offer.success_rate for offer in OFFERS)])[found.offers.offer + 1]
    at_risk = UNKNOWN.worth.amount * UNKNOWN.probability
    assert recovered_share(found) == pytest.approx((rate * at_risk).sum() / at_risk.sum())


@pytest.mark.parametrize("rule", [ONE_THRESHOLD, PER_CUSTOMER])
def test_the_last_contacts_are_those_that_a_shorter_list_would_leave_out(rule):
    found = recommend(UNKNOWN, Plan(campaign=Campaign(retention_cost=25), rule=rule))
    p, clv, campaign = UNKNOWN.probability, found.clv, found.plan.campaign
    profit, spend = expected_profit(p, clv, campaign), expected_spend(p, campaign)
    most = found.outcome.contacted // 3
    last = last_contacts(found, most)
    rank = p if rule == ONE_THRESHOLD else profit / spend
    named = sorted(np.flatnonzero(found.contact), key=lambda i: rank[i])[:most]
    assert last.contacts == most and last.spend == pytest.approx(spend[named].sum())
    assert last.brought_back == pytest.approx(profit[named].sum() + last.spend)


def test_all_of_a_list_and_its_last_contacts_bring_back_what_it_earns_and_spends():
    found = recommend(UNKNOWN, Plan(campaign=Campaign(retention_cost=25), offers=OFFERS))
    n = found.outcome.contacted
    assert last_contacts(found, n) is None
    last, (cheapest,) = last_contacts(found, n - 1), [last_contacts(found, 1)]
    assert last.brought_back - last.spend <= found.outcome.expected_profit + 1e-9
    assert cheapest.brought_back >= cheapest.spend  # whoever is contacted pays
