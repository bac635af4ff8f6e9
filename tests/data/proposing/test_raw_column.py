"""What a column is made of, told by its values, however they are written."""

import datetime

import numpy as np
import pandas as pd
import pytest

from churn_core.data.proposing.raw_column import look_at


def kind(values, decimal: str = ".") -> str:
    return look_at("x", 0, pd.Series(list(values)), decimal).kind


KINDS = {
    "number": ["1.5", "2.25", "-3", "1e3"],
    "whole": [str(i) for i in range(30)],
    "ordinal": ["1", "2", "3", "4", "5"],
    "band": ["30-39 years", "40-49 years", "50-59 years", "under 30", "60+"],
    "date": ["2024-01-31", "2023-12-01", "2020-02-29"],
    "yes/no": ["Yes", "No"],
    "category": ["gold", "silver", "bronze"],
    "text": [f"note {i} of a customer" for i in range(80)],
}


@pytest.mark.parametrize("what", KINDS)
def test_each_kind_is_told_by_the_values(what):
    assert kind(KINDS[what] * 3 if what != "text" else KINDS[what]) == what


@pytest.mark.parametrize(
    "values",
    [["yes", "no"], ["ja", "nein"], ["sí", "no"], ["oui", "non"], ["sim", "não"], ["Y", "N"], ["TRUE", "FALSE"], [0, 1], [True, False],
     ["0.0", "1.0"], ["Yes", "yes", "NO", "n"]],
)  # fmt: skip
def test_yes_and_no_are_known_in_every_language_and_spelling(values):
    assert kind(values * 5) == "yes/no"


@pytest.mark.parametrize(
    "values", [["1", "2"], ["Yes", "No", "No internet service"], ["area_415", "area_408", "area_5"], ["Offer 1", "Offer 2"]]
)
def test_grades_and_numbered_words_are_neither_yes_and_no_nor_bands(values):
    assert kind(values * 5) in ("ordinal", "category")


@pytest.mark.parametrize(
    "values", [["31/12/2023", "01/02/2024"], ["31.12.2023"], ["12/31/2023", "01/13/2024"], ["2023-12-31 10:00:00"], ["05 May 2024"],
               ["May 5, 2024"], ["20231231", "20240101"] + [f"202401{i:02}" for i in range(10, 20)], ["Jan-24", "Feb-24"],
               [pd.Timestamp("2024-01-01")], [datetime.datetime(2024, 1, 1)], [datetime.date(2024, 5, 1)]]
)  # fmt: skip
def test_days_are_told_in_the_usual_ways_to_write_them(values):
    assert kind(values * 4) == "date"


@pytest.mark.parametrize(
    "values", [["382-4657", "371-7191"], ["4444-BZPU", "5676-PTZX"], ["10", "11"], ["may", "june"], ["1-2", "3-4"]]
)
def test_what_merely_has_dashes_is_no_date(values):
    assert kind(values * 3) != "date"


def test_numbers_are_read_as_the_product_reads_them():
    column = look_at("Betrag", 0, pd.Series(["29,85", "1.234,50", "€ 7,00", "n/a", ""]), ",")
    assert column.values.tolist()[:3] == [29.85, 1234.5, 7.0] and column.filled == 3
    assert look_at("amount", 0, pd.Series(["$1,234.50", "$3.00", " 1 000.25 "]), ".").values.tolist() == [1234.5, 3.0, 1000.25]


@pytest.mark.parametrize("nothing", [None, np.nan, "", "  ", "NULL", "n/a", "#N/A", " - ", pd.NaT])
def test_what_stands_for_nothing_is_blank(nothing):
    column = look_at("x", 0, pd.Series(["a", nothing, "b"], dtype=object), ".")
    assert column.codes.tolist() == [0, -1, 1] and column.present == ("a", "b")


def test_one_value_in_several_types_and_spacings_is_one():
    column = look_at("x", 0, pd.Series(["1", 1, 1.0, " 1 ", "two  words", "two words"], dtype=object), ".")
    assert column.distinct == 2 and column.codes.tolist() == [0, 0, 0, 0, 1, 1]


def test_a_band_counts_with_its_middle_and_a_date_with_its_day():
    assert look_at("x", 0, pd.Series(["$7.00 - $8.00", "under 20", "30-39 years"]), ".").values.tolist() == [7.5, 20, 34.5]
    assert np.diff(look_at("x", 0, pd.Series(["2024-01-01", "2024-01-31"]), ".").values).tolist() == [30]


def test_nothing_at_all_is_a_column_too():
    for values in ([], [None], ["", ""]):
        column = look_at("", 0, pd.Series(values, dtype=object), ".")
        assert (column.filled, column.distinct, column.present) == (0, 0, ()) and column.kind == "category"
