"""``python -m churn_core serve`` over a socket: what a stranger can throw at it, and how it stops."""

import csv
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from churn_core.application.workspace import open_workspace
from churn_core.cli import main
from churn_core.data.dataset import read_dataset
from churn_core.schema.telco import TELCO

from .conftest import CHECKOUT, PATIENCE, QUICK, answer_on, free_port, is_dropped, until

MIB = 2**20  # bytes
MOST = 5 * MIB  # bytes of a body (CONTRACT.md)


def head(path: str = "/predict", method: str = "POST", **headers: object) -> bytes:
    given = {"Host": "localhost", "Content-Type": "application/json", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def error_of(answer) -> str:
    _status, headers, body = answer
    assert headers["content-type"] == "application/json" and list(body) == ["error"], answer
    return body["error"]


@pytest.fixture
def patient(server):
    """The server answers others before and after, whatever a test does to it."""
    assert server.ask("GET", "/health")[0] == 200
    yield server
    assert server.ask("GET", "/health")[0] == 200 and server.process.poll() is None


# The contract, as the article's clients call it


def test_the_articles_clients_get_what_they_rely_on(start, telco_path):
    server = start()
    with open(telco_path, encoding="utf-8", newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(5), strict=False)]
    for row in rows:
        del row["Churn"]
        row |= {name: int(row[name]) for name in ("SeniorCitizen", "tenure")} | {"MonthlyCharges": float(row["MonthlyCharges"])}
    status, headers, health = server.ask("GET", "/health")
    assert (status, health["status"], health["model_version"], health["model_loaded"]) == (200, "healthy", "production", True)
    assert "server" not in headers
    status, _, one = server.ask("POST", "/predict", rows[0])
    assert status == 200 and one["customer_id"] == "7590-VHVEG" and 0 <= one["churn_probability"] <= 1
    assert isinstance(one["will_churn"], bool) and {"recommendation", "predicted_at"} <= set(one)
    without = {name: value for name, value in rows[0].items() if name != "TotalCharges"}
    assert server.ask("POST", "/predict", without)[0] == 200
    answer = server.ask("POST", "/predict", {"customerID": "TEST-001"})
    assert answer[0] == 400 and "required fields" in error_of(answer)
    for body, kind in ((b"not json", "text/plain"), (b'{"customerID": "x",', "application/json")):
        answer = server.ask("POST", "/predict", body, Content_Type=kind)
        assert answer[0] == 400 and error_of(answer)
    status, _, batch = server.ask("POST", "/predict_batch", {"customers": rows})
    assert status == 200 and len(batch["predictions"]) == 5 and batch["summary"]["total_customers"] == 5
    assert batch["predictions"][0]["churn_probability"] == one["churn_probability"]
    assert server.ask("POST", "/predict_batch", {"customers": [{"customerID": "T", "tenure": 12}]})[0] == 400
    status, _, said = server.ask("POST", "/update_threshold", {"threshold": 0.4})
    assert status == 200 and (said["status"], said["new_threshold"]) == ("success", 0.4)
    assert server.ask("POST", "/update_threshold", {"threshold": 1.5})[0] == 400
    after = server.ask("POST", "/predict", rows[0])[2]
    assert after["will_churn"] == (after["churn_probability"] >= 0.4) and after["threshold"] == 0.4


def test_the_probability_is_that_of_the_workspace_to_the_bit(server, customer, workspace_home, telco_path):
    model = open_workspace(workspace_home).version.model
    expected = model.predict_proba(read_dataset(telco_path, schema=TELCO).customers.head(1))[0, 1]
    assert server.ask("POST", "/predict", customer)[2]["churn_probability"] == expected


def test_paths_and_methods_that_are_not_there_are_404_and_405_in_json(server):
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
        answer = server.ask(method, "/predict")
        assert answer[0] == 405 and "POST /predict" in error_of(answer)
        for path in ("/", "/nothing", "/predict/", "/%00", "/..%2f..%2fetc/passwd", "/" + "x" * 8000):
            answer = server.ask(method, path)
            assert answer[0] == 404 and error_of(answer)


def test_many_clients_at_once_all_get_the_same_answer(server, customer):
    with ThreadPoolExecutor(16) as threads:
        said = list(threads.map(lambda _: server.ask("POST", "/predict", customer)[2]["churn_probability"], range(160)))
    assert len(set(said)) == 1


def test_a_large_batch_keeps_nobody_waiting_and_is_the_same_as_alone(server, customer):
    alone = server.ask("POST", "/predict", customer)[2]["churn_probability"]
    with ThreadPoolExecutor(3) as threads:
        batches = [threads.submit(server.ask, "POST", "/predict_batch", {"customers": [customer] * 5000}) for _ in range(3)]
        while not all(batch.done() for batch in batches):
            assert server.ask("GET", "/health")[0] == 200
    for batch in batches:
        status, _, body = batch.result()
        assert status == 200 and {p["churn_probability"] for p in body["predictions"]} == {alone}


# Bodies


@pytest.mark.parametrize("path", ["/predict", "/predict_batch", "/update_threshold"])
def test_a_length_of_one_byte_too_many_is_413_without_waiting_for_the_body(patient, path):
    with patient.connected(head(path, Content_Length=MOST + 1)) as wire:
        answer = answer_on(wire)
        assert answer[0] == 413 and "5 MiB" in error_of(answer)
        assert is_dropped(wire)


def test_5_mib_are_read_however_they_come_and_one_byte_more_is_413(patient, customer):
    whole = json.dumps(customer).encode().ljust(MOST)
    assert patient.ask("POST", "/predict", whole)[0] == 200
    for size, status in ((MOST, 200), (MOST + 1, 413)):
        body = whole.ljust(size)
        with patient.connected(head(Transfer_Encoding="chunked")) as wire:
            for at in range(0, size, MIB):
                wire.sendall(chunk(body[at : at + MIB]))
            wire.sendall(b"0\r\n\r\n") if status == 200 else None
            answer = answer_on(wire)
            assert answer[0] == status, answer
            assert status == 200 or "5 MiB" in error_of(answer)


@pytest.mark.parametrize("size", [MOST + 1, 8 * MIB, 40 * MIB])
def test_who_sends_too_large_a_body_to_its_end_still_reads_the_sentence(patient, size):
    answer = patient.ask("POST", "/predict", b" " * size)
    assert answer[0] == 413 and "5 MiB" in error_of(answer)


def test_an_endless_body_is_413_and_the_connection_closed(patient):
    with patient.connected(head(Transfer_Encoding="chunked")) as wire:
        part = chunk(b" " * MIB)
        with pytest.raises(ConnectionError):
            while True:  # ends where the connection is closed; a server that reads no more ends it with a TimeoutError
                wire.sendall(part)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 60,  # TLS on a port without it
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",  # no Host
        b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: \xb2\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
        b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=lambda garbage: ascii(garbage[:40].decode("latin-1")),
)
def test_what_is_no_http_is_400_in_json_and_the_connection_closed(patient, garbage):
    with patient.connected() as wire:
        try:
            wire.sendall(garbage)
            answer = answer_on(wire)
        except ConnectionError:
            return  # closed before it had sent everything
        assert answer[0] in (400, 404, 431, 501) and error_of(answer)
        assert answer[0] == 404 or is_dropped(wire)


def test_a_body_that_ends_early_is_no_failure(patient):
    with patient.connected(head(Content_Length=100), b'{"customerID"') as wire:
        wire.shutdown(socket.SHUT_WR)
        assert is_dropped(wire)


def test_requests_sent_one_behind_the_other_are_answered_in_their_order(patient, customer):
    body = json.dumps(customer).encode()
    asked = [head("/health", "GET"), head(Content_Length=len(body)) + body, head("/nothing", "GET", Connection="close")]
    with patient.connected(b"".join(asked)) as wire, wire.makefile("rb") as answers:
        assert re.findall(rb"HTTP/1.1 (\d+)", answers.read()) == [b"200", b"200", b"404"]


# Slow clients


SLOW = {
    "nothing at all": b"",
    "half a request line": b"POST /pre",
    "a head without its end": head(Content_Length=2)[:-2],
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW.keys())
def test_a_head_that_does_not_end_is_dropped(patient, sent):
    with patient.connected(sent) as wire:
        assert is_dropped(wire)


def test_a_head_that_comes_byte_by_byte_is_dropped(patient):
    with patient.connected(b"GET /health HTTP/1.1\r\nX: ") as wire:
        gone = threading.Event()

        def drip() -> None:
            try:
                while not gone.wait(0.05):
                    wire.sendall(b"x")
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert is_dropped(wire)
        finally:
            gone.set()
            thread.join()


@pytest.mark.parametrize(
    "sent", [b"GET /hea", head(Content_Length=2)[:-2]], ids=["half a request line", "a head without its end"]
)
def test_a_second_head_that_does_not_end_is_dropped_too(patient, sent):
    with patient.connected(head("/health", "GET")) as wire:
        assert answer_on(wire)[0] == 200
        wire.sendall(sent)
        assert is_dropped(wire)


def test_a_body_that_nobody_waits_for_and_that_does_not_end_is_dropped(patient):
    with patient.connected(head("/health", "GET", Content_Length=100), b"{") as wire:
        assert answer_on(wire)[0] == 200
        wire.sendall(b" ")
        assert is_dropped(wire)


@pytest.mark.parametrize("sent", [b"", b'{"customerID": '], ids=["no body", "half a body"])
def test_a_body_that_does_not_end_is_408_and_dropped(patient, sent):
    with patient.connected(head(Content_Length=1000), sent) as wire:
        answer = answer_on(wire)
        assert answer[0] == 408 and "Send it at once" in error_of(answer)
        assert is_dropped(wire)


def test_a_body_that_comes_byte_by_byte_is_408(patient):
    with patient.connected(head(Transfer_Encoding="chunked")) as wire:
        gone = threading.Event()

        def drip() -> None:
            try:
                while not gone.wait(0.05):
                    wire.sendall(chunk(b" "))
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert answer_on(wire)[0] == 408
        finally:
            gone.set()
            thread.join()


def test_a_connection_may_be_used_again_after_slow_seconds_that_were_in_time(patient, customer):
    """The clock of a head starts anew with each request: who asks often on one connection is never dropped."""
    connection = http.client.HTTPConnection("127.0.0.1", patient.port, timeout=PATIENCE)
    body, asked = json.dumps(customer), 0
    connection.request("GET", "/health")
    connection.getresponse().read()
    wire = connection.sock
    over = threading.Timer(2.5, lambda: None)  # longer than any head may take
    over.start()
    while over.is_alive():
        connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
        assert connection.getresponse().read()
        asked += 1
        over.join(0.1)
    assert asked > 5 and connection.sock is wire
    connection.close()


def test_hundreds_of_slow_clients_keep_nobody_else_waiting(patient, customer):
    with ExitStack() as connections:
        for number in range(300):
            sent = [b"", b"GET /", head(Content_Length=1000), head(Content_Length=1000) + b"{"][number % 4]
            connections.enter_context(patient.connected(sent))
        for _ in range(50):
            assert patient.ask("POST", "/predict", customer)[0] == 200


def test_who_does_not_read_the_answer_keeps_nobody_else_waiting(patient, customer):
    body = json.dumps({"customers": [customer] * 5000}).encode()
    with ExitStack() as connections:
        for _ in range(4):
            connections.enter_context(patient.connected(head("/predict_batch", Content_Length=len(body)) + body))
        for _ in range(20):
            assert patient.ask("POST", "/predict", customer)[0] == 200


# Stopping


def test_sigterm_lets_running_requests_end_and_takes_no_new_ones(start, customer):
    server, body = start(), json.dumps(customer).encode()
    with server.connected(head(Content_Length=len(body)), body[:10]) as wire, server.connected() as idle:
        assert server.ask("GET", "/health")[0] == 200  # by now the half request is being read
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not server.accepts(), "a closed door")
        assert is_dropped(idle)
        wire.sendall(body[10:])
        status, _, said = answer_on(wire)
        assert status == 200 and 0 < said["churn_probability"] < 1
        assert is_dropped(wire)
    assert server.process.wait(PATIENCE) in (0, -signal.SIGTERM)
    assert "Traceback" not in (server.home / "console.txt").read_text()


def test_what_was_acknowledged_outlives_kill_9(start, customer):
    for threshold in (0.21, 0.22):
        server = start()
        acknowledged = []

        def write(server=server, threshold=threshold, acknowledged=acknowledged) -> None:
            try:
                for step in range(25):
                    status, _, said = server.ask("POST", "/update_threshold", {"threshold": threshold + step / 1e4})
                    if status == 200:
                        acknowledged.append(said["new_threshold"])
            except (OSError, http.client.HTTPException):
                pass  # it was killed

        writer = threading.Thread(target=write)
        writer.start()
        until(lambda acknowledged=acknowledged: len(acknowledged) >= 5, "an acknowledged threshold")
        server.process.kill()
        writer.join()
        server.stop()
        found = start().ask("POST", "/predict", customer)[2]["threshold"]
        # The last acknowledged one, or the one that was written as the process was killed.
        assert found in (acknowledged[-1], threshold + len(acknowledged) / 1e4)


# Starting


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_without_a_token_it_binds_loopback_only(host, monkeypatch, capsys):
    monkeypatch.delenv("CHURN_API_TOKEN", raising=False)
    assert main(["serve", "--host", host, "--port", str(free_port())]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("error: ") and "CHURN_API_TOKEN" in err


def refused_start(home, *options: str) -> str:
    """What ``serve`` says where it cannot start."""
    done = subprocess.run(
        [sys.executable, "-c", QUICK, "serve", *options],
        check=False,
        cwd=CHECKOUT,
        env={**os.environ, "CHURN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr and done.stderr.strip().splitlines()[-1].startswith("error: ")
    return done.stderr.strip().splitlines()[-1]


def test_a_port_that_is_taken_is_one_line_and_exit_2(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in refused_start(home, "--port", port)


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_port_that_is_none_is_one_line_and_exit_2(home, port):
    assert "65535" in refused_start(home, f"--port={port}")
