"""With several offers published no page breaks or says what is not so: files name each customer's offer, one customer has the own."""

import pytest

from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store
from tests.pages.conftest import text

CALL = Offer(name="Call *now*", retention_cost=25, success_rate=0.4, capacity=300)
GIFT = Offer(
    name="Gift", retention_cost=2, incentive=30, success_rate=0.35, incentive_uptake=0.6, only_if="Contract=Month-to-month"
)
PLAN = Plan(objective=Objective(budget=30_000), offers=(CALL, GIFT))
PAGES = ("overview", "campaign", "customers", "monitoring", "results", "model", "explore")


@pytest.fixture
def published(own_home, workspace):
    found, store = recommend(workspace.still_here, PLAN), open_store(own_home)
    told = {"contacted": found.outcome.contacted, "expected_profit": found.outcome.expected_profit}
    at = {"threshold": found.best.threshold, **told, "expected_spend": found.outcome.expected_spend}
    saved = store.save("Spring", PLAN, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    store.publish(found.best.threshold, who="Ada", campaign_id=saved.id)
    return saved


@pytest.mark.parametrize("name", PAGES)
def test_no_page_breaks(published, open_own, name):
    at = open_own(name)
    assert not at.exception and not at.error


def test_a_file_names_each_customers_offer(published, open_own, telco_path):
    lines = telco_path.read_text().splitlines()[:60]
    at = open_own("customers")
    at.file_uploader(key="upload").upload("customers.csv", "\n".join(lines).encode()).run()
    assert not at.exception and not at.error
    shown = next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)
    assert (shown["offer"].notna() == shown["contact"]).all() and shown["contact"].any()
    (told,) = [each.value for each in at.caption if "of the published offers" in each.value]
    assert "Call \\*now\\*" in told and "only if Contract" in told
    assert "Published offers, without limits" in at.get("button_group")[0].options


def test_one_customer_gets_an_offer_or_none_and_the_header_says_so(published, open_own, workspace):
    at = open_own("customers")
    headers = []
    for position in range(0, 30, 3):
        at.selectbox(key="customer").select(workspace.customers[TELCO.id].iloc[position]).run()
        assert not at.exception and not at.error
        headers.append(at.header[0].value)
    said = " ".join(headers)
    assert "gets the offer 'Gift'" in said and "gets no offer" in said and "published threshold" not in text(at)


def test_a_new_customer_is_decided_by_the_published_offers(published, open_own):
    at = open_own("customers", customers_tab="A new customer")
    assert not at.exception and "decided by the published offers" in text(at)
