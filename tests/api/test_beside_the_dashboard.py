"""The API on the dashboard's port."""

import shutil

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import (
    HERE,
    MOST,
    POSTS,
    ok,
    padded,
    probability,
    refused,
    send,
)


@pytest.fixture(scope="module")
def dashboard(workspace_home, tmp_path_factory):
    """The dashboard's own application, on a trained home."""
    import app
    from pages.parts.frame import preparation

    home = shutil.copytree(workspace_home, tmp_path_factory.mktemp("dashboard") / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHURN_HOME", str(home))
        with TestClient(app.app, client=HERE) as client:
            assert preparation(home).finished.wait(60)
            yield client


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
