"""``score`` by the threshold, the campaign and the limits that are published."""

import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.decisions.decide import decide
from churn_core.schema.telco import TELCO
from churn_core.storage.store import Store
from tests.cli.test_score import FULL


@pytest.fixture
def score(answer, customers, tmp_path):
    """Scores the customers with these options: the answer and the table."""

    def scored(*options) -> tuple[dict, pd.DataFrame]:
        told = answer("score", customers, "--output", tmp_path / "out.csv", *options)
        return told, pd.read_csv(tmp_path / "out.csv")

    return scored


def saved(store: Store, plan: Plan, name: str = "Spring"):
    at = {"threshold": 0.5, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0}
    return store.save(name, plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")


def test_without_options_the_published_threshold_decides_and_that_is_said(store, score, run, customers, tmp_path):
    store.publish(0.3125, who="Ada")
    told, table = score()
    assert told["threshold"] == 0.3125
    assert told["warnings"][0] == "Decided by the published threshold 0.3125; campaign options decide otherwise."
    assert (table["contact"] == (table["churn_probability"] >= 0.3125)).all()
    assert told["contact"] == table["contact"].sum()
    assert "note: Decided by the published threshold 0.3125" in run("score", customers, "--output", tmp_path / "again.csv")[1]


def test_a_customer_at_exactly_the_published_threshold_is_contacted(store, score):
    at = float(score()[1]["churn_probability"][3])
    store.publish(at, who="Ada")
    assert score()[1]["contact"][3]


def test_the_campaign_that_a_threshold_was_published_of_values_the_contacts(store, score):
    plan = Plan(campaign=Campaign(**FULL))
    store.publish(0.3, who="Ada", campaign_id=saved(store, plan).id)
    told, table = score()
    expected = decide(table, table["churn_probability"], plan, 0.3, schema=TELCO)
    pd.testing.assert_frame_equal(table[list(expected)], expected, check_exact=True)
    assert "published threshold 0.3000 of the campaign 'Spring'" in told["warnings"][0]


@pytest.mark.parametrize("option", [("--retention-cost", 10), ("--budget", 1e9), ("--min-marginal-roi", 0)], ids=str)
def test_with_any_campaign_option_the_campaign_decides_and_nothing_published_does(store, score, option):
    before, by_default = score()
    store.publish(0.9, who="Ada")
    told, by_option = score(*option)
    assert (told["threshold"], told["warnings"]) == (None, before["warnings"])
    assert by_option.equals(by_default)


def test_where_nothing_is_published_each_customer_is_decided_at_the_usual_campaign(store, score):
    told, table = score()
    assert told["threshold"] is None and not any("published" in warning for warning in told["warnings"])
    assert (table["contact"] == (table["expected_profit"] > 0)).all()


def test_a_rollback_brings_back_what_decided_before(store, score):
    store.publish(0.6, who="Ada")
    first, before = score()
    store.publish(0.1, who="Ben")
    assert score()[0]["contact"] > first["contact"]
    store.rollback(who="Ada")
    again, after = score()
    assert again["threshold"] == 0.6 and after.equals(before)
    store.rollback(who="Ada")
    assert score()[0]["threshold"] is None


def test_a_database_that_cannot_be_used_is_one_line_of_error_and_options_do_without_it(
    own_home, refused, answer, customers, tmp_path
):
    database = own_home / "data" / "churn.db"
    database.write_bytes(b"no database at all " * 99)
    sentence = refused("score", customers, "--output", tmp_path / "out.csv")
    assert sentence.startswith("The database in the state folder cannot be used") and not (tmp_path / "out.csv").exists()
    assert answer("score", customers, "--output", tmp_path / "out.csv", "--retention-cost", 10)["scored"] == 30
    assert database.read_bytes() == b"no database at all " * 99


def published(store: Store, objective: Objective, threshold: float = 0.2) -> Plan:
    plan = Plan(campaign=Campaign(fixed_cost=20), objective=objective)
    store.publish(threshold, who="Ada", campaign_id=saved(store, plan).id)
    return plan


def test_a_published_budget_is_kept_to_and_what_it_forbids_is_said_with_the_way_out(store, score):
    published(store, Objective(budget=70))
    told, table = score()
    above = table[table["churn_probability"] >= 0.2]
    assert (told["contact"], told["expected_spend"], told["limits"]["kept"]) == (5, 70.0, True)
    assert told["roi"] == told["expected_profit"] / 70
    cut = table["churn_probability"].nlargest(5).min()
    assert (table["contact"] == (table["churn_probability"] >= cut)).all() and told["limits"]["cut"] == cut
    everybody = told["limits"]["from_threshold"]
    assert (everybody["contacted"], everybody["expected_spend"]) == (len(above), 20 + 10 * len(above))
    assert everybody["expected_profit"] == pytest.approx(above["expected_profit"].sum() - 20)
    assert told["warnings"][1] == (
        f"Contacting everybody from 20.0% up would spend {20 + 10 * len(above)} against a published budget of 70. So only those from "
        f"{cut:.1%} up are contacted. --ignore-limits contacts them all."
    )


def test_the_limits_can_be_set_aside_and_that_is_said_too(store, score):
    published(store, Objective(budget=70))
    told, table = score("--ignore-limits")
    assert (table["contact"] == (table["churn_probability"] >= 0.2)).all()
    assert told["limits"] == {"budget": 70.0, "min_roi": None, "kept": False, "cut": None, "from_threshold": None}
    assert told["warnings"][1].startswith(
        "Everybody from 20.0% up is contacted, whatever the limits: the list is expected to spend"
    )


def test_limits_that_suffice_change_nothing_and_need_no_word(store, score):
    published(store, Objective(budget=1000, min_roi=0.1))
    told, table = score()
    assert (table["contact"] == (table["churn_probability"] >= 0.2)).all() and len(told["warnings"]) == 1
    assert told["limits"] == {"budget": 1000.0, "min_roi": 0.1, "kept": True, "cut": None, "from_threshold": None}


def test_without_a_published_campaign_that_has_limits_there_are_none(store, score):
    assert score()[0]["limits"] is None
    store.publish(0.2, who="Ada")
    assert score()[0]["limits"] is None
    assert score("--budget", 70)[0]["limits"] is None


def test_campaign_options_and_ignoring_limits_exclude_each_other(store, refused, customers, tmp_path):
    said = refused("score", customers, "--output", tmp_path / "out.csv", "--budget", 70, "--ignore-limits")
    assert said.endswith("Leave one of them out.")
