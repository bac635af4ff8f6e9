"""``score``: a file of customers → a file of decisions."""

import shutil

import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import forecast_of
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import read_table
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.decide import DECISION_COLUMNS, decide
from churn_core.schema.telco import TELCO
from tests.cli.test_optimise import options


def test_score_scores_every_customer_of_the_telco_file(scored_telco):
    told, output = scored_telco
    assert (told["rows"], told["scored"], told["rejected"]) == (7043, 7043, 0)
    table = pd.read_csv(output)
    assert list(table) == [*(column.name for column in TELCO.columns), *DECISION_COLUMNS]
    assert table["churn_probability"].between(0, 1).all()
    assert table["contact"].sum() == told["contact"]
    here = table["Churn"] == "No"
    assert (table["contact"] == ((table["expected_profit"] > 0) & here)).all() and told["left"] == 1869
    assert any("1,869 customers have left" in warning and "not contacted" in warning for warning in told["warnings"])


def test_a_back_test_contacts_those_who_have_left_as_if_they_were_here(home, answer, customers, tmp_path):
    raw = pd.read_csv(customers, dtype="str").assign(Churn=["Yes", "No", ""] * 10)
    customers.write_bytes(to_csv(raw)[0])
    told, asked = (
        answer("score", customers, "--output", tmp_path / f"{i}.csv", *how) for i, how in enumerate([(), ("--back-test",)])
    )
    plain, back_test = (pd.read_csv(tmp_path / f"{i}.csv") for i in range(2))
    assert not plain["contact"][::3].any() and told["left"] == asked["left"] == 10
    assert (back_test["contact"] == (back_test["expected_profit"] > 0)).all()
    assert asked["back_test"] and not told["back_test"] and any("no contact list" in warning for warning in asked["warnings"])


def test_score_tells_the_spend_and_both_ranges(home, answer, customers, tmp_path):
    told = answer("score", customers, "--output", tmp_path / "out.csv", "--retention-cost", 30)
    table = pd.read_csv(tmp_path / "out.csv")
    listed, campaign = table["contact"].to_numpy(), Campaign(retention_cost=30)
    clv = campaign.clv(table[TELCO.monthly_charge].to_numpy()[listed])
    expected = forecast_of(table["churn_probability"].to_numpy()[listed], clv, campaign)
    assert told["expected_spend"] == 30 * told["contact"] and told["roi"] == told["expected_profit"] / told["expected_spend"]
    assert told["range"] == pytest.approx({"low": expected.range.low, "high": expected.range.high})
    assert told["range_if_exact"]["low"] == pytest.approx(expected.range_if_exact.low)


def test_score_names_the_model_the_files_and_what_was_repaired(scored_telco, workspace):
    told, output = scored_telco
    assert {"rows", "scored", "rejected", "warnings", "output", "rejects", "model_id", "seconds"} <= set(told)
    assert told["model_id"] == workspace.version.model_id
    assert (told["output"], told["rejects"]) == (str(output), None)
    assert sum(repair["count"] for repair in told["repairs"]) == 11  # blank totals; that a number is text is no mend


def test_a_written_probability_is_that_of_the_model_to_the_last_bit(scored_telco, workspace):
    written = [float(text) for text in read_table(scored_telco[1], TELCO).frame["churn_probability"]]
    assert written == workspace.version.model.predict_proba(workspace.customers)[:, 1].tolist()


def test_score_writes_the_rows_that_it_cannot_score_with_their_lines(home, answer, customers, tmp_path):
    raw = pd.read_csv(customers, dtype="str")
    raw.loc[4, "tenure"] = "?"
    customers.write_bytes(to_csv(raw)[0])
    told = answer("score", customers, "--output", tmp_path / "out.csv", "--rejects", tmp_path / "rejects.csv")
    rejects = pd.read_csv(tmp_path / "rejects.csv", dtype="str")
    assert (told["scored"], told["rejected"], told["rejects"]) == (29, 1, str(tmp_path / "rejects.csv"))
    assert rejects["row"].tolist() == ["6"] and rejects["problem"][0].startswith("tenure: '?'")
    assert rejects[TELCO.id].tolist() == [raw[TELCO.id][4]]


def test_text_that_a_spreadsheet_would_run_is_written_harmless_and_told(home, answer, customers, tmp_path):
    raw = pd.read_csv(customers, dtype="str").assign(note="=1+1")
    customers.write_text(raw.to_csv(index=False))
    told = answer("score", customers, "--output", tmp_path / "out.csv")
    assert (pd.read_csv(tmp_path / "out.csv")["note"] == "'=1+1").all()
    assert any(warning.startswith("30 cells") for warning in told["warnings"])


def test_the_campaign_options_decide_and_do_not_move_the_probability(home, answer, customers, tmp_path):
    cheap = answer("score", customers, "--output", tmp_path / "cheap.csv", "--retention-cost", 0)
    dear = answer("score", customers, "--output", tmp_path / "dear.csv", "--retention-cost", 1e6, "--clv-months", 24)
    assert (cheap["contact"], dear["contact"]) == (30, 0)
    one, two = (read_table(tmp_path / name, TELCO).frame for name in ("cheap.csv", "dear.csv"))
    assert one["churn_probability"].equals(two["churn_probability"])


FULL = {
    "retention_cost": 12, "success_rate": 0.35, "clv_months": 18, "margin": 0.6, "annual_discount": 0.08, "monthly_survival": 0.98,
    "incentive": 25, "incentive_uptake": 0.7, "backfire_rate": 0.01, "fixed_cost": 20,
}  # fmt: skip
LIMITS = [{}, {"budget": 200}, {"min_roi": 3}, {"min_marginal_roi": 2}]


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_every_campaign_option_decides_as_the_core_does(home, answer, customers, tmp_path, limits):
    told = answer("score", customers, "--output", tmp_path / "out.csv", *options(FULL | limits))
    table = pd.read_csv(tmp_path / "out.csv")
    plan = Plan(campaign=Campaign(**FULL), objective=Objective(**limits))
    expected = decide(table, table["churn_probability"], plan, schema=TELCO)
    pd.testing.assert_frame_equal(table[list(expected)], expected, check_exact=True)
    assert told["contact"] == expected["contact"].sum() and 0 < told["contact"] < 30
    assert told["expected_profit"] == pytest.approx(expected["expected_profit"][expected["contact"]].sum() - 20)
    assert told["threshold"] is None


def test_the_limits_bind_and_the_file_keeps_every_customer(home, answer, customers, tmp_path):
    free, bound = (
        answer("score", customers, "--output", tmp_path / "out.csv", "--retention-cost", 10, *limit)
        for limit in ((), ("--budget", 70))
    )
    assert bound["contact"] == 7 < free["contact"] and bound["scored"] == free["scored"] == 30


# A score that fails


def failing(what: str, customers, tmp_path) -> list:
    """The words behind ``score`` for each way to fail."""
    if what == "no customer table":
        customers.write_text("a,b\n1,2\n")
    elif what == "no row can be scored":
        pd.read_csv(customers).assign(tenure="?").to_csv(customers, index=False)
    elif what == "not there":
        customers.unlink()
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    return {
        "impossible parameter": ["--success-rate", 30],
        "no place for the rejects": ["--rejects", in_the_way / "rejects.csv"],
        "rejects over the output": ["--rejects", tmp_path / "out.csv"],
    }.get(what, [])


@pytest.mark.parametrize("what", [
    "no customer table", "no row can be scored", "not there", "impossible parameter",
    "no place for the rejects", "rejects over the output",
])  # fmt: skip
def test_a_score_that_fails_leaves_no_output(home, refused, customers, tmp_path, what):
    more = failing(what, customers, tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    refused("score", customers, "--output", tmp_path / "out.csv", *more)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_score_that_fails_leaves_the_old_output(home, refused, customers, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    refused("score", tmp_path / "none.csv", "--output", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "old"


def test_where_no_row_can_be_scored_the_reasons_are_written_all_the_same(home, refused, customers, tmp_path):
    pd.read_csv(customers).assign(tenure="?").to_csv(customers, index=False)
    sentence = refused("score", customers, "--output", tmp_path / "out.csv", "--rejects", tmp_path / "rejects.csv")
    assert sentence.startswith("None of the 30 rows can be scored. The first, row 2: tenure: '?'")
    assert len(pd.read_csv(tmp_path / "rejects.csv")) == 30 and not (tmp_path / "out.csv").exists()


@pytest.mark.slow
def test_what_the_reader_had_to_decide_is_said_with_the_error(home, run, customers, tmp_path):
    customers.write_bytes(customers.read_bytes().replace(b",", b";").replace(b"tenure", b"duration", 1))
    for how in ((), ("--json",)):
        code, out, err = run("score", customers, "--output", tmp_path / "out.csv", *how)
        assert (code, out) == (2, "")
        assert [line.split(":")[0] for line in err.splitlines()] == ["error", "note"]
        assert "Missing required columns" in err and "note: Columns are separated by semicolons." in err


def test_without_a_model_score_trains_one_first(tmp_path, answer, customers, telco_path, monkeypatch):
    home = tmp_path / "new"
    (home / "data").mkdir(parents=True)
    shutil.copy(telco_path, home / "data")
    monkeypatch.setenv("CHURN_HOME", str(home))
    told = answer("score", customers, "--output", tmp_path / "out.csv")
    assert told["scored"] == len(pd.read_csv(tmp_path / "out.csv")) > 0
    assert (home / "models" / told["model_id"]).is_dir()


@pytest.mark.slow
def test_customers_are_not_scored_by_a_model_of_generated_ones(tmp_path, refused, customers, monkeypatch, out_of_reach):
    monkeypatch.setenv("CHURN_HOME", str(tmp_path / "empty"))
    assert "trained on generated customers" in refused("score", customers, "--output", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_margin_that_nobody_has_stated_is_null_and_said_and_1_can_be_stated(home, answer, run, customers, tmp_path):
    ask = ("score", customers, "--output", tmp_path / "scored.csv")
    assert answer(*ask)["margin"] is None and "Margin not stated: money is revenue, not profit." in run(*ask)[1]
    assert answer(*ask, "--margin", 1)["margin"] == 1 and "Margin not stated" not in run(*ask, "--margin", 1)[1]
