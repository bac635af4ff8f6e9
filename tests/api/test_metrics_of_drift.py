"""/metrics tells of the last file that was scored or checked: how far each column has moved, and the verdict."""

import sqlite3

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.application.workspace import open_workspace
from churn_core.cli import main
from churn_core.data.reading.reader import read_table
from churn_core.schema.telco import TELCO
from churn_core.storage import database


@pytest.fixture
def service(own_home):
    started = Service(own_home)
    started.result = open_workspace(own_home, training="never")
    return started


@pytest.fixture
def told(service):
    """What /metrics says now: the value of each column, and the verdict."""
    client = TestClient(create_api(service), client=("127.0.0.1", 50000))

    def ask() -> tuple[dict[str, float], float | None]:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        families = {family.name: family.samples for family in text_string_to_metric_families(answer.text)}
        psi = {sample.labels["column"]: sample.value for sample in families["churn_drift_psi"]}
        return psi, next((sample.value for sample in families["churn_drift_verdict"]), None)

    return ask


@pytest.fixture
def sample(telco_path):
    return read_table(telco_path, TELCO).frame.sample(1_500, random_state=1).drop(columns="Churn")


def test_before_any_file_no_column_has_a_psi(told):
    assert told()[0] == {}


@pytest.mark.parametrize("command", ["score", "monitor"])
def test_after_a_file_each_column_has_the_psi_that_was_judged(told, service, sample, tmp_path, command):
    sample.assign(MonthlyCharges=(sample["MonthlyCharges"].astype(float) * 1.15).round(2)).to_csv(
        tmp_path / "in.csv", index=False
    )
    out = ["--output", str(tmp_path / "out.csv")] if command == "score" else []
    assert main([command, str(tmp_path / "in.csv"), *out]) == 0
    psi, verdict = told()
    judged = service.last_file().judgement
    assert psi == {row["column"]: pytest.approx(row["psi"]) for row in judged["drift"]} and len(psi) == 20
    assert psi["MonthlyCharges"] > 0.25 and (verdict, judged["verdict"]["level"]) == (1, "look")


def test_the_last_file_is_the_one_that_is_told(told, sample, tmp_path):
    verdicts = []
    for name, table in (
        ("mix.csv", sample[sample["Contract"] == "Month-to-month"]),
        ("same.csv", sample),
    ):
        table.to_csv(tmp_path / name, index=False)
        assert main(["monitor", str(tmp_path / name)]) == 0
        verdicts.append(told()[1])
    assert verdicts == [2, 0]


def test_a_database_that_cannot_be_used_leaves_the_other_numbers(told, own_home, service):
    service.basis()  # asked for once, while it could be
    for path in (own_home / "data").glob("churn.db*"):
        path.unlink()
    (own_home / "data" / "churn.db").write_bytes(b"no database at all " * 99)
    assert told()[0] == {}


def test_what_moved_is_told_while_somebody_writes(own_home, service, told, sample, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY", 0.1)  # seconds; whoever waits for the writer finds nothing
    sample.to_csv(tmp_path / "same.csv", index=False)
    assert main(["monitor", str(tmp_path / "same.csv")]) == 0
    writer = sqlite3.connect(own_home / "data" / "churn.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        psi, verdict = told()
    finally:
        writer.close()
    assert len(psi) == 20 and verdict == 0
