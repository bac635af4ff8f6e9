"""Clients that are slow or never finish are dropped, and keep nobody else waiting."""

import http.client
import json
import threading
from contextlib import ExitStack

import pytest

from .conftest import PATIENCE, answer_on, chunk, error_of, head, is_dropped

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
