"""``schema FILE``: the proposal as lines or as JSON; it asks nothing, trains nothing and keeps nothing."""

import json

import pytest

from churn_core.cli import main
from churn_core.data.proposing.proposal import as_json, from_json
from churn_core.data.proposing.propose import propose
from tests.data.proposing.tables import customers, numbers

FRAME = customers(monthly_fee=numbers(10, 90), tenure=numbers(0, 60, decimals=0), gender=["f", "m"] * 200)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("CHURN_HOME", str(tmp_path / "home"))
    path = tmp_path / "ours.csv"
    FRAME.to_csv(path, index=False)
    return path


def test_it_prints_a_row_for_every_column_and_what_has_to_be_asked_with_the_option(file, capsys):
    assert main(["schema", str(file)]) == 0
    head, names, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("400 rows; of 400 customers with an outcome") and head.endswith("left: those with churn 'yes'.")
    assert names.split() == ["column", "role", "kind", "confidence", "reason"]
    assert [line.split()[0] for line in lines[: FRAME.shape[1]]] == list(FRAME.columns)
    assert lines[-1].startswith("ask: Is tenure in months") and lines[-1].endswith("--tenure-unit")


def test_its_json_is_the_proposal(file, capsys):
    assert main(["schema", str(file), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value.pop("output") is None and value == json.loads(json.dumps(as_json(propose(FRAME))))


def test_it_writes_the_proposal_and_nothing_else(file, tmp_path, capsys):
    output = tmp_path / "new" / "schema.json"
    assert main(["schema", str(file), "--output", str(output)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"Written to {output}."
    assert from_json(json.loads(output.read_text())) == propose(FRAME)
    assert not (tmp_path / "home").exists()


def test_a_problem_is_told_and_is_no_error(file, capsys):
    FRAME.assign(churn="no").to_csv(file, index=False)
    assert main(["schema", str(file)]) == 0
    assert "problem: All 400 customers have stayed" in capsys.readouterr().out


def test_a_table_without_an_outcome_is_told_so(file, capsys):
    FRAME.drop(columns="churn").to_csv(file, index=False)
    assert main(["schema", str(file)]) == 0
    out = capsys.readouterr().out
    assert (
        out.startswith("400 rows; who left is not known.") and "ask: Which column says who left? No name says so. --target" in out
    )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
def test_what_is_no_table_ends_in_one_line(file, capsys, content):
    file.write_bytes(content)
    assert main(["schema", str(file)]) == 2
    assert capsys.readouterr().err.startswith("error: The file is")


def test_it_writes_nothing_over_the_file_that_it_reads(file, capsys):
    before = file.read_bytes()
    assert main(["schema", str(file), "--output", str(file)]) == 2 and file.read_bytes() == before
    assert "Choose another name" in capsys.readouterr().err
    assert main(["schema", str(file.with_name("none.csv"))]) == 2


def test_what_a_name_holds_is_shown_and_never_obeyed_by_the_terminal(file, capsys):
    FRAME.rename(columns={"visits": "visits\x1b[31m"}).to_csv(file, index=False)
    assert main(["schema", str(file)]) == 0
    assert "visits?[31m" in capsys.readouterr().out


def test_what_a_column_is_can_be_said(file, capsys):
    options = ["--no-tenure", "--no-id", "--column", "gender=use", "--column", "plan = leave-out"]
    assert main(["schema", str(file), "--json", *options]) == 0
    value = json.loads(capsys.readouterr().out)
    roles = {each["name"]: each["role"] for each in value["columns"]}
    assert value["id"] is None and value["tenure"] is None
    assert (roles["gender"], roles["plan"], roles["tenure"]) == ("sensitive", "left out", "feature")


@pytest.mark.parametrize("said", ["plan", "=date", "plan=colour"])
def test_what_is_no_kind_of_column_is_refused_with_the_form(file, capsys, said):
    assert main(["schema", str(file), "--column", said]) == 2
    assert 'write NAME=WHAT, like "Area code=category"' in capsys.readouterr().err
