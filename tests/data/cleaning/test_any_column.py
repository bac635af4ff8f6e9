"""What a schema of any company's table can say, in a table and alone: dates, blanks, words never seen, other units."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.records import clean_columns
from churn_core.data.cleaning.table import clean
from churn_core.data.quality import MISSING, UNKNOWN, UNSEEN
from churn_core.data.synthetic import generate, template
from churn_core.errors import DataError
from churn_core.schema import Column, Schema
from tests import shop

SHOP = shop.schema()


def same(one: object, two: object) -> bool:
    both_nan = isinstance(one, float) and isinstance(two, float) and math.isnan(one) and math.isnan(two)
    return both_nan or (one == two and type(one) is type(two))


def plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value


def test_a_record_a_batch_and_a_table_are_the_same_customers():
    frame = shop.raw(200, seed=1)
    customers, quality = clean(frame, SHOP)
    assert not quality.rejected
    records = frame.drop(columns="churned").to_dict("records")
    columns = clean_columns(records, SHOP)
    for i, record in enumerate(records):
        alone = clean_record(record, SHOP)
        for column in SHOP.inputs:
            assert same(alone[column.name], plain(customers[column.name].iloc[i])), (column.name, record[column.name])
            assert columns is None or same(columns[column.name][i], alone[column.name])


def test_typed_json_is_the_same_customer_as_text():
    record = shop.raw(1, seed=2).iloc[0].to_dict() | {"visits": "4", "spent": "10.5"}
    assert clean_record(record | {"visits": 4, "spent": 10.5}, SHOP) == clean_record(record, SHOP)


def test_a_date_counts_to_the_stated_day_in_the_unit_of_the_column():
    day = SHOP["since"].counted_to
    one = shop.raw(1).assign(since=pd.Timestamp(day).strftime("%d/%m/%Y"))
    customers, _ = clean(one, SHOP)
    assert customers["since"].tolist() == [0.0] and SHOP["since"].unit == "months"
    earlier = (pd.Timestamp(day) - pd.Timedelta(days=1461)).strftime("%d/%m/%Y")
    assert clean(one.assign(since=earlier), SHOP)[0]["since"].tolist() == [pytest.approx(48)]


@pytest.mark.parametrize("column, value", [("visits", ""), ("visits", None), ("card", ""), ("card", "n/a"), ("last order", "")])
def test_a_blank_is_a_value_like_others_and_is_said(column, value):
    frame = shop.raw(30).assign(**{column: value})
    customers, quality = clean(frame, SHOP)
    assert len(customers) == 30 and [f.count for f in quality.found if f.kind == MISSING and f.column == column] == [30]
    expected = "blank" if column == "card" else np.nan
    assert customers[column].map(lambda each: same(plain(each), expected)).all()
    assert same(clean_record(frame.iloc[0].to_dict(), SHOP)[column], expected)


def test_a_word_never_seen_is_scored_as_other_and_said_with_its_count():
    customers, quality = clean(shop.raw(30).assign(card="platinum"), SHOP)
    assert (customers["card"] == "other").all()
    assert [(f.column, dict(f.values)) for f in quality.found if f.kind == UNKNOWN] == [("card", {"platinum": 30})]


def test_a_number_beyond_what_was_seen_is_scored_and_said():
    customers, quality = clean(shop.raw(30).assign(spent="1000000"), SHOP)
    assert (customers["spent"] == 1e6).all() and [f.count for f in quality.found if f.kind == UNSEEN] == [30]


def test_the_worth_of_a_customer_is_never_blank():
    customers, quality = clean(shop.raw(3).assign(fee=["12", "", "24"]), SHOP)
    assert customers["fee"].tolist() == [1.0, 2.0] and quality.rejected == 1
    with pytest.raises(DataError, match="fee"):
        clean_record(shop.raw(1).iloc[0].to_dict() | {"fee": ""}, SHOP)


def test_what_cannot_be_read_is_rejected_with_the_form():
    _, quality = clean(shop.raw(2).assign(since="soon"), SHOP)
    assert quality.rejected == 2 and "is not a date like" in quality.rejects["problem"].iloc[0]


def test_who_has_only_just_joined_is_left_out_and_whoever_has_a_date_of_leaving_has_left():
    target = Column(name="state", label="State", kind="flag", role="target", required=False, neither=("joined",),
                    synonyms={"gone": "1", "here": "0"})  # fmt: skip
    who = Column(name="id", label="Id", kind="text", role="id", required=False)
    frame = pd.DataFrame({"id": list("abc"), "state": ["gone", "here", "joined"]})
    customers, quality = clean(frame, Schema(name="S", columns=(who, target)))
    assert customers["state"].tolist() == [1, 0] and "neither left nor stayed" in quality.rejects["problem"].iloc[0]
    left = Column(name="left on", label="Left on", kind="flag", role="target", required=False, filled=True)
    frame = pd.DataFrame({"id": list("ab"), "left on": ["2024-01-01", ""]})
    assert clean(frame, Schema(name="S", columns=(who, left)))[0]["left on"].tolist() == [1, 0]


def test_what_is_generated_for_the_schema_and_its_template_can_be_read_whole():
    generated = generate(50, seed=3, schema=SHOP)
    customers, quality = clean(generated, SHOP)
    assert len(customers) == 50 and not quality.rejected
    assert clean(template(schema=SHOP), SHOP)[1].rejected == 0
    assert {"since", "fee"} <= set(template(schema=SHOP).columns)


def test_an_amount_in_bands_counts_with_its_middle():
    bands = ["$7.00 - $7.99", "$1 - $2", "$10 - $12"]
    frame = shop.raw().assign(fee=np.resize(bands, 400))
    banded = shop.schema(shop.YEARLY, frame)
    customers, quality = clean(frame, banded)
    assert not quality.rejected and np.allclose(sorted(customers["fee"].unique() * 12), [1.5, 7.495, 11])
    alone = clean_record(frame.iloc[0].drop("churned").to_dict(), banded)
    assert alone["fee"] == customers["fee"].iloc[0]
    assert clean(frame.assign(fee="$900"), banded)[1].rejected == 0


def test_a_day_in_the_form_of_databases_is_read_whatever_form_the_file_had():
    frame = shop.raw(30)
    iso = pd.to_datetime(frame["since"], format="%d/%m/%Y").dt.strftime("%Y-%m-%d")
    wanted = clean(frame, SHOP)[0]["since"]
    for written in (iso, iso + " 00:00:00", iso + "T00:00:00"):
        assert clean(frame.assign(since=written), SHOP)[0]["since"].equals(wanted)
    assert clean_record(frame.assign(since=iso).iloc[0].to_dict(), SHOP)["since"] == wanted.iloc[0]


def test_a_flag_in_the_words_of_its_file_is_no_repair_and_no_note():
    frame, notes = shop.raw(30), Counter()
    assert "newsletter" not in {repair.column for repair in clean(frame, SHOP)[1].repairs}
    assert clean_record(frame.iloc[0].to_dict(), SHOP, notes)["newsletter"] in (0, 1)
    assert not [note for note in notes if note.startswith("newsletter")]
