"""An offer, its rule, and the plan that holds several."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.offers.rule import RELATIONS, Rule
from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError

offers = st.builds(
    Offer,
    name=st.text(min_size=1, max_size=20).filter(lambda name: name.split()),
    retention_cost=st.floats(0, 500),
    success_rate=st.floats(0, 1),
    success_rate_give_or_take=st.floats(0, 1),
    incentive=st.floats(0, 500),
    incentive_uptake=st.one_of(st.none(), st.floats(0, 0.5)),
    backfire_rate=st.floats(0, 0.5),
    capacity=st.one_of(st.none(), st.integers(0, 10**6)),
    only_if=st.sampled_from(["", "Contract=Two year", "tenure>=12"]),
)


@given(offers)
def test_a_plan_with_offers_survives_json(offer):
    plan = Plan(campaign=Campaign(clv_months=6), objective=Objective(budget=100), offers=(offer,))
    assert Plan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan


def test_a_plan_without_offers_is_written_as_before():
    assert "offers" not in Plan().as_dict()


def test_of_the_campaign_count_what_a_save_is_worth_and_of_the_offer_all_else():
    own = Offer(name="a", retention_cost=3, success_rate=0.2, incentive=5, incentive_uptake=0.4, backfire_rate=0.1)
    campaign = own.in_campaign(Campaign(retention_cost=99, clv_months=6, margin=0.5, fixed_cost=1000))
    assert campaign == Campaign(
        retention_cost=3, success_rate=0.2, incentive=5, incentive_uptake=0.4, backfire_rate=0.1, clv_months=6, margin=0.5
    )


def test_two_offers_of_one_name_are_refused_whatever_the_case():
    with pytest.raises(CampaignError, match="Give each a name of its own"):
        Plan(offers=(Offer(name="Call"), Offer(name="call ")))


@pytest.mark.parametrize("limit", ["min_roi", "min_marginal_roi"])
def test_several_offers_keep_to_a_budget_and_to_no_roi(limit):
    with pytest.raises(CampaignError, match="Leave min_roi and min_marginal_roi out"):
        Plan(objective=Objective(**{limit: 1.0}), offers=(Offer(name="a"),))


@pytest.mark.parametrize("words", ["a=b", " a = b ", "a==b"])
def test_a_rule_has_one_spelling(words):
    assert Offer(name="x", only_if=words).only_if == "a=b"


def test_a_rule_compares_with_a_number():
    assert [Rule.of(f"tenure{relation}12").relation for relation in RELATIONS] == list(RELATIONS)
    assert (str(Rule.of("tenure≥12")), str(Rule.of("tenure =< 12"))) == ("tenure>=12", "tenure<=12")


@pytest.mark.parametrize("words", ["Contract", "=Two year", "Contract=", "<3"])
def test_what_is_no_condition_is_refused_with_an_example(words):
    with pytest.raises(CampaignError, match=r"Offer 'x': The rule .* Write it like Contract=Two year"):
        Offer(name="x", only_if=words)
