"""A customer that cannot be scored: every problem is named with its column."""

import json

import pytest

from churn_core.schema.telco import TELCO
from tests.api.conftest import NUMBERS, TEXTS, WITHOUT, ok, refused, send


@pytest.mark.parametrize("column", [c.name for c in TELCO.inputs if c.required])
def test_a_missing_column_is_named(api, customer, column):
    assert refused(api.post("/predict", json=customer(**{column: WITHOUT}))) == f"Missing required fields: ['{column}']"


def test_all_missing_columns_are_named_at_once(api):
    sentence = refused(api.post("/predict", json={"customerID": "TEST-001"}))
    assert sentence == f"Missing required fields: {[c.name for c in TELCO.inputs if c.required]}"


OF_NO_TYPE = [True, False, None, [], {}, [1], {"a": 1}]
WRONG = [
    *((name, value) for name in TEXTS for value in (*OF_NO_TYPE, 0, 1.5, "", "Maybe", "\ud800", "x" * 10_000)),
    *(("SeniorCitizen", value) for value in (*OF_NO_TYPE, 2, -1, 0.5, "2", "Maybe", "", "1" * 201)),
    *(
        (name, value)
        for name in ("tenure", "MonthlyCharges")
        for value in (*OF_NO_TYPE, "1,234", "12 months", "", "x", "NULL", "9" * 201)
    ),
    *(("TotalCharges", value) for value in (True, False, [], {}, "abc", "1,000", "\ud800", "x" * 10_000)),
    *(("customerID", value) for value in (True, 0, 1.5, [], {}, "x" * 201)),
    *(("tenure", value) for value in (-1, 1201, 1.5, 10**400, 1e300)),
    *(("MonthlyCharges", value) for value in (-0.01, 100_001, 10**400, -(10**400))),
    *(("TotalCharges", value) for value in (-1, 100_000_001, 10**400, "-1", "1e9", "inf", "-Infinity")),
]


@pytest.mark.parametrize(("column", "value"), WRONG, ids=lambda v: ascii(v)[:24])
def test_a_wrong_type_an_unknown_word_or_a_number_out_of_range_is_400_and_names_the_column(api, customer, column, value):
    text = json.dumps(customer(**{column: value}))
    sentence = refused(send(api, text))
    assert sentence.startswith(f"{column}: ") and len(sentence) < 300
    if column in TEXTS:
        assert sentence.endswith(f"is not one of {', '.join(TELCO[column].allowed)}")
    body = ok(send(api, f'{{"customers": [{text}, {json.dumps(customer())}]}}', "/predict_batch"))
    assert body["rejected"][0]["index"] == 0 and body["rejected"][0]["error"] == sentence


def test_every_problem_of_a_customer_is_told_at_once(api, customer):
    sentence = refused(api.post("/predict", json=customer(tenure=-1, Contract="Daily", SeniorCitizen=True)))
    assert [part.split(":")[0] for part in sentence.split("; ")] == ["SeniorCitizen", "tenure", "Contract"]


@pytest.mark.parametrize("column", NUMBERS)
def test_the_ends_of_a_range_belong_to_it(api, customer, column):
    for end in (TELCO[column].low, TELCO[column].high):
        ok(api.post("/predict", json=customer(**{column: int(end)})))


@pytest.mark.parametrize("body", [[], [{}], None, 3, "x", True])
def test_a_customer_that_is_no_object_is_400(api, body):
    assert "object" in refused(send(api, json.dumps(body)))
