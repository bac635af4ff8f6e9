"""The Customers page where there are several offers: a file, a known customer and a new one get one of them, or none."""

import json

import pytest

from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.storage.store import open_store
from tests.pages.conftest import metrics, text, unescaped

CALL = Offer(name="Call", retention_cost=12, success_rate=0.3, capacity=600, only_if="Contract=Month-to-month")
GIFT = Offer(name="Discount", retention_cost=5, success_rate=0.45, incentive=40, incentive_uptake=0.6)
OFFERS = (CALL, GIFT)
QUERY = {"offers": json.dumps([offer.as_dict() for offer in OFFERS])}
RISKY = "7590-VHVEG"  # the first customer of the sample: month by month, one month with us


@pytest.fixture
def publish(own_home):
    """Publishes a campaign with offers, as the Campaign page does."""
    store = open_store(own_home)

    def published(plan: Plan) -> None:
        known = {"model_id": "m-0001", "data_sha256": "0" * 64, "who": "Ben"}
        kept = store.save("Two offers", plan, threshold=0.05, contacted=10, expected_profit=500.0, expected_spend=100.0, **known)
        store.publish(0.05, who="Ben", campaign_id=kept.id)

    yield published
    store.close()


def upload(at, telco_path):
    content = "\n".join(telco_path.read_text().splitlines()[:101]).encode()
    at.file_uploader(key="upload").upload("customers.csv", content).run()
    assert not at.exception and not at.error
    return at


def scored(at):
    return next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)


def test_a_file_is_decided_by_the_offers_of_the_draft(open_own, telco_path):
    at = upload(open_own("customers", **QUERY), telco_path)
    table = scored(at)
    assert set(table["offer"].dropna()) <= {"Call", "Discount"} and table["offer"].notna().sum() == int(metrics(at)["To contact"])
    assert "Each customer gets the best offer of the draft: 2 offers: Call" in unescaped(text(at))


def test_a_file_is_decided_by_the_offers_that_are_published(open_own, publish, telco_path):
    publish(Plan(offers=OFFERS, objective=Objective(budget=200)))
    at = upload(open_own("customers"), telco_path)
    assert "Each customer gets the best of the published offers" in unescaped(text(at))
    assert scored(at)["offer"].notna().any()


def test_one_customer_is_told_the_offer(open_own, publish):
    publish(Plan(offers=OFFERS))
    at = open_own("customers", customer=RISKY)
    assert not at.exception and not at.error
    assert any("gets the offer 'Discount'" in unescaped(header.value) for header in at.header)
    assert "decided by the published offers." in unescaped(text(at))


def test_with_an_offer_that_is_worth_it_to_nobody_a_customer_is_left_alone(open_own, publish):
    publish(Plan(offers=(Offer(name="Gold", retention_cost=100_000),)))
    at = open_own("customers", customer=RISKY)
    assert not at.exception and not at.error
    assert any("gets no offer, the best would lose" in unescaped(header.value) for header in at.header)
