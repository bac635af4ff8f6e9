"""Tables → CSV that is safe to open in a spreadsheet."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.read import read_table
from churn_core.data.write import to_csv

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "' =1", "-", "=", "+a", "-5 + 1"]
PLAIN = ["-5", "+5", "-5.25", "-.5", "-1e-7", " -5 ", "", "a=1", "1-1", "3,5", "Müller", "it's", "0042", "x@y.org"]
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


def lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_is_counted(text):
    content, count = to_csv(pd.DataFrame({"note": [text, "fine"], "n": [1, 2]}))
    assert count == 1
    assert read_table(content).frame["note"].tolist() == ["'" + text, "fine"]


@pytest.mark.parametrize("text", PLAIN)
def test_text_that_is_harmless_stays_plain_negative_numbers_too(text):
    content, count = to_csv(pd.DataFrame({"note": [text], "n": [1]}))
    assert count == 0
    assert read_table(content).frame["note"].tolist() == [text]


def test_names_of_columns_are_made_harmless_too():
    content, count = to_csv(pd.DataFrame([[1, 2]], columns=["=1+1", "fine"]))
    assert (lines(content), count) == (["'=1+1,fine", "1,2"], 1)


def test_negative_numbers_in_number_columns_stay_numbers():
    content, count = to_csv(pd.DataFrame({"n": [-1, -2], "x": [-0.5, 1e-7]}))
    assert (lines(content), count) == (["n,x", "-1,-0.5", "-2,1e-07"], 0)


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_harmful_text_is_found_in_columns_of_every_kind_that_hold_text(dtype):
    table = pd.DataFrame({"note": pd.Series(["=1", "fine", "=1"], dtype=dtype)})
    content, count = to_csv(table)
    assert (lines(content), count) == (["note", "'=1", "fine", "'=1"], 2)


def test_columns_of_the_same_name_keep_their_own_values():
    table = pd.DataFrame([["=1", "x"], ["y", "=2"]], columns=["note", "note"])
    content, count = to_csv(table)
    assert (lines(content), count) == (["note,note", "'=1,x", "y,'=2"], 2)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_floats_are_read_back_to_the_last_bit(numbers):
    content, _ = to_csv(pd.DataFrame({"x": numbers}))
    again = [float(line) for line in content.decode().splitlines()[1:]]
    assert np.array(again).tobytes() == np.array(numbers).tobytes()


@given(st.lists(st.tuples(texts, texts.filter(str.strip)), min_size=1, max_size=6))
def test_text_is_read_back_as_it_was_but_for_the_apostrophe(rows):
    table = pd.DataFrame(rows, columns=["a", "b"], dtype="object")
    content, count = to_csv(table)
    again = read_table(content).frame
    pairs = list(zip(table.to_numpy().ravel(), again.to_numpy().ravel(), strict=True))
    assert all(new in (old, "'" + old) for old, new in pairs)
    assert sum(new != old for old, new in pairs) == count


def test_the_table_is_not_changed():
    table = pd.DataFrame({"note": ["=1"]})
    to_csv(table)
    assert table["note"].tolist() == ["=1"]


def test_a_table_without_rows_is_its_header():
    content, count = to_csv(pd.DataFrame({"a": [], "b": []}))
    assert (lines(content), count) == (["a,b"], 0)
