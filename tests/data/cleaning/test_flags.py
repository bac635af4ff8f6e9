"""1 and 0, however they are written and stored, in flags, in words for yes and no, and in outcomes."""

import io
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from churn_core.data.cleaning.table import clean
from churn_core.data.cleaning.values import read_flags
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.decisions.outcomes import read_outcomes
from churn_core.schema.telco import TELCO

COLUMNS = ["SeniorCitizen", "Partner", TELCO.target]  # a flag, a category of yes and no, and the outcome
TEXT = [
    *[("1.0", "0.0"), ("1,0", "0,0"), ("1.00", "0.00"), ("1,00", "0,00"), ("1.", "0."), (" 1 ", " 0 "), ("1.000", "0.000")],
    *[
        ("1.000000000000000000e+00", "0.000000000000000000e+00"),
        ("1E0", "-0.0"),
        ("+1", "-0"),
        ("'1", "'0"),
        ("True", "FALSE"),
        ("yes", "n"),
    ],
]
VALUES = [
    *[(True, False), (1, 0), (1.0, 0.0), (1.0, -0.0), (Decimal("1"), Decimal("0")), (Decimal("1.00"), Decimal("0.00"))],
    *[(kind(1), kind(0)) for kind in (np.int8, np.int64, np.uint8, np.float32, np.float64, np.bool_)],
]


def customers():
    return generate(40, seed=3, schema=TELCO)


def as_flag(raw, column):
    return read_flags(raw[column], TELCO[TELCO.target]) == 1


def written(column, yes, no):
    raw = customers()
    return raw.assign(**{column: pd.Series([yes if flag else no for flag in as_flag(raw, column)], dtype="object")})


def csv(raw):
    return raw.to_csv(index=False).encode()


def excel(raw):
    content = io.BytesIO()
    raw.to_excel(content, index=False)
    return content.getvalue()


def as_parquet(raw):
    content = io.BytesIO()
    parquet.write_table(pa.Table.from_pandas(raw, preserve_index=False), content)
    return content.getvalue()


def read(content):
    table = read_table(content, TELCO)
    customers, report = clean(table.frame, TELCO, table.decimal)
    assert report.rejected == 0, report.rejects["problem"][0]
    return customers.reset_index(drop=True)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("yes, no", [*TEXT, *VALUES], ids=repr)
def test_one_and_nought_are_yes_and_no_in_every_format(column, yes, no):
    wanted, raw = clean(customers(), TELCO)[0], written(column, yes, no)
    assert clean(raw, TELCO)[0].equals(wanted)
    for as_file in (csv, excel, as_parquet):
        assert read(as_file(raw)).equals(wanted), as_file.__name__


@pytest.mark.parametrize("yes, no", TEXT[:-2], ids=repr)
def test_a_decimal_number_in_a_flag_is_the_number_and_no_repair(yes, no):
    _, report = clean(written("SeniorCitizen", yes, no), TELCO)
    assert not [repair for repair in report.repairs if repair.column == "SeniorCitizen"]


@pytest.mark.parametrize("word", ["1.5", "0.1", "10", "1.01", "1..0", "1,0,0", "１", "$1", "2", "-1", "1e1", "1 0"])
@pytest.mark.parametrize("column", ["SeniorCitizen", "Partner"])
def test_any_other_number_is_neither(column, word):
    raw = customers().astype({column: "object"})
    raw.at[7, column] = word
    _, report = clean(raw, TELCO)
    assert report.rejects["row"].tolist() == [7] and report.rejects["problem"][0].startswith(f"{column}: {word!r} is not one of")


# Outcomes of two numbers


@pytest.mark.parametrize("minus", [-1, "-1", "−1", "-1.0", "-1,00", Decimal("-1.0"), -1.0])
def test_of_an_outcome_of_1_and_minus_1_alone_minus_1_has_stayed(minus):
    raw, wanted = written(TELCO.target, 1, minus), clean(customers(), TELCO)[0]
    assert clean(raw, TELCO)[0].equals(wanted)
    found = read_outcomes(raw, TELCO)
    assert found.left.tolist() == (wanted[TELCO.target] == 1).tolist() and not found.unread.number


def test_a_blank_among_1_and_minus_1_stays_a_blank():
    flags = read_flags(pd.Series(["1", "", "-1", "NULL"]), TELCO[TELCO.target])
    assert np.array_equal(flags, [1, np.nan, 0, np.nan], equal_nan=True)


@pytest.mark.parametrize("words", [["1", "0", "-1"], ["Yes", "-1"], ["1", "2", "-1"]], ids=repr)
def test_minus_1_beside_anything_else_is_not_understood(words):
    found = read_outcomes(pd.DataFrame({TELCO.target: words}), TELCO)
    assert found.unread.words["-1"] == words.count("-1")


@pytest.mark.parametrize("one, two", [(1, 2), ("1", "2"), ("1.0", "2.0"), (Decimal("1.0"), Decimal("2.0"))])
def test_an_outcome_of_1_and_2_alone_may_mean_either_and_is_not_understood(one, two):
    raw = written(TELCO.target, one, two)
    found = read_outcomes(raw, TELCO)
    assert not found.left.any() and found.unread.number == len(raw) and set(found.unread.words) == {str(one), str(two)}
    kept, report = clean(raw, TELCO)
    assert kept.empty and "write Yes for each customer who left, else No" in " ".join(report.rejects["problem"])


def test_a_2_beside_0_and_1_is_a_word_that_is_not_understood():
    found = read_outcomes(pd.DataFrame({TELCO.target: [0, 1, 2]}), TELCO)
    assert found.left.tolist() == [False, True, False] and dict(found.unread.words) == {"2": 1}
