"""JSON: records become the rows that CSV, Parquet or Excel would give, each with its number, in bounded memory."""

import json
import math
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import encoding, json_table, json_text
from churn_core.data.reading.reader import TableReader, read_table
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.data.reading.conftest import CHARGE, CLEAN, NUMBERS, RAW, TOTAL, changed, decisions, scored, with_decimal_comma


def rows(content: str) -> list[list]:
    return read_table(content.encode(), TELCO).frame.to_numpy().tolist()


def test_the_index_is_the_number_of_the_record_or_its_line():
    assert list(read_table(b'[{"a":1},{},{"a":2}]', TELCO).frame.index) == [1, 3]
    assert list(read_table(b'\n{"a":1}\n\n{"a":2}\n', TELCO).frame.index) == [2, 4]


def test_values_keep_their_types_and_missing_ones_are_blank():
    assert rows('[{"a":1,"b":true},{"b":null,"a":1.5},{"c":"x"}]') == [[1, True, None], [1.5, None, None], [None, None, "x"]]


def test_long_numbers_keep_their_digits():
    digits = "123456789012345678901234567890"
    assert rows(f'[{{"id":{digits},"n":{"9" * 100_000}.5}}]') == [[digits, "9" * 100_000 + ".5"]]


def test_what_is_no_number_is_none_and_infinity_is_no_number_of_a_customer():
    ((nan, infinity),) = rows('[{"a":NaN,"b":Infinity}]')
    assert math.isnan(nan) and infinity == math.inf


def test_nested_values_are_text_and_that_is_said():
    table = read_table('[{"a":{"é":[1,2]},"b":1}]'.encode(), TELCO)
    assert table.frame.to_numpy().tolist() == [['{"é": [1, 2]}', 1]]
    assert table.notices == ("Nested values are kept as text: 'a'.",)


def test_half_a_character_is_no_text():
    assert rows('[{"a":"x\\ud800","b\\udfff":"\\ud83d\\ude00"}]') == [["x\ufffd", "😀"]]


def test_a_name_twice_with_different_values_is_rejected_and_with_the_same_taken_once():
    table = read_table(b'[{"a":1,"b":2,"a":1},{"a":1,"a":2}]', TELCO)
    assert table.frame.to_numpy().tolist() == [[1, 2]]
    assert table.rejects.to_numpy().tolist() == [[2, "has 'a' more than once, with different values", '{"a": 2}']]


def test_a_line_that_is_no_record_is_rejected_with_its_number_and_the_others_are_read():
    table = read_table(b'{"a":1}\n{"a":\n7\n{"a":2} x\n{"a":3}\n', TELCO)
    assert table.frame["a"].tolist() == [1, 3]
    assert table.rejects["row"].tolist() == [2, 3, 4] and table.rejects["problem"].all()
    assert table.rejects["text"].tolist() == ['{"a":', "7", '{"a":2} x']


def test_decimal_commas_in_text_are_read_as_in_any_file():
    commas = changed(**{CHARGE: with_decimal_comma, TOTAL: with_decimal_comma})
    assert decisions(json.dumps(commas.to_dict("records"))) == CLEAN


def test_a_row_that_cannot_be_scored_is_rejected_with_its_number():
    records = RAW.to_dict("records")
    records[4][CHARGE] = "?"
    assert scored(json.dumps(records))[2]["row"].tolist() == ["5"]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abc"), st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.none()), min_size=1
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([7, 33, 2**20]),
    st.booleans(),
)
def test_where_a_file_is_cut_into_blocks_changes_no_value(records, block, lines):
    content = "\n".join(map(json.dumps, records)) + "\n" if lines else json.dumps(records, ensure_ascii=False)
    with mock.patch.multiple(encoding, BLOCK=block, SAMPLE=8), mock.patch.object(json_text, "BLOCK", 2**16):
        read = [part.frame for part in TableReader(content.encode("utf-8", "surrogatepass"), TELCO)]
    names = list(dict.fromkeys(name for record in records for name in record))
    rows = [row for frame in read for row in frame.to_numpy().tolist()]
    for row, record in zip(rows, records, strict=True):
        for name, found in zip(names, row, strict=True):
            value = record.get(name)
            big = isinstance(value, int) and not isinstance(value, bool) and len(str(value)) > 18
            assert found == (str(value) if big else value) and type(found) is (str if big else type(value))


def test_parts_have_the_same_columns_and_late_names_are_said(monkeypatch):
    monkeypatch.setattr(json_table, "_ROWS", 2)
    reader = TableReader(b'[{"a":1},{"b":2},{"a":3,"c":4},{"c":5}]', TELCO)
    parts = [part.frame for part in reader]
    assert [list(part) for part in parts] == [["a", "b"]] * 2 and reader.columns == ["a", "b"]
    assert reader.notices == ["Names that appear late in the JSON are left out: 'c'."]


def test_a_large_object_is_read_part_by_part(monkeypatch):
    monkeypatch.setattr(json_table, "_MOST_OF_A_DOCUMENT", 10)
    monkeypatch.setattr(encoding, "BLOCK", 8)
    monkeypatch.setattr(json_text, "BLOCK", 8)
    monkeypatch.setattr(encoding, "SAMPLE", 8)
    assert rows('{"n":3,"more":{"x":[1]},"data":[{"a":1},{"a":2}],"end":true}') == [[1], [2]]
    with pytest.raises(DataError, match=r"several lists of records \('one' and 'two'\)"):
        rows('{"one":[{"a":1}],"two":[{"a":1}]}')
    with pytest.raises(DataError, match="no list of records"):
        rows('{"one":1,"two":{"three":"four"}}')


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[]", "holds no customers. Write it as records"),
        ("{}", "holds no customers"),
        ("[[1,2],[3,4]]", "lists of values, not records"),
        ('[{"a":1},{"a":', "Record 2 .*cut off"),
        ('[{"a":1},', "cut off after record 1"),
        ('[{"a":1},{"a" 1}]', "Record 2 .*damaged"),
        ('{"one":[{"a":1}],"two":[{"a":1}]}', r"several lists of records \('one' and 'two'\)"),
        ("[" * 1_000_000, "lists of values|nested too deep"),
        ('[{"a":' + "[" * 1_000_000, "nested too deep"),
        ('{"a":' * 1_000_000, "nested too deep"),
        ('[{"a":"' + "x" * 4_000_000, "damaged or longer than 3 MB"),
        ("[" + ",".join(f'{{"k{i}":1}}' for i in range(5_000)) + "]", "more than 2,000 names"),
        ("[" + "7," * 10_001 + "7]", "10,000 consecutive records are no rows"),
        ('{"a":1}\n' + '{"a":\n' * 10_001, "10,000 consecutive records are no rows"),
    ],
)
def test_what_is_no_table_is_refused_with_the_mend(content, sentence):
    with pytest.raises(DataError, match=sentence):
        read_table(content.encode(), TELCO)


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(DataError, match="not encoded as UTF-8"):
        read_table('[{"a":"é"}]'.encode("cp1252"), TELCO)


def test_a_million_empty_records_end_in_an_error(monkeypatch):
    monkeypatch.setattr(json_table, "_MOST_EMPTY", 100)
    with pytest.raises(DataError, match="consecutive empty records"):
        rows("[" + "{}," * 200 + "{}]")


def test_the_same_customers_are_scored_alike_and_the_share_rises_to_all():
    content = NUMBERS.to_json(orient="records").encode()
    with mock.patch.multiple(encoding, BLOCK=500, SAMPLE=64), mock.patch.object(json_table, "_ROWS", 7):
        reader = TableReader(content, TELCO)
        shares = [reader.share for _ in reader]
    assert shares == sorted(shares) and shares[-1] == 1
    assert decisions(content) == CLEAN


def test_lists_that_follow_each_other_are_read_as_one():
    assert list(read_table(b'[{"a":1},{"a":2}]\n[{"a":3}], [{"a":4}]', TELCO).frame["a"]) == [1, 2, 3, 4]


@pytest.mark.parametrize("content", [b'[{"a":1}] x', b'[{"a":1}]{"a":2}', b'[{"a":1}]}'])
def test_nothing_that_follows_the_records_is_left_out_in_silence(content):
    with pytest.raises(DataError, match="The JSON goes on after its list of records, with"):
        read_table(content, TELCO)
