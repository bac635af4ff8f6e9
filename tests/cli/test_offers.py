"""``offers``: the best of several offers for the dashboard's customers, or for those of a scored file."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO

OFFERS = (
    Offer(name="Call", retention_cost=25, success_rate=0.4, capacity=800),
    Offer(
        name="Discount",
        retention_cost=2,
        incentive=30,
        success_rate=0.35,
        incentive_uptake=0.6,
        only_if="Contract=Month-to-month",
    ),
    Offer(name="Mail", retention_cost=1, success_rate=0.05),
)
KEYS = {
    "profit", "spend", "bound", "gap", "optimal", "customers", "contacted", "roi", "range", "range_if_exact", "left", "per_offer",
    "prices", "recommendation", "limits", "warnings", "output",
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    """Writes offers as a file."""

    def write(offers=OFFERS, name: str = "offers.csv"):
        rows = [{"offer" if key == "name" else key: value for key, value in offer.as_dict().items()} for offer in offers]
        path = tmp_path / name
        pd.DataFrame(rows).to_csv(path, index=False)
        return path

    return write


@pytest.fixture
def scored(tmp_path):
    """Twelve customers with a column that no schema knows; two of them have left."""
    p, clv = np.linspace(0.05, 0.6, 12), np.linspace(900, 300, 12)
    table = pd.DataFrame({"churn_probability": p, "clv": clv, "region": ["North", "South"] * 6, "churned": [0] * 10 + [1, 1]})
    path = tmp_path / "scored.csv"
    table.to_csv(path, index=False)
    return path


def test_offers_decide_the_dashboards_customers_as_the_campaign_page_does(home, answer, written, workspace):
    told = answer("offers", written(), "--budget", 40_000)
    assert set(told) == KEYS
    found = recommend(workspace.still_here, Plan(objective=Objective(budget=40_000), offers=OFFERS))
    assert (told["profit"], told["spend"]) == (found.outcome.expected_profit, found.outcome.expected_spend)
    assert told["contacted"] == found.contact.sum() == sum(each["customers"] for each in told["per_offer"])
    assert (told["customers"], told["left"]) == (5174, 1869)
    assert told["range"] == {"low": found.forecast.range.low, "high": found.forecast.range.high}
    assert told["spend"] <= 40_000 and told["per_offer"][0]["customers"] <= 800
    assert told["profit"] <= told["bound"] * (1 + 1e-12) and told["gap"] == pytest.approx(1 - told["profit"] / told["bound"])


def test_one_offer_without_limits_is_customer_by_customer_of_optimise_to_the_last_bit(home, answer, written):
    today = answer("optimise")["per_customer"]
    told = answer("offers", written([Offer(name="The offer")]))
    same = {"contacted": "contacted", "profit": "expected_profit", "spend": "expected_spend", "roi": "roi", "range": "range"}
    assert {name: told[name] for name in same} == {name: today[other] for name, other in same.items()}
    assert told["optimal"] and told["gap"] == 0 and told["bound"] == told["profit"]
    assert told["prices"] == {"budget": 0, "capacity": {"The offer": 0}} and told["limits"] == ""


def test_of_a_file_only_those_still_here_get_an_offer_and_a_rule_may_be_on_any_column(home, answer, written, scored, tmp_path):
    offers = (replace(OFFERS[0], capacity=3), replace(OFFERS[1], only_if="region=south"))
    told = answer("offers", written(offers), scored, "--output", tmp_path / "list.csv")
    assert (told["customers"], told["left"]) == (10, 2) and any("2 customers have left" in each for each in told["warnings"])
    listed = pd.read_csv(tmp_path / "list.csv")
    assert list(listed) == ["row", "churn_probability", "clv", "offer", "expected_profit", "expected_spend"]
    table = pd.read_csv(scored)
    assert listed["row"].tolist() == list(range(2, 14)) and listed["offer"][table["churned"] == 1].isna().all()
    assert (table["region"][listed["offer"] == "Discount"] == "South").all()
    for each in told["per_offer"]:
        assert each["customers"] == (listed["offer"] == each["offer"]).sum()
        assert each["profit"] == pytest.approx(listed["expected_profit"][listed["offer"] == each["offer"]].sum())
    assert told["profit"] == pytest.approx(listed["expected_profit"].sum())


def test_the_figures_of_the_list_are_those_of_the_formulas(home, answer, written, scored, tmp_path):
    answer("offers", written([OFFERS[0]]), scored, "--output", tmp_path / "list.parquet")
    listed = pd.read_parquet(tmp_path / "list.parquet").dropna(subset="offer")
    campaign = OFFERS[0].in_campaign(Campaign())
    p, clv = listed["churn_probability"].to_numpy(), listed["clv"].to_numpy()
    assert listed["expected_profit"].tolist() == expected_profit(p, clv, campaign).tolist()
    assert listed["expected_spend"].tolist() == np.broadcast_to(expected_spend(p, campaign), p.shape).tolist()


def test_a_scored_file_and_the_dashboard_are_decided_alike(home, answer, written, scored_telco, tmp_path):
    of_file = answer("offers", written(), scored_telco[1], "--budget", 30_000, "--output", tmp_path / "list.csv")
    assert (of_file["customers"], of_file["left"]) == (5174, 1869)
    listed = pd.read_csv(tmp_path / "list.csv")
    monthly = pd.read_csv(scored_telco[1])["Contract"] == "Month-to-month"
    assert monthly[(listed["offer"] == "Discount").to_numpy()].all() and listed[TELCO.id].is_unique


def test_the_telco_sample_has_the_figures_of_economics_md(home, answer, written):
    told, free = answer("offers", written(), "--budget", 40_000), answer("offers", written())
    assert [each["customers"] for each in told["per_offer"]] == [800, 1081, 1210]
    assert (round(told["profit"]), round(told["spend"])) == (220_710, 40_000) and told["gap"] < 1e-6
    assert (round(free["profit"]), round(free["spend"])) == (224_029, 47_833)
    assert 1000 * told["prices"]["budget"] == pytest.approx(876, abs=1) and told["prices"]["capacity"]["Call"] == pytest.approx(
        8.44, abs=0.01
    )
    assert "The budget binds: the next 1,000 would earn about 876." in told["limits"]


def test_what_a_save_is_worth_and_the_fixed_cost_are_those_of_the_campaign(home, answer, written, workspace):
    campaign = Campaign(clv_months=6, margin=0.5, fixed_cost=1_000)
    told = answer("offers", written(), "--clv-months", 6, "--margin", 0.5, "--fixed-cost", 1000)
    found = recommend(workspace.still_here, Plan(campaign=campaign, offers=OFFERS))
    assert told["profit"] == found.outcome.expected_profit
    assert told["profit"] == pytest.approx(sum(each["profit"] for each in told["per_offer"]) - 1_000)
    assert told["spend"] == pytest.approx(sum(each["spend"] for each in told["per_offer"]) + 1_000)


@pytest.mark.parametrize("option", ["--retention-cost", "--success-rate", "--incentive", "--backfire-rate"])
def test_an_option_that_each_offer_has_of_its_own_is_refused_with_the_column_to_write(home, refused, written, option):
    said = refused("offers", written(), option, 0.1)
    assert f"column {option[2:].replace('-', '_')} of OFFERS" in said and f"Leave {option} out" in said


@pytest.mark.parametrize("option", ["--min-roi", "--min-marginal-roi"])
def test_a_least_roi_is_refused(home, refused, written, option):
    assert "Several offers keep to a budget and to capacities." in refused("offers", written(), option, 1)


@pytest.mark.parametrize(
    "text, said",
    [
        ("offer,success_rate\nCall,30\n", "Line 2 of offers.csv: Offer 'Call': success_rate must be between 0 and 1, got 30."),
        ("offer,only_if\nCall,Colour=red\n", "Offer 'Call': There is no column 'Colour'"),
        ("offer,only_if\nCall,Contract=Weekly\n", "Contract has no value 'Weekly'. Use one of Month-to-month"),
        ("offer,capacity\n", "offers.csv has a header and no offers."),
    ],
)
def test_a_mistake_in_the_offers_is_one_sentence(home, refused, tmp_path, text, said):
    (tmp_path / "offers.csv").write_text(text)
    assert said in refused("offers", tmp_path / "offers.csv")


def test_nothing_is_written_over_what_is_read_and_nothing_where_something_is_wrong(home, refused, written, scored, tmp_path):
    offers, before = written(), scored.read_bytes()
    assert "--output has to be another file" in refused("offers", offers, scored, "--output", scored)
    assert (
        "there is no column 'colour'"
        in refused(
            "offers", written([replace(OFFERS[0], only_if="Colour=red")]), scored, "--output", tmp_path / "list.csv"
        ).lower()
    )
    assert scored.read_bytes() == before and not (tmp_path / "list.csv").exists()


def test_a_summary_holds_no_customers(home, answer, refused, customers, written, tmp_path):
    answer("score", customers, "--output", tmp_path / "out.csv", "--summary", tmp_path / "some.summary")
    assert "is a summary and holds no customers" in refused("offers", written(), tmp_path / "some.summary")


def test_a_file_of_people_who_have_all_left_has_nobody_to_contact(home, refused, written, scored):
    table = pd.read_csv(scored).assign(churned=1)
    table.to_csv(scored, index=False)
    said = refused("offers", written(), scored)
    assert "there is nobody to contact" in said and "--customers" not in said


def test_an_offer_for_nobody_and_a_column_that_no_offer_has_are_said(home, answer, scored, tmp_path):
    (tmp_path / "offers.csv").write_text("offer,owner,only_if\nCall,Ada,region=West\nMail,Ada,\n")
    warnings = answer("offers", tmp_path / "offers.csv", scored)["warnings"]
    assert any("Nobody can get 'Call'" in each for each in warnings) and any("'owner'" in each for each in warnings)


def test_without_json_the_recommendation_is_a_sentence_and_several_contacts_are_said_to_be_out_of_scope(home, run, written):
    code, out, _ = run("offers", written(), "--budget", 40_000)
    assert code == 0 and "leave " in out and "Offer '" in out
    assert "Each customer gets at most one offer, once" in out
    assert [line.split(":")[0] for line in out.splitlines() if "ROI" in line] == [offer.name for offer in OFFERS]
    assert json.loads(run("offers", written(), "--budget", 40_000, "--json")[1])["recommendation"] in out
