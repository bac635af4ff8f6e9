"""The threshold: it decides every answer once it is acknowledged, durable, with its history."""

import json
import math
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.errors import StoreError
from tests.api.conftest import (
    ok,
    probability,
    refused,
    send,
)


def test_a_threshold_decides_every_answer_after_it_is_acknowledged(client, ready, customer):
    p = probability(client, customer())
    for threshold in (p, math.nextafter(p, 1), 0.0, 1.0, 0, 1):
        said = ok(client.post("/update_threshold", json={"threshold": threshold}))
        assert (said["status"], said["new_threshold"]) == ("success", threshold)
        one = ok(client.post("/predict", json=customer()))
        assert (one["threshold"], one["will_churn"]) == (threshold, p >= threshold)
        batch = ok(client.post("/predict_batch", json={"customers": [customer()]}))
        assert batch["predictions"][0]["will_churn"] == (p >= threshold)


def test_the_answer_tells_the_threshold_before(client, ready, customer):
    unpublished = ok(client.post("/predict", json=customer()))["threshold"]
    assert ok(client.post("/update_threshold", json={"threshold": 0.35, "reason": "why not"})) == {
        "status": "success",
        "new_threshold": 0.35,
        "previous_threshold": unpublished,
    }
    assert ok(client.post("/update_threshold", json={"threshold": 0.4}))["previous_threshold"] == 0.35


def test_a_negative_zero_is_zero(client, ready):
    said = send(client, '{"threshold": -0.0}', "/update_threshold")
    assert ok(said)["new_threshold"] == 0 and "-0" not in said.text


def test_who_when_and_why_are_kept(client, ready):
    before = datetime.now(UTC)
    ok(client.post("/update_threshold", json={"threshold": 0.35, "reason": "The board wants it."}))
    kept = ready.store.history()[0]
    assert (kept.threshold, kept.reason, kept.source, kept.published_by) == (0.35, "The board wants it.", "API", "API")
    assert before <= kept.published_at <= datetime.now(UTC)


def test_a_threshold_is_durable_in_another_process_once_it_is_acknowledged(client, ready, workspace, customer):
    ok(client.post("/update_threshold", json={"threshold": 0.61}))
    another = Service(ready.home)
    another.result = workspace
    assert ok(TestClient(create_api(another)).post("/predict", json=customer()))["threshold"] == 0.61


@pytest.mark.parametrize(
    "threshold", ["1.5", "-0.1", "1e400", "true", "false", "null", '"0.4"', "[0.4]", "{}", "1.0000000000000002"]
)
def test_a_threshold_that_is_no_number_from_0_to_1_is_400_and_changes_nothing(client, ready, threshold):
    assert "0 to 1" in refused(send(client, f'{{"threshold": {threshold}}}', "/update_threshold"))
    assert ready.store.latest() == 0


@pytest.mark.parametrize("body", ["{}", "[]", "null", "0.4", '"0.4"', '{"Threshold": 0.4}', '[{"threshold": 0.4}]'])
def test_a_body_without_a_threshold_is_400_and_says_what_to_send(client, ready, body):
    assert '{"threshold": 0.35}' in refused(send(client, body, "/update_threshold"))


def test_a_reason_is_text_of_at_most_2000_characters(client, ready):
    for reason in (1, True, [], {}, "x" * 2001):
        refused(client.post("/update_threshold", json={"threshold": 0.4, "reason": reason}))
    for reason in (None, "", "x" * 2000, "\x00 \x1b[31m\nforged", "\ud800"):
        ok(send(client, json.dumps({"threshold": 0.4, "reason": reason}), "/update_threshold"))
    assert "\x1b" not in ready.store.history()[1].reason and len(ready.store.history()) == 5


def test_a_database_that_cannot_be_written_acknowledges_nothing(client, ready, monkeypatch):
    def fail(*args, **more):
        raise StoreError("The database in the state folder cannot be used (disk full). Nothing was changed; mend it.")

    monkeypatch.setattr(type(ready.store), "publish", fail)
    assert "Nothing was changed" in refused(client.post("/update_threshold", json={"threshold": 0.4}), 503)


def test_predictions_go_on_by_the_last_known_threshold_while_the_database_cannot_be_asked(client, ready, customer, monkeypatch):
    ok(client.post("/update_threshold", json={"threshold": 0.42}))
    ok(client.post("/predict", json=customer()))

    def fail(self):
        raise StoreError("The database in the state folder cannot be used (locked). Nothing was changed; mend it.")

    with monkeypatch.context() as broken:
        broken.setattr(type(ready.store), "latest", fail)
        assert ok(client.post("/predict", json=customer()))["threshold"] == 0.42
        assert client.get("/health").json()["status"] == "degraded"
    ok(client.post("/predict", json=customer()))
    assert client.get("/health").json()["status"] == "healthy"
