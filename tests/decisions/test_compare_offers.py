"""What several offers are worth together, beside each alone and beside all but one."""

from dataclasses import replace

import pytest

from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.compare_offers import ALL_OFFERS, only, policies_of_offers, without_each
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.policies import NOBODY

CALL = Offer(name="Call", retention_cost=12, success_rate=0.3)
GIFT = Offer(name="Gift", retention_cost=3, success_rate=0.25, incentive=40, incentive_uptake=0.5)
POST = Offer(name="Post", retention_cost=1, success_rate=0.05)
PLAN = Plan(offers=(CALL, GIFT, POST))


@pytest.fixture
def here(workspace):
    return workspace.still_here


def test_all_offers_earn_at_least_what_any_of_them_earns_alone(here):
    table = policies_of_offers(here, PLAN)
    assert list(table["policy"]) == [NOBODY, *(only(offer.name) for offer in PLAN.offers), ALL_OFFERS]
    assert table["expected_profit"].max() == table["expected_profit"].iloc[-1] > 0
    assert table["expected_profit"].iloc[0] == 0


def test_each_choice_is_the_campaign_of_those_offers(here):
    table = policies_of_offers(here, PLAN).set_index("policy")
    for offer in PLAN.offers:
        alone = decided_offers(here, replace(PLAN, offers=(offer,))).outcome
        assert table.loc[only(offer.name), "contacted"] == alone.contacted
        assert table.loc[only(offer.name), "expected_profit"] == alone.expected_profit


def test_an_offer_never_takes_anything_from_the_others(here):
    table = without_each(here, PLAN)
    assert list(table["offer"]) == ["Call", "Gift", "Post"]
    assert (table["lost"] >= 0).all()
    assert (table["expected_profit"] + table["lost"]).to_numpy() == pytest.approx(
        decided_offers(here, PLAN).outcome.expected_profit
    )


def test_without_the_only_offer_nobody_gets_one(here):
    (row,) = without_each(here, replace(PLAN, offers=(CALL,))).itertuples()
    assert (row.contacted, row.expected_profit) == (0, 0.0)


def test_the_choices_keep_to_the_budget(here):
    table = policies_of_offers(here, replace(PLAN, objective=Objective(budget=5000)))
    assert (table["expected_spend"] <= 5000 * (1 + 1e-9)).all()


def test_what_was_worked_out_for_a_plan_is_not_worked_out_again(here):
    assert decided_offers(here, PLAN) is decided_offers(here, replace(PLAN))
    assert decided_offers(here, replace(PLAN, offers=(CALL,))) is not decided_offers(here, PLAN)


def test_the_offers_of_one_population_are_not_those_of_another(here, workspace):
    assert len(decided_offers(workspace.all_customers, PLAN).offer) == len(workspace.all_customers)
    assert len(decided_offers(here, PLAN).offer) == len(here)
