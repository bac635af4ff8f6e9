"""A value of the wrong type is shown in the words of JSON, not in those of Python."""

import pytest

from churn_core.schema.telco import TELCO
from tests.api.conftest import ok, refused, send


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ([], "a list"),
        ([1], "a list"),
        ({}, "an object"),
        ({"a": 1}, "an object"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("column", [c.name for c in TELCO.inputs])
def test_a_wrong_type_is_shown_in_the_words_of_json(api, customer, column, value, shown):
    answer = api.post("/predict", json=customer(**{column: value}))
    if value is None and column in ("customerID", "TotalCharges"):
        ok(answer)
    else:
        sentence = refused(answer)
        assert sentence.startswith(f"{column}: {shown} is not ")
        assert not any(word in sentence for word in ("None", "True", "False", "dict", "str", "bool"))


def test_text_is_in_quotes_and_a_number_is_not(api, customer):
    assert refused(api.post("/predict", json=customer(Contract="0"))).startswith('Contract: "0" is not one of ')
    assert refused(api.post("/predict", json=customer(Contract=0))).startswith("Contract: 0 is not one of ")
    assert refused(api.post("/predict", json=customer(customerID=7))) == "customerID: 7 is not text; write it in quotes"
    assert refused(api.post("/predict", json=customer(tenure="-1"))).startswith('tenure: "-1" is not between 0 and 1,200')
    assert refused(api.post("/predict", json=customer(tenure=-1))).startswith("tenure: -1 is not between 0 and 1,200")


BODIES = [("null", "null"), ("[]", "a list"), ("3", "3"), ('"3"', '"3"'), ("true", "true")]


@pytest.mark.parametrize(("body", "shown"), BODIES)
def test_a_request_of_the_wrong_type_is_shown_in_the_words_of_json(api, body, shown):
    assert f"and this is {shown}." in refused(send(api, body))
    assert refused(send(api, body, "/predict_batch")).startswith(f"The body is {shown}. Send ")
    assert refused(send(api, body, "/update_threshold")).startswith(f"The body is {shown}. Send ")
    of = shown if body != "[]" else "an empty list"
    assert refused(send(api, f'{{"customers": {body}}}', "/predict_batch")).startswith(f'"customers" is {of}. Send ')
    inside = refused(send(api, f'{{"customers": [{body}]}}', "/predict_batch"))
    assert inside.startswith("The only customer cannot be scored. ") and f"and this is {shown}." in inside


def test_a_threshold_and_a_reason_of_the_wrong_type_are_shown_in_the_words_of_json(api):
    for value, shown in (('"0.4"', '"0.4"'), ("null", "null"), ("true", "true"), ("{}", "an object"), ("1.5", "1.5")):
        sentence = refused(send(api, f'{{"threshold": {value}}}', "/update_threshold"))
        assert sentence == f"The threshold must be a number from 0 to 1, and this is {shown}. Write 35 % as 0.35."
    sentence = refused(send(api, '{"threshold": 0.4, "reason": false}', "/update_threshold"))
    assert sentence == "The reason must be text, and this is false. Write it in quotes."
