"""Several offers in lists and scored files: from a file of offers, or from the campaign that is published."""

from dataclasses import replace

import pandas as pd
import pytest

from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import OF_ONE_OFFER, Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from churn_core.storage.draws import Draws
from churn_core.storage.store import open_store

CALL = Offer(name="Call", retention_cost=25, success_rate=0.4, capacity=300)
GIFT = Offer(
    name="Gift", retention_cost=2, incentive=30, success_rate=0.35, incentive_uptake=0.6, only_if="Contract=Month-to-month"
)
PLAN = Plan(objective=Objective(budget=20_000), offers=(CALL, GIFT))


@pytest.fixture
def offers(tmp_path):
    rows = [{"offer" if key == "name" else key: value for key, value in offer.as_dict().items()} for offer in PLAN.offers]
    pd.DataFrame(rows).to_csv(tmp_path / "offers.csv", index=False)
    return tmp_path / "offers.csv"


@pytest.fixture
def published(own_home, workspace):
    """The campaign with its offers, saved and published as the dashboard does; the recommendation."""
    found, store = recommend(workspace.still_here, PLAN), open_store(own_home)
    told = {"contacted": found.outcome.contacted, "expected_profit": found.outcome.expected_profit}
    at = {"threshold": found.best.threshold, **told, "expected_spend": found.outcome.expected_spend}
    saved = store.save("Spring", PLAN, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    store.publish(found.best.threshold, who="Ada", campaign_id=saved.id)
    return found


def test_the_list_names_each_customers_offer_and_the_parameters_of_that_offer(own_home, answer, workspace, offers, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.csv", "--offers", offers, "--budget", 20_000)
    listed, found = pd.read_csv(tmp_path / "list.csv"), recommend(workspace.still_here, PLAN)
    by_id = dict(zip(found.population.customers[TELCO.id], found.offers.names, strict=True))
    assert listed["offer"].tolist() == [by_id[each] for each in listed[TELCO.id]]
    assert listed["rank"].tolist() == list(range(1, len(listed) + 1)) and listed["expected_profit"].is_monotonic_decreasing
    for offer in PLAN.offers:
        of_offer = listed[listed["offer"] == offer.name]
        assert {name: set(of_offer[name]) for name in OF_ONE_OFFER} == {name: {getattr(offer, name)} for name in OF_ONE_OFFER}
    assert (
        told["expected_profit"] == pytest.approx(listed["expected_profit"].sum()) == pytest.approx(found.outcome.expected_profit)
    )
    assert any("at most one offer, once" in each for each in told["warnings"])


def test_the_control_group_is_drawn_within_the_customers_whom_each_offer_is_meant_for(own_home, answer, offers, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.csv", "--offers", offers, "--control", 0.1, "--salt", "s1")
    listed = pd.read_csv(tmp_path / "list.csv")
    for each in told["per_offer"]:
        of_offer = listed[listed["offer"] == each["offer"]]
        assert each["control"] == (of_offer["arm"] == "control").sum() == round(0.1 * len(of_offer))
        assert each["treated"] == (of_offer["arm"] == "treated").sum()
    assert len(listed[["stratum", "offer"]].drop_duplicates()) == listed["stratum"].nunique() == 20
    treated = listed[listed["arm"] == "treated"]
    assert told["expected_profit"] == pytest.approx(treated["expected_profit"].sum()) and told["contacted"] == len(treated)


def test_the_draw_keeps_whom_each_offer_is_meant_for_and_the_campaign_keeps_the_offers(own_home, answer, offers, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.csv", "--offers", offers, "--budget", 20_000, "--control", 0.2)
    store = open_store(own_home)
    saved, draws = store.campaign(told["campaign"]), Draws(store)
    kept = draws.of_campaign(saved.id)
    customers = draws.customers(kept)
    assert saved.plan.offers == PLAN.offers and 0 < saved.threshold < 1
    assert [int((customers.offer == j).sum()) for j in range(2)] == [
        each["treated"] + each["control"] for each in told["per_offer"]
    ]
    assert [int(customers.control[customers.offer == j].sum()) for j in range(2)] == [
        each["control"] for each in told["per_offer"]
    ]
    again = answer("contacts", "--output", tmp_path / "again.csv", "--offers", offers, "--budget", 20_000, "--control", 0.2)
    assert again["campaign"] == told["campaign"]


def test_a_workbook_says_the_offers_in_words(own_home, answer, offers, tmp_path):
    answer("contacts", "--output", tmp_path / "list.xlsx", "--offers", offers, "--budget", 20_000)
    about = pd.read_excel(tmp_path / "list.xlsx", sheet_name="Read me").set_index("name")["value"]
    assert about["offer 1"].startswith("Call: 25 a contact") and "only if Contract=Month-to-month" in about["offer 2"]
    assert "retention_cost" not in about and "rule" not in about
    assert "offer" in pd.read_excel(tmp_path / "list.xlsx", sheet_name="Call")


def test_published_offers_decide_lists_and_files_within_their_limits(published, own_home, answer, telco_path, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.csv")
    assert (
        told["expected_spend"] == pytest.approx(published.outcome.expected_spend)
        and told["contacted"] == published.outcome.contacted
    )
    assert "Decided by the published offers of the campaign 'Spring'; campaign options decide otherwise." in told["warnings"]
    scored = answer("score", telco_path, "--output", tmp_path / "scored.csv")
    table = pd.read_csv(tmp_path / "scored.csv")
    assert {each["offer"]: each["customers"] for each in scored["per_offer"]} == table["offer"].value_counts().to_dict()
    assert scored["expected_spend"] <= 20_000 * (1 + 1e-9) and (table["offer"] == "Call").sum() <= 300
    assert table["offer"][table["Churn"] == "Yes"].isna().all() and scored["limits"]["kept"]
    free = answer("score", telco_path, "--output", tmp_path / "free.csv", "--ignore-limits")
    assert free["expected_spend"] > 20_000 and any(
        "Everybody gets the best offer, whatever the limits" in each for each in free["warnings"]
    )


def test_campaign_options_decide_without_the_published_offers(published, own_home, answer, telco_path, tmp_path):
    answer("score", telco_path, "--output", tmp_path / "scored.csv", "--retention-cost", 10)
    assert "offer" not in pd.read_csv(tmp_path / "scored.csv", nrows=1)


def test_a_file_of_offers_decides_a_scored_file(own_home, answer, offers, customers, tmp_path):
    told = answer("score", customers, "--output", tmp_path / "scored.csv", "--offers", offers)
    assert {each["offer"] for each in told["per_offer"]} == {"Call", "Gift"}
    assert pd.read_csv(tmp_path / "scored.csv")["offer"].notna().sum() == told["contact"]


@pytest.mark.parametrize("option", ["--retention-cost", "--min-roi"])
def test_what_each_offer_has_of_its_own_is_refused_beside_a_file_of_offers(
    own_home, refused, offers, customers, tmp_path, option
):
    said = refused("score", customers, "--output", tmp_path / "scored.csv", "--offers", offers, option, 1)
    assert f"Leave {option} out" in said and not (tmp_path / "scored.csv").exists()


def test_how_many_to_leave_alone_is_worked_out_for_one_offer(published, refused):
    assert "worked out for one offer" in refused("plan-control")


def test_offers_survive_publishing_and_taking_back(published, own_home):
    store = open_store(own_home)
    store.publish(0.3, who="Ada")
    assert store.decision(Plan()).plan.offers == ()
    store.rollback(who="Ada")
    assert store.decision(Plan()).plan == PLAN


def test_the_same_customers_with_other_offers_are_another_draw(own_home, answer, tmp_path):
    told = []
    for k, offer in enumerate([CALL, replace(CALL, success_rate=0.39)]):
        pd.DataFrame([{"offer": offer.name, "retention_cost": 25, "success_rate": offer.success_rate}]).to_csv(
            tmp_path / "o.csv", index=False
        )
        told.append(
            answer("contacts", "--output", tmp_path / f"{k}.csv", "--offers", tmp_path / "o.csv", "--name", "Spring")["campaign"]
        )
    assert told[0] != told[1]


def test_the_command_threshold_says_that_offers_decide(published, answer, run):
    told, (_, out, _) = answer("threshold"), run("threshold")
    assert [offer["name"] for offer in told["offers"]] == ["Call", "Gift"]
    assert (
        "Several offers of the campaign 'Spring' decide, not the threshold:\nCall: 25 a contact, success rate 40%, at most 300"
        in out
    )


def test_a_churn_window_alone_is_no_other_campaign(own_home, answer, published, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.csv", "--per-week", 100, "--window", 3)
    assert {each["offer"] for each in told["per_offer"]} == {"Call", "Gift"} and told["treated"] == published.outcome.contacted
    assert any("published offers of the campaign 'Spring'" in each for each in told["warnings"])
    other = answer("contacts", "--output", tmp_path / "other.csv", "--window", 3, "--after-save", "own-risk")
    assert "per_offer" not in other or not other["per_offer"]
