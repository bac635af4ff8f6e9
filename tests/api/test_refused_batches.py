"""Of a batch the good customers are answered; what is no batch, or too large, is refused with the mend."""

import json

import pytest

from tests.api.conftest import ok, refused, send


def test_good_rows_are_scored_and_bad_rows_come_back_with_their_index(api, customer):
    bad = {1: customer(Contract="Daily"), 3: [], 4: {"customerID": "T"}, 6: None, 7: customer(customerID=7)}
    asked = [bad.get(index, customer(index)) for index in range(9)]
    body = ok(api.post("/predict_batch", json={"customers": asked}))
    assert [r["index"] for r in body["rejected"]] == list(bad)
    assert [r["customerID"] for r in body["rejected"]] == ["7590-VHVEG", None, "T", None, None]
    assert all(list(r) == ["index", "customerID", "error"] for r in body["rejected"])
    assert 'Contract: "Daily" is not one of Month-to-month, One year, Two year' in body["rejected"][0]["error"]
    assert body["rejected"][2]["error"].startswith("Missing required fields: ['gender'")
    assert [p["customerID"] for p in body["predictions"]] == [asked[i]["customerID"] for i in (0, 2, 5, 8)]
    summary = body["summary"]
    assert (summary["total_customers"], summary["scored"], summary["rejected"]) == (9, 4, 5)
    good = ok(api.post("/predict_batch", json={"customers": [asked[i] for i in (0, 2, 5, 8)]}))
    assert body["predictions"] == good["predictions"]


def test_a_batch_of_bad_rows_only_is_400_with_what_is_wrong(api):
    sentence = refused(api.post("/predict_batch", json={"customers": [{"customerID": "T", "tenure": 12}, []]}))
    assert "None of the 2 customers" in sentence and "Missing required fields" in sentence


@pytest.mark.parametrize(
    "body",
    [{}, [], None, 3, "x", {"customers": []}, {"customers": {}}, {"customers": None}, {"customers": "x"}, {"Customers": [{}]}],
)
def test_what_is_no_batch_is_400_and_says_what_one_is(api, body):
    assert '{"customers": [' in refused(send(api, json.dumps(body), "/predict_batch"))


def test_5000_customers_are_a_batch_and_5001_are_413(api, customer):
    one = customer()
    body = ok(api.post("/predict_batch", json={"customers": [one] * 5000}))
    assert body["summary"]["scored"] == 5000
    assert "5,000" in refused(api.post("/predict_batch", json={"customers": [one] * 5001}), 413)
    assert "5,000" in refused(api.post("/predict_batch", json={"customers": [{}] * 5001}), 413)
