"""Bodies read in one step: a customer is to the last bit the one who is read and cleaned field by field, or is left to that."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.api.plain import plain_batch, plain_customer
from churn_core.api.strict_json import loads
from churn_core.application.own_customers import schema_for
from churn_core.data.cleaning.record import clean_record
from churn_core.data.proposing.propose import propose
from churn_core.data.synthetic import generate
from churn_core.errors import DataError, RequestError
from churn_core.schema import BLANK, Column, Schema
from churn_core.schema.telco import TELCO
from tests.companies import COMPANIES
from tests.gym import GYM

BLANKS = Schema(
    name="Blanks",
    columns=(
        Column(name="who", label="Who", kind="text", role="id", required=False, stated="number"),
        Column(name="visits", label="Visits", kind="whole", blanks=True, low=0),
        Column(name="spent", label="Spent", kind="number", role="monthly_charge", blanks=True, low=-5.5),
        Column(name="plan", label="Plan", kind="category", allowed=("None", "plus", BLANK), blanks=True),
        Column(name="kind", label="Kind", kind="category", allowed=("a", "other"), others="other"),
        Column(name="weeks", label="Weeks", kind="whole", factor=0.25, stated="weeks", unit="months", low=0),
        Column(name="vip", label="VIP", kind="flag"),
        Column(name="gone", label="Gone", kind="flag", role="target"),
    ),
)
OF_COMPANIES = [schema_for(propose(company.raw(400, 0), company.answers), company.file) for company in COMPANIES]
SCHEMAS = [TELCO, GYM, BLANKS, *OF_COMPANIES]
PLAIN = generate(60, seed=5, schema=TELCO).drop(columns=TELCO.target).to_dict("records")
WITHOUT = object()

numbers = st.integers(-3, 130) | st.sampled_from(
    [0.0, -0.0, 0.5, 12.0, 1e-7, 1e16, 2**53 + 1, 2**64, 10**30, -(2**63) - 1, 1e308]
)
words = st.sampled_from(
    ["", " ", "12", "1.234", "1,5", "None", "n/a", "plus", "Plus", "a:b", "A-17", " A-17", "-", "0", "Yes", "no", "x" * 201]
)
others = st.sampled_from([None, True, False, [], {}, [1], {"a": 1}, WITHOUT])


def own(column: Column):
    """Values as they should be."""
    if column.allowed:
        return st.sampled_from(column.allowed)
    if column.kind in ("text", "date"):
        return st.sampled_from(["A-17", "2024-03-01"])
    return st.integers(0, 1) if column.kind == "flag" else st.integers(0, 60)


def customers(schema: Schema):
    """As they should be, but for some fields."""
    fields = st.fixed_dictionaries({column.name: own(column) for column in schema.inputs})
    names = st.sampled_from([column.name for column in schema.inputs])
    changed = st.dictionaries(names, numbers | words | others, max_size=2)
    more = st.sampled_from([{}, {}, {}, {schema.target: "Yes"}, {"more": 1}])
    all_of_them = st.tuples(fields, changed, more).map(lambda each: {**each[0], **each[1], **each[2]})
    return all_of_them.map(lambda customer: {name: value for name, value in customer.items() if value is not WITHOUT})


def field_by_field(body: bytes, schema: Schema):
    """The clean customer and what had to be understood; the sentence where there is none."""
    notes = Counter[str]()
    try:
        customer = loads(body)
        return customer, clean_record(customer, schema, notes), list(notes)
    except (RequestError, DataError) as error:
        return str(error)


def told(value) -> str:
    """To the last bit, and with its type."""
    return repr(sorted(value.items()))


@given(st.sampled_from(SCHEMAS).flatmap(lambda schema: st.tuples(st.just(schema), customers(schema))))
def test_a_customer_who_is_read_in_one_step_is_the_one_who_is_cleaned_field_by_field(case):
    schema, customer = case
    body = json.dumps(customer).encode()
    plain = plain_customer(body, schema)
    if plain is not None:
        said, clean, notes = field_by_field(body, schema)
        assert told(plain.clean) == told(clean) and notes == [] and schema.target not in said
        assert told(plain.said) == told({name: value for name, value in said.items() if name == schema.id})


@given(st.sampled_from(SCHEMAS).flatmap(lambda schema: st.tuples(st.just(schema), st.lists(customers(schema), max_size=3))))
def test_a_batch_that_is_read_in_one_step_is_its_customers_one_by_one(case):
    schema, rows = case
    plain = plain_batch(json.dumps({"customers": rows}).encode(), schema)
    if plain is not None:
        alone = [plain_customer(json.dumps(row).encode(), schema) for row in rows]
        assert list(plain.ids) == [row.get(schema.id) for row in rows]
        for i, one in enumerate(alone):
            assert told({name: column[i] for name, column in plain.columns.items()}) == told(one.clean)


def test_customers_as_they_should_be_are_read_in_one_step():
    bodies = [json.dumps(customer).encode() for customer in PLAIN]
    assert all(plain_customer(body, TELCO) for body in bodies)
    assert plain_batch(json.dumps({"customers": PLAIN}).encode(), TELCO) is not None
    nameless = [{name: value for name, value in customer.items() if name not in (TELCO.id, "TotalCharges")} for customer in PLAIN]
    assert all(plain_customer(json.dumps(customer).encode(), TELCO) for customer in nameless)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"customers": []}',
        b'\xef\xbb\xbf{"customers": [{}]}',
        b'{"customers": [1]}',
        b'{"customers": {}}',
        json.dumps({"customers": PLAIN, "more": 1}).encode(),
        json.dumps({"customers": PLAIN}).encode().replace(b'"tenure"', b'"gender": "Male", "tenure"', 1),
        json.dumps({"customers": PLAIN}).encode()[:-1] + b', "customers": []}',
        json.dumps({"customers": PLAIN}).encode() + b"x",
        json.dumps({"customers": [{**PLAIN[0], TELCO.id: "a:b"}]}).encode(),
        json.dumps({"customers": [{**PLAIN[0], TELCO.id: {"a": []}}]}).encode(),
    ],
)
def test_any_other_body_is_left_to_who_says_what_is_wrong_with_it(body):
    assert plain_batch(body, TELCO) is None
    assert plain_customer(body, TELCO) is None


def test_a_schema_that_cannot_be_written_as_a_type_is_cleaned_field_by_field():
    quoted = Schema(
        name="Quoted",
        columns=(Column(name="who", label="Who", kind="text", role="id"), Column(name='a"b', label="A", kind="flag")),
    )
    body = json.dumps({"who": "1", 'a"b': 1}).encode()
    plain = plain_customer(body, quoted)
    assert plain is None or plain.clean == clean_record(loads(body), quoted)
