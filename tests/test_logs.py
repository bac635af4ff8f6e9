"""The log: one JSON line for each record whatever is in it, and never in the way of what is logged."""

import errno
import json
import logging
import os
import shutil
import stat
import subprocess
import tempfile
import threading
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core import logs
from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Using `httpx`")
    from starlette.testclient import TestClient

log = logging.getLogger("churn_core.tests")
PATIENCE = 60  # seconds until what does not finish fails the test; never waited for otherwise
OURS = (logs._Json, logs._Readable)
OWN = {"at", "level", "logger", "message"}


@pytest.fixture(autouse=True)
def as_before():
    """Whatever log was set up before is there again afterwards."""
    logger = logging.getLogger("churn_core")
    before = logs._file, list(logger.handlers), logger.level, logger.propagate
    logs._file, logger.handlers = None, []
    yield
    if logs._file is not None:
        logs._file.close()
    logs._file, logger.handlers, logger.level, logger.propagate = before


@pytest.fixture
def home(tmp_path):
    logs.set_up(tmp_path, console=False)
    return tmp_path


def log_file() -> Path:
    return logs._file.folder / logs.FILE


def strict(constant: str):
    raise AssertionError(f"{constant} is no JSON")


def lines(path=None) -> list[dict]:
    content = (path or log_file()).read_bytes()
    assert content == b"" or content.endswith(b"\n")
    return [json.loads(line, parse_constant=strict) for line in content.splitlines()]


def all_lines() -> list[dict]:
    """Of the file and those put aside, oldest first."""
    aside = sorted(log_file().parent.glob(f"{logs.FILE}.*"), key=lambda path: -int(path.suffix[1:]))
    return [line for path in (*aside, log_file()) for line in lines(path)]


# One line each

texts = st.text(st.characters(), max_size=30) | st.sampled_from(
    ['\n{"level": "ERROR"}\n', "\r\n", "\x00\x1b[31m", "\u2028\u2029\x85", "\ud83d", '"', "\\", "x" * 100_000, "%s %(x)d %"]
)
numbers = st.integers() | st.floats() | st.sampled_from([10**4000, float("nan"), float("inf")])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts | st.binary(max_size=5) | st.builds(object) | st.builds(set),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.integers() | st.tuples(), inner, max_size=3),
    max_leaves=6,
)
names = st.text("abcdefgh", min_size=1, max_size=4).map("field_".__add__)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.dictionaries(names, anything, max_size=3), st.sampled_from([logging.INFO, logging.WARNING, logging.ERROR]))
def test_whatever_is_in_a_record_it_is_one_line_of_json(home, message, fields, level):
    if log_file().exists():
        log_file().unlink()
        logs._file.close()
    log.log(level, message, extra=fields)
    assert logs.trouble() == ""
    (line,) = lines()
    assert line["message"] == message and line["level"] == logging.getLevelName(level) and set(line) == OWN | set(fields)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=5))
def test_a_text_cannot_forge_a_line(home, said):
    before = len(lines()) if log_file().exists() else 0
    for text in said:
        log.info("Said.", extra={"text": text})
    assert [line["text"] for line in lines()[before:]] == said and not log_file().read_bytes().strip(b"\n").count(b"\n\n")


def test_what_is_plain_is_kept_as_it_is(home):
    told = {"threshold": 0.35, "customers": 12, "model_id": "a-b", "none": None, "yes": True, "steps": ["a", {"b": 1}]}
    log.info("Model %s is in use.", "a-b", extra=told)
    (line,) = lines()
    assert {name: line[name] for name in told} == told and line["message"] == "Model a-b is in use."
    assert line["at"].endswith("+00:00") and line["logger"] == "churn_core.tests"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), [float("nan")], {"a": float("inf")}], ids=repr)
def test_what_is_no_number_does_not_make_a_line_that_other_programs_cannot_read(home, value):
    log.info("Model in use.", extra={"expected_roi": value})
    assert "expected_roi" in lines()[0]


def test_what_cannot_be_written_as_json_is_written_as_something_else(home):
    endless = []
    endless.append(endless)

    class Mute:
        def __str__(self):
            raise RuntimeError("no words")

    log.info("Odd.", extra={"endless": endless, "pair": {(1, 2): 3}, "mute": Mute(), "huge": 10**5000, "good": 1})
    (line,) = lines()
    assert line["good"] == 1 and set(line) == OWN | {"endless", "pair", "mute", "huge", "good"} and logs.trouble() == ""


def test_a_message_whose_values_do_not_fit_is_a_line_all_the_same(home):
    logs._file.handle(log.makeRecord(log.name, logging.INFO, "x.py", 1, "%d customers", ("many",), None))
    assert len(lines()) == 1 and logs.trouble() == ""


def test_an_exception_is_in_the_same_line(home):
    try:
        raise ValueError("line one\nline two")
    except ValueError:
        log.exception("A request failed.", extra={"path": "/predict"})
    (line,) = lines()
    assert "ValueError: line one\nline two" in line["exception"] and line["level"] == "ERROR"


def test_a_field_cannot_pass_for_the_time_the_level_or_the_logger(home):
    log.warning("Real.", extra={"level": "INFO", "at": "1970", "logger": "root"})
    (line,) = lines()
    assert (line["level"], line["logger"], line["at"][:2]) == ("WARNING", "churn_core.tests", "20")


def test_lines_of_many_threads_are_whole(home):
    def write(name: int) -> None:
        for n in range(50):
            log.info("x" * 3000, extra={"writer": name, "n": n})

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted((line["writer"], line["n"]) for line in lines()) == [(name, n) for name in range(6) for n in range(50)]


# The file


@pytest.mark.parametrize("mask", [0o022, 0])
def test_the_group_may_read_it_and_nobody_else(tmp_path, mask, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 300)
    before = os.umask(mask)
    try:
        logs.set_up(tmp_path, console=False)
        for n in range(5):
            log.info("Hello.", extra={"n": n})
    finally:
        os.umask(before)
    found = list((tmp_path / "data" / "logs").iterdir())
    assert len(found) > 1 and {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o640}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=10))
def test_rotation_keeps_every_line_in_order_and_no_file_beyond_the_limit(tmp_path, sizes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "_MOST_BYTES", 1200)
        logs.set_up(tmp_path / str(len(list(tmp_path.iterdir()))), console=False)
        for n, size in enumerate(sizes):
            log.info("x" * size, extra={"n": n})
    assert [line["n"] for line in all_lines()] == list(range(len(sizes)))
    assert all(path.stat().st_size <= 1200 for path in log_file().parent.iterdir())


def test_a_line_longer_than_a_file_may_be_is_kept_and_puts_nothing_empty_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 500)
    logs.set_up(tmp_path, console=False)
    for n in range(5):
        log.info("x" * 1000, extra={"n": n})
    assert [line["n"] for line in all_lines()] == list(range(5))


def test_only_so_many_files_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 500)
    logs.set_up(tmp_path, console=False)
    for n in range(60):
        log.info("x" * 300, extra={"n": n})
    assert [line["n"] for line in all_lines()] == list(range(54, 60))  # the file and five put aside, a line each


def test_programs_that_each_write_one_line_do_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 500)
    for n in range(6):
        logs.set_up(tmp_path / "other", console=False)
        logs.set_up(tmp_path, console=False)  # opened anew, as by another process
        log.info("x" * 150, extra={"n": n})
    assert log_file().stat().st_size <= 500 and [line["n"] for line in all_lines()] == list(range(6))


def test_an_older_log_is_continued(home):
    log.info("One.")
    logs.set_up(home / "elsewhere", console=False)
    log.info("Two.")
    logs.set_up(home, console=False)
    log.info("Three.")
    assert [line["message"] for line in lines()] == ["One.", "Three."]
    assert [line["message"] for line in lines(home / "elsewhere" / "data" / "logs" / logs.FILE)] == ["Two."]


def test_set_up_twice_writes_each_line_once(tmp_path):
    for home in (tmp_path, tmp_path, tmp_path / "other", tmp_path):
        logs.set_up(home)
    log.warning("Once.")
    ours = [handler for handler in logging.getLogger("churn_core").handlers if isinstance(handler.formatter, OURS)]
    assert len(lines()) == 1 and len(ours) == 2


def test_nothing_is_made_before_there_is_something_to_log(home):
    assert list(home.iterdir()) == [] and logs.trouble() == ""


# The console


def test_the_console_reads_one_line_without_anything_unprintable(tmp_path, capsys):
    logs.set_up(tmp_path)
    log.info("Hello\n12:00:00 ERROR   Forged.\x1b[31m", extra={"why": "a\nb\x00"})
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and told[:-1].isprintable() and "why=a b" in told


def test_answers_are_on_the_console_only_where_the_service_is_to_blame(tmp_path, capsys):
    logs.set_up(tmp_path)
    log.info("Answered.", extra={"milliseconds": 1})
    log.warning("Answered.", extra={"milliseconds": 1, "status": 503})
    assert capsys.readouterr().err.count("Answered.") == 1 and len(lines()) == 2


# Where it cannot be written


def in_the_way(home, what: str) -> None:
    path = {"the folder": home / "data" / "logs", "its parent": home / "data", "the file": home / "data" / "logs" / logs.FILE}[
        what
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir() if what == "the file" else path.write_text("in the way")


@pytest.mark.parametrize("what", ["the folder", "its parent", "the file"])
def test_where_something_is_in_the_way_nothing_fails_and_it_is_said_why_until_it_is_gone(home, what, capsys):
    in_the_way(home, what)
    for _ in range(3):
        log.info("Lost.")
        assert logs.trouble().startswith("The log cannot be written (") and str(home) not in logs.trouble()
    shutil.rmtree(home / "data", ignore_errors=True)
    (home / "data").unlink(missing_ok=True)
    log.info("Kept.")
    assert logs.trouble() == "" and [line["message"] for line in lines()] == ["Kept."]
    assert capsys.readouterr().err == ""


def _mount(home) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(home)]
    return shutil.which("mount") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _can_mount() -> bool:
    with tempfile.TemporaryDirectory() as home:
        return _mount(home) and subprocess.run(["umount", home], check=True).returncode == 0


def where_disks_can_be_mounted(test):
    """A test that is there only where this machine mounts file systems for us; the other tests of a full disk are everywhere."""
    return test if _can_mount() else None


@pytest.fixture
def small_disk(tmp_path):
    """A home on a disk of 64 KiB."""
    home = tmp_path / "small"
    home.mkdir()
    assert _mount(home)
    yield home
    logs.set_up(tmp_path / "elsewhere", console=False)
    subprocess.run(["umount", home], check=True)


@where_disks_can_be_mounted
def test_on_a_full_disk_nothing_fails_and_once_there_is_room_lines_are_whole_again(small_disk):
    logs.set_up(small_disk, console=False)
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 40_000)
    n = 0
    while not logs.trouble():
        log.info("x" * 700, extra={"n": n})
        n += 1
        assert n < 1000
    assert logs.trouble() == "The log cannot be written (No space left on device)." or "OSError" in logs.trouble()
    for _ in range(3):
        log.info("x" * 700, extra={"n": -1})
        assert logs.trouble()
    filler.unlink()
    log.info("Room.", extra={"n": n})
    assert logs.trouble() == ""
    whole = []
    for line in log_file().read_bytes().splitlines():
        try:
            whole.append(json.loads(line)["n"])
        except ValueError:  # the one that was cut off
            continue
    assert whole == [*range(n - 1), n] and log_file().read_bytes().endswith(b"\n")


class Full:
    """A file on a disk that is full, or takes a part of a line."""

    def __init__(self, file, takes: int | None) -> None:
        self._file, self._takes = file, takes

    def write(self, content: bytes) -> int:
        if self._takes is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(content[: self._takes])

    def close(self) -> None:
        self._file.close()


@pytest.mark.parametrize("takes", [None, 0, 10])
def test_a_line_that_found_no_room_does_not_spoil_the_next(home, takes):
    log.info("One.")
    logs._file.raw = Full(logs._file.raw, takes)
    log.info("Two.")
    assert logs.trouble().startswith("The log cannot be written (") and "/" not in logs.trouble()
    log.info("Three.")
    log.info("Four.")
    assert logs.trouble() == ""
    content = log_file().read_bytes().splitlines()
    whole = [line for line in content if line.endswith(b"}")]
    assert [json.loads(line)["message"] for line in whole] == ["One.", "Three.", "Four."] and len(content) <= 4


def test_a_rotation_that_fails_costs_at_most_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 300)
    logs.set_up(tmp_path, console=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(PermissionError(errno.EACCES, "Permission denied")))
        for n in range(6):
            log.info("x" * 100, extra={"n": n})
        assert "Permission denied" in logs.trouble() or logs.trouble() == ""
    for n in range(6, 10):
        log.info("x" * 100, extra={"n": n})
    assert logs.trouble() == "" and [line["n"] for line in all_lines()][-4:] == [6, 7, 8, 9]


# What is never in it


SECRETS = ("7590-VHVEG", "4321.09", "98765.43", "s3cret-t0ken", "wr0ng-t0ken", "Because Ada said so")


@pytest.fixture(scope="module")
def service(workspace, tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("service_home"))
    service.result = workspace
    service.finished.set()
    yield service
    service.store.close()


def test_no_customer_no_charge_no_token_and_no_reason_is_in_the_log_whatever_is_answered(home, service, monkeypatch):
    monkeypatch.setenv("CHURN_API_TOKEN", "s3cret-t0ken")
    customer = generate(1, seed=1, schema=TELCO).drop(columns=TELCO.target).iloc[0].to_dict()
    customer = {**customer, TELCO.id: "7590-VHVEG", TELCO.monthly_charge: 4321.09, "TotalCharges": "98765.43"}
    bad = {**customer, "Contract": "7590-VHVEG", TELCO.tenure: 98765.43}
    client = TestClient(create_api(service), raise_server_exceptions=False)
    statuses = [
        client.post("/predict", json=customer).status_code,
        client.post("/predict", json=bad).status_code,
        client.post("/predict", content=b'{"customerID": "7590-VHVEG", "customerID": "4321.09"}').status_code,
        client.post("/predict", json={**customer, "7590-VHVEG": {}}).status_code,
        client.post("/predict_batch", json={"customers": [customer, bad]}).status_code,
        client.post("/predict_batch", json={"customers": [bad]}).status_code,
        client.get("/7590-VHVEG?token=s3cret-t0ken").status_code,
        client.get("/predict?customerID=7590-VHVEG").status_code,
    ]
    for token in ("wr0ng-t0ken", "s3cret-t0ken"):
        update = {"threshold": 0.25, "reason": "Because Ada said so"}
        statuses.append(client.post("/update_threshold", json=update, headers={"Authorization": f"Bearer {token}"}).status_code)
    assert statuses == [200, 400, 400, 200, 200, 400, 404, 405, 401, 200]
    content = log_file().read_text()
    assert not [secret for secret in SECRETS if secret in content]
    answered = [line for line in lines() if line["message"] == "Answered."]
    assert [line["status"] for line in answered] == [200, 400, 400, 200, 200, 400, 401, 200]
    assert all(line["path"] in ("/predict", "/predict_batch", "/update_threshold") for line in answered)
    assert any(line["message"] == "Threshold changed." and line["threshold"] == 0.25 for line in lines())


def test_a_log_that_cannot_be_written_fails_no_prediction_and_health_says_so_until_it_can(home, service):
    (home / "data").write_text("in the way")
    client = TestClient(create_api(service), raise_server_exceptions=False)
    customer = generate(1, seed=1, schema=TELCO).drop(columns=TELCO.target).iloc[0].to_dict()
    assert client.post("/predict", json=customer).status_code == 200
    said = client.get("/health").json()
    assert said["status"] == "degraded" and said["problems"] == [logs.trouble()] and str(home) not in str(said)
    (home / "data").unlink()
    assert client.post("/predict", json=customer).status_code == 200
    assert client.get("/health").json()["status"] == "healthy"
