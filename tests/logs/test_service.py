"""The log of the service: what is never in it, and what a log that cannot be written does to it."""

import warnings

import pytest

from churn_core import logs
from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO
from tests.logs.conftest import lines, log_file

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Using `httpx`")
    from starlette.testclient import TestClient


SECRETS = ("7590-VHVEG", "4321.09", "98765.43", "s3cret-t0ken", "wr0ng-t0ken", "Because Ada said so")


@pytest.fixture(scope="module")
def service(workspace, tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("service_home"))
    service.result = workspace
    service.finished.set()
    yield service
    service.store.close()


def test_no_customer_no_charge_no_token_and_no_reason_is_in_the_log_whatever_is_answered(home, service, monkeypatch):
    monkeypatch.setenv("CHURN_API_TOKEN", "s3cret-t0ken")
    customer = generate(1, seed=1, schema=TELCO).drop(columns=TELCO.target).iloc[0].to_dict()
    customer = {**customer, TELCO.id: "7590-VHVEG", TELCO.monthly_charge: 4321.09, "TotalCharges": "98765.43"}
    bad = {**customer, "Contract": "7590-VHVEG", TELCO.tenure: 98765.43}
    client = TestClient(create_api(service), raise_server_exceptions=False)
    statuses = [
        client.post("/predict", json=customer).status_code,
        client.post("/predict", json=bad).status_code,
        client.post("/predict", content=b'{"customerID": "7590-VHVEG", "customerID": "4321.09"}').status_code,
        client.post("/predict", json={**customer, "7590-VHVEG": {}}).status_code,
        client.post("/predict_batch", json={"customers": [customer, bad]}).status_code,
        client.post("/predict_batch", json={"customers": [bad]}).status_code,
        client.get("/7590-VHVEG?token=s3cret-t0ken").status_code,
        client.get("/predict?customerID=7590-VHVEG").status_code,
    ]
    for token in ("wr0ng-t0ken", "s3cret-t0ken"):
        update = {"threshold": 0.25, "reason": "Because Ada said so"}
        statuses.append(client.post("/update_threshold", json=update, headers={"Authorization": f"Bearer {token}"}).status_code)
    assert statuses == [200, 400, 400, 200, 200, 400, 404, 405, 401, 200]
    content = log_file().read_text()
    assert not [secret for secret in SECRETS if secret in content]
    answered = [line for line in lines() if line["message"] == "Answered."]
    assert [line["status"] for line in answered] == [200, 400, 400, 200, 200, 400, 401, 200]
    assert all(line["path"] in ("/predict", "/predict_batch", "/update_threshold") for line in answered)
    assert any(line["message"] == "Threshold changed." and line["threshold"] == 0.25 for line in lines())


def test_a_log_that_cannot_be_written_fails_no_prediction_and_health_says_so_until_it_can(home, service):
    (home / "data").write_text("in the way")
    client = TestClient(create_api(service), raise_server_exceptions=False)
    customer = generate(1, seed=1, schema=TELCO).drop(columns=TELCO.target).iloc[0].to_dict()
    assert client.post("/predict", json=customer).status_code == 200
    said = client.get("/health").json()
    assert said["status"] == "degraded" and said["problems"] == [logs.trouble()] and str(home) not in str(said)
    (home / "data").unlink()
    assert client.post("/predict", json=customer).status_code == 200
    assert client.get("/health").json()["status"] == "healthy"
