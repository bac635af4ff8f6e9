"""``python -m churn_core serve`` over a socket: the contract, as the article's clients call it."""

import csv
from concurrent.futures import ThreadPoolExecutor

from churn_core.application.workspace import open_workspace
from churn_core.data.dataset import read_dataset
from churn_core.schema.telco import TELCO

from .conftest import answer_on, error_of


def test_the_articles_clients_get_what_they_rely_on(start, telco_path):
    server = start()
    with open(telco_path, encoding="utf-8", newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(5), strict=False)]
    for row in rows:
        del row["Churn"]
        row |= {name: int(row[name]) for name in ("SeniorCitizen", "tenure")} | {"MonthlyCharges": float(row["MonthlyCharges"])}
    status, headers, health = server.ask("GET", "/health")
    assert (status, health["status"], health["model_version"], health["model_loaded"]) == (200, "healthy", "production", True)
    assert "server" not in headers
    status, _, one = server.ask("POST", "/predict", rows[0])
    assert status == 200 and one["customer_id"] == "7590-VHVEG" and 0 <= one["churn_probability"] <= 1
    assert isinstance(one["will_churn"], bool) and {"recommendation", "predicted_at"} <= set(one)
    without = {name: value for name, value in rows[0].items() if name != "TotalCharges"}
    assert server.ask("POST", "/predict", without)[0] == 200
    answer = server.ask("POST", "/predict", {"customerID": "TEST-001"})
    assert answer[0] == 400 and "required fields" in error_of(answer)
    for body, kind in ((b"not json", "text/plain"), (b'{"customerID": "x",', "application/json")):
        answer = server.ask("POST", "/predict", body, Content_Type=kind)
        assert answer[0] == 400 and error_of(answer)
    status, _, batch = server.ask("POST", "/predict_batch", {"customers": rows})
    assert status == 200 and len(batch["predictions"]) == 5 and batch["summary"]["total_customers"] == 5
    assert batch["predictions"][0]["churn_probability"] == one["churn_probability"]
    assert server.ask("POST", "/predict_batch", {"customers": [{"customerID": "T", "tenure": 12}]})[0] == 400
    status, _, said = server.ask("POST", "/update_threshold", {"threshold": 0.4})
    assert status == 200 and (said["status"], said["new_threshold"]) == ("success", 0.4)
    assert server.ask("POST", "/update_threshold", {"threshold": 1.5})[0] == 400
    after = server.ask("POST", "/predict", rows[0])[2]
    assert after["will_churn"] == (after["churn_probability"] >= 0.4) and after["threshold"] == 0.4


def test_the_probability_is_that_of_the_workspace_to_the_bit(server, customer, workspace_home, telco_path):
    model = open_workspace(workspace_home).version.model
    expected = model.predict_proba(read_dataset(telco_path, schema=TELCO).customers.head(1))[0, 1]
    assert server.ask("POST", "/predict", customer)[2]["churn_probability"] == expected


def test_paths_and_methods_that_are_not_there_are_404_and_405_in_json(server):
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
        answer = server.ask(method, "/predict")
        assert answer[0] == 405 and "POST /predict" in error_of(answer)
        for path in ("/", "/nothing", "/predict/", "/%00", "/..%2f..%2fetc/passwd", "/" + "x" * 8000):
            answer = server.ask(method, path)
            assert answer[0] == 404 and error_of(answer)


def test_many_clients_at_once_all_get_the_same_answer(server, customer):
    with ThreadPoolExecutor(16) as threads:
        said = list(threads.map(lambda _: server.ask("POST", "/predict", customer)[2]["churn_probability"], range(160)))
    assert len(set(said)) == 1


def test_a_large_batch_keeps_nobody_waiting_and_is_the_same_as_alone(server, customer):
    alone = server.ask("POST", "/predict", customer)[2]["churn_probability"]
    with ThreadPoolExecutor(3) as threads:
        batches = [threads.submit(server.ask, "POST", "/predict_batch", {"customers": [customer] * 5000}) for _ in range(3)]
        while not all(batch.done() for batch in batches):
            assert server.ask("GET", "/health")[0] == 200
    for batch in batches:
        status, _, body = batch.result()
        assert status == 200 and {p["churn_probability"] for p in body["predictions"]} == {alone}


def test_a_forged_host_or_origin_is_refused_on_the_wire(server, customer):
    assert server.ask("POST", "/predict", customer, Host="evil.example:5000")[0] == 421
    assert server.ask("POST", "/predict", customer, Origin="http://evil.example")[0] == 403
    assert server.ask("POST", "/predict", customer, Host="localhost:5000", Origin="http://localhost:5000")[0] == 200
    with server.connected(b"GET /health HTTP/1.0\r\n\r\n") as wire:
        assert answer_on(wire)[0] == 421
