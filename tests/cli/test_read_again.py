"""What ``score`` writes, ``optimise`` and ``monitor`` read, however the input was spelt and in whatever format."""

import io
import json

import pandas as pd
import pytest

from churn_core.cli import main
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

CUSTOMERS = generate(60, seed=9, schema=TELCO).astype(str)
CHARGE = CUSTOMERS["MonthlyCharges"].astype(float)


def _spelt(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"MonthlyCharges": "Monthly Charge", "tenure": "Tenure in Months", "Churn": "Churn Label"})


WRITTEN = {
    "plain": lambda path: CUSTOMERS.to_csv(path, index=False),
    "other names": lambda path: _spelt(CUSTOMERS).to_csv(path, index=False),
    "German Excel": lambda path: CUSTOMERS.assign(
        MonthlyCharges=CUSTOMERS["MonthlyCharges"].str.replace(".", ","),
        TotalCharges=CUSTOMERS["TotalCharges"].str.replace(".", ","),
    ).to_csv(path, index=False, sep=";"),
    "currency signs": lambda path: CUSTOMERS.assign(MonthlyCharges="$" + CUSTOMERS["MonthlyCharges"]).to_csv(path, index=False),
    "cents": lambda path: (
        CUSTOMERS.assign(MonthlyCharges=(CHARGE * 100).round().astype(int))
        .rename(columns={"MonthlyCharges": "MonthlyCharges (cents)"})
        .to_csv(path, index=False)
    ),
    "a column twice": lambda path: CUSTOMERS.assign(monthly_charges=CUSTOMERS["MonthlyCharges"] + "0").to_csv(path, index=False),
    "outcomes in words": lambda path: CUSTOMERS.replace({"Churn": {"Yes": "churned", "No": "stayed"}}).to_csv(path, index=False),
    "outcomes of 1 and -1": lambda path: CUSTOMERS.replace({"Churn": {"Yes": "1", "No": "-1"}}).to_csv(path, index=False),
    "Excel": lambda path: _spelt(CUSTOMERS).to_excel(path, index=False),
    "Parquet": lambda path: CUSTOMERS.assign(MonthlyCharges=CHARGE).to_parquet(path),
}


@pytest.fixture(scope="module")
def of_the_plain_file(home_of_commands, tmp_path_factory) -> dict[str, dict]:
    """What ``optimise`` says of the plain file once it is scored, and ``monitor`` of itself: the same for every other file."""
    folder, told = tmp_path_factory.mktemp("plain"), {}
    plain, scored = folder / "plain.csv", folder / "scored.csv"
    WRITTEN["plain"](plain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHURN_HOME", str(home_of_commands))
        for command, *words in (("score", plain, "--output", scored), ("optimise", scored), ("monitor", plain)):
            out = io.StringIO()
            patch.setattr("sys.stdout", out)
            assert main([command, *map(str, words), "--json"]) == 0
            told[command] = json.loads(out.getvalue())
    return told


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("spelling", WRITTEN)
def test_a_scored_file_is_read_again_as_the_customers_it_was_made_of(home, answer, of_the_plain_file, tmp_path, spelling, ending):
    kind = {"Excel": "xlsx", "Parquet": "parquet"}.get(spelling, "csv")
    source, scored = tmp_path / f"in.{kind}", tmp_path / f"scored.{ending}"
    WRITTEN[spelling](source)
    told = answer("score", source, "--output", scored)
    found, wanted = answer("optimise", scored), of_the_plain_file["optimise"]
    assert found["customers"] == wanted["customers"] == 60 - told["left"] < 60
    assert found["threshold"]["expected_profit"] == pytest.approx(wanted["threshold"]["expected_profit"], rel=1e-9)
    again, before = answer("monitor", scored), of_the_plain_file["monitor"]
    assert again["verdict"] == before["verdict"] and again["outcomes"] == before["outcomes"] is not None


def test_outcomes_in_words_are_realised_as_those_in_digits(home, answer, tmp_path):
    WRITTEN["plain"](tmp_path / "in.csv")
    answer("score", tmp_path / "in.csv", "--output", tmp_path / "out.csv", "--back-test")
    scored = pd.read_csv(tmp_path / "out.csv")
    told = []
    for words in ({"Yes": 1, "No": 0}, {"Yes": "left", "No": "stayed"}, {"Yes": "true", "No": "FALSE"}):
        scored.assign(churned=scored["Churn"].map(words)).to_csv(tmp_path / "told.csv", index=False)
        told.append(answer("optimise", tmp_path / "told.csv"))
    assert told[0] == told[1] == told[2] and told[0]["basis"] == "realised"


def test_a_churned_that_cannot_be_read_is_named_with_its_row(home, run, tmp_path):
    WRITTEN["plain"](tmp_path / "in.csv")
    run("score", tmp_path / "in.csv", "--output", tmp_path / "out.csv")
    pd.read_csv(tmp_path / "out.csv").assign(churned=["Yes"] * 9 + ["soon"] * 51).to_csv(tmp_path / "told.csv", index=False)
    code, _, err = run("optimise", tmp_path / "told.csv")
    assert code == 2 and "Row 11: churned is 'soon', not 0 or 1, Yes or No." in err


@pytest.mark.parametrize("stayed", ["", "unknown", "No"])
@pytest.mark.parametrize("name", ["Churn", "churned", "Churn Label"])
def test_the_name_of_the_outcome_makes_no_file_unreadable(home, answer, tmp_path, name, stayed):
    CUSTOMERS.replace({"Churn": {"No": stayed}}).rename(columns={"Churn": name}).to_csv(tmp_path / "in.csv", index=False)
    told = answer("score", tmp_path / "in.csv", "--output", tmp_path / "out.csv")
    found = answer("optimise", tmp_path / "out.csv", "--customers", "here")
    assert found["customers"] == 60 - told["left"] < 60
    assert (answer("optimise", tmp_path / "out.csv")["customers"] == 60) == (name == "churned" and stayed == "No")


def test_outcomes_that_cannot_be_read_are_said_when_the_threshold_is_sought(home, answer, run, tmp_path):
    CUSTOMERS.replace({"Churn": {"Yes": "ja", "No": "nein"}}).rename(columns={"Churn": "churned"}).to_csv(
        tmp_path / "in.csv", index=False
    )
    answer("score", tmp_path / "in.csv", "--output", tmp_path / "out.csv")
    said = [
        line
        for line in answer("optimise", tmp_path / "out.csv")["warnings"]
        if "60 of 60 outcomes (100%) could not be read" in line
    ]
    assert len(said) == 1 and "counted as still here" in said[0]
    assert f"note: {said[0]}" in run("optimise", tmp_path / "out.csv")[1]
