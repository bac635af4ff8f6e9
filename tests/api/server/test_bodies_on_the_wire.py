"""What a stranger can send as a body: too long, endless, cut off, or no HTTP at all."""

import json
import re
import socket

import pytest

from .conftest import MIB, MOST, answer_on, chunk, error_of, head, is_dropped


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
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
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
