"""Who may change the threshold, and how often."""

import hmac
import time
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from churn_core.api import middleware
from churn_core.api.app import create_api
from tests.api.conftest import (
    GETS,
    HERE,
    MOST,
    TOKEN,
    call,
    ok,
    refused,
)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_this_machine_may_change_the_threshold(ready, address):
    client = TestClient(create_api(ready), client=(address, 1))
    ok(client.post("/update_threshold", json={"threshold": 0.4}))


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.168.1.7", "8.8.8.8", "2001:db8::1", "::ffff:10.0.0.1", "0.0.0.0", "unknown", ""]
)
def test_without_a_token_another_machine_may_not(ready, customer, address):
    client = TestClient(create_api(ready), client=(address, 1))
    sentence = refused(client.post("/update_threshold", json={"threshold": 0.4}), 401)
    assert "CHURN_API_TOKEN" in sentence and ready.store.latest() == 0
    refused(client.post("/update_threshold", json={"threshold": 0.4}, headers={"X-Forwarded-For": "127.0.0.1"}), 401)
    ok(client.post("/predict", json=customer()))


def test_a_client_without_an_address_is_another_machine(ready):
    assert call(create_api(ready), "/update_threshold", client=None)[0]["status"] == 401


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1"])
def test_with_a_token_whoever_has_it_may_from_anywhere(ready, token, address):
    client = TestClient(create_api(ready), client=(address, 1))
    for scheme in ("Bearer", "bearer", "BEARER"):
        ok(client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"{scheme} {token}"}))


@pytest.mark.parametrize(
    "given",
    ["", TOKEN, f"Basic {TOKEN}", f"Token {TOKEN}", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x"]
    + [f"Bearer {TOKEN.upper()}", "Bearer é", "Bearer null", f"Bearer {TOKEN} {TOKEN}", f"Bearer{TOKEN}", f"Bearer {'x' * 8000}"],
)
def test_with_a_token_nobody_else_may_not_even_here(client, ready, token, given):
    headers = {"Authorization": given.encode("utf-8")} if given else {}
    answer = client.post("/update_threshold", json={"threshold": 0.4}, headers=headers)
    sentence = refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer" and "Authorization: Bearer" in sentence
    assert TOKEN not in answer.text and ready.store.latest() == 0


def test_the_token_does_not_belong_in_the_address(client, ready, token):
    refused(client.post(f"/update_threshold?token={token}&access_token={token}", json={"threshold": 0.4}), 401)


def test_the_token_is_checked_before_the_body_is_read(client, ready, token):
    for headers in ([], [(b"authorization", b"Bearer wrong")]):
        sent, received = call(client.app, "/update_threshold", headers=headers, body=b"not json", length=str(MOST + 1))
        assert (sent["status"], received) == (401, 0)


def test_the_token_is_compared_in_constant_time(client, ready, token, monkeypatch):
    compared = []

    def watched(one, other, _compare=hmac.compare_digest):
        compared.append((one, other))
        return _compare(one, other)

    monkeypatch.setattr(middleware.hmac, "compare_digest", watched)
    for said in (f"Bearer {token}", "Bearer x", f"Basic {token}", ""):
        client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": said} if said else {})
    assert len(compared) == 4 and all(right == token.encode() for _, right in compared)


def test_a_token_is_asked_for_by_no_other_path(client, ready, token, customer):
    ok(client.post("/predict", json=customer()))
    ok(client.post("/predict_batch", json={"customers": [customer()]}))
    assert all(client.get(path).status_code == 200 for path in GETS)


def test_too_many_updates_are_429_with_retry_after_and_leave_predictions_alone(ready, customer, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(middleware, "time", SimpleNamespace(monotonic=lambda: now[0], perf_counter=time.perf_counter))
    client = TestClient(create_api(ready), client=HERE)
    statuses = [client.post("/update_threshold", json={"threshold": 0.4}).status_code for _ in range(40)]
    limit = statuses.index(429)
    assert 5 <= limit < 40 and set(statuses[:limit]) == {200} and set(statuses[limit:]) == {429}
    answer = client.post("/update_threshold", json={"threshold": 0.4})
    assert "Try again" in refused(answer, 429)
    wait = int(answer.headers["retry-after"])
    assert wait >= 1 and ready.store.latest() == limit
    for _ in range(50):
        ok(client.post("/predict", json=customer()))
    ok(client.post("/predict_batch", json={"customers": [customer()]}))
    now[0] += wait
    ok(client.post("/update_threshold", json={"threshold": 0.4}))


def test_strangers_do_not_use_up_the_updates_of_who_has_the_token(client, ready, token):
    for _ in range(60):
        assert client.post("/update_threshold", json={"threshold": 0.4}).status_code == 401
    ok(client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"Bearer {token}"}))
