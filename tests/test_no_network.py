"""Tests talk to this machine only: the guard of conftest.py stands."""

import socket
import urllib.request

import pytest

ELSEWHERE = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody is there


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_another_machine_cannot_be_reached_by_address(connect):
    with socket.socket() as one, pytest.raises(AssertionError, match="tried to reach"):
        getattr(one, connect)((ELSEWHERE, 80))


def test_another_machine_cannot_be_reached_by_name():
    with pytest.raises(AssertionError, match="tried to look up 'example.invalid'"):
        urllib.request.urlopen("http://example.invalid/")


def test_this_machine_can_be_reached():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            assert client.getpeername() == server.getsockname()
