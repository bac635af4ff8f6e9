"""From a list to its result: ``contacts`` draws and keeps, ``measure`` finds the draw again and says what the campaign did."""

import numpy as np
import pandas as pd
import pytest

from churn_core.schema.telco import TELCO
from churn_core.storage.results import Results
from churn_core.storage.store import open_store

COST = ("--retention-cost", 10)


@pytest.fixture
def listed(own_home, answer, tmp_path) -> pd.DataFrame:
    """A list with a control group, written and drawn."""
    answer("contacts", "--output", tmp_path / "list.csv", "--control", 0.2, "--name", "Spring", *COST)
    return pd.read_csv(tmp_path / "list.csv")


def carried_out(listed: pd.DataFrame, path, rate: float = 0.3, seed: int = 0) -> pd.DataFrame:
    """The outcomes of a campaign that keeps this share of its leavers, as a file."""
    p, treated = listed["churn_probability"].to_numpy(), (listed["arm"] == "treated").to_numpy()
    left = np.random.default_rng(seed).random(len(listed)) < np.where(treated, p * (1 - rate), p)
    outcomes = pd.DataFrame({TELCO.id: listed[TELCO.id], "left": left.astype(int)})
    outcomes.to_csv(path, index=False)
    return outcomes


def test_a_campaign_is_measured_by_its_draw_and_the_result_is_kept_once(own_home, listed, answer, tmp_path):
    outcomes = carried_out(listed, tmp_path / "back.csv")
    said = answer("measure", tmp_path / "back.csv")
    treated = (listed["arm"] == "treated").to_numpy()
    left = outcomes["left"].to_numpy()
    assert said["two_by_two"] == {
        "treated": int(treated.sum()),
        "control": int((~treated).sum()),
        "left_treated": int(left[treated].sum()),
        "left_control": int(left[~treated].sum()),
    }
    rate = said["success_rate"]
    assert rate["method"] == "mantel_haenszel" and rate["low"] < 0.3 < rate["high"]
    assert said["sample_ratio"]["p"] > 0.9 and [step["name"] for step in said["bridge"]][::4] == ["expected", "realised"]
    assert said["expected"]["estimate"] == pytest.approx(listed.loc[treated, "expected_profit"].sum())
    assert said["posterior"]["low"] < said["posterior"]["mean"] < said["posterior"]["high"]
    assert "left alone" in said["sentence"] and "together" in said["sentence"]
    answer("measure", tmp_path / "back.csv")
    (kept,) = Results(open_store(own_home)).latest()
    assert kept.name == "Spring" and kept.result["success_rate"] == rate


def test_the_order_and_the_case_of_the_ids_and_rows_of_others_change_nothing(own_home, listed, answer, tmp_path):
    outcomes = carried_out(listed, tmp_path / "back.csv")
    first = answer("measure", tmp_path / "back.csv")
    other = outcomes.sample(frac=1, random_state=1)
    other[TELCO.id] = " " + other[TELCO.id].str.lower()
    other = pd.concat([other, pd.DataFrame({TELCO.id: ["x1", "x2"], "left": [1, 0]})])
    other.to_csv(tmp_path / "other.csv", index=False)
    second = answer("measure", tmp_path / "other.csv")
    assert second["success_rate"] == first["success_rate"] and second["realised_profit"] == first["realised_profit"]
    assert any("2 customers of the file are not on the list" in each for each in second["warnings"])
    assert any("upper and lower case" in each for each in second["warnings"])


def test_who_is_not_in_the_file_has_an_unknown_outcome_and_too_few_are_refused(own_home, listed, answer, refused, tmp_path):
    outcomes = carried_out(listed, tmp_path / "back.csv")
    outcomes.iloc[: int(0.9 * len(outcomes))].to_csv(tmp_path / "part.csv", index=False)
    said = answer("measure", tmp_path / "part.csv")
    assert said["unknown"]["treated"] + said["unknown"]["control"] == len(outcomes) - int(0.9 * len(outcomes))
    outcomes.iloc[: len(outcomes) // 2].to_csv(tmp_path / "half.csv", index=False)
    assert "50% of the customers on the list are in this file" in refused("measure", tmp_path / "half.csv")


def test_the_draw_counts_and_not_what_the_file_says_was_done(own_home, listed, answer, tmp_path):
    outcomes = carried_out(listed, tmp_path / "back.csv")
    first = answer("measure", tmp_path / "back.csv")
    swapped = outcomes.assign(arm=listed["arm"])
    at = swapped.index[swapped["arm"] == "control"][:7]
    swapped.loc[at, "arm"] = "treated"
    swapped.to_csv(tmp_path / "swapped.csv", index=False)
    second = answer("measure", tmp_path / "swapped.csv")
    assert second["two_by_two"] == first["two_by_two"]
    assert "7 customers were drawn as control but marked treated; the draw counts." in second["warnings"]


def test_before_the_window_is_over_there_are_counts_and_nothing_is_kept(own_home, answer, tmp_path):
    answer("contacts", "--output", tmp_path / "list.csv", "--control", 0.2, "--name", "Spring", "--days", 30, *COST)
    carried_out(pd.read_csv(tmp_path / "list.csv"), tmp_path / "back.csv")
    early = answer("measure", tmp_path / "back.csv")
    assert "have left so far" in early["sentence"] and "success_rate" not in early
    assert not Results(open_store(own_home)).latest()
    assert "success_rate" in answer("measure", tmp_path / "back.csv", "--day", "2099-01-01")


def test_a_file_without_a_draw_is_measured_by_its_arms_on_the_users_word(own_home, answer, refused, tmp_path):
    rng = np.random.default_rng(0)
    arm = np.where(np.arange(600) % 3 == 0, "control", "treated")
    left = rng.random(600) < np.where(arm == "control", 0.5, 0.35)
    old = pd.DataFrame({TELCO.id: [f"x{i}" for i in range(600)], "arm": arm, "left": left.astype(int)})
    old.to_csv(tmp_path / "old.csv", index=False)
    said = answer("measure", tmp_path / "old.csv", *COST)
    assert said["success_rate"]["method"] == "two_by_two" and said["sample_ratio"] is None and said["campaign"] is None
    assert any("you say that the groups" in each for each in said["warnings"])
    old.drop(columns="arm").to_csv(tmp_path / "bare.csv", index=False)
    assert "does not say who was contacted" in refused("measure", tmp_path / "bare.csv")


def test_the_second_campaign_starts_from_what_the_first_has_taught(own_home, answer, tmp_path):
    said = []
    for name in ("first", "second"):
        answer("contacts", "--output", tmp_path / "list.csv", "--control", 0.2, "--name", name, *COST)
        carried_out(pd.read_csv(tmp_path / "list.csv"), tmp_path / f"{name}.csv", seed=len(said))
        said.append(answer("measure", tmp_path / f"{name}.csv")["posterior"])
    first, second = said
    assert second["success_rate_give_or_take"] < first["success_rate_give_or_take"]
    assert second["a"] + second["b"] > first["a"] + first["b"]


def test_an_unknown_campaign_and_a_wrong_day_are_refused(own_home, listed, refused, tmp_path):
    carried_out(listed, tmp_path / "back.csv")
    assert "no saved campaign" in refused("measure", tmp_path / "back.csv", "--campaign", "nothing")
    assert "must be a day like" in refused("measure", tmp_path / "back.csv", "--day", "tomorrow")


def test_a_file_without_a_draw_that_has_the_list_in_it_is_measured_in_money_too(own_home, listed, answer, refused, tmp_path):
    outcomes = carried_out(listed, tmp_path / "back.csv")
    drawn = answer("measure", tmp_path / "back.csv")
    old = listed[[TELCO.id, "arm", "churn_probability", TELCO.monthly_charge]].assign(left=outcomes["left"])
    old[TELCO.id] = "old " + old[TELCO.id]
    old.to_csv(tmp_path / "old.csv", index=False)
    said = answer("measure", tmp_path / "old.csv", *COST)
    assert said["campaign"] is None and said["success_rate"]["method"] == "two_by_two"
    for figure in ("realised_profit", "expected", "effect"):
        assert said[figure] == pytest.approx(drawn[figure]), figure
    old.assign(churn_probability=30).to_csv(tmp_path / "wrong.csv", index=False)
    assert "is above 1" in refused("measure", tmp_path / "wrong.csv", *COST)


def test_what_was_given_to_those_who_took_the_offer_counts_as_spent(own_home, listed, answer, tmp_path):
    outcomes = carried_out(listed, tmp_path / "back.csv")
    planned = answer("measure", tmp_path / "back.csv")
    treated = (listed["arm"] == "treated").to_numpy()
    outcomes.assign(offer=np.where(treated, 25.0, 0.0)).to_csv(tmp_path / "given.csv", index=False)
    given = answer("measure", tmp_path / "given.csv")
    less = planned["realised_profit"]["estimate"] - given["realised_profit"]["estimate"]
    assert less == pytest.approx(25 * treated.sum())
