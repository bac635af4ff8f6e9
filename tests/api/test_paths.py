"""Paths and methods that the API does not have are refused in JSON."""

import pytest

from churn_core.api.app import PATHS
from tests.api.conftest import GETS, POSTS, refused


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_a_path_does_not_have_is_405_in_json(client, path, method):
    answer = client.request(method, path)
    assert path in PATHS and "allow" in answer.headers
    assert method in refused(answer, 405)


@pytest.mark.parametrize("path", POSTS)
def test_a_post_route_is_405_for_get_and_says_what_is_for_it(client, path):
    answer = client.get(path)
    assert f"POST {path}" in refused(answer, 405) and answer.headers["allow"] == "POST"
    assert client.head(path).status_code == 405


@pytest.mark.parametrize("path", GETS)
def test_a_get_route_is_405_for_post(client, path):
    assert "GET" in client.post(path, json={}).headers["allow"]
    refused(client.post(path, json={}), 405)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/predict/",
        "/Predict",
        "/predict/1",
        "//predict",
        "/health/",
        "/../etc/passwd",
        "/%2e%2e",
        "/é",
        "/static/",
    ],
)
def test_a_path_that_is_not_there_is_404_in_json_and_says_which_are(client, method, path):
    sentence = refused(client.request(method, path, follow_redirects=False), 404)
    assert all(f"POST {each}" in sentence for each in POSTS) and "GET /health" in sentence
