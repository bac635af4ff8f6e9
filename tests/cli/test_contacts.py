"""``contacts``: the list to work through, of the customers who are still here."""

import hashlib

import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.recommendation import recommend
from churn_core.experiment.returned import match
from churn_core.schema.telco import TELCO
from churn_core.storage.draws import Draws
from churn_core.storage.store import open_store

COST = ("--retention-cost", 60)


@pytest.fixture
def gone(workspace) -> set[str]:
    customers = workspace.customers
    return set(customers[TELCO.id][customers[TELCO.target] == 1])


def test_the_list_is_that_of_the_campaign_page_and_nobody_who_has_left_is_on_it(own_home, answer, workspace, gone, tmp_path):
    told, path = answer("contacts", "--output", tmp_path / "list.csv"), tmp_path / "list.csv"
    listed, found = pd.read_csv(path), recommend(workspace.still_here, Plan())
    assert listed[TELCO.id].tolist() == contact_list(found, workspace.version.model)[TELCO.id].tolist()
    assert not set(listed[TELCO.id]) & gone
    assert (told["contacted"], told["treated"], told["control"], told["left"]) == (3432, 3432, 0, 1869)
    assert told["expected_profit"] == pytest.approx(found.outcome.expected_profit)
    assert told["range"]["high"] == pytest.approx(found.forecast.range.high)
    assert told["output"] == str(path) and any("1,869 customers" in warning for warning in told["warnings"])


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_every_format_holds_the_same_list(own_home, answer, gone, tmp_path, kind):
    options = ("--retention-cost", 100)
    answer("contacts", "--output", tmp_path / "list.csv", *options)
    answer("contacts", "--output", tmp_path / f"list.{kind}", *options)
    path = tmp_path / f"list.{kind}"
    listed = pd.read_excel(path, sheet_name="Call") if kind == "xlsx" else pd.read_parquet(path)
    assert listed[TELCO.id].tolist() == pd.read_csv(tmp_path / "list.csv")[TELCO.id].tolist()
    assert not set(listed[TELCO.id]) & gone


def test_the_figures_are_net_of_the_control_group(own_home, answer, tmp_path):
    told, path = answer("contacts", "--output", tmp_path / "list.csv", "--control", 0.1), tmp_path / "list.csv"
    listed = pd.read_csv(path)
    treated = listed[listed["arm"] == "treated"]
    assert (told["treated"], told["control"]) == (len(treated), 343) and told["contacted"] == len(treated)
    assert told["expected_profit"] == pytest.approx(treated["expected_profit"].sum())
    assert told["expected_spend"] == 10 * len(treated)


def test_what_is_published_decides_within_its_limits(own_home, answer, tmp_path):
    plan = Plan(campaign=Campaign(retention_cost=20), objective=Objective(budget=2_000))
    at = {"threshold": 0.2, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0}
    store = open_store(own_home)
    saved = store.save("Spring", plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    store.publish(0.2, who="Ada", campaign_id=saved.id)
    held = answer("contacts", "--output", tmp_path / "held.csv")
    free = answer("contacts", "--output", tmp_path / "free.csv", "--ignore-limits")
    assert held["expected_spend"] <= 2_000 < free["expected_spend"]
    assert held["contacted"] == 100 and free["threshold"] == 0.2 < held["threshold"]
    assert set(pd.read_csv(tmp_path / "held.csv")[TELCO.id]) < set(pd.read_csv(tmp_path / "free.csv")[TELCO.id])


def test_where_no_contact_pays_there_is_no_list_and_the_sentence_says_what_to_do(own_home, refused, tmp_path):
    assert "Lower the cost" in refused("contacts", "--output", tmp_path / "list.csv", "--success-rate", 0)
    assert not (tmp_path / "list.csv").exists()


def test_a_share_that_leaves_nobody_is_refused_and_nothing_is_written(own_home, refused, tmp_path):
    assert "Write 10 % as 0.1" in refused("contacts", "--output", tmp_path / "list.csv", "--control", 10)
    assert not (tmp_path / "list.csv").exists()


def test_a_list_that_is_written_is_kept_as_a_campaign_with_its_draw_and_no_id(own_home, answer, tmp_path):
    options = ("--control", 0.1, "--name", "Spring", "--salt", "s1", "--days", 30)
    told = answer("contacts", "--output", tmp_path / "list.csv", *options)
    listed, store = pd.read_csv(tmp_path / "list.csv"), open_store(own_home)
    saved, draw = store.campaign(told["campaign"]), Draws(store).of_campaign(told["campaign"])
    assert (saved.name, draw.salt, draw.days, draw.share) == ("Spring", "s1", 30, 0.1) == (saved.name, told["salt"], 30, 0.1)
    assert (draw.treated, draw.control) == (told["treated"], told["control"])
    assert saved.expected_profit == draw.expected_profit == pytest.approx(told["expected_profit"])
    customers = Draws(store).customers(draw)
    found = match(customers.lots, customers.lots_folded, listed[TELCO.id].tolist(), "s1")
    assert found.share == 1.0
    assert (listed["arm"].to_numpy()[found.row] == "control").tolist() == customers.control.tolist()
    assert listed["churn_probability"].to_numpy()[found.row].tolist() == customers.churn_probability.tolist()
    kept = (own_home / "data" / "churn.db").read_bytes()
    assert not any(each.encode() in kept for each in listed[TELCO.id].head(50))


def test_the_same_list_written_twice_is_one_campaign_and_another_salt_is_another(own_home, answer, tmp_path):
    first, again, other = (
        answer("contacts", "--output", tmp_path / "list.csv", "--control", 0.1, "--name", "Spring", "--salt", salt)
        for salt in ("a", "a", "b")
    )
    assert first["campaign"] == again["campaign"] != other["campaign"]
    assert len(open_store(own_home).campaigns()) == 2


def test_the_workbook_says_whom_to_call_and_whom_to_leave_alone(own_home, answer, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.xlsx", "--control", 0.1)
    sheets = pd.read_excel(tmp_path / "list.xlsx", sheet_name=None)
    assert list(sheets) == ["Read me", "Call", "Do not call"]
    assert (len(sheets["Call"]), len(sheets["Do not call"])) == (told["treated"], told["control"])
    assert set(sheets["Call"]["arm"]) == {"treated"} and set(sheets["Do not call"]["arm"]) == {"control"}
    about = dict(sheets["Read me"].itertuples(index=False))
    assert about["campaign_id"] == told["campaign"]


def test_the_list_of_a_file_is_of_its_customers_and_of_nobody_whom_it_says_has_left(own_home, answer, tmp_path, telco_path):
    raw = pd.read_csv(telco_path, dtype=str).sample(900, random_state=1)
    raw.to_csv(tmp_path / "june.csv", index=False)
    told = answer("contacts", "--file", tmp_path / "june.csv", "--output", tmp_path / "list.csv", "--control", 0.1, *COST)
    answer("score", tmp_path / "june.csv", "--output", tmp_path / "scored.csv", *COST)
    listed, scored = pd.read_csv(tmp_path / "list.csv"), pd.read_csv(tmp_path / "scored.csv").set_index(TELCO.id)
    gone = raw["Churn"] == "Yes"
    assert told["left"] == gone.sum() and not set(listed[TELCO.id]) & set(raw.loc[gone, TELCO.id])
    assert set(listed[TELCO.id]) <= set(scored.index)
    assert listed["churn_probability"].tolist() == scored.loc[listed[TELCO.id], "churn_probability"].tolist()
    assert told["treated"] + told["control"] == len(listed)
    saved = open_store(own_home).campaign(told["campaign"])
    assert saved.data_sha256 == hashlib.sha256((tmp_path / "june.csv").read_bytes()).hexdigest()


def test_a_file_that_is_no_table_of_customers_gives_no_list(own_home, refused, tmp_path):
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    assert "Missing required columns" in refused("contacts", "--file", tmp_path / "notes.csv", "--output", tmp_path / "list.csv")
    assert not (tmp_path / "list.csv").exists() and not open_store(own_home).campaigns()


IN_WEEKS = ("--per-week", 200, "--window", 3)


def test_so_many_contacts_a_week_say_in_which_week_to_contact_whom(own_home, answer, run, tmp_path):
    told, path = answer("contacts", "--output", tmp_path / "list.csv", *IN_WEEKS, "--control", 0.1), tmp_path / "list.csv"
    listed, planned = pd.read_csv(path), told["schedule"]
    weeks = listed.loc[listed["arm"] == "treated", "week"]
    assert weeks.value_counts(sort=False).sort_index().tolist() == [week["contacts"] for week in planned["weeks"]]
    assert max(week["contacts"] for week in planned["weeks"]) == 200 == planned["contacts_per_week"]
    assert weeks.isna().sum() == planned["missed"] + planned["unpaid"]
    assert listed.loc[listed["arm"] == "control", "week"].isna().all()  # who is left alone takes no place
    assert listed["week"].fillna(99).is_monotonic_increasing  # in the order of the weeks, whoever has none at the end
    said = run("contacts", "--output", path, *IN_WEEKS)[1]
    assert "At 200 contacts a week the list takes 10 weeks; waiting costs 65,101 of 201,068." in said
    assert "After week 10 make a new list." in said


def test_the_workbook_has_the_weeks_and_what_waiting_costs(own_home, answer, tmp_path):
    told = answer("contacts", "--output", tmp_path / "list.xlsx", *IN_WEEKS)
    sheets = pd.read_excel(tmp_path / "list.xlsx", sheet_name=None)
    about = dict(sheets["Read me"].itertuples(index=False))
    assert (about["contacts_per_week"], about["weeks"]) == (200, 10)
    assert about["cost_of_waiting"] == pytest.approx(told["schedule"]["cost_of_waiting"])
    assert sheets["Call"]["week"].max() == 10


def test_without_contacts_per_week_there_is_no_week(own_home, answer, tmp_path):
    assert answer("contacts", "--output", tmp_path / "list.csv")["schedule"] is None
    assert "week" not in pd.read_csv(tmp_path / "list.csv")


def test_a_schedule_needs_the_churn_window_and_without_it_nothing_is_written(own_home, refused, tmp_path):
    assert "Say it with --window" in refused("contacts", "--output", tmp_path / "list.csv", "--per-week", 200)
    assert "whole number, 1 or more" in refused("contacts", "--output", tmp_path / "list.csv", "--per-week", 0, "--window", 3)
    assert list(tmp_path.glob("list*")) == [] and open_store(own_home).campaigns() == []


def test_a_margin_that_nobody_has_stated_is_null_and_said(own_home, answer, run, tmp_path):
    path = tmp_path / "list.csv"
    assert answer("contacts", "--output", path)["margin"] is None
    assert answer("contacts", "--output", path, "--margin", 1)["margin"] == 1
    assert "Margin not stated: money is revenue, not profit." in run("contacts", "--output", path)[1]
    assert "Margin not stated" not in run("contacts", "--output", path, "--margin", 0.5)[1]
