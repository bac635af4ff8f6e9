"""A schema as JSON: everything of it, readable by the same format alone, one object in a process."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import DataError
from churn_core.schema import Column, Schema, Segment
from churn_core.schema.as_json import FORMAT, as_json, from_json
from churn_core.schema.telco import TELCO

words = st.text(max_size=8)
lists = st.lists(words, max_size=3).map(tuple)
limits = st.floats(allow_nan=False)
wanted = st.dictionaries(words, lists, max_size=2)
columns = st.builds(
    Column,
    name=words,
    label=words,
    kind=st.sampled_from(["text", "category", "flag", "whole", "number"]),
    role=st.sampled_from(["id", "target", "tenure", "monthly_charge", "total_charge", "feature"]),
    group=st.sampled_from(["", "account", "service", "person"]),
    allowed=lists,
    low=limits.filter(lambda limit: limit != float("inf")),
    high=limits.filter(lambda limit: limit != float("-inf")),
    unit=words,
    required=st.booleans(),
    phrases=st.dictionaries(words, words, max_size=3),
    needs=words,
    without=words,
    offers=lists,
    aliases=lists,
    units=lists,
    synonyms=st.dictionaries(words, words, max_size=3),
)
segments = st.builds(Segment, name=words, definition=words, rest=words, within=wanted, where=wanted)
schemas = st.builds(
    Schema,
    name=words,
    columns=st.lists(columns, max_size=3).map(tuple),
    segments=st.lists(segments, max_size=2).map(tuple),
    rule=st.none() | segments,
)


def of(schema: Schema) -> tuple:
    return schema.name, schema.columns, schema.segments, schema.rule


@given(schemas)
def test_every_field_of_a_schema_comes_back(schema):
    value = json.loads(json.dumps(as_json(schema), allow_nan=False))
    fresh = {**value, "name": schema.name + "'"}  # not one that is known already
    assert of(from_json(fresh)) == of(replace(schema, name=schema.name + "'"))


@given(schemas)
def test_the_same_json_is_the_same_object_whoever_wrote_it(schema):
    text = json.dumps(as_json(schema))
    assert from_json(json.loads(text)) is from_json(json.loads(text))
    assert as_json(from_json(json.loads(text))) == json.loads(text)


def test_a_schema_that_was_written_is_the_one_that_is_read():
    """So a version that was just saved has the schema that its customers have."""
    schema = replace(TELCO, name="Ours")
    assert from_json(as_json(schema)) is schema and from_json(as_json(TELCO)) is TELCO


def test_the_order_of_the_fields_in_a_file_makes_no_other_schema():
    backwards = dict(reversed(as_json(TELCO).items()))
    assert from_json(backwards) is TELCO


def test_what_is_read_in_another_process_is_the_same_schema(tmp_path):
    (tmp_path / "schema.json").write_text(json.dumps(as_json(replace(TELCO, name="Elsewhere"))))
    script = (
        "import json, sys; from churn_core.schema.as_json import as_json, from_json; from churn_core.schema.telco import TELCO\n"
        "value = json.load(open(sys.argv[1])); schema = from_json(value)\n"
        "assert as_json(schema) == value and schema.columns == TELCO.columns and schema.segments == TELCO.segments\n"
        "assert schema.rule == TELCO.rule and schema is not TELCO and schema is from_json(value)\n"
    )
    checkout = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", script, tmp_path / "schema.json"], cwd=checkout, check=True)


def test_every_field_is_written_and_an_infinite_limit_is_null():
    value = as_json(TELCO)
    assert value["format"] == FORMAT and set(value) == {"format", *(field.name for field in fields(Schema))}
    assert all(set(column) == {field.name for field in fields(Column)} for column in value["columns"])
    tenure = next(column for column in value["columns"] if column["role"] == "tenure")
    assert (tenure["low"], tenure["high"]) == (0, 1200)
    assert (value["columns"][0]["low"], value["columns"][0]["high"]) == (None, None)


def test_a_field_that_is_not_there_has_its_default():
    value = {"format": FORMAT, "name": "small", "columns": [{"name": "a", "label": "A", "kind": "flag"}]}
    assert of(from_json(value)) == ("small", (Column(name="a", label="A", kind="flag"),), (), None)


def column(**values) -> dict:
    one = {"name": "a", "label": "A", "kind": "flag", **values}
    return {"format": FORMAT, "name": "spoilt", "columns": [{name: each for name, each in one.items() if each != "without"}]}


WRONG = {  # what → the value, and what the sentence has to name
    "nothing": ({}, "no format"),
    "a list": ([], "no format"),
    "no value": (None, "no format"),
    "another format": ({**as_json(TELCO), "format": FORMAT + 1}, f"format {FORMAT + 1}"),
    "no columns": ({"format": FORMAT, "name": "x"}, "columns"),
    "columns as text": ({"format": FORMAT, "name": "x", "columns": "a, b"}, r"schema.columns is 'a, b'. Write a list"),
    "a column as text": ({"format": FORMAT, "name": "x", "columns": ["a"]}, r"schema.columns\[0\]"),
    "another field": ({"format": FORMAT, "name": "x", "columns": [], "colour": "red"}, "other fields than"),
    "another field of a column": (column(colour="red"), r"schema.columns\[0\] has other fields than name, label"),
    "a column without a kind": (column(kind="without"), "kind"),
    "another kind": (column(kind="shape"), r"kind is 'shape'. Write one of 'text', 'category'"),
    "another role": (column(role="price"), "role is 'price'"),
    "a number as text": (column(low="0"), "low is '0'. Write a number or null"),
    "a flag for a number": (column(high=True), "high is True"),
    "not a number": (column(high=float("nan")), "high is nan"),
    "text as a number": (column(label=5), "label is 5. Write text"),
    "yes for true": (column(required="yes"), "required is 'yes'. Write true or false"),
    "words in a list that are none": (column(allowed=["a", 1]), r"allowed\[1\] is 1"),
    "a list for words by name": (column(phrases=["a"]), "phrases is .*Write an object"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_schema_is_refused_with_the_place_and_the_mend(what):
    value, named = WRONG[what]
    with pytest.raises(DataError, match=named) as refused:
        from_json(value)
    assert str(refused.value).endswith(".")
