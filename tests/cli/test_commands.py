"""Every command: what it refuses and how; and the commands that are neither ``score`` nor ``optimise``."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core import cli
from churn_core.campaign.economics import Campaign
from churn_core.model.registry import Registry

# What the user can cause ends in one line


@pytest.mark.parametrize("command", ["score", "optimise"])
@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("--success-rate", "30", "success_rate must be between 0 and 1, got 30. Write 30 % as 0.3."),
        ("--retention-cost", "-1", "retention_cost must be "),
        ("--clv-months", "0", "clv_months must be more than 0"),
        ("--retention-cost", "nan", "retention_cost must be a finite number"),
        ("--clv-months", "inf", "clv_months must be a finite number"),
        ("--success-rate", "much", "invalid float value: 'much'"),
        ("--unknown", "1", "unrecognized arguments"),
    ],
)
def test_an_impossible_option_is_refused_by_name(home, refused, customers, tmp_path, command, option, value, sentence):
    words = {"score": ["score", customers, "--output", tmp_path / "out.csv"], "optimise": ["optimise"]}[command]
    assert sentence in refused(*words, f"{option}={value}")


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


# data, train, models, promote, rollback


def test_data_says_where_the_verified_file_is_and_in_what_state(home, answer, run):
    told = answer("data")
    assert (told["rows"], told["kept"], told["rejected"]) == (7043, 7043, 0)
    assert told["path"].startswith(str(home)) and len(told["sha256"]) == 64
    assert "7,043 customers, 26.54% churned, SHA-256 verified" in run("data")[1]


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


def test_models_of_an_empty_home_are_none_and_the_mend_is_told(tmp_path, monkeypatch, answer, run):
    monkeypatch.setenv("CHURN_HOME", str(tmp_path))
    assert answer("models") == {"production": None, "versions": []}
    assert "python -m churn_core train" in run("models")[1]


def test_the_defaults_of_the_options_are_those_of_the_campaign():
    options = cli._parser().parse_args(["optimise"])
    assert Campaign(**{name: getattr(options, name) for name in cli._OPTIONS}) == Campaign()
    assert set(cli._OPTIONS) == set(Campaign.__dataclass_fields__)
