"""What every answer has, what is logged, and what is counted."""

import logging
import re

import pytest

from churn_core.api import batch, one_customer
from tests.api.conftest import GETS, HEADERS, MOST, ok, refused


def every_kind_of_answer(client, customer):
    """Of each status one, and the pages."""
    yield from (client.get(path) for path in GETS)
    yield client.post("/predict", json=customer())
    yield client.post("/predict_batch", json={"customers": [customer()]})
    yield client.post("/update_threshold", json={"threshold": 0.4})
    yield client.post("/predict", json={})
    yield client.post("/predict", content=b" " * (MOST + 1), headers={"content-type": "application/json"})
    yield client.get("/predict")
    yield client.get("/nothing")
    yield client.request("OPTIONS", "/update_threshold")


def test_every_answer_has_security_headers_and_a_request_id_of_its_own(client, ready, customer):
    answers_ = list(every_kind_of_answer(client, customer))
    for answer in answers_:
        told = (answer.request.method, answer.request.url.path, answer.status_code)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, told
        assert "default-src 'none'" in answer.headers["content-security-policy"], told
        assert re.fullmatch(r"[\w-]{8,}", answer.headers["x-request-id"]), told
        assert "access-control-allow-origin" not in answer.headers
    assert len({answer.headers["x-request-id"] for answer in answers_}) == len(answers_)


@pytest.mark.parametrize("path", ["/predict", "/predict_batch"])
def test_a_failure_of_our_own_is_500_in_json_without_internals_and_the_log_has_it(
    client, ready, customer, monkeypatch, caplog, path
):
    def fail(*args):
        raise RuntimeError(f"secret of {customer()['customerID']} in {__file__}")

    monkeypatch.setattr(one_customer if path == "/predict" else batch, path[1:], fail)
    monkeypatch.setattr(logging.getLogger("churn_core"), "propagate", True)
    answer = client.post(path, json=customer() if path == "/predict" else {"customers": [customer()]})
    sentence = refused(answer, 500)
    assert "secret" not in answer.text and "VHVEG" not in answer.text and "RuntimeError" not in answer.text
    assert "log" in sentence and {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    record = next(record for record in caplog.records if record.exc_info)
    assert record.request_id == answer.headers["x-request-id"]
    monkeypatch.undo()
    ok(client.post("/predict", json=customer()))


def test_no_customer_no_charge_and_no_token_is_logged(client, ready, customer, caplog, monkeypatch, token):
    monkeypatch.setattr(logging.getLogger("churn_core"), "propagate", True)
    secret = customer(customerID="SECRET-ID", MonthlyCharges=77.77, TotalCharges="888.88")
    with caplog.at_level(logging.DEBUG):
        client.post("/predict", json=secret)
        client.post("/predict", json={**secret, "Contract": "SECRET-WORD"})
        client.post("/predict_batch", json={"customers": [secret, {}]})
        client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"Bearer {token}"})
        client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"Bearer {token}SECRET"})
    told = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith("churn_core"))
    assert "Answered." in told
    assert not any(word in told for word in ("SECRET", "77.77", "888.88", token))


def test_metrics_count_requests_customers_and_errors_and_name_what_decides(client, ready, customer, workspace):
    ok(client.post("/update_threshold", json={"threshold": 0.25}))
    ok(client.post("/predict", json=customer()))
    ok(client.post("/predict_batch", json={"customers": [customer(), customer()]}))
    client.post("/predict", json={})
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'churn_requests_total{path="/predict",status="200"} 1.0' in lines
    assert 'churn_requests_total{path="/predict",status="400"} 1.0' in lines
    assert {"churn_predictions_total 3.0", "churn_threshold 0.25", "churn_errors_total 0.0"} <= set(lines)
    assert f'churn_model_info{{model_id="{workspace.version.model_id}"}} 1.0' in lines
    assert any(line.startswith('churn_request_seconds_bucket{le="0.001",path="/predict"}') for line in lines)


def test_metrics_answer_while_there_is_no_model(client, service):
    assert client.get("/metrics").status_code == 200


def test_a_line_that_a_stranger_writes_is_never_a_label_of_the_metrics(client, ready):
    for path in ("/nothing-1", "/predict/evil", "/é"):
        client.get(path)
    assert "evil" not in client.get("/metrics").text
