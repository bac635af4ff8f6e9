"""What comes as a body: JSON, in UTF-8, unambiguous and not too large; anything else is refused with a sentence."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from churn_core.schema.telco import TELCO
from tests.api.conftest import MIB, MOST, NUMBERS, POSTS, call, ok, padded, probability, refused, send

# JSON


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "not json",
        '{"customerID": "x",',
        "{}{}",
        "{'a': 1}",
        "[1,]",
        "\x00",
        "nul",
        '"a',
        "\ufeff",
        "\ufeff\ufeff{}",
        "{}\ufeff",
    ],
)
def test_what_is_no_json_is_400_and_says_where(api, path, body):
    sentence = refused(send(api, body, path))
    assert "JSON" in sentence and "line" in sentence


def test_a_byte_order_mark_before_the_json_is_passed_over(api, customer):
    text = json.dumps(customer())
    assert ok(send(api, "\ufeff" + text))["churn_probability"] == probability(api, customer())
    assert ok(send(api, f'\ufeff{{"customers": [{text}]}}', "/predict_batch"))["summary"]["scored"] == 1
    assert 'has no "threshold"' in refused(send(api, "\ufeff{}", "/update_threshold"))


@pytest.mark.parametrize(
    "body", [b"\xff\xfe{\x00}\x00", b'{"a": "\xe9"}', b'{"a": "\xed\xa0\x80"}', b"\x80", b'{"a": "\xc0\xaf"}']
)
def test_what_is_not_utf_8_is_400(api, body):
    assert "UTF-8" in refused(send(api, body))


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "text/json", "é", ";"],
)
def test_what_is_not_sent_as_json_is_400(api, customer, path, kind):
    sentence = refused(send(api, json.dumps(customer()), path, kind.encode("utf-8") if kind else ""))
    assert "Content-Type: application/json" in sentence


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])
def test_json_in_utf_8_is_taken_however_it_is_announced(api, customer, kind):
    ok(send(api, json.dumps(customer()), kind=kind))


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "utf-7", '"latin1"'])
def test_another_charset_is_400(api, customer, charset):
    assert "UTF-8" in refused(send(api, json.dumps(customer()), kind=f"application/json; charset={charset}"))


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_a_compressed_body_is_400(api, customer, encoding):
    assert "Content-Encoding" in refused(send(api, json.dumps(customer()), Content_Encoding=encoding))


@pytest.mark.parametrize("length", ["²", "-1", "x", "1e3", "", "5 242 881", "9" * 5000, "0" * 30 + "2"])
def test_a_length_that_is_no_number_is_no_failure(api, length):
    assert call(api.app, "/predict", length=length)[0]["status"] in (400, 413)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["tenure", "MonthlyCharges", "TotalCharges", "unknown"])
def test_nan_and_infinity_are_no_json_numbers(api, customer, word, field):
    text = json.dumps({**customer(), field: "HERE"}).replace('"HERE"', word)
    assert word in refused(send(api, text))


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 310, "9" * 4300, "-" + "9" * 4000])
@pytest.mark.parametrize("field", ["SeniorCitizen", *NUMBERS])
def test_a_number_beyond_the_floats_is_400(api, customer, number, field):
    text = json.dumps({**customer(), field: "HERE"}).replace('"HERE"', number)
    assert refused(send(api, text)).startswith(f"{field}: ")


@pytest.mark.parametrize("field", ["tenure", "unknown", "SeniorCitizen"])
def test_a_number_of_thousands_of_digits_is_400(api, customer, field):
    for digits in ("9" * 5000, "-" + "1" * 5_000, "7" * 5_000_000):
        text = json.dumps({**customer(), field: "HERE"}).replace('"HERE"', digits)
        assert "digits" in refused(send(api, text))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "\\u0061": 2}',
        '{"x": {"a": 1, "a": 2}}',
        '{"x": [[{"b": 0}, {"a": 1, "a": 2}]]}',
        '{"a": "::", "b": ":", "a": ":"}',
        '{"a": "\\":\\"", "a": "\\\\"}',
        '{":": 1, ":": 2}',
        '{"": 1, "": 2}',
        '{"customers": [{"tenure": 1, "tenure": 2}]}',
        '{"threshold": 0.1, "threshold": 0.9}',
        '{"\\ud800": 1, "\\ud800": 2}',
    ],
)
@pytest.mark.parametrize("path", POSTS)
def test_a_key_that_comes_twice_is_400(api, path, text):
    assert "comes twice" in refused(send(api, text, path))


@pytest.mark.parametrize("value", ["a: b", '":"', "::::", "\\", '"', '{"a":1,"a":2}'])
def test_colons_and_escapes_in_texts_are_no_keys(api, customer, value):
    assert ok(api.post("/predict", json=customer(customerID=value)))["customer_id"] == value
    assert probability(api, customer(**{value: value})) == probability(api, customer())


def nested(levels: int, opening: str = "[", closing: str = "]") -> str:
    return opening * levels + ("1" if opening != "[" else "") + closing * levels


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_20_levels_are_read_and_21_are_400(api, customer, opening, closing):
    text = json.dumps(customer())[:-1]
    ok(send(api, f'{text}, "extra": {nested(19, opening, closing)}}}'))  # and the customer itself
    for levels in (20, 21, 500, 5_000, 100_000):
        assert "20 levels" in refused(send(api, f'{text}, "extra": {nested(levels, opening, closing)}}}'))
    assert "20 levels" in refused(send(api, nested(21, opening, closing)))


@pytest.mark.parametrize("path", POSTS)
def test_levels_that_are_never_closed_are_400(api, path):
    for text in ("[" * 100_000, '{"a":' * 100_000, "[{" * 3, '{"customers": ' + "[" * 2_000_000):
        refused(send(api, text, path))


def test_a_key_may_come_again_in_another_object(api, customer):
    ok(api.post("/predict", json=customer(note={"a": 1, "b": {"a": 1}}, more=[{"a": 1}, {"a": 1}])))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_json_comes_in_a_customers_field_the_answer_is_200_or_400(api, customer, data):
    columns = st.sampled_from([column.name for column in TELCO.inputs])
    changed = data.draw(st.dictionaries(columns, JSON, max_size=3))
    text = json.dumps(customer(**changed))
    alone, batch = send(api, text), send(api, f'{{"customers": [{text}]}}', "/predict_batch")
    assert (alone.status_code, batch.status_code) in ((200, 200), (400, 400))
    if alone.status_code == 200:
        assert alone.json()["churn_probability"] == batch.json()["predictions"][0]["churn_probability"]
    else:
        refused(alone), refused(batch)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), body=JSON.map(json.dumps) | st.text(max_size=40) | st.binary(max_size=40))
@example(path="/predict", body=b"\xef\xbb\xbf{}")
def test_whatever_the_body_it_is_a_sentence_and_no_failure(api, path, body):
    refused(send(api, body, path))


# Sizes


@pytest.mark.parametrize("announced", [True, False], ids=["Content-Length", "chunked"])
def test_5_mib_are_read_and_one_byte_more_is_413(api, customer, announced):
    for size, status in ((MOST, 200), (MOST + 1, 413), (MOST + MIB, 413)):
        body = padded(json.dumps(customer()), size)
        parts = body if announced else (body[at : at + MIB] for at in range(0, size, MIB))
        answer = api.post("/predict", content=parts, headers={"content-type": "application/json"})
        assert ("content-length" in answer.request.headers) is announced
        assert answer.status_code == status
        if status == 413:
            assert "5 MiB" in refused(answer, 413)


@pytest.mark.parametrize("path", POSTS)
def test_too_large_a_body_is_refused_on_every_path_without_being_read(client, ready, path):
    sent, received = call(client.app, path, length=str(MOST + 1))
    assert (sent["status"], received) == (413, 0)
