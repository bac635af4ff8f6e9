"""A campaign with several offers is saved, opened, compared, published and taken back like any other."""

import json
from dataclasses import replace

from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.recommendation import recommend
from tests.pages.conftest import open_tab, side_bar, text, to_page, unescaped
from tests.pages.saved.conftest import compared, confirm, press, save

CALL = Offer(name="Call", retention_cost=12, success_rate=0.3, capacity=600, only_if="Contract=Month-to-month")
GIFT = Offer(name="Discount", retention_cost=5, success_rate=0.45, incentive=40, incentive_uptake=0.6)
PLAN = Plan(offers=(CALL, GIFT), objective=Objective(budget=15_000))
QUERY = {"offers": json.dumps([CALL.as_dict(), GIFT.as_dict()]), "budget": "15000"}


def test_it_is_saved_with_what_it_promises(saved_page, store, workspace):
    save(saved_page(**QUERY), "Two offers")
    (kept,) = store.campaigns()
    found = recommend(workspace.still_here, PLAN)
    assert kept.plan == PLAN
    assert (kept.contacted, kept.expected_profit) == (found.outcome.contacted, found.outcome.expected_profit)


def test_opened_it_is_the_draft_with_every_offer(saved_page, keep):
    keep("Two offers", PLAN)
    at = press(saved_page(), "Open")
    assert at.toggle(key="several_offers").value
    assert [row["name"] for row in at.session_state["offers_rows"]] == ["Call", "Discount"]
    assert at.number_input(key="budget").value == 15_000
    assert "2 offers: Call" in side_bar(at)


def test_one_without_offers_switches_them_off(saved_page, keep):
    keep("One offer", Plan())
    at = press(saved_page(**QUERY), "Open")
    assert not at.toggle(key="several_offers").value and "offers" not in at.query_params


def test_beside_others_it_says_its_offers_and_has_no_threshold(saved_page, keep):
    keep("One offer", Plan())
    keep("Two offers", PLAN)
    table = compared(saved_page())
    of_offers = table[table["campaign"].str.endswith("Two offers")].iloc[0]
    assert of_offers["in_words"].startswith("2 offers: Call") and of_offers.isna()["threshold"]
    assert of_offers["rule"] == "The best of several offers for each customer"


def test_two_with_offers_are_compared_without_a_curve(saved_page, keep):
    keep("A", PLAN)
    keep("B", replace(PLAN, objective=Objective()))
    at = saved_page()
    assert not at.exception and not at.error and "no curve is drawn" in text(at)


def test_published_it_is_what_files_and_the_api_decide_by(saved_page, keep, store):
    kept = keep("Two offers", PLAN, threshold=0.05)
    at = press(saved_page(**QUERY), "Publish its 2 offers")
    assert "files and the API name the best offer for each customer" in unescaped(text(at))
    confirm(at)
    assert store.published().campaign_id == kept.id
    assert "**Published: 2 offers**" in text(at) and "2 offers, published" in side_bar(at)
    for name in ("overview", "customers", "monitoring", "campaign"):
        at = to_page(at, name).run()
        assert not at.exception and not at.error, name


def test_taken_back_what_was_before_decides_again(saved_page, keep, store):
    keep("Two offers", PLAN, threshold=0.05)
    store.publish(0.4, who="Ben")
    at = confirm(press(saved_page(**QUERY), "Publish its 2 offers"))
    press(at, "Undo: publish 40.0% again")
    assert store.published().threshold == 0.4


def test_the_list_names_the_offer_of_each(open_own, workspace):
    at = open_tab(open_own("campaign", **QUERY), "Contact list")
    (listed,) = [frame.value for frame in at.dataframe if "rank" in frame.value]
    assert set(listed["offer"]) <= {"Call", "Discount"} and not listed["offer"].isna().any()
    whole = contact_list(recommend(workspace.still_here, workspace.valued(PLAN)), workspace.version.model)
    assert listed["offer"].tolist() == whole["offer"].tolist()[: len(listed)]
    assert (whole.loc[whole["offer"] == "Call", "retention_cost"] == 12).all()


def test_a_control_group_is_drawn_within_each_offer(open_own):
    at = open_tab(open_own("campaign", control_share="0.1", **QUERY), "Contact list")
    told = unescaped(text(at))
    assert not at.exception and not at.error
    assert "Each offer is measured within its own customers: 'Call' to about ±" in told and "'Discount' to about ±" in told
