"""The other kinds of files that ``score`` reads and writes: Parquet, Excel, gzip, and summaries."""

import gzip

import pandas as pd
import pytest

from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.schema.telco import TELCO

CHARGE, CONTRACT = TELCO.monthly_charge, "Contract"


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_parquet_and_excel_hold_what_csv_holds(own_home, answer, customers, tmp_path, kind):
    answer("score", customers, "--output", tmp_path / "out.csv")
    told = answer("score", customers, "--output", tmp_path / f"out.{kind}")
    read = {"parquet": pd.read_parquet, "xlsx": pd.read_excel}[kind](tmp_path / f"out.{kind}")
    by_csv = pd.read_csv(tmp_path / "out.csv")
    assert list(read) == list(by_csv) and len(read) == told["scored"] == 30
    for name in DECISION_COLUMNS:
        if name.startswith("reason"):
            assert read[name].fillna("").tolist() == by_csv[name].fillna("").tolist()
        else:
            assert read[name].astype(float).to_numpy() == pytest.approx(by_csv[name].astype(float).to_numpy(), rel=1e-12)


def test_a_file_in_gzip_is_scored_as_the_file_in_it(own_home, answer, customers, tmp_path):
    packed = tmp_path / "customers.csv.gz"
    packed.write_bytes(gzip.compress(customers.read_bytes()))
    for path, out in ((customers, "plain.csv"), (packed, "packed.csv")):
        assert answer("score", path, "--output", tmp_path / out)["scored"] == 30
    assert (tmp_path / "plain.csv").read_bytes() == (tmp_path / "packed.csv").read_bytes()


def test_a_summary_finds_the_threshold_that_the_scored_file_does(own_home, answer, written, sample, tmp_path):
    told = answer("score", written(sample), "--output", tmp_path / "out.csv", "--summary", tmp_path / "out.summary")
    assert told["summary"] == str(tmp_path / "out.summary")
    for options in ((), ("--retention-cost", 60), ("--retention-cost", 60, "--budget", 9_000)):
        by_summary = answer("optimise", tmp_path / "out.summary", *options)
        by_file = answer("optimise", tmp_path / "out.csv", *options)
        assert by_summary["customers"] == by_file["customers"] == len(sample) - told["left"] < len(sample)
        low, exact = by_summary["threshold"]["expected_profit"], by_file["threshold"]["expected_profit"]
        assert 0.99 * exact <= low <= exact + 1e-6 <= by_summary["threshold"]["upper_bound"] + 2e-6


def test_a_summary_holds_no_outcomes_so_how_sure_is_refused(own_home, answer, refused, customers, tmp_path):
    answer("score", customers, "--output", tmp_path / "out.csv", "--summary", tmp_path / "out.summary")
    assert "a summary holds no outcomes" in refused("optimise", tmp_path / "out.summary", "--how-sure")


def test_a_summary_that_is_damaged_is_refused(own_home, answer, refused, customers, tmp_path):
    path = tmp_path / "out.summary"
    answer("score", customers, "--output", tmp_path / "out.csv", "--summary", path)
    path.write_bytes(path.read_bytes()[:-40])
    assert refused("optimise", path)


def test_a_summary_that_cannot_be_written_leaves_no_output(own_home, refused, customers, tmp_path):
    (tmp_path / "folder").mkdir()
    refused("score", customers, "--output", tmp_path / "out.csv", "--summary", tmp_path / "folder")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("engine", ["local", "spark"])
@pytest.mark.parametrize("over", ["customers.csv", "out.csv"])
def test_a_summary_is_never_written_over_another_file(own_home, no_spark, refused, customers, tmp_path, engine, over):
    before = customers.read_bytes()
    said = refused("score", customers, "--output", tmp_path / "out.csv", "--summary", tmp_path / over, "--engine", engine)
    assert "different files" in said and customers.read_bytes() == before and not (tmp_path / "out.csv").exists()
