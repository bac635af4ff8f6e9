"""Every command: what it refuses and how; and the commands that are neither ``score`` nor ``optimise``."""

import errno
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import LIMITS, PARAMETERS, Plan
from churn_core.cli import commands as cli
from churn_core.cli import common as terminal
from churn_core.cli import train as cli_train
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO

# What the user can cause ends in one line


RATES = [
    "success_rate",
    "success_rate_give_or_take", "margin", "annual_discount", "monthly_survival", "incentive_uptake", "backfire_rate",
]  # fmt: skip
AMOUNTS = ["retention_cost", "incentive", "fixed_cost", "budget"]
RATIOS = ["min_roi", "min_marginal_roi"]
WORDS = ["clv_months", "window", *RATES, *AMOUNTS, *RATIOS]


def refusals():
    for word in RATES:
        yield f"--{word.replace('_', '-')}=30", f"{word} must be between 0 and 1, got 30. Write 30 % as 0.3."
        yield (
            f"--{word.replace('_', '-')}=-0.1",
            f"{word} must be between 0 and 1, got -0.1. Write it as a share, like 0.3 for 30 %.",
        )
    for word in AMOUNTS:
        yield f"--{word.replace('_', '-')}=-1", f"{word} must be between 0 and "
    for word in RATIOS:
        yield f"--{word.replace('_', '-')}=-1", f"{word} must be between 0 and 1,000,000, got -1. Write it as a ratio, like "
    for word in WORDS:
        for value in ("nan", "inf", "-inf"):
            yield (
                f"--{word.replace('_', '-')}={value}",
                f"{word} must be a finite number, got {value}. Write it with digits, like ",
            )
        yield f"--{word.replace('_', '-')}=much", f"argument --{word.replace('_', '-')}: invalid float value: 'much'"
    yield "--clv-months=0", "clv_months must be more than 0 and at most 1,200, got 0. Write the months"
    yield "--unknown=1", "unrecognized arguments"


@pytest.mark.parametrize("command", ["score", "optimise"])
@pytest.mark.parametrize("option, sentence", list(refusals()))
def test_an_impossible_option_is_refused_by_name(home, refused, customers, tmp_path, command, option, sentence):
    words = {"score": ["score", customers, "--output", tmp_path / "out.csv"], "optimise": ["optimise"]}[command]
    assert sentence in refused(*words, option)


@pytest.mark.parametrize("command", ["score", "optimise"])
def test_more_who_take_the_incentive_or_leave_than_there_are_is_refused_by_both_names(
    home, refused, customers, tmp_path, command
):
    words = {"score": ["score", customers, "--output", tmp_path / "out.csv"], "optimise": ["optimise"]}[command]
    sentence = refused(*words, "--incentive-uptake", 0.8, "--backfire-rate", 0.3)
    assert "incentive_uptake + backfire_rate must be at most 1, got 0.8 + 0.3" in sentence
    assert sentence.endswith("Lower incentive_uptake to 0.7 or less.")


def test_the_uptake_that_is_not_given_is_all_who_still_stay(home, answer):
    mild = ("optimise", "--backfire-rate", 0.002, "--incentive", 5)
    assert answer(*mild) == answer(*mild, "--incentive-uptake", 0.998)


@pytest.mark.parametrize("command", ["score", "optimise"])
def test_every_campaign_option_is_explained_with_its_default(capsys, command):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for word in WORDS:
        assert f"--{word.replace('_', '-')} {word.upper()}" in told
    assert "default: 0.3" in told and "default: 12" in told


@pytest.mark.parametrize(
    "words, sentence",
    [
        ([], "COMMAND"),
        (["scroe"], "invalid choice: 'scroe'"),
        (["score", "x.csv"], "--output"),
        (["promote", "none"], "There is no version 'none'"),
        (["promote", ".."], "There is no version '..'"),
        (["rollback"], "no earlier version"),
        (["train", "--model", "magic"], "There is no model named 'magic'"),
        (["train", "--data", "none.csv"], "There is no file none.csv"),
        (["optimise", "none.csv"], "There is no file none.csv"),
        (["optimise", "--curve-points", "1"], "--curve-points must be 2 or more"),
        (["serve", "--host", "0.0.0.0"], "CHURN_API_TOKEN"),
    ],
)
def test_a_command_that_cannot_be_done_is_one_line_of_error_and_2(own_home, refused, monkeypatch, words, sentence):
    monkeypatch.delenv("CHURN_API_TOKEN", raising=False)
    assert sentence in refused(*words)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=60), st.text(",;\t\"'\n\rab0", max_size=30).map(str.encode)))
def test_no_content_of_a_file_is_a_traceback(home, refused, tmp_path, content):
    (tmp_path / "any").write_bytes(content)
    refused("score", tmp_path / "any", "--output", tmp_path / "out.csv")
    refused("optimise", tmp_path / "any")


@pytest.mark.parametrize(
    ("number", "mend"), [(errno.ENOSPC, "Make room on the disk"), (errno.EROFS, "CHURN_HOME"), (errno.EACCES, "its permissions")]
)
def test_what_the_disk_refuses_is_told_with_its_mend(own_home, refused, monkeypatch, number, mend):
    def fails(*args: object, **more: object) -> None:
        raise OSError(number, os.strerror(number), "/one/models/.lock")

    monkeypatch.setattr(cli_train, "train_version", fails)
    sentence = refused("train")
    assert sentence.startswith(f"{os.strerror(number)}: models/.lock. ") and mend in sentence and "/one" not in sentence


def test_what_a_library_warns_of_is_not_printed():
    code = (
        "import atexit, runpy, sys, warnings; sys.argv = ['churn_core', 'promote', '--json']; "
        "atexit.register(lambda: warnings.warn('of a library')); runpy.run_module('churn_core', run_name='__main__')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr
    assert told.startswith("error: ") and told.count("\n") == 1


# data, train, models, promote, rollback


def test_data_says_where_the_verified_file_is_and_in_what_state(home, answer, run):
    told = answer("data")
    assert (told["rows"], told["kept"], told["rejected"]) == (7043, 7043, 0)
    assert told["path"].startswith(str(home)) and len(told["sha256"]) == 64
    assert "7,043 customers, 26.5% churned, SHA-256 verified" in run("data")[1]


@pytest.mark.slow
def test_train_registers_a_version_that_promote_and_rollback_put_into_production(own_home, answer, monkeypatch):
    monkeypatch.setattr("churn_core.settings.REPEATS", 1)
    before = answer("models")
    told = answer("train", "--model", "logistic_plain")
    assert told["production"] is False and told["name"] == "logistic_plain"
    after = answer("models")
    assert [v["model_id"] for v in after["versions"]] == sorted([told["model_id"], before["production"]], reverse=True)
    assert answer("promote", told["model_id"]) == {"production": told["model_id"]}
    assert [v["model_id"] for v in answer("models")["versions"] if v["production"]] == [told["model_id"]]
    assert answer("rollback") == {"production": before["production"]}
    assert Registry(own_home / "models").production_id() == before["production"]


@pytest.mark.slow
def test_train_tells_which_rows_it_left_out_and_why(tmp_path, monkeypatch, answer, run):
    monkeypatch.setenv("CHURN_HOME", str(tmp_path))
    monkeypatch.setattr("churn_core.settings.REPEATS", 1)
    raw = generate(320, seed=1, schema=TELCO).astype({"tenure": "object"})
    raw.loc[:11, TELCO.target] = [*["perhaps"] * 6, *["NULL"] * 6]
    raw.loc[300, "tenure"] = "long"
    (tmp_path / "own.csv").write_bytes(to_csv(raw)[0])
    command = "train", "--model", "logistic_plain", "--data", tmp_path / "own.csv"
    told = answer(*command)
    assert (told["data"]["rows"], told["rejected"], len(told["rejects"])) == (307, 13, 10)
    assert told["rejects"][0] == {"row": 2, "problem": "Churn: 'perhaps' is not one of 0, 1, No, Yes"}
    (warning,) = told["warnings"]
    assert warning.startswith("12 outcomes of 320 (3.8%) could not be read ('NULL' and 'perhaps')")
    code, out, _ = run(*command)
    assert code == 0 and warning in out
    assert "307 customers of own.csv; 13 rows were left out\nrow 2: Churn: 'perhaps' is not one" in out


def test_models_of_an_empty_home_are_none_and_the_mend_is_told(tmp_path, monkeypatch, answer, run):
    monkeypatch.setenv("CHURN_HOME", str(tmp_path))
    assert answer("models") == {"production": None, "versions": []}
    assert "python -m churn_core train" in run("models")[1]


def test_the_options_are_the_words_of_the_economics_and_what_is_not_given_has_its_default():
    names = [option.name for option in terminal.OPTIONS]
    assert sorted(names) == sorted([*WORDS, "after_save"]) == sorted([*PARAMETERS, *LIMITS])
    given = ["--success-rate", "0.2", "--budget", "5000"]
    plan = terminal.plan_of(cli._parser().parse_args(["optimise", *given]))
    assert plan == Plan(campaign=Campaign(success_rate=0.2), objective=Objective(budget=5000))
    assert terminal.plan_of(cli._parser().parse_args(["optimise"])) is None
