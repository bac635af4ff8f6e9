"""``plan-control``: a table of shares and one sentence."""

import re

import pytest

from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from churn_core.storage.store import open_store

KEYS = {
    "share", "control", "precision", "power", "power_break_even", "harm_noticed", "cost", "worth_per_campaign", "net",
}  # fmt: skip


def test_the_table_is_of_the_list_that_contacts_writes_and_ends_in_the_sentence(home, run, answer, workspace):
    code, out, err = run("plan-control")
    told = answer("plan-control")
    assert (code, err) == (0, "") and told["sentence"] in out.splitlines()
    assert told["listed"] == recommend(workspace.still_here, Plan()).outcome.contacted == 3432
    rows = [line.split()[:2] for line in out.splitlines() if re.match(r" *\d+%", line)]
    assert rows == [[f"{each['share']:.0%}", f"{each['control']:,}"] for each in told["shares"]]


def test_the_answer_has_the_keys_that_the_contract_names(home, answer):
    told = answer("plan-control", "--doubt", 0.1, "--campaigns", 6)
    assert set(told) == {
        "listed", "later_campaigns", "belief", "break_even_success_rate", "perfect", "shares", "recommended", "every_time",
        "rests_on_doubt", "sentence", "warnings", "threshold", "model_id",
    }  # fmt: skip
    assert all(set(each) == KEYS for each in told["shares"])
    assert told["belief"]["doubt"] == 0.1 and told["later_campaigns"] == 6
    for each in told["shares"]:
        assert each["net"] == pytest.approx(6 * each["worth_per_campaign"] - each["cost"])


def test_it_says_not_to_hold_anybody_back_where_that_is_so_and_recommends_with_doubt(home, answer):
    sure, doubting = answer("plan-control", "--doubt", 0), answer("plan-control")
    assert sure["recommended"] is None and sure["sentence"].startswith("Do not hold anybody back")
    assert doubting["recommended"] == 0.05 and doubting["sentence"].startswith("Hold back 5% (172 customers)")
    assert doubting["rests_on_doubt"] and not sure["rests_on_doubt"]


def test_the_campaign_options_are_those_of_the_list(home, answer, workspace):
    plan = Plan.from_dict({"retention_cost": 100, "budget": 20_000})
    told = answer("plan-control", "--retention-cost", 100, "--budget", 20_000)
    assert told["listed"] == recommend(workspace.still_here, plan).outcome.contacted


def test_what_is_published_decides_the_list(own_home, answer, workspace):
    open_store(own_home).publish(0.5, who="Ada")
    told = answer("plan-control")
    assert told["listed"] == (workspace.still_here.probability >= 0.5).sum() and told["threshold"] == 0.5
    assert any("published threshold" in each for each in told["warnings"])


@pytest.mark.parametrize(("option", "value", "mend"), [("--doubt", 20, "0.2"), ("--campaigns", -1, "from 0 to 50")])
def test_an_impossible_value_is_refused_with_the_mend(home, refused, option, value, mend):
    assert mend in refused("plan-control", option, value)


def test_where_nobody_is_contacted_nobody_can_be_held_back(home, refused):
    assert "Lower the cost" in refused("plan-control", "--success-rate", 0)


def test_it_keeps_nothing(own_home, answer):
    answer("plan-control")
    assert open_store(own_home).campaigns(archived=True) == []
