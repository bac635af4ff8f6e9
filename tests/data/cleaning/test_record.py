"""One customer as a mapping is cleaned as in a table: the same values, the same probability, the same refusals."""

import math

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.records import clean_columns
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.model.candidates import build
from churn_core.schema import Column
from churn_core.schema.telco import TELCO

INPUTS = TELCO.inputs
TOTAL = TELCO.named("total_charge")
BLANKS = ("", " ", "\t", " \n ", "\u3000")


@pytest.fixture(scope="module")
def model():
    customers = clean(generate(400, seed=3, schema=TELCO), TELCO)[0]
    return build("logistic").fit(customers, customers[TELCO.target].to_numpy())


def untidy(word: str) -> st.SearchStrategy[str]:
    """Other spellings of a word: letter case, spaces around and between."""
    space = st.sampled_from(["", " ", "\t", "  ", "\u00a0"])
    between = st.sampled_from([" ", "  ", "\t", "\u2003"])
    case = st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase])
    parts = st.tuples(space, case, between, space)
    return parts.map(lambda drawn: drawn[0] + drawn[2].join(drawn[1](word).split(" ")) + drawn[3])


def numbers(column: Column) -> st.SearchStrategy:
    if column.kind == "whole":
        whole = st.integers(int(column.low), int(column.high))
        return whole | whole.map(float)
    return (
        st.floats(column.low, min(column.high, 500))
        | st.integers(int(column.low), int(column.high))
        | st.decimals(column.low, 500, places=2).map(float)
    )


def values(column: Column) -> st.SearchStrategy:
    """Whatever a column allows, in any spelling that ODD values can have."""
    if column.kind == "text":
        return st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
    if column.kind == "category":
        return st.sampled_from(column.allowed) | st.sampled_from(column.allowed).flatmap(untidy)
    if column.kind == "flag":
        return st.sampled_from([0, 1, 0.0, 1.0])
    if column.role == "total_charge":
        written = st.decimals(0, 9000, places=2).map(lambda d: f" {d} ") | st.floats(0, 9000).map(repr)
        return numbers(column) | written | st.sampled_from(BLANKS) | st.none()
    return numbers(column)


def customers() -> st.SearchStrategy[dict]:
    required = {column.name: values(column) for column in INPUTS if column.required}
    optional = {column.name: values(column) for column in INPUTS if not column.required}
    return st.fixed_dictionaries(required, optional={**optional, "something else": st.text(max_size=5)})


def as_table(customer: dict) -> dict | None:
    """What ``clean`` makes of the customer; ``None`` where it refuses."""
    frame, _ = clean(pd.DataFrame([customer]), TELCO)
    return None if frame.empty else {column.name: frame[column.name].iloc[0] for column in INPUTS}


GOOD = generate(1, seed=5, schema=TELCO).drop(columns=TELCO.target).iloc[0].to_dict()

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 2**63, 1e308, 1200, 1201, 100_000, 100_001, -1])
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["NaN", "inf", "1_0", "１２", "٣", "0x10", "1e3", "True", "1,000", "70.35 EUR", "\ud83d", "\x00", "a\nb"])
)
ODD = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6
)


# Good customers


@given(customers())
def test_a_record_has_the_values_that_the_table_of_this_customer_has(customer):
    record, table = clean_record(customer, TELCO), as_table(customer)
    if not record[TELCO.id]:
        table[TELCO.id] = ""  # a table calls the nameless by the row
    assert record == table and list(record) == [column.name for column in INPUTS]


@given(customers())
def test_a_record_has_the_types_of_its_columns(customer):
    kinds = {"text": str, "category": str, "flag": int, "whole": int, "number": float}
    assert all(type(value) is kinds[TELCO[name].kind] for name, value in clean_record(customer, TELCO).items())


@given(customers())
def test_the_probability_is_that_of_the_table_to_the_last_bit(model, customer):
    table = model.predict_proba(clean(pd.DataFrame([customer]), TELCO)[0])[0, 1]
    assert model.churn_probability_of(clean_record(customer, TELCO)).hex() == float(table).hex()


@given(st.data())
def test_a_record_that_is_clean_stays_as_it_is(data):
    record = clean_record(data.draw(customers()), TELCO)
    assert clean_record(record, TELCO) == record or record[TOTAL] > TELCO[TOTAL].high


def test_generated_customers_are_cleaned_as_in_one_table(model):
    raw = generate(2000, seed=7, schema=TELCO).drop(columns=TELCO.target)
    table = clean(raw, TELCO)[0]
    records = [clean_record(customer, TELCO) for customer in raw.to_dict("records")]
    assert records == [{**row} for row in table.astype(object).to_dict("records")]
    expected = model.predict_proba(table)[:, 1]
    columns = {column.name: [record[column.name] for record in records] for column in INPUTS}
    assert model.churn_probabilities_of(columns).tobytes() == expected.tobytes()
    assert [model.churn_probability_of(record) for record in records] == expected.tolist()


# Many at once


def refused_or(clean_all, *arguments):
    try:
        return clean_all(*arguments)
    except DataError:
        return None


@given(st.lists(customers(), min_size=1, max_size=4), st.dictionaries(st.sampled_from([c.name for c in INPUTS]), ODD, max_size=1))
@example([GOOD, GOOD], {TELCO.monthly_charge: math.nan})
@example([GOOD, GOOD], {TELCO.tenure: True})
@example([GOOD, GOOD], {"SeniorCitizen": False})
@example([GOOD, GOOD], {"SeniorCitizen": 1.0})
def test_cleaned_as_columns_they_are_as_cleaned_one_by_one_or_left_to_that(many, odd):
    """The quick way has no say of its own: it does what the other does, or nothing."""
    many = [*many[:-1], {**many[-1], **odd}]
    columns = clean_columns(many, TELCO)
    if columns is not None:
        one_by_one = [refused_or(clean_record, customer, TELCO) for customer in many]
        assert [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] == one_by_one


def test_tidy_customers_are_cleaned_as_columns():
    many = generate(300, seed=9, schema=TELCO).drop(columns=TELCO.target).to_dict("records")
    columns = clean_columns(many, TELCO)
    assert [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] == [
        clean_record(customer, TELCO) for customer in many
    ]


@pytest.mark.parametrize("odd", [None, [], "x", 5, True, {}, [GOOD]], ids=str)
def test_what_is_no_customer_is_left_to_a_closer_look(odd):
    assert clean_columns([GOOD, odd], TELCO) is None


@pytest.mark.parametrize("blank", [None, *BLANKS, "absent"], ids=repr)
def test_a_total_charge_that_is_not_given_is_tenure_times_monthly_charge(blank):
    customer = {**GOOD, TOTAL: blank}
    if blank == "absent":
        del customer[TOTAL]
    record = clean_record(customer, TELCO)
    assert record[TOTAL] == record[TELCO.tenure] * record[TELCO.monthly_charge] and type(record[TOTAL]) is float


def test_the_mapping_that_was_given_is_not_changed():
    before = {**GOOD, "Contract": " TWO  YEAR "}
    given_ = dict(before)
    clean_record(given_, TELCO)
    assert given_ == before


# Refusals


@given(st.dictionaries(st.sampled_from([column.name for column in INPUTS]), ODD, max_size=4), st.booleans())
def test_whatever_json_value_a_field_holds_it_is_cleaned_or_refused_in_one_line(odd, complete):
    try:
        record = clean_record({**GOOD, **odd} if complete else odd, TELCO)
    except DataError as error:
        sentence = str(error)
        assert sentence.isprintable() and sentence.encode() and len(sentence) < 2000
    else:
        assert all(math.isfinite(value) for value in record.values() if not isinstance(value, str))


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most odd values of a field are lists and mappings
@given(st.sampled_from(INPUTS), ODD)
@example(TELCO[TOTAL], "１２")  # digits of other scripts are no number in a table
@example(TELCO[TOTAL], "1_000")
@example(TELCO[TELCO.tenure], True)
@example(TELCO[TELCO.tenure], 1e400)
@example(TELCO["SeniorCitizen"], True)
def test_what_a_table_refuses_is_refused(column, value):
    assume(not isinstance(value, list | dict))  # which no cell of a table holds
    assume(not isinstance(value, str) or value.encode(errors="ignore").decode() == value)  # nor half a character
    customer = {**GOOD, column.name: value}
    if as_table(customer) is None:
        with pytest.raises(DataError, match=f"^{column.name}: "):
            clean_record(customer, TELCO)


@given(st.dictionaries(st.sampled_from([c.name for c in INPUTS if c.kind != "text"]), st.just(["no such value"]), min_size=1))
def test_every_problem_is_told_in_the_order_of_the_columns(bad):
    with pytest.raises(DataError) as caught:
        clean_record({**GOOD, **bad}, TELCO)
    named = [problem.split(": ")[0] for problem in str(caught.value).split("; ")]
    assert [name for name in named if name in TELCO] == [column.name for column in INPUTS if column.name in bad]


@given(st.sets(st.sampled_from([column.name for column in INPUTS if column.required]), min_size=1))
def test_all_missing_fields_are_named_at_once_whatever_else_is_wrong(missing):
    customer = {name: value for name, value in {**GOOD, TOTAL: "much"}.items() if name not in missing}
    with pytest.raises(DataError) as caught:
        clean_record(customer, TELCO)
    assert str(caught.value) == f"Missing required fields: {[column.name for column in INPUTS if column.name in missing]}"


@pytest.mark.parametrize("column", [column for column in INPUTS if column.kind == "category"], ids=lambda column: column.name)
def test_an_unknown_category_is_told_what_is_allowed(column):
    with pytest.raises(DataError) as caught:
        clean_record({**GOOD, column.name: "Sometimes"}, TELCO)
    assert str(caught.value) == f'{column.name}: "Sometimes" is not one of {", ".join(column.allowed)}'


@pytest.mark.parametrize("column", [column for column in INPUTS if column.kind in ("whole", "number")], ids=lambda c: c.name)
def test_a_number_may_be_as_large_as_its_range_and_no_larger(column):
    for edge in (column.low, column.high):
        assert clean_record({**GOOD, column.name: edge}, TELCO)[column.name] == edge
    for beyond in (column.low - 1, column.high + 1, math.nextafter(column.low, -1), math.inf, -math.inf, math.nan, 10**4000):
        with pytest.raises(DataError, match=f"^{column.name}: "):
            clean_record({**GOOD, column.name: beyond}, TELCO)


def test_an_id_of_200_characters_is_taken_and_a_longer_one_refused():
    assert clean_record({**GOOD, TELCO.id: "x" * 200}, TELCO)[TELCO.id] == "x" * 200
    with pytest.raises(DataError, match="has 201 characters; 200 are the most"):
        clean_record({**GOOD, TELCO.id: "x" * 201}, TELCO)


def test_a_long_value_is_shown_short():
    with pytest.raises(DataError) as caught:
        clean_record({**GOOD, "Contract": "x" * 10**6, TOTAL: [list(range(10**4))]}, TELCO)
    assert len(str(caught.value)) < 300
