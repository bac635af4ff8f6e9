"""``monitor``, and what ``score`` keeps for it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.model.registry import METADATA
from churn_core.monitoring.reference import CHARGES, SUMMARY
from churn_core.schema.telco import TELCO

CHARGE, CONTRACT = TELCO.monthly_charge, "Contract"


def monitored(answer, written, table: pd.DataFrame, *options) -> dict:
    return answer("monitor", written(table), *options)


def levels(told: dict) -> dict[str, str]:
    return {row["column"]: row["level"] for row in told["drift"]}


# The verdict


def test_customers_like_those_trained_on_keep_the_model(own_home, answer, written, sample):
    told = monitored(answer, written, sample.drop(columns=TELCO.target))
    assert told["verdict"]["level"] == "keep" and set(levels(told).values()) == {"none"}
    assert told["verdict"]["sentence"].startswith("Keep the model: none of 20 columns has moved beyond chance")
    assert (told["outcomes"], told["unseen"], told["quality"]["rejects"]) == (None, [], [])
    assert told["reference"]["rows"] == 7_043


def test_the_file_it_was_trained_on_has_not_moved_and_came_true(own_home, answer, telco_path):
    told = answer("monitor", telco_path)
    assert told["verdict"]["level"] == "keep" and told["outcomes"]["customers"] == 7_043
    inputs = [row for row in told["drift"] if row["column"] != "churn_probability"]
    assert all(row["psi"] == 0 for row in inputs)


def test_a_price_that_rose_is_named_with_what_it_does_to_the_money(own_home, answer, written, sample):
    dearer = sample.assign(**{CHARGE: (sample[CHARGE].astype(float) * 1.15).round(2).astype(str)})
    told = monitored(answer, written, dearer.drop(columns=TELCO.target))
    assert told["verdict"]["level"] in ("look", "retrain") and levels(told)[CHARGE] == "major"
    assert "Monthly charge" in told["verdict"]["sentence"] and told["money"]["change"] > 0.05
    assert "more per customer" in told["verdict"]["sentence"]


def test_another_mix_of_contracts_says_to_retrain_with_what_it_does_to_the_money(own_home, answer, written, sample):
    monthly = sample[sample[CONTRACT] == "Month-to-month"]
    told = monitored(answer, written, monthly.drop(columns=TELCO.target))
    assert told["verdict"]["level"] == "retrain"
    assert levels(told)[CONTRACT] == levels(told)["churn_probability"] == "major"
    assert any("Contract" in reason for reason in told["verdict"]["reasons"])
    money = told["money"]
    assert money["forgone_per_1000"] == pytest.approx(money["best_profit_per_1000"] - money["profit_per_1000"])


def test_a_category_that_is_new_is_named_with_its_rows(own_home, answer, written, sample):
    new = sample.drop(columns=TELCO.target)
    new.iloc[:300, new.columns.get_loc("PaymentMethod")] = "Crypto wallet"
    told = monitored(answer, written, new)
    (unseen,) = told["unseen"]
    assert (unseen["word"], unseen["rows"], unseen["level"]) == ("Crypto wallet", 300, "major")
    assert told["verdict"]["level"] == "retrain" and "'Crypto wallet'" in told["verdict"]["sentence"]
    assert (told["quality"]["kept"], len(told["quality"]["rejects"])) == (2_700, 300)


def test_what_happened_is_compared_with_what_was_expected_blanks_left_out(own_home, answer, written, sample):
    left = np.where(np.random.default_rng(0).random(len(sample)) < 0.45, "Yes", "No")
    left[::3] = ""
    told = monitored(answer, written, sample.assign(**{TELCO.target: left}))
    assert told["outcomes"]["customers"] == 2_000 and told["outcomes"]["churn_rate"] == pytest.approx(0.45, abs=0.05)
    assert told["outcomes"]["level"] == "major" and told["verdict"]["level"] == "retrain"


def test_the_campaign_options_value_the_file_and_the_published_threshold_does_without(own_home, answer, run, written, sample):
    path = written(sample)
    free = answer("monitor", path, "--retention-cost", 0, "--incentive", 0)["money"]
    dear = answer("monitor", path, "--retention-cost", 1e6)["money"]
    assert free["profit_per_1000"] > 0 == dear["profit_per_1000"] and dear["threshold"] is None
    assert run("threshold", 0.4)[0] == 0
    told = answer("monitor", path)
    assert told["money"]["threshold"] == 0.4 and "published threshold 0.4000" in told["warnings"][0]


def test_in_words_the_verdict_comes_first_and_the_money_is_told(own_home, run, written, sample):
    code, out, err = run("monitor", written(sample))
    lines = out.splitlines()
    assert (code, err) == (0, "") and lines[0].startswith("Keep the model:")
    assert any(line.startswith("money: per 1,000 customers") for line in lines)
    assert any(line.startswith("outcomes: ") for line in lines) and any("3,000 rows, 3,000 usable" in line for line in lines)


# What is kept


def test_a_file_that_is_checked_joins_the_history(own_home, answer, written, sample, kept):
    before = len(kept())
    told = monitored(answer, written, sample)
    first, *others = kept()
    assert len(others) == before and (first.what, first.name, first.rows, first.kept) == ("checked", "file.csv", 3_000, 3_000)
    assert (first.contacts, first.expected_profit, first.model_id) == (None, None, told["model_id"])
    assert first.judgement == {
        name: told[name] for name in ("verdict", "drift", "unseen", "outcomes", "outcomes_unjudged", "money")
    }
    assert not any(name in json.dumps(first.judgement) for name in sample[TELCO.id])


def test_a_file_that_is_scored_joins_the_history_with_its_figures(own_home, answer, written, sample, kept, tmp_path):
    told = answer("score", written(sample), "--output", tmp_path / "out.csv")
    first = kept()[0]
    assert (first.what, first.name, first.rows, first.kept) == ("scored", "file.csv", 3_000, told["scored"])
    assert (first.contacts, first.expected_profit) == (told["contact"], told["expected_profit"])
    assert first.sentence == told["verdict"] and "command line" in first.who
    assert not any("monitoring" in warning for warning in told["warnings"])


def test_a_score_that_fails_keeps_nothing(own_home, refused, customers, tmp_path, kept):
    before = kept()
    pd.read_csv(customers).assign(tenure="?").to_csv(customers, index=False)
    refused("score", customers, "--output", tmp_path / "out.csv")
    refused("monitor", customers)
    assert kept() == before


@pytest.mark.parametrize("command", ["score", "monitor"])
def test_a_database_that_cannot_be_used_stops_neither_and_is_said(own_home, answer, customers, tmp_path, command):
    database = own_home / "data" / "churn.db"
    for path in database.parent.glob("churn.db*"):
        path.unlink()
    database.write_bytes(b"no database at all " * 99)
    to = ("--output", tmp_path / "out.csv") if command == "score" else ()
    told = answer(command, customers, *to, "--retention-cost", 10)  # options: nothing published is asked for
    assert any("not kept" in warning and "cannot be used" in warning for warning in told["warnings"])
    assert command == "monitor" or len(pd.read_csv(tmp_path / "out.csv")) == 30
    assert database.read_bytes() == b"no database at all " * 99


# Refusals


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"customerID,gender\n1,Male\n", "'tenure'"), (b"%PDF-1.7 not a table", "PDF"), (None, "no file file.csv")],
)
def test_a_file_that_is_no_customer_table_is_refused_in_one_line(own_home, refused, tmp_path, content, said):
    path = tmp_path / "file.csv"
    if content is not None:
        path.write_bytes(content)
    assert said in refused("monitor", path)


def test_a_header_without_rows_and_rows_none_of_which_can_be_used_are_refused(own_home, refused, customers):
    lines = customers.read_text().splitlines()
    customers.write_text(lines[0] + "\n")
    assert "no customers" in refused("monitor", customers)
    customers.write_text("\n".join(lines))
    pd.read_csv(customers).assign(tenure="?").to_csv(customers, index=False)
    assert refused("monitor", customers).startswith("None of the 30 rows can be scored")


def test_an_impossible_campaign_is_refused(own_home, refused, customers):
    assert "Write 30 % as 0.3" in refused("monitor", customers, "--success-rate", 30)


def forget_the_reference(version: Path) -> None:
    """As versions are that were trained before it was kept with them."""
    metadata = json.loads((version / METADATA).read_text())
    for name in (SUMMARY, CHARGES):
        (version / name).unlink()
        del metadata["files"][name]
    (version / METADATA).write_text(json.dumps(metadata))


@pytest.mark.slow
def test_without_the_customers_it_was_trained_on_there_is_nothing_to_compare_with(own_home, answer, refused, run, tmp_path):
    own = tmp_path / "own.csv"
    own.write_bytes(to_csv(generate(600, seed=1, schema=TELCO))[0])
    model_id = answer("train", "--data", own)["model_id"]
    assert run("promote", model_id)[0] == 0
    assert answer("monitor", own)["verdict"]["level"] == "keep"
    copies = [path for path in (own_home / "data").rglob("*") if path.is_file() and path.read_bytes() == own.read_bytes()]
    assert copies
    for path in copies:
        path.unlink()
    assert answer("monitor", own)["verdict"]["level"] == "keep"  # what the watch needs of them is kept with the version
    forget_the_reference(own_home / "models" / model_id)
    assert "Train again with that file" in refused("monitor", own)
    told = answer("score", own, "--output", tmp_path / "out.csv")
    assert told["verdict"] is None and any("not kept for monitoring" in warning for warning in told["warnings"])
