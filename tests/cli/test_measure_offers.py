"""A campaign of several offers from its list to its result: what each offer did within the customers whom it was meant for."""

import numpy as np
import pandas as pd
import pytest

from churn_core.schema.telco import TELCO
from churn_core.storage.results import Results
from churn_core.storage.store import open_store

RATES = {"Call": 0.5, "Gift": 0.15}  # what the offers will really do


@pytest.fixture
def listed(own_home, answer, tmp_path) -> pd.DataFrame:
    """A list of two offers with a control group of each, written and drawn."""
    (tmp_path / "offers.csv").write_text(
        "offer,retention_cost,incentive,success_rate,incentive_uptake,only_if\nCall,10,,0.4,,Contract=Month-to-month\nGift,2,8,0.3,0.5,\n"
    )
    told = ("--offers", tmp_path / "offers.csv", "--name", "Spring", "--control", 0.3)
    answer("contacts", "--output", tmp_path / "list.csv", *told)
    return pd.read_csv(tmp_path / "list.csv")


@pytest.fixture
def back(listed, tmp_path) -> pd.DataFrame:
    """The outcomes, in a file."""
    p, treated = listed["churn_probability"].to_numpy(), (listed["arm"] == "treated").to_numpy()
    left = np.random.default_rng(1).random(len(listed)) < np.where(treated, p * (1 - listed["offer"].map(RATES)), p)
    outcomes = pd.DataFrame({TELCO.id: listed[TELCO.id], "left": left.astype(int)})
    outcomes.to_csv(tmp_path / "back.csv", index=False)
    return outcomes


def test_each_offer_is_measured_within_the_customers_whom_it_was_meant_for(listed, back, answer, tmp_path):
    said = answer("measure", tmp_path / "back.csv")
    assert [each["offer"] for each in said["per_offer"]] == ["Call", "Gift"]
    for each in said["per_offer"]:
        of_offer, treated = (listed["offer"] == each["offer"]).to_numpy(), (listed["arm"] == "treated").to_numpy()
        left = back["left"].to_numpy() == 1
        assert each["two_by_two"] == {
            "treated": int((of_offer & treated).sum()),
            "control": int((of_offer & ~treated).sum()),
            "left_treated": int((of_offer & treated & left).sum()),
            "left_control": int((of_offer & ~treated & left).sum()),
        }
        assert each["drawn"] == {name: each["two_by_two"][name] for name in ("treated", "control")}
        assert each["expected"]["estimate"] == pytest.approx(listed["expected_profit"][of_offer & treated].sum())
        rate = each["success_rate"]
        assert rate["low"] < RATES[each["offer"]] < rate["high"] and rate["method"] == "mantel_haenszel"
        assert each["sentence"].startswith(f"'{each['offer']}': ")


def test_the_whole_is_the_mixture_with_the_money_of_each_offers_own_terms(listed, back, answer, tmp_path):
    said = answer("measure", tmp_path / "back.csv")
    treated = (listed["arm"] == "treated").to_numpy()
    assert said["two_by_two"]["treated"] == treated.sum() == sum(each["two_by_two"]["treated"] for each in said["per_offer"])
    assert said["expected"]["estimate"] == pytest.approx(listed["expected_profit"][treated].sum())
    assert said["bridge"][0]["profit"] == pytest.approx(said["expected"]["estimate"])
    assert said["posterior"] is None and said["by_tenth"] == []
    assert sum(each["kept"]["estimate"] for each in said["per_offer"]) == pytest.approx(said["kept"]["estimate"], rel=0.2)


def test_the_result_is_kept_with_what_each_offer_did(listed, back, answer, own_home, tmp_path):
    said = answer("measure", tmp_path / "back.csv")
    (kept,) = Results(open_store(own_home)).latest()
    assert kept.result["per_offer"] == said["per_offer"]


def test_who_took_an_offer_is_counted_with_the_incentive_of_that_offer(listed, back, answer, tmp_path):
    treated = (listed["arm"] == "treated").to_numpy()
    taken = treated & (np.arange(len(listed)) % 2 == 0)
    back.assign(offer=np.where(taken, "yes", "no")).to_csv(tmp_path / "taken.csv", index=False)
    booked = answer("measure", tmp_path / "taken.csv")
    spent = listed["retention_cost"][treated].sum() + listed["incentive"][taken].sum()
    all_given = np.where(treated, listed["retention_cost"] + np.where(taken, listed["incentive"], 0.0), 0.0)
    back.assign(cost=all_given).to_csv(tmp_path / "cost.csv", index=False)
    assert spent == pytest.approx(all_given.sum())
    assert booked["realised_profit"] == pytest.approx(answer("measure", tmp_path / "cost.csv")["realised_profit"])


def test_the_list_itself_with_the_outcomes_beside_it_says_the_same(listed, back, answer, tmp_path):
    listed.assign(left=back["left"]).to_csv(tmp_path / "list_back.csv", index=False)
    assert answer("measure", tmp_path / "list_back.csv")["per_offer"] == answer("measure", tmp_path / "back.csv")["per_offer"]


def test_an_offer_with_too_few_customers_says_so_and_gives_no_figure(own_home, answer, tmp_path):
    (tmp_path / "offers.csv").write_text("offer,retention_cost,success_rate,capacity\nCall,10,0.6,4\nMail,1,0.2,\n")
    told = ("--offers", tmp_path / "offers.csv", "--name", "Spring", "--control", 0.1)
    answer("contacts", "--output", tmp_path / "list.csv", *told)
    listed = pd.read_csv(tmp_path / "list.csv")
    assert (listed["offer"] == "Call").sum() == 4 and (listed["arm"][listed["offer"] == "Call"] == "treated").all()
    listed[[TELCO.id]].assign(left=np.arange(len(listed)) % 3 == 0).to_csv(tmp_path / "back.csv", index=False)
    call, mail = answer("measure", tmp_path / "back.csv")["per_offer"]
    assert call["success_rate"] is None and "Nobody was left alone" in call["sentence"]
    assert mail["success_rate"] is not None


def test_before_the_window_is_over_nothing_is_said_of_the_offers(own_home, answer, tmp_path):
    (tmp_path / "offers.csv").write_text("offer,retention_cost\nCall,10\nMail,1\n")
    told = ("--offers", tmp_path / "offers.csv", "--name", "Spring", "--control", 0.2, "--days", 30)
    answer("contacts", "--output", tmp_path / "list.csv", *told)
    pd.read_csv(tmp_path / "list.csv")[[TELCO.id]].assign(left=0).iloc[:].to_csv(tmp_path / "back.csv", index=False)
    assert "per_offer" not in answer("measure", tmp_path / "back.csv")


def test_without_json_each_offer_is_a_line_of_its_own(listed, back, run, tmp_path):
    code, out, _ = run("measure", tmp_path / "back.csv")
    assert code == 0 and [line.split(":")[0] for line in out.splitlines() if line.startswith("'")] == ["'Call'", "'Gift'"]
