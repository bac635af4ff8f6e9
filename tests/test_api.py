"""The JSON API: what the outside can rely on."""

import warnings

import pytest

from churn_core.api import PATHS, create_api
from churn_core.workspace import Preparation

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Using `httpx`")  # Starlette would rather have its successor
    from starlette.testclient import TestClient


@pytest.fixture
def preparation(tmp_path):
    """Not started: a test puts it into the state that it is about."""
    return Preparation(tmp_path)


@pytest.fixture
def client(preparation):
    return TestClient(create_api(preparation))


def test_health_names_the_model_in_use_once_there_is_one(client, preparation, workspace):
    preparation.result = workspace
    answer = client.get("/health")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["status"] == "healthy" and body["model_version"] == "production" and body["model_loaded"] is True
    assert body["model_id"] == workspace.version.model_id
    assert (body["customers"], body["generated_customers"]) == (7043, False)


def test_health_is_unavailable_while_there_is_no_model_and_says_what_is_being_done(client, preparation):
    for steps in ([], ["Fetching the Telco data …"]):
        preparation.steps = steps
        answer = client.get("/health")
        assert answer.status_code == 503 and answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert (body["status"], body["model_loaded"]) == ("unavailable", False)
        assert body["error"].startswith("Not ready yet: ") and (steps or ["Starting"])[-1] in body["error"]


def test_health_gives_the_reason_where_starting_failed(client, preparation):
    preparation.error = "The state folder cannot be used. Point CHURN_HOME elsewhere."
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["error"]) == (503, preparation.error)


def test_health_turns_healthy_without_a_restart(client, preparation, workspace):
    assert client.get("/health").status_code == 503
    preparation.result = workspace
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_a_method_that_a_path_does_not_have_is_405_in_json(client, path, method):
    answer = client.request(method, path)
    assert answer.status_code == 405 and "allow" in answer.headers
    assert isinstance(answer.json()["error"], str)


def test_posting_to_health_is_405_in_json(client):
    answer = client.post("/health", json={})
    assert answer.status_code == 405
    assert isinstance(answer.json()["error"], str)


def test_a_path_that_is_not_there_is_404_in_json(client):
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)
