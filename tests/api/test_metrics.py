"""Numbers about the service: what was asked of which route and how it was answered, and nothing of who asked."""

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from churn_core.api.app import PATHS, create_api
from churn_core.api.metrics import Metrics
from churn_core.errors import RequestError

requests = st.lists(
    st.tuples(st.sampled_from(PATHS), st.sampled_from([200, 400, 401, 413, 503, 500]), st.floats(0, 20)), max_size=40
)


def count(metrics: Metrics, path: str, status: int) -> float:
    return metrics.registry.get_sample_value("churn_requests_total", {"path": path, "status": str(status)}) or 0


def labels(metrics: Metrics) -> set[str]:
    return {
        sample.labels["path"] for family in metrics.registry.collect() for sample in family.samples if "path" in sample.labels
    }


@given(requests)
def test_each_answer_is_counted_once_under_its_route_and_status(answers):
    metrics = Metrics()
    for path, status, seconds in answers:
        metrics.answered(path, status, seconds)
    for path, status in itertools.product(PATHS, (200, 400, 401, 413, 503, 500)):
        assert count(metrics, path, status) == sum((p, s) == (path, status) for p, s, _ in answers)
    assert metrics.registry.get_sample_value("churn_errors_total") == sum(status >= 500 for _, status, _ in answers)


@given(requests)
def test_each_answer_is_in_the_latencies_of_its_route(answers):
    metrics = Metrics()
    for path, status, seconds in answers:
        metrics.answered(path, status, seconds)
    for path in {path for path, _, _ in answers}:
        of_path = [seconds for p, _, seconds in answers if p == path]
        value = metrics.registry.get_sample_value
        assert value("churn_request_seconds_count", {"path": path}) == len(of_path)
        assert value("churn_request_seconds_sum", {"path": path}) == pytest.approx(sum(of_path))
        assert value("churn_request_seconds_bucket", {"path": path, "le": "1.0"}) == sum(s <= 1 for s in of_path)


def test_two_services_count_apart():
    one, other = Metrics(), Metrics()
    one.answered("/predict", 200, 0.1)
    assert (count(one, "/predict", 200), count(other, "/predict", 200)) == (1, 0)


def test_the_text_is_what_prometheus_reads():
    from prometheus_client.parser import text_string_to_metric_families

    metrics = Metrics()
    metrics.answered("/predict", 200, 0.1)
    metrics.model.info({"model_id": 'a "quoted"\nid'})
    families = {family.name: family for family in text_string_to_metric_families(metrics.text().decode())}
    assert families["churn_model_info"].samples[0].labels == {"model_id": 'a "quoted"\nid'}
    assert families["churn_requests"].samples and metrics.content_type.startswith("text/plain")


# Through the API


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def client(metrics):
    """A service that has nothing to decide by: each prediction is refused with 503."""

    def basis():
        raise RequestError("Not ready yet.", status=503)

    service = SimpleNamespace(workspace=None, not_ready="Starting …", problem="", basis=basis)
    return TestClient(create_api(service, metrics), raise_server_exceptions=False)


def test_requests_are_counted_by_what_they_were_answered(client, metrics):
    for path, options in {
        "/predict": {"json": {}},
        "/predict_batch": {"content": b"{"},
        "/update_threshold": {"json": {}},
    }.items():
        for _ in range(2):
            answer = client.post(path, **options)
        assert count(metrics, path, answer.status_code) == 2
    assert client.get("/health").status_code == 503 and count(metrics, "/health", 503) == 1
    assert metrics.registry.get_sample_value("churn_errors_total") == 3


STRANGE = [
    "/nothing",
    "/predict/7590-VHVEG",
    "/predict/",
    "//predict",
    "/PREDICT",
    "/health;x=1",
    "/%2e%2e/etc/passwd",
    "/x" * 500,
    "/é",
]


@pytest.mark.parametrize("path", STRANGE, ids=lambda path: path[:20])
@pytest.mark.parametrize("method", ["GET", "POST", "BREW"])
def test_a_path_that_a_stranger_made_up_is_never_a_label(client, metrics, path, method):
    client.request(method, path)
    client.get("/metrics")
    assert labels(metrics) <= set(PATHS)


def test_neither_query_nor_method_is_a_label(client, metrics):
    client.get("/health?customerID=7590-VHVEG")
    client.request("DELETE", "/predict?token=secret")
    text = client.get("/metrics").text
    assert "7590" not in text and "secret" not in text and labels(metrics) <= set(PATHS)


def test_metrics_are_there_before_there_is_a_model(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
