"""A proposal as a whole: every column has its row, JSON gives it back, and a schema comes of it where one can say it."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.cleaning.table import clean
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.proposal import FORMAT, as_json, from_json
from churn_core.data.proposing.propose import propose
from churn_core.data.proposing.to_schema import schema_of
from churn_core.errors import DataError
from churn_core.schema.as_json import as_json as schema_as_json
from churn_core.schema.as_json import from_json as schema_from_json
from tests.data.proposing.tables import ROWS, customers, gone, numbers


def company(**others: object) -> pd.DataFrame:
    """A table of which nothing has to be asked."""
    return customers(
        rows=ROWS,
        gender=np.resize(["f", "m", "d"], ROWS),
        monthly_fee=numbers(10, 90),
        tenure_months=numbers(0, 70, decimals=0),
        newsletter=np.random.default_rng(1).choice(["ja", "nein"], ROWS),
        calls=np.random.default_rng(2).choice(["0", "1", "2", "3"], ROWS),
        age_of_device=np.random.default_rng(3).choice(["under 1 year", "1-2 years", "2-3 years"], ROWS),
        Phone=[f"0{7919 * i:09}" for i in range(ROWS)],
        **others,
    )


def test_every_column_of_the_file_has_one_row_with_a_reason_in_its_order():
    frame = company()
    frame["churn reason"] = np.where(gone(frame), "price", "")
    proposal = propose(frame)
    assert [column.name for column in proposal.columns] == list(frame.columns)
    assert all(column.reason and column.confidence in ("sure", "likely", "ask") for column in proposal.columns)
    assert {column.role for column in proposal.columns} == {
        "id",
        "target",
        "charge",
        "tenure",
        "feature",
        "sensitive",
        "left out",
    }


def test_whatever_is_ask_has_a_question_that_names_the_option():
    frame = customers(left="active", words=("1", "0"), fee=numbers(5, 90), tenure=numbers(0, 60))
    frame["account_id"] = [f"A{i // 3}" for i in range(ROWS)]
    proposal = propose(frame)
    asked = {question.what for question in proposal.questions}
    assert asked == {"target", "left", "id", "money", "tenure"}
    assert all(question.option.startswith("--") and question.question.endswith(("?", ".")) for question in proposal.questions)
    roles = {"target": "target", "id": "id", "charge": "money", "tenure": "tenure"}
    assert all(roles[column.role] in asked for column in proposal.columns if column.confidence == "ask")


def test_answers_to_all_questions_leave_none():
    frame = customers(left="active", words=("1", "0"), fee=numbers(5, 90), tenure=numbers(0, 60))
    said = Answers(target="active", left="0", charge="fee", charge_period="month", tenure="tenure", tenure_unit="months")
    assert not propose(frame, said).questions


@pytest.mark.parametrize(
    "frame", [company(), customers(), customers(left=""), customers(words=("no", "no")), customers(left="status")]
)
def test_a_proposal_comes_back_from_its_json(frame):
    proposal = propose(frame)
    assert from_json(json.loads(json.dumps(as_json(proposal), allow_nan=False))) == proposal


def test_the_json_says_what_the_contract_promises():
    value = as_json(propose(company()))
    assert value["format"] == FORMAT
    assert (value["target"]["column"], value["target"]["left"], value["target"]["confidence"]) == ("churn", "yes", "sure")
    assert value["id"]["column"] == "customer_id"
    assert (value["money"]["kind"], value["money"]["column"], value["money"]["period"]) == ("charge", "monthly_fee", "month")
    assert (value["tenure"]["column"], value["tenure"]["unit"]) == ("tenure_months", "months")
    assert {"column": "calls", "kind": "ordinal", "confidence": "sure"} in value["features"] and value["sensitive"] == ["gender"]
    assert [each["column"] for each in value["left_out"]] == ["Phone"] and value["ask"] == []


@pytest.mark.parametrize(
    "value", [{}, {"format": FORMAT + 1}, {"format": FORMAT}, {**as_json(propose(customers())), "columns": [1]}]
)
def test_what_is_no_proposal_is_refused(value):
    with pytest.raises(DataError, match="Make it again with this program"):
        from_json(value)


def test_a_line_that_describes_the_columns_is_left_out_and_said():
    frame = company()
    line = pd.DataFrame([dict.fromkeys(frame.columns, "what it means")])
    described, plain = propose(pd.concat([line, frame], ignore_index=True)), propose(frame)
    assert described.columns == plain.columns and described.customers == plain.customers
    assert any("describes the columns" in note for note in described.notes)


def test_the_same_table_gives_the_same_proposal_whatever_types_its_cells_have():
    frame = company()
    typed = frame.assign(**{name: pd.to_numeric(frame[name]) for name in ("visits", "distance", "monthly_fee", "tenure_months")})
    assert propose(typed) == propose(frame)


def test_decimal_commas_are_read():
    frame = company().assign(monthly_fee=[each.replace(".", ",") for each in numbers(10, 90)])
    proposal = propose(frame.assign(distance=[each.replace(".", ",") for each in frame["distance"]]))
    assert proposal.decimal == "," and proposal.money.confidence == "sure" and proposal["distance"].kind == "number"


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_rows_are_refused_and_not_a_failure(rows):
    assert propose(company().head(rows)).problems


# The schema


def test_the_schema_reads_the_table_that_it_was_made_for():
    frame = company()
    proposal = propose(frame)
    schema = schema_of(proposal, "Ours")
    customers_, quality = clean(frame, schema)
    assert quality.kept == ROWS and not quality.rejected
    assert (customers_[schema.target] == gone(frame)).all()
    assert (schema.id, schema.tenure, schema.monthly_charge) == ("customer_id", "tenure_months", "monthly_fee")
    assert {column.name: column.kind for column in schema.columns if column.role == "feature"} == {
        "visits": "whole",
        "plan": "category",
        "distance": "number",
        "newsletter": "flag",
        "calls": "whole",
        "age_of_device": "category",
    }
    assert (customers_["newsletter"] == (frame["newsletter"] == "ja")).all()


def test_sensitive_columns_are_in_the_schema_only_if_somebody_says_so():
    proposal = propose(company())
    assert "gender" not in schema_of(proposal, "Ours") and "Phone" not in schema_of(proposal, "Ours")
    schema = schema_of(propose(company(), Answers(sensitive=("gender",))), "Ours")
    assert schema["gender"].group == "person" and schema["gender"].allowed == ("f", "m", "d", "blank", "other")


def test_the_schema_comes_back_from_its_json():
    schema = schema_of(propose(company()), "Ours")
    assert schema_from_json(json.loads(json.dumps(schema_as_json(schema), allow_nan=False))) is schema


def test_an_inverted_outcome_is_read_the_right_way_round():
    frame = company()
    frame["active"] = np.where(gone(frame), "0", "1")
    proposal = propose(frame.drop(columns="churn"), Answers(target="active", left="0"))
    cleaned, _ = clean(frame, schema_of(proposal, "Ours"))
    assert (cleaned["active"] == gone(frame)).all()


def test_what_has_to_be_asked_makes_no_schema_but_an_error_with_the_options():
    with pytest.raises(DataError, match=r"Say it with --clv.*"):
        schema_of(propose(customers()), "Ours")
    with pytest.raises(DataError, match="Only 100 customers"):
        schema_of(propose(company().head(100)), "Ours")


def test_a_schema_says_other_units_dates_and_other_worths():
    frame = company(last_visit=np.resize(["2024-01-01", "2024-02-29"], ROWS))

    def schema(**said):
        return schema_of(propose(frame, Answers(**said)), "Ours")

    assert (schema()["last_visit"].kind, schema()["last_visit"].counted_to) == ("date", "2024-02-29")
    assert clean(frame, schema(day="2024-03-02"))[0]["last_visit"].unique().tolist() == [61, 2]
    yearly, monthly = (clean(frame, schema(charge_period=period))[0]["monthly_fee"] for period in ("year", "month"))
    assert np.allclose(12 * yearly, monthly)
    years, months = (clean(frame, schema(tenure_unit=unit))[0]["tenure_months"] for unit in ("years", "months"))
    assert (years == 12 * months).all()
    assert (schema(clv=100.0).clv, schema(clv=100.0).monthly_charge) == (100.0, None)
    assert schema_of(propose(frame.drop(columns="tenure_months")), "Ours").tenure is None


# Whatever a table holds

words = st.text(max_size=12)
cells = st.one_of(
    st.none(), words, st.integers(-(10**20), 10**20), st.floats(), st.booleans(), st.dates().map(str), st.datetimes(),
    st.sampled_from(["yes", "no", "1", "2", "", "12,5", "1.234", "2024-01-01", "3-4 years"]), st.lists(st.integers(), max_size=2),
)  # fmt: skip
names = st.one_of(
    words, st.integers(), st.sampled_from(["churn", "Churn ", "id", "tenure", "monthly fee", "cancel date", "age", ""])
)


@given(st.data(), st.integers(0, 12))
def test_whatever_its_cells_and_names_are_a_table_has_a_proposal_that_comes_back(data, rows):
    header = data.draw(st.lists(names, max_size=6))
    columns = [data.draw(st.lists(cells, min_size=rows, max_size=rows)) for _ in header]
    frame = pd.DataFrame({i: pd.Series(column, dtype=object) for i, column in enumerate(columns)}, index=range(rows))
    frame.columns = header
    proposal = propose(frame)
    assert len(proposal.columns) == len(header) and proposal.problems
    assert from_json(json.loads(json.dumps(as_json(proposal), allow_nan=False))) == proposal


@given(
    st.lists(
        st.sampled_from(["yes", "no", "1", "0", "2", "active", "churned", "new", "?", "", "Ja", "non"]), min_size=1, max_size=5
    )
)
def test_whatever_the_labels_are_who_left_and_who_stayed_are_never_the_same(labels):
    target = propose(customers().assign(churn=np.resize(labels, ROWS))).target
    assert target is None or not set(target.left) & set(target.stayed)


def test_masses_of_text_take_no_longer_than_their_length():
    long = ["a" * 50_000, "1" * 50_000, "a1" * 25_000, "- " * 25_000, "churn " * 8_000]
    proposal = propose(customers(**{"churn " * 10_000: np.resize(long, ROWS), "remark": np.resize(long, ROWS)}))
    assert len(proposal.columns) == 7
