"""The API on the dashboard's port."""

import pytest

from tests.api.conftest import (
    MOST,
    POSTS,
    ok,
    padded,
    probability,
    refused,
    send,
)


def test_the_api_answers_on_the_dashboards_port(dashboard, api, customer):
    assert ok(dashboard.get("/health"))["status"] == "healthy"
    assert probability(dashboard, customer()) == probability(api, customer())
    assert len(ok(dashboard.post("/predict_batch", json={"customers": [customer()]}))["predictions"]) == 1
    ok(dashboard.post("/update_threshold", json={"threshold": 0.4}))


@pytest.mark.parametrize("path", POSTS)
def test_get_on_a_post_route_is_405_in_json_on_the_dashboards_port_too(dashboard, path):
    for method in ("GET", "PUT", "DELETE"):
        answer = dashboard.request(method, path)
        refused(answer, 405)
        assert answer.headers["allow"] == "POST"
    assert dashboard.head(path).status_code == 405


def test_errors_are_json_on_the_dashboards_port_too(dashboard):
    refused(send(dashboard, "not json"))
    refused(send(dashboard, padded("{}", MOST + 1)), 413)
