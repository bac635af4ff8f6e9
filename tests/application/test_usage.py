"""What the service answered, from its own log: nothing is counted twice, nothing that is no line of it stops the reading."""

import json
import logging
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core import logs
from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.application.usage import service_record
from tests.logs.conftest import as_before  # noqa: F401  the log as it was before

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Using `httpx`")
    from starlette.testclient import TestClient

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
answers = st.tuples(
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.sampled_from([200, 204, 400, 401, 404, 413, 499, 500, 503]),
    st.floats(0, 5_000),
    st.integers(0, 10_000),
)


def line(ago: timedelta = timedelta(0), status: int = 200, milliseconds: float = 1.0, customers: int | None = 1) -> str:
    told = {} if customers is None else {"customers": customers}
    at = (NOW - ago).isoformat(timespec="milliseconds")
    return json.dumps({"at": at, "message": "Answered.", "status": status, "milliseconds": milliseconds, **told}) + "\n"


def record(folder, *parts: str, now: datetime = NOW):
    """Of these log files: the first is the one that is written, the others were put aside."""
    for k, text in enumerate(parts):
        (folder / (logs.FILE + (f".{k}" if k else ""))).write_text(text)
    return service_record(folder, now=now)


# What is counted


@given(st.lists(answers, max_size=30), st.integers(1, 3))
def test_every_answer_of_the_last_seven_days_is_counted_once_in_its_hour(tmp_path_factory, told, files):
    parts = ["".join(line(*each) for each in told[k::files]) for k in range(files)]
    of = record(tmp_path_factory.mktemp("logs"), *parts)
    kept = [each for each in told if NOW - each[0].__class__(0) - each[0] >= NOW - timedelta(days=7, milliseconds=-1)]
    status = np.array([each[1] for each in kept])
    assert of.requests == len(kept) and of.customers == sum(each[3] for each in kept)
    assert of.refused == sum(400 <= s < 500 for s in status) and of.errors == sum(s >= 500 for s in status)
    hours = of.hours
    assert hours["hour"].is_monotonic_increasing and hours["hour"].is_unique and (hours["requests"] > 0).all()
    for name in ("requests", "customers", "refused", "errors"):
        assert hours[name].sum() == getattr(of, name)
    assert set(hours["hour"]) == {(NOW - each[0]).replace(minute=0, second=0, microsecond=0) for each in kept}


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=30))
def test_half_of_the_answers_are_within_the_median_and_19_of_20_within_the_other(tmp_path_factory, milliseconds):
    of = record(tmp_path_factory.mktemp("logs"), "".join(line(milliseconds=each) for each in milliseconds))
    assert of.median_ms == np.median(milliseconds) and of.p95_ms == np.quantile(milliseconds, 0.95)
    assert of.hours[["median_ms", "p95_ms"]].to_numpy().tolist() == [[of.median_ms, of.p95_ms]]


def test_what_is_older_than_seven_days_is_not_counted_and_since_tells_of_it(tmp_path):
    of = record(tmp_path, line(timedelta(days=6, hours=23)) + line(timedelta(days=7, seconds=1)))
    assert of.requests == 1 and of.since == NOW - timedelta(days=7, seconds=1)


def test_without_a_log_there_is_nothing(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        of = service_record(folder)
        assert (of.requests, of.customers, of.since, len(of.hours)) == (0, 0, None, 0) and np.isnan(of.median_ms)


def test_lines_that_are_no_answers_are_not_counted_but_tell_since_when(tmp_path):
    news = json.dumps({"at": (NOW - timedelta(hours=2)).isoformat(), "message": "Model in use."}) + "\n"
    of = record(tmp_path, news + line(customers=None))
    assert (of.requests, of.customers, of.since) == (1, 0, NOW - timedelta(hours=2))


# What is damaged or foreign

DAMAGED = {
    "cut off": '{"at": "2026-05-04T12:00:00+00:00", "stat',
    "not JSON": "Traceback (most recent call last):",
    "no object": "5",
    "a list": "[]",
    "nothing": "",
    "NUL": "\x00\x00\x00",
    "no time": '{"status": 200, "milliseconds": 1}',
    "a number for a time": '{"at": 5, "status": 200, "milliseconds": 1}',
    "a word for a time": '{"at": "yesterday", "status": 200, "milliseconds": 1}',
    "a time without a zone": '{"at": "2026-05-04T12:00:00", "status": 200, "milliseconds": 1}',
    "no status": '{"at": "2026-05-04T12:00:00+00:00", "milliseconds": 1}',
    "a word for a status": '{"at": "2026-05-04T12:00:00+00:00", "status": "OK", "milliseconds": 1}',
    "an endless status": '{"at": "2026-05-04T12:00:00+00:00", "status": Infinity, "milliseconds": 1}',
    "an endless count": '{"at": "2026-05-04T12:00:00+00:00", "status": 200, "milliseconds": 1, "customers": 1e999}',
    "a list of customers": '{"at": "2026-05-04T12:00:00+00:00", "status": 200, "milliseconds": 1, "customers": [1]}',
    "too deep": "[" * 100_000,
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_line_that_cannot_be_read_is_passed_over_and_the_others_are_not(tmp_path, what):
    of = record(tmp_path, line(customers=2) + DAMAGED[what] + "\n" + line(customers=3))
    assert (of.requests, of.customers) == (2, 5)


def test_bytes_that_are_no_text_do_not_stop_the_reading(tmp_path):
    (tmp_path / logs.FILE).write_bytes(line().encode() + b"\xff\xfe\x00 \x80\n" + line().encode())
    assert service_record(tmp_path, now=NOW).requests == 2


def test_what_else_lies_in_the_folder_is_not_read(tmp_path):
    (tmp_path / "other.jsonl").write_text(line())
    (tmp_path / (logs.FILE + ".old")).mkdir()
    assert record(tmp_path, line()).requests == 1


# The lines of the service itself


def test_the_lines_that_the_api_writes_are_those_that_are_read(tmp_path, workspace, as_before):  # noqa: F811
    logs.set_up(tmp_path, console=False)
    service = Service(tmp_path)
    service.result = workspace
    api = TestClient(create_api(service), client=("127.0.0.1", 50000))
    customer = {name: value for name, value in workspace.customers.astype(object).iloc[0].items() if name != "Churn"}
    answered = [api.post("/predict", json=customer), api.post("/predict_batch", json={"customers": [customer] * 3})]
    refused = [api.post("/predict", json={}), api.post("/predict", content=b"{")]
    assert [each.status_code for each in answered] == [200, 200] and all(400 <= each.status_code < 500 for each in refused)
    of = service_record(tmp_path / "data" / "logs")
    assert (of.requests, of.customers, of.refused, of.errors) == (4, 4, 2, 0)
    assert of.since is not None and 0 < of.median_ms <= of.p95_ms


def test_lines_that_were_put_aside_are_counted_too(tmp_path, monkeypatch, as_before):  # noqa: F811
    monkeypatch.setattr(logs, "_MOST_BYTES", 1_000)
    logs.set_up(tmp_path, console=False)
    for _ in range(20):
        logging.getLogger("churn_core.tests").info("Answered.", extra={"status": 200, "milliseconds": 1.5, "customers": 2})
    folder = tmp_path / "data" / "logs"
    assert len(list(folder.iterdir())) > 1
    of = service_record(folder)
    assert (of.requests, of.customers) == (20, 40)
