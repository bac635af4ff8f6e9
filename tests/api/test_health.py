"""Health: whether there is a model, which one, and what is wrong."""

import pytest

from tests.api.conftest import (
    POSTS,
    ok,
    refused,
)


def test_health_names_the_model_in_use_once_there_is_one(client, ready, workspace):
    body = ok(client.get("/health"))
    assert body["status"] == "healthy" and body["model_version"] == "production" and body["model_loaded"] is True
    assert body["model_id"] == workspace.version.model_id
    assert (body["customers"], body["generated_customers"]) == (7043, False)


def test_health_is_unavailable_while_there_is_no_model_and_says_what_is_being_done(client, service):
    for steps in ([], ["Fetching the Telco data …"]):
        service.steps = steps
        answer = client.get("/health")
        assert answer.status_code == 503 and answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert (body["status"], body["model_loaded"]) == ("unavailable", False)
        assert body["error"].startswith("Not ready yet: ") and (steps or ["Starting"])[-1] in body["error"]


def test_health_gives_the_reason_where_starting_failed(client, service):
    service.error = "The state folder cannot be used. Point CHURN_HOME elsewhere."
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["error"]) == (503, service.error)


def test_health_turns_healthy_without_a_restart(client, service, workspace):
    assert client.get("/health").status_code == 503
    service.result = workspace
    assert client.get("/health").status_code == 200


def test_health_is_degraded_and_says_why_where_something_is_wrong_and_it_still_answers(client, ready, customer, monkeypatch):
    monkeypatch.setattr("churn_core.logs.trouble", lambda: "The log cannot be written (No space left on device).")
    ready._of_version = "The version in production cannot be used, the one before it is."
    body = ok(client.get("/health"))
    assert body["status"] == "degraded" and body["model_loaded"] is True
    assert body["problems"] == [ready.problem, "The log cannot be written (No space left on device)."]
    ok(client.post("/predict", json=customer()))


@pytest.mark.parametrize("path", POSTS)
def test_without_a_model_every_question_is_503_with_the_reason_and_answered_once_there_is_one(
    client, service, workspace, customer, path
):
    body = {"/predict": customer(), "/predict_batch": {"customers": [customer()]}, "/update_threshold": {"threshold": 0.3}}[path]
    assert "Not ready yet" in refused(client.post(path, json=body), 503)
    service.error = "No version can be used. Train one."
    assert refused(client.post(path, json=body), 503) == service.error
    service.result, service.error = workspace, ""
    ok(client.post(path, json=body))
