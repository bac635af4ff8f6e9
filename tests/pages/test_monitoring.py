"""The Monitoring page: is it still right? Nothing yet, a file that was scored, a file to check, a database that is broken."""

import numpy as np
import pandas as pd
import pytest

from churn_core.cli import main
from churn_core.data.reading.reader import read_table
from churn_core.errors import ModelError
from churn_core.schema.telco import TELCO
from churn_core.storage.files_seen import ScoredFiles
from churn_core.storage.store import open_store
from pages.parts.monitoring.history import what_moved
from tests.pages.conftest import figure, metrics, numbers, text, unescaped

CHARGE = "MonthlyCharges"


@pytest.fixture(scope="module")
def sample(telco_path) -> pd.DataFrame:
    return read_table(telco_path, TELCO).frame.sample(1_500, random_state=1)


@pytest.fixture
def files(tmp_path, sample):
    """Writes customers as they are, or dearer, or with outcomes that nobody expected."""

    def write(what: str):
        table = sample.drop(columns="Churn")
        if what == "dearer":
            table[CHARGE] = (table[CHARGE].astype(float) * 1.15).round(2).astype(str)
        if what == "left":
            table["Churn"] = np.where(np.arange(len(table)) % 2, "Yes", "No")
        path = tmp_path / f"{what}.csv"
        table.to_csv(path, index=False)
        return path

    return write


@pytest.fixture
def monitored(own_home, monkeypatch, capsys):
    """Has the command line look at a file."""
    monkeypatch.setenv("CHURN_HOME", str(own_home))

    def run(path, *more) -> None:
        assert main([*(more or ("monitor",)), str(path)]) == 0

    return run


def headline(at) -> str:
    return unescaped(at.title[0].value)


def checked(open_own, path):
    at = open_own("monitoring")
    at.file_uploader(key="check_upload").upload(path.name, path.read_bytes()).run()
    assert not at.exception
    return at


def records(home):
    opened = open_store(home)
    try:
        return ScoredFiles(opened).latest()
    finally:
        opened.close()


def test_before_any_file_the_page_says_so_and_what_to_do_next(open_own):
    at = open_own("monitoring")
    assert not at.exception and not at.error
    assert "Nothing has been checked yet" in headline(at) and "Drop a file" in text(at)
    assert "No file yet" in text(at) and not metrics(at)


def test_after_a_file_the_headline_is_its_verdict_with_the_file_the_time_and_who(own_home, open_own, monitored, files):
    monitored(files("same"))
    record = records(own_home)[0]
    at = open_own("monitoring")
    assert headline(at).replace("\xa0", " ") == record.sentence and headline(at).startswith("Keep the model")
    told = unescaped(text(at))
    assert "same.csv" in told and f"{record.at:%Y-%m-%d %H:%M} UTC" in told and "command line" in told
    assert "1,500 customers beside the 7,043" in told


def test_a_file_scored_on_the_page_customers_is_the_latest_here(open_own, files):
    at = open_own("customers")
    at.file_uploader(key="upload").upload("june.csv", files("same").read_bytes()).run()
    assert not at.exception and not at.error
    at.switch_page("monitoring.py").run()
    assert headline(at).startswith("Keep the model") and "june.csv" in unescaped(text(at))
    table = next(frame.value for frame in at.dataframe if "expected_profit" in frame.value)
    assert table["what"].tolist() == ["scored"] and table["rows"].tolist() == [1_500]


def test_the_drift_is_drawn_as_it_was_judged_the_farthest_on_top(own_home, open_own, monitored, files):
    monitored(files("dearer"))
    judged = pd.DataFrame(records(own_home)[0].judgement["drift"]).sort_values("psi", ascending=False)
    at = open_own("monitoring")
    bars = figure(at, "drift")["data"][0]
    assert list(bars["y"])[0] == "Monthly charge" and numbers(bars["x"])[0] == judged["psi"].iloc[0]
    assert headline(at).startswith("Look at Monthly charge")
    assert any("Monthly charge has moved most" in each.value for each in at.markdown)


def test_the_column_that_moved_most_is_the_farthest_of_those_beyond_what_chance_gives():
    rows = {"label": ["City", "Charge", "Plan"], "psi": [0.5, 0.10, 0.02], "psi_by_chance": [0.9, 0.05, 0.01]}
    table = pd.DataFrame({**rows, "level": ["small", "look", "small"]})
    assert what_moved(table).startswith("Charge has moved most")
    assert what_moved(table.head(1)) == "City has moved a little, within the PSI that chance alone gives"


def test_where_nothing_moved_the_chart_does_not_say_that_something_did(open_own, monitored, files):
    monitored(files("same"))
    assert "has moved most" not in text(open_own("monitoring"))


def test_the_money_is_that_of_the_judgement(own_home, open_own, monitored, files):
    monitored(files("dearer"))
    money = records(own_home)[0].judgement["money"]
    shown = dict(metrics(open_own("monitoring")).items())
    for label, name in (("Today's threshold", "profit_per_1000"), ("Best for this file", "best_profit_per_1000")):
        (value,) = [value for each, value in shown.items() if each.startswith(label)]
        assert float(value.strip("$").replace(",", "")) == pytest.approx(money[name], rel=0.005)


def test_outcomes_that_are_known_are_told(open_own, monitored, files):
    monitored(files("left"))
    at = open_own("monitoring")
    assert headline(at).startswith("Retrain: 50.0% of 1,500 customers left")
    assert "has no outcomes" not in text(at)


def test_a_number_and_its_per_cent_stay_on_one_line_of_the_headline(open_own, monitored, files):
    monitored(files("left"))
    assert " %" not in headline(open_own("monitoring"))


def test_without_outcomes_the_page_asks_for_them(open_own, monitored, files):
    monitored(files("same"))
    assert "has no outcomes" in text(open_own("monitoring"))


# A file that is dropped here


def test_a_dropped_file_is_judged_and_joins_the_history(own_home, open_own, files):
    at = checked(open_own, files("dearer"))
    assert headline(at).startswith("Look at Monthly charge") and not at.error
    (record,) = records(own_home)
    assert (record.what, record.name, record.rows) == ("checked", "dearer.csv", 1_500)


def test_a_dropped_file_is_kept_once_however_often_the_page_is_drawn(own_home, open_own, files):
    at = checked(open_own, files("same"))
    at.run()
    at.run()
    assert len(records(own_home)) == 1


def test_what_was_found_in_a_dropped_file_is_shown_with_the_rows_that_cannot_be_used(open_own, files):
    path = files("same")
    damaged = pd.read_csv(path, dtype=str)
    damaged.loc[3, "tenure"] = "long"
    damaged.to_csv(path, index=False)
    at = checked(open_own, path)
    rejects = next(frame.value for frame in at.dataframe if "problem" in frame.value)
    assert rejects["row"].tolist() == [5] and "long" in rejects["problem"][0]
    assert "Quality of the file above" in text(at)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"customerID,gender\n1,Male\n", "'tenure'"), (b"%PDF-1.7 not a table", "PDF"), (b"a,b\n", "'tenure'")],
)
def test_a_damaged_upload_is_one_sentence_and_the_rest_of_the_page_goes_on(own_home, open_own, tmp_path, content, said):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    at = checked(open_own, path)
    assert len(at.error) == 1 and said in unescaped(at.error[0].value)
    assert "Nothing has been checked yet" in headline(at) and len(at.tabs) >= 3
    assert records(own_home) == []


# The tabs


def test_the_files_are_listed_newest_first_with_their_verdicts(open_own, monitored, files):
    monitored(files("same"))
    monitored(files("dearer"))
    at = open_own("monitoring")
    table = next(frame.value for frame in at.dataframe if "sentence" in frame.value)
    assert table["name"].tolist() == ["dearer.csv", "same.csv"] and table["level"].tolist() == ["look", "keep"]
    assert "1 of the last 2 files raised an alarm" in text(at)
    points = figure(at, "files_psi")["data"][0]
    assert len(numbers(points["y"])) == 2 and numbers(points["y"])[1] > numbers(points["y"])[0]


def test_thresholds_and_versions_are_listed(own_home, open_own, monkeypatch):
    monkeypatch.setenv("CHURN_HOME", str(own_home))
    opened = open_store(own_home)
    opened.publish(0.35, who="Ada", reason="spring")
    opened.close()
    at = open_own("monitoring")
    tables = {tuple(frame.value.columns): frame.value for frame in at.dataframe}
    history = next(table for names, table in tables.items() if "published_by" in names)
    assert history["threshold"].tolist() == [0.35] and history["reason"].tolist() == ["spring"]
    assert any("model_id" in names and "what" in names for names in tables)


def test_without_a_published_threshold_the_page_says_what_is_gone_by(open_own):
    assert "No threshold has been published yet" in text(open_own("monitoring"))


def test_a_version_that_scored_nothing_yet_does_not_take_over_the_verdict_of_another(own_home, open_own, monitored, files):
    opened = open_store(own_home)
    monitored(files("dearer"))
    (record,) = records(own_home)
    facts = {name: value for name, value in vars(record).items() if name not in ("at", "model_id")}
    ScoredFiles(opened).add(**facts, model_id="another", profile=ScoredFiles(opened).profiles(record.model_id)[0])
    opened.close()
    at = open_own("monitoring")
    table = next(frame.value for frame in at.dataframe if "sentence" in frame.value)
    assert table["model_id"].tolist() == ["another", record.model_id]
    assert "The verdict on dearer.csv, checked" in unescaped(text(at)) and "files raised an alarm" not in text(at)


# What is broken


def test_a_database_that_cannot_be_used_is_said_and_nothing_breaks(own_home, open_own):
    for path in (own_home / "data").glob("churn.db*"):
        path.unlink()
    (own_home / "data" / "churn.db").write_bytes(b"no database at all " * 99)
    at = open_own("monitoring")
    assert not at.exception and any("cannot be used" in unescaped(error.value) for error in at.error)


def test_where_only_the_customers_are_gone_the_history_is_still_shown(own_home, open_own, monitored, files, monkeypatch):
    monitored(files("same"))
    monkeypatch.setattr("pages.parts.watching.Watch", _nothing_at_hand)
    at = open_own("monitoring")
    assert not at.exception and headline(at).startswith("Keep the model")


def _nothing_at_hand(*args, **options):
    raise ModelError("They are gone.")
