"""``serve --workers N``: several processes on one port that decide as one, each of which may end without the service ending."""

import json
import os
import shutil
import signal
import sys
from contextlib import contextmanager, suppress

import pytest

from churn_core.api.middleware import Allowance
from churn_core.cli import main
from churn_core.errors import RequestError
from churn_core.model.registry import Registry

from .conftest import TO_START, Server, answer_on, head, is_dropped, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="processes share a port on Linux and macOS"),
]


@pytest.fixture
def served(start):
    return with_workers(start)


@pytest.fixture(scope="module")
def shared(workspace_home, tmp_path_factory):
    """One for all tests that do not stop it."""
    server = Server(shutil.copytree(workspace_home, tmp_path_factory.mktemp("workers") / "home"), options=("--workers", "2"))
    try:
        yield with_workers(lambda options: server.ready())
    finally:
        server.stop()


def with_workers(start):
    """Two workers, both ready."""
    server = start(options=("--workers", "2"))
    until(lambda: len(told(server, "Model in use.")) == 2, "two workers with a version", TO_START)
    return server


def told(server, message: str) -> list[dict]:
    """The lines of the log with this message."""
    lines = (server.home / "data/logs/churn.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["message"] == message]


def workers(server) -> list[int]:
    """Process ids of those that run, in the order in which they were started."""
    ended = {line["pid"] for line in told(server, "A worker ended. Another takes its place.")}
    return [line["pid"] for line in told(server, "A worker was started.") if line["pid"] not in ended]


@contextmanager
def alone(server, pid: int):
    """While all workers but one are halted, whoever connects is answered by that one."""
    others = [each for each in workers(server) if each != pid]
    for each in others:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGSTOP)
    try:
        yield server
    finally:
        for each in others:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)


def counted(server, name: str) -> float:
    text = server.ask("GET", "/metrics")[2].decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def test_what_is_published_by_one_worker_decides_in_all_from_the_next_answer_on(shared, customer):
    one, other = workers(shared)
    for step, (here, there) in enumerate(((one, other), (other, one), (one, other))):
        threshold = 0.31 + step / 100
        with alone(shared, here):
            assert shared.ask("POST", "/update_threshold", {"threshold": threshold})[0] == 200
        with alone(shared, there):
            assert shared.ask("POST", "/predict", customer)[2]["threshold"] == threshold


def test_all_workers_give_the_same_answer_and_the_metrics_are_those_of_all(shared, customer):
    said, before = [], counted(shared, "churn_predictions_total")
    for times, pid in zip((2, 3), workers(shared), strict=True):
        with alone(shared, pid):
            said += [shared.ask("POST", "/predict", customer) for _ in range(times)]
    assert len({headers["x-request-id"].partition("-")[0] for _, headers, _ in said}) == 2
    bodies = [{name: value for name, value in body.items() if name != "predicted_at"} for _, _, body in said]
    assert all(body == bodies[0] for body in bodies)
    for pid in workers(shared):
        with alone(shared, pid):
            assert counted(shared, "churn_predictions_total") == before + 5
            assert counted(shared, 'churn_request_seconds_count{path="/predict"}') == before + 5
            assert counted(shared, "churn_threshold ") == bodies[0]["threshold"]


def test_a_promoted_version_is_taken_up_by_all_workers(shared, workspace):
    version, registry = workspace.version, Registry(shared.home / "models")
    known = {key: value for key, value in version.metadata.items() if key not in ("model_id", "created_at", "files")}
    promoted = registry.save(version.model, version.out_of_fold, known, version.schema).model_id
    registry.promote(promoted)
    for pid in workers(shared):
        with alone(shared, pid):
            until(lambda: shared.ask("GET", "/health")[2]["model_id"] == promoted, "the promoted version in each worker")


def test_a_worker_that_dies_is_replaced_and_what_it_counted_stays(shared, customer):
    (one, other), before = workers(shared), counted(shared, "churn_predictions_total")
    with alone(shared, one):
        assert shared.ask("POST", "/predict", customer)[0] == 200
    versions = len(told(shared, "Model in use."))
    os.kill(one, signal.SIGKILL)
    assert shared.ask("POST", "/predict", customer)[0] == 200  # by the other, before there is another
    new = until(lambda: [pid for pid in workers(shared) if pid not in (one, other)], "another worker")[0]
    until(lambda: len(told(shared, "Model in use.")) > versions, "a version in the new worker", TO_START)
    with alone(shared, new):
        # The line of the log comes before the version answers, by a moment that a busy machine makes long.
        until(lambda: shared.ask("GET", "/health")[0] == 200, "the new worker to be ready")
        assert shared.ask("POST", "/predict", customer)[0] == 200
        assert counted(shared, "churn_predictions_total") == before + 3


def test_sigterm_lets_running_requests_of_a_worker_end_and_stops_all(served, customer):
    body = json.dumps(customer).encode()
    with served.connected(head(Content_Length=len(body)), body[:10]) as wire:
        assert served.ask("GET", "/health")[0] == 200
        served.process.send_signal(signal.SIGTERM)
        until(lambda: not served.accepts(), "a closed door")
        wire.sendall(body[10:])
        status, _, said = answer_on(wire)
        assert status == 200 and 0 < said["churn_probability"] < 1 and is_dropped(wire)
    assert served.stop() == 0
    assert "Traceback" not in (served.home / "console.txt").read_text()
    for pid in workers(served):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_workers_end_with_their_parent_however_that_ends(served):
    served.process.kill()
    until(lambda: not served.accepts(), "a closed door")


@pytest.mark.parametrize("number", ["0", "-1", "65"])
def test_a_number_of_workers_that_makes_no_sense_is_refused_by_name(number, capsys):
    assert main(["serve", f"--workers={number}"]) == 2
    assert "--workers must be between 1 and 64" in capsys.readouterr().err


@pytest.mark.parametrize("number", [1, 2, 4, 7, 64])
def test_workers_grant_together_no_more_threshold_updates_than_one_process(number):
    granted = 0
    for allowance in [Allowance.of_one(number) for _ in range(number)]:
        with suppress(RequestError):
            for _ in range(40):
                allowance.take()
                granted += 1
    assert granted <= max(30, number)
