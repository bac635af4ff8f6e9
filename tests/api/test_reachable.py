"""A dashboard that listens on more than loopback and asks nobody to log in says so, at its start and on its pages."""

import asyncio
import logging
import threading

import pytest

from churn_core.application.ahead import Ahead
from pages.parts import people, reachable
from tests.conftest import run_apart


@pytest.fixture
def bound(monkeypatch):
    """Makes the dashboard listen on an address, with or without a login."""

    def to(address: str | None, login: bool = False, unreadable: bool = False) -> str:
        monkeypatch.setattr(reachable.st, "get_option", lambda name: {"server.address": address}[name])
        monkeypatch.setattr(people, "login_is_set_up", lambda: login)
        monkeypatch.setattr(people, "unreadable", lambda: unreadable)
        return reachable.warning()

    return to


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.7", "churn.example.org", "", None])
def test_whoever_listens_on_more_than_loopback_without_a_login_is_told_what_that_means(bound, address):
    told = bound(address)
    assert told.startswith(f"This dashboard listens on {address or '0.0.0.0'} and asks nobody to log in")
    assert "Set up a login (OPERATING.md, People)" in told
    assert bound(address, login=True) == bound(address, unreadable=True) == ""


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.0.0.2", "unix:///run/churn.sock"])
def test_on_loopback_there_is_nothing_to_say(bound, address):
    assert bound(address) == ""


@pytest.mark.parametrize("address, lines", [("0.0.0.0", 1), ("127.0.0.1", 0)])
def test_the_start_says_it_once_in_the_log(running, bound, monkeypatch, address, lines):
    import app

    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    logging.getLogger("churn_core").addHandler(handler)
    told = bound(address)
    monkeypatch.setenv("CHURN_HOME", str(running[1]))
    closed = threading.Event()
    closed.set()
    ready = {"finished": asyncio.Event(), "close": lambda self: None, "ahead": Ahead(lambda: None, closed)}
    monkeypatch.setattr(app, "preparation", lambda home: type("Ready", (), ready)())

    async def start() -> None:
        async with app.lifespan(app.app):
            pass

    try:
        run_apart(start())
    finally:
        logging.getLogger("churn_core").removeHandler(handler)
    assert heard.count(told) == lines and len([line for line in heard if "log in" in line]) == lines
