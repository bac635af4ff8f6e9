"""What the API answers while a campaign with several offers is published: the offer of each customer, as alone as in any batch."""

from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from churn_core.api.openapi import document
from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from tests.api.conftest import ok
from tests.api.test_openapi import response_schema

OFFERS = (
    Offer(name="Call", retention_cost=25, success_rate=0.4),
    Offer(
        name="Discount",
        retention_cost=2,
        incentive=30,
        success_rate=0.35,
        incentive_uptake=0.6,
        only_if="Contract=Month-to-month",
    ),
)
FREE = Plan(offers=OFFERS)
TIGHT = Plan(objective=Objective(budget=20_000), offers=(replace(OFFERS[0], capacity=300), OFFERS[1]))


@pytest.fixture
def publish(ready, workspace):
    """Publishes a plan as the dashboard does; the recommendation on the customers still here."""

    def published(plan: Plan):
        found, store = recommend(workspace.still_here, plan), ready.store.of(TELCO)
        told = {"contacted": found.outcome.contacted, "expected_profit": found.outcome.expected_profit}
        at = {"threshold": found.best.threshold, **told, "expected_spend": found.outcome.expected_spend}
        saved = store.save("Spring", plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")
        store.publish(found.best.threshold, who="Ada", campaign_id=saved.id)
        return found

    return published


@pytest.mark.parametrize("plan", [FREE, TIGHT], ids=["free", "tight"])
def test_a_customer_has_an_offer_and_the_same_alone_and_in_a_batch(client, ready, customer, publish, plan):
    publish(plan)
    customers = [customer(i) for i in range(40)]
    batch = ok(client.post("/predict_batch", json={"customers": customers}))
    alone = [ok(client.post("/predict", json=each)) for each in customers]
    assert [each["offer"] for each in batch["predictions"]] == [each["offer"] for each in alone]
    assert [each["expected_profit"] for each in batch["predictions"]] == [each["expected_profit"] for each in alone]
    assert {each["offer"] for each in alone} >= {"Discount", None}
    given = [each for each in batch["predictions"] if each["offer"]]
    assert batch["summary"]["contacted"] == len(given)
    assert batch["summary"]["expected_profit"] == pytest.approx(sum(each["expected_profit"] for each in given))


def test_without_limits_everybody_gets_what_the_list_gives(client, ready, raw, customer, publish, workspace):
    found = publish(FREE)
    here = (raw.index[workspace.customers[TELCO.target] == 0])[:200]
    batch = ok(client.post("/predict_batch", json={"customers": [customer(int(i)) for i in here]}))
    by_id = dict(zip(found.population.customers[TELCO.id], found.offers.names, strict=True))
    told = {each[TELCO.id]: each["offer"] for each in batch["predictions"]}
    same = [told[i] == by_id[i] for i in told]  # the list is decided out of fold, so that a few differ
    assert sum(same) > 0.9 * len(same)


def test_with_limits_fewer_get_an_offer_than_without(client, ready, customer, publish):
    def given() -> int:
        answer = ok(client.post("/predict_batch", json={"customers": [customer(i) for i in range(300)]}))
        return answer["summary"]["contacted"]

    publish(FREE)
    free = given()
    publish(TIGHT)
    assert 0 < given() < free


def test_the_figures_are_those_of_the_own_offer(client, ready, customer, publish):
    publish(FREE)
    for each in (ok(client.post("/predict", json=customer(i))) for i in range(20)):
        if each["offer"] == "Call":
            clv = 12 * customer(0)["MonthlyCharges"]
            assert each["expected_profit"] > 0 and each["break_even_probability"] < each["churn_probability"]
    one = ok(client.post("/predict", json=customer(0)))
    offer = next((offer for offer in OFFERS if offer.name == one["offer"]), OFFERS[0])
    clv = 12 * customer(0)["MonthlyCharges"]
    assert one["expected_profit"] == float(expected_profit(one["churn_probability"], clv, offer.in_campaign(Campaign())))


def test_a_customer_for_whom_no_offer_is_has_none_and_no_figures_of_one(client, ready, customer, publish):
    publish(Plan(offers=(OFFERS[1],)))
    answer = ok(client.post("/predict", json=customer(Contract="Two year")))
    assert (answer["offer"], answer["expected_profit"], answer["break_even_probability"]) == (None, None, None)


def test_who_has_left_gets_no_offer(client, ready, customer, publish):
    publish(FREE)
    gone = [customer(i, Churn="Yes") for i in range(30)]
    assert {each["offer"] for each in ok(client.post("/predict_batch", json={"customers": gone}))["predictions"]} == {None}
    assert ok(client.post("/predict", json=gone[0]))["offer"] is None


def test_the_answers_are_as_documented(client, ready, customer, publish):
    publish(TIGHT)
    for path, body in {"/predict": customer(), "/predict_batch": {"customers": [customer()]}}.items():
        schema = response_schema(document(TELCO), path, 200)
        answer = ok(client.post(path, json=body))
        Draft202012Validator(schema).validate(answer)
        assert set(answer) == set(schema["properties"])


def test_without_offers_nothing_is_said_of_them(client, ready, customer):
    assert "offer" not in ok(client.post("/predict", json=customer()))
    batch = ok(client.post("/predict_batch", json={"customers": [customer()]}))
    assert "offer" not in batch["predictions"][0]


def test_what_is_published_next_is_taken_up(client, ready, customer, publish):
    publish(FREE)
    assert "offer" in ok(client.post("/predict", json=customer()))
    ok(client.post("/update_threshold", json={"threshold": 0.3}))
    assert "offer" not in ok(client.post("/predict", json=customer()))
