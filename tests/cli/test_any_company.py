"""Any company's file on the command line: refused with what has to be asked, learnt from by what is said, then in production."""

import json
from pathlib import Path

import pandas as pd
import pytest

from churn_core.application.versions import schema_in_use
from churn_core.cli.commands import _parser
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.model.registry import Registry
from churn_core.schema.as_json import as_json
from churn_core.schema.telco import TELCO
from churn_core.storage.files_seen import ScoredFiles
from churn_core.storage.store import open_store
from tests.companies import BANK, COMPANIES, SAAS, SHOP, Company

any_company = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)
QUICK = ("--model", "logistic_plain")


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """An empty home, and training that is quick."""
    monkeypatch.setenv("CHURN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("churn_core.settings.REPEATS", 1)
    return tmp_path / "home"


def put(folder: Path, company: Company, rows: int = 400, seed: int = 0) -> Path:
    path = folder / company.file
    path.write_bytes(company.content(rows, seed))
    return path


# What is asked


def test_all_that_has_to_be_asked_is_one_error_that_names_each_option(home, tmp_path, refused):
    frame = BANK.raw(400, 0).rename(columns={"years with bank": "tenure"})
    frame.to_csv(tmp_path / "bank.csv", index=False)
    said = refused("train", "--data", tmp_path / "bank.csv")
    assert "Say it with --clv." in said and "Say it with --tenure-unit." in said
    assert not home.exists() or not Registry(home / "models").versions()


def test_nothing_that_is_to_be_asked_is_taken_silently(home, tmp_path, refused):
    path = put(tmp_path, BANK)
    assert refused("train", "--data", path).endswith("Say it with --clv.")


@pytest.mark.parametrize(
    "options, says",
    [
        (("--target", "no such"), "The file has no column 'no such'"),
        (("--clv", "0"), "--clv must be an amount of money above 0, got 0"),
        (("--clv", "nan"), "--clv must be an amount of money above 0, got nan"),
        (("--window", "-1"), "--window must be a number of months above 0, got -1"),
        (("--tenure-unit", "moons"), "invalid choice: 'moons'"),
        (("--charge-period", "day"), "invalid choice: 'day'"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_its_mend(home, tmp_path, refused, options, says):
    assert says in refused("train", "--data", put(tmp_path, BANK), *options)


def test_what_is_said_of_columns_needs_a_file(home, tmp_path, refused):
    assert "--data FILE" in refused("train", "--clv", "900")
    assert "--data FILE" in refused("evaluate", "--target", "exited")


# Training


@pytest.mark.slow
@any_company
def test_a_file_is_learnt_from_by_its_options_and_everything_then_is_about_its_customers(home, tmp_path, answer, run, company):
    told = answer("train", "--data", put(tmp_path, company), *company.options, *QUICK)
    schema = schema_in_use(home)
    assert told["production"] and told["schema"] == as_json(schema) and schema.name == company.name
    assert set(told["comparison"]["models"]) == {"logistic_plain"} and 0 < told["riskiest_fifth"]["gain"] <= 1
    (tmp_path / "new.csv").write_bytes(company.raw(60, 7).drop(columns=schema.target).to_csv(index=False).encode())
    scored = answer("score", tmp_path / "new.csv", "--output", tmp_path / "out.csv", "--summary", tmp_path / "sum.bin")
    assert (scored["scored"], scored["rejected"]) == (60, 0)
    assert answer("optimise", tmp_path / "out.csv")["customers"] == 60
    assert answer("optimise", tmp_path / "sum.bin")["customers"] == 60
    assert answer("optimise")["customers"] == (company.raw(400, 0)[schema.target].isin(["no", 0])).sum()
    assert answer("monitor", tmp_path / "new.csv")["verdict"]["level"] in ("keep", "look")
    assert answer("contacts", "--output", tmp_path / "list.csv")["contacted"] > 0
    assert schema.id in pd.read_csv(tmp_path / "list.csv")
    assert f"schema {company.name}" in run("models")[1]
    code, out, _ = run("train", "--data", tmp_path / company.file, *company.options, *QUICK)
    assert code == 0 and "On customers it had not seen, the riskiest fifth holds" in out and "next: promote it, then score" in out


@pytest.mark.slow
def test_the_proposal_that_schema_wrote_is_as_good_as_its_options_also_edited_by_hand(home, tmp_path, answer, refused):
    path, written = put(tmp_path, BANK), tmp_path / "schema.json"
    answer("schema", path, "--output", written)
    assert "Say it with --clv." in refused("train", "--data", path, "--schema", written)
    value = json.loads(written.read_text())
    value["money"] |= {"kind": "fixed", "amount": 900.0, "confidence": "sure"}
    value["ask"] = []
    for column in value["columns"]:
        if column["name"] == "region":
            column["role"] = "left out"
    written.write_text(json.dumps(value))
    edited = answer("train", "--data", path, "--schema", written, *QUICK)
    said = answer("train", "--data", path, *BANK.options, "--leave-out", "region", *QUICK)
    names = [[column["name"] for column in each["schema"]["columns"]] for each in (edited, said)]
    assert names[0] == names[1] and "region" not in names[0]
    assert edited["schema"]["clv"] == said["schema"]["clv"] == 900 and edited["metrics"] == said["metrics"]


@pytest.mark.slow
def test_the_schema_of_a_version_is_one_for_another_file_too(home, tmp_path, answer, refused):
    path, written = put(tmp_path, SAAS), tmp_path / "schema.json"
    first = answer("train", "--data", path, *SAAS.options, *QUICK)
    written.write_text(json.dumps(first["schema"]))
    path.write_bytes(SAAS.content(400, 9))
    again = answer("train", "--data", path, "--schema", written, *QUICK)
    assert [c["name"] for c in again["schema"]["columns"]] == [c["name"] for c in first["schema"]["columns"]]
    assert (
        "leave the other options out".casefold() in refused("train", "--data", path, "--schema", written, "--clv", "3").casefold()
    )


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"format": 99}', '{"customers": {}}'])
def test_what_is_no_schema_is_refused_in_words(home, tmp_path, refused, content):
    (tmp_path / "schema.json").write_text(content)
    said = refused("train", "--data", put(tmp_path, SAAS), "--schema", tmp_path / "schema.json")
    assert "schema" in said or "proposal" in said


@pytest.mark.slow
def test_a_later_file_with_the_columns_of_the_version_in_production_needs_no_option(home, tmp_path, answer):
    first = answer("train", "--data", put(tmp_path, BANK), *BANK.options, *QUICK)
    later = tmp_path / "december.csv"
    later.write_bytes(BANK.content(400, 4))
    again = answer("train", "--data", later, *QUICK)
    assert (again["schema"]["name"], again["schema"]["clv"]) == (first["schema"]["name"], 900)


@pytest.mark.slow
def test_a_file_with_the_columns_of_the_sample_is_learnt_from_as_ever_whatever_is_in_production(home, tmp_path, answer):
    answer("train", "--data", put(tmp_path, BANK), *BANK.options, *QUICK)
    (tmp_path / "ours.csv").write_bytes(to_csv(generate(320, seed=1, schema=TELCO))[0])
    assert answer("train", "--data", tmp_path / "ours.csv", *QUICK)["schema"] == as_json(TELCO)


@pytest.mark.slow
def test_evaluate_takes_the_same_options(home, tmp_path, answer):
    told = answer(
        "evaluate",
        "--data",
        put(tmp_path, BANK),
        *BANK.options,
        "--models",
        "logistic_plain,logistic",
        "--folds",
        "2",
        "--repeats",
        "1",
    )
    assert set(told["models"]) == {"logistic_plain", "logistic"} and told["data"]["rows"] == 400


# The proposal


def test_schema_takes_what_is_said_and_prints_what_follows(home, tmp_path, run, answer):
    path = put(tmp_path, SHOP)
    out = run("schema", path, *SHOP.options)[1]
    assert "worth: a customer pays or is worth fee per year" in out and "tenure: since since" in out
    assert "window: those who left did so within 3 months" in out and "\nask:" not in out
    told = answer("schema", path, *SHOP.options)
    assert told["money"]["period"] == "year" and told["window"] == 3 and told["currency"] == "€" and told["ask"] == []


def test_the_help_of_no_command_names_a_column_of_the_sample():
    commands = next(action for action in _parser()._actions if action.choices)
    for name, command in commands.choices.items():
        told = set(command.format_help().replace(",", " ").split())
        assert not told & {column.name for column in TELCO.columns} - {"tenure", "gender"}, name  # words, too


# What belongs to others


@pytest.mark.slow
def test_what_is_published_belongs_to_its_customers_is_told_and_comes_back(home, tmp_path, answer, run):
    bank = answer("train", "--data", put(tmp_path, BANK), *BANK.options, *QUICK)
    assert answer("threshold", "0.35")["threshold"] == 0.35
    saas = answer("train", "--data", put(tmp_path, SAAS), *SAAS.options, *QUICK)
    _, out, _ = run("promote", saas["model_id"])
    told = "The published threshold 0.3500 belongs to other customers (bank) and is not used."
    assert "for the customers of the schema saas" in out and told in out
    assert answer("threshold") == {"threshold": None, "history": []}
    assert told in run("threshold")[1]
    scored = answer("score", put(tmp_path, SAAS), "--output", tmp_path / "out.csv")
    assert scored["threshold"] is None and told in scored["warnings"]
    assert told in answer("contacts", "--output", tmp_path / "list.csv")["warnings"]
    assert answer("rollback") == {"production": bank["model_id"]}
    assert answer("threshold")["threshold"] == 0.35
    assert answer("score", put(tmp_path, BANK), "--output", tmp_path / "out.csv")["threshold"] == 0.35
    assert open_store(home).of_others() == {}


# The day of a file


def test_the_dates_of_a_later_file_are_counted_to_its_own_day(home, tmp_path, answer):
    answer("train", "--data", put(tmp_path, SHOP), *SHOP.options, *QUICK)
    path, out = put(tmp_path, SHOP, 60, 5), tmp_path / "scored.csv"
    schema = schema_in_use(home)
    usual = answer("score", path, "--output", out)
    as_in_training = pd.read_csv(out)["churn_probability"]
    assert usual["day"] == schema.day and f"Dates are counted to {schema.day}, as in training." in usual["warnings"][0]
    assert answer("score", path, "--output", out, "--day", schema.day)["day"] == schema.day
    assert pd.read_csv(out)["churn_probability"].equals(as_in_training)
    # The same customers a year later, on that day, are as old as these are now.
    later = SHOP.raw(60, 5)
    for name, form in (("since", "%d/%m/%Y"), ("last order", "%Y-%m-%d")):
        days = pd.to_datetime(later[name], format=form, errors="coerce") + pd.Timedelta(days=365)
        later[name] = days.dt.strftime(form).fillna("")
    later.to_csv(tmp_path / "later.csv", index=False)
    day = str((pd.Timestamp(schema.day) + pd.Timedelta(days=365)).date())
    told = answer("score", tmp_path / "later.csv", "--output", out, "--day", day)
    assert pd.read_csv(out)["churn_probability"].equals(as_in_training)
    assert told["day"] == day and f"in training they were counted to {schema.day}" in told["warnings"][0]
    assert answer("monitor", tmp_path / "later.csv", "--day", day)["warnings"][0] == told["warnings"][0]
    assert ScoredFiles(open_store(home)).latest()[0].judgement["day"] == day


@pytest.mark.parametrize(
    "company, day, says",
    [
        (SHOP, "31.12.2024", "'31.12.2024' is no day. Write it like 2024-12-31."),
        (SAAS, "2024-12-31", "these customers have none"),
    ],
    ids=["no day", "no dates"],
)
def test_a_day_that_cannot_be_is_refused(home, tmp_path, answer, refused, company, day, says):
    answer("train", "--data", put(tmp_path, company), *company.options, *QUICK)
    assert says in refused("score", put(tmp_path, company, 60, 5), "--output", tmp_path / "scored.csv", "--day", day)
