"""``evaluate``: candidates compared by one protocol, from the command line."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from churn_core.cli import main
from churn_core.data.dataset import read_dataset
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.model import compare, comparison_file
from churn_core.schema.telco import TELCO

pytestmark = pytest.mark.slow

CHEAP = ("--folds", "2", "--repeats", "1")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Customers with what happened."""
    path = tmp_path_factory.mktemp("customers") / "own.csv"
    path.write_bytes(to_csv(generate(400, seed=6, schema=TELCO))[0])
    return path


@pytest.fixture(scope="module")
def evaluated(file, tmp_path_factory):
    """A comparison of one model: its home, the answer, and the folder of the file that was written."""
    home, folder, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("written"), io.StringIO()
    words = [
        "evaluate",
        "--models",
        "logistic",
        "--data",
        str(file),
        *CHEAP,
        "--output",
        str(folder / comparison_file.FILE),
        "--json",
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHURN_HOME", str(home))
        patch.setattr("sys.stdout", out)
        assert main(words) == 0
    return home, json.loads(out.getvalue(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON")), folder


@pytest.fixture(autouse=True)
def home(evaluated, monkeypatch):
    """A home without data and without a version: evaluating needs neither."""
    monkeypatch.setenv("CHURN_HOME", str(evaluated[0]))
    return evaluated[0]


def test_the_answer_compares_what_was_asked_for_with_the_plain_model(evaluated):
    _, answer, _ = evaluated
    assert set(answer["models"]) == {"logistic", "logistic_plain"}
    assert answer["protocol"] == {"folds": 2, "repeats": 1, "seed": 0}
    assert answer["data"]["name"] == "own.csv" and answer["data"]["rows"] == 400
    minus = {name: measured["minus_plain_logistic"]["auc"] for name, measured in answer["models"].items()}
    assert minus["logistic_plain"] == {"mean": 0, "low": 0, "high": 0}
    assert minus["logistic"]["low"] < minus["logistic"]["mean"] < minus["logistic"]["high"]


def test_the_answer_holds_measures_and_no_customer(evaluated):
    for measured in evaluated[1]["models"].values():
        assert 0.5 < measured["auc"]["mean"] < 1 and measured["seconds"] > 0
        assert "out_of_fold" not in measured


def test_the_file_is_the_answer_with_the_probabilities_and_can_be_read(evaluated, file):
    _, answer, folder = evaluated
    dataset = read_dataset(file, schema=TELCO)
    comparison = comparison_file.read((folder,), dataset)
    said = {name: comparison_file.out_of_fold(comparison, name) for name in comparison["models"]}
    assert set(said) == set(answer["models"])
    assert all(p.shape == (400,) and ((p > 0) & (p < 1)).all() for p in said.values())
    assert not np.array_equal(said["logistic"], said["logistic_plain"])
    without = {name: {k: v for k, v in m.items() if k != "out_of_fold"} for name, m in comparison["models"].items()}
    assert {**comparison, "models": without} == answer
    assert comparison_file.table(comparison)["model"].is_unique


def test_evaluating_registers_nothing_and_leaves_nothing_half_done(evaluated):
    home, _, folder = evaluated
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert [path.name for path in folder.iterdir()] == [comparison_file.FILE]


def test_in_words_it_is_one_line_for_each_model_best_log_loss_first(run, file, evaluated):
    code, out, err = run("evaluate", "--models", "logistic_plain", "--data", file, *CHEAP)
    assert (code, err) == (0, "")
    said, head, line = out.splitlines()
    assert said.startswith("400 customers of own.csv, 2 folds × 1, seed 0") and "against plain" in head
    assert line.split()[:3] == ["logistic_plain", f"{evaluated[1]['models']['logistic_plain']['auc']['mean']:.4f}", "0.0000"]


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["--folds", "1"], "folds must be a whole number from 2 to 100, got 1."),
        (["--folds", "0"], "folds must be a whole number from 2 to 100, got 0."),
        (["--folds", "101"], "folds must be a whole number from 2 to 100, got 101."),
        (["--folds", "two"], "argument --folds: invalid int value: 'two'"),
        (["--repeats", "0"], "repeats must be a whole number from 1 to 1000, got 0."),
        (["--seed", "-1"], "seed must be a whole number from 0 to"),
        (["--models", "magic"], "There is no model named 'magic'."),
        (["--models", "logistic,magic"], "There is no model named 'magic'."),
        (["--models", "logistik"], "Did you mean 'logistic'?"),
        (["--models", ""], "There is no model named ''."),
        (["--models", "random_forest+tuned"], "random_forest has no settings to search for."),
        (["--models", "logistic+tuned+tuned"], "There is no model named"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_refused_in_one_line_before_anything_is_computed(refused, file, monkeypatch, words, sentence):
    monkeypatch.setattr(compare, "_rounds", lambda *args: pytest.fail("something was computed"))
    assert sentence in refused("evaluate", "--data", file, *words)


def test_more_folds_than_customers_who_left_are_refused(refused, tmp_path):
    raw = generate(400, seed=6, schema=TELCO)
    few = raw[raw[TELCO.target] == "Yes"].head(6)
    path = tmp_path / "few.csv"
    path.write_bytes(to_csv(pd.concat([raw[raw[TELCO.target] == "No"].head(230), few]))[0])
    said = refused("evaluate", "--data", path, "--models", "logistic", "--folds", "7")
    assert said == "7 folds need at least 7 customers who left and as many who stayed; there are 6."


def test_customers_without_outcome_or_a_file_that_is_not_there_are_refused(refused, customers, tmp_path):
    assert f"no column '{TELCO.target}'" in refused("evaluate", "--data", customers, *CHEAP)
    assert "missing.csv" in refused("evaluate", "--data", tmp_path / "missing.csv", *CHEAP)


def test_where_the_file_cannot_be_written_it_is_said_in_one_line(refused, file, tmp_path):
    said = refused("evaluate", "--data", file, "--models", "logistic_plain", *CHEAP, "--output", tmp_path)
    assert tmp_path.name in said
