"""Tables → CSV and Excel files that are safe to open in a spreadsheet."""

import io
import zipfile
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from churn_core.data.reading.reader import read_table
from churn_core.data.writing import cells as module
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.workbook import Look, to_xlsx
from churn_core.schema.telco import TELCO

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "' =1", "-", "=", "+a", "-5 + 1"]
PLAIN = ["-5", "+5", "-5.25", "-.5", "-1e-7", " -5 ", "", "a=1", "1-1", "3,5", "Müller", "it's", "0042", "x@y.org"]
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


def lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_is_counted(text):
    content, count = to_csv(pd.DataFrame({"note": [text, "fine"], "n": [1, 2]}))
    assert count == 1
    assert read_table(content, TELCO).frame["note"].tolist() == ["'" + text, "fine"]


@pytest.mark.parametrize("text", PLAIN)
def test_text_that_is_harmless_stays_plain_negative_numbers_too(text):
    content, count = to_csv(pd.DataFrame({"note": [text], "n": [1]}))
    assert count == 0
    assert read_table(content, TELCO).frame["note"].tolist() == [text]


def test_names_of_columns_are_made_harmless_too():
    content, count = to_csv(pd.DataFrame([[1, 2]], columns=["=1+1", "fine"]))
    assert (lines(content), count) == (["'=1+1,fine", "1,2"], 1)


def test_negative_numbers_in_number_columns_stay_numbers():
    content, count = to_csv(pd.DataFrame({"n": [-1, -2], "x": [-0.5, 1e-7]}))
    assert (lines(content), count) == (["n,x", "-1,-0.5", "-2,1e-7"], 0)


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
    again = read_table(content, TELCO).frame
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


# Excel


def sheet_of(table: pd.DataFrame) -> Worksheet:
    """The only sheet of the file that ``table`` becomes."""
    return load_workbook(io.BytesIO(to_xlsx({"Sheet": table})[0]))["Sheet"]


def cells(sheet: Worksheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def kinds(sheet: Worksheet) -> set[str]:
    return {cell.data_type for row in sheet.iter_rows() for cell in row}


numbers = st.floats(-1e12, 1e12) | st.integers(-(2**53), 2**53)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8))
def test_numbers_in_an_excel_file_stay_numbers_negative_ones_too(rows):
    """To the 15 digits that a spreadsheet keeps."""
    table = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    sheet = sheet_of(table)
    assert np.array(cells(sheet)[1:], dtype=float) == pytest.approx(np.array(rows, dtype=float), rel=1e-15, abs=0)
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} == {"n"}


def test_an_excel_file_is_read_back_by_pandas_as_the_table_it_was():
    table = pd.DataFrame({"id": ["A-1", "B=2"], "n": [3, -4], "x": [-0.25, 1e-7], "yes": [True, False]})
    content, count = to_xlsx({"Sheet": table})
    pd.testing.assert_frame_equal(pd.read_excel(io.BytesIO(content)), table, check_dtype=False)
    assert count == 0


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_text_that_a_spreadsheet_would_run_gets_the_same_apostrophe_as_in_csv(text, dtype):
    table = pd.DataFrame({"note": pd.Series([text, "fine"], dtype=dtype)})
    content, count = to_xlsx({"Sheet": table})
    assert count == to_csv(table)[1] == 1
    written = load_workbook(io.BytesIO(content))["Sheet"]["A2"].value
    assert written.replace("\n", "\r") == "'" + text.replace("\n", "\r")  # XML knows one kind of line end


@pytest.mark.parametrize("text", PLAIN)
def test_text_that_is_harmless_is_text_in_an_excel_file_and_stays_as_it_is(text):
    sheet = sheet_of(pd.DataFrame({"note": [text], "n": [1]}))
    assert (sheet["A2"].value or "", sheet["B2"].value) == (text, 1)
    assert not text or sheet["A2"].data_type == "s"  # "0042" and "-5" were text, so they are not numbers


@given(st.lists(st.tuples(texts, st.sampled_from([*FORMULAS, "#REF!", "{=1}", "TRUE"])), min_size=1, max_size=6), texts)
def test_no_cell_of_an_excel_file_is_a_formula_or_an_error_whatever_the_text(rows, name):
    assert kinds(sheet_of(pd.DataFrame(rows, columns=[name, "=b"], dtype="object"))) <= {"s", "inlineStr", "n"}
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(to_xlsx({"S": pd.DataFrame(rows)})[0])).read("xl/worksheets/sheet1.xml")


def test_the_header_of_an_excel_file_is_made_harmless_and_counted_too():
    content, count = to_xlsx({"Sheet": pd.DataFrame([[1, 2]], columns=["=1+1", "fine"])})
    sheet = load_workbook(io.BytesIO(content))["Sheet"]
    assert (cells(sheet), count, kinds(sheet)) == ([["'=1+1", "fine"], [1, 2]], 1, {"s", "n"})


@pytest.mark.parametrize("nothing", [None, np.nan, np.inf, -np.inf, pd.NA, pd.NaT])
def test_what_has_no_value_is_an_empty_cell(nothing):
    sheet = sheet_of(pd.DataFrame({"x": pd.Series([nothing], dtype=object), "behind": ["a"]}))
    assert cells(sheet)[1] == [None, "a"]


@pytest.mark.parametrize("dtype", ["float64", "Int64", "datetime64[ns]", "str"])
def test_a_missing_value_is_an_empty_cell_in_columns_of_every_kind(dtype):
    sheet = sheet_of(pd.DataFrame({"x": pd.Series([None], dtype=dtype), "behind": ["a"]}))
    assert cells(sheet)[1] == [None, "a"]


def test_dates_and_truth_values_keep_their_kind():
    moments = pd.to_datetime(["2026-11-22 19:30:45"])
    table = pd.DataFrame({"at": moments, "on": [date(2026, 11, 22)], "yes": [True], "no": np.array([False])})
    sheet = sheet_of(table)
    assert cells(sheet)[1] == [datetime(2026, 11, 22, 19, 30, 45), datetime(2026, 11, 22), True, False]
    assert [cell.data_type for cell in sheet[2]] == ["d", "d", "b", "b"]


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x0b", "\x1f"])
def test_control_characters_which_the_format_forbids_go_from_cells_and_header(control):
    sheet = sheet_of(pd.DataFrame({f"no{control}te": [f"a{control}b"]}))
    assert cells(sheet) == [["note"], ["ab"]]


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
def test_other_characters_that_no_xml_may_hold_do_not_spoil_the_file(character):
    assert cells(sheet_of(pd.DataFrame({"note": [f"a{character}b"]})))[1] in (["ab"], ["a\ufffdb"])


def test_what_is_left_when_a_control_character_has_gone_is_harmless_too():
    assert cells(sheet_of(pd.DataFrame({"note": ["\x01=1+1"]})))[1] == ["'=1+1"]


def test_every_table_is_a_sheet_of_its_own_in_their_order_and_the_count_is_of_all():
    content, count = to_xlsx(
        {"One": pd.DataFrame({"a": ["=1"]}), "Two": pd.DataFrame({"b": ["@x", "y"]}), "Empty": pd.DataFrame()}
    )
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["One", "Two", "Empty"] and count == 2
    assert cells(book["One"]) == [["a"], ["'=1"]] and cells(book["Two"]) == [["b"], ["'@x"], ["y"]]


def test_a_sheet_without_rows_is_its_header_which_stays_in_view():
    sheet = sheet_of(pd.DataFrame({"a": [], "b": []}))
    assert cells(sheet) == [["a", "b"]] and sheet.freeze_panes == "A2"


def test_a_look_gives_columns_headings_and_numbers_their_format_and_changes_no_value():
    table = pd.DataFrame({"p": [0.25, None], "n": ["=1", "fine"], "x": [2.0, -3.0]})
    about = pd.DataFrame({"name": ["p", "campaign"], "value": pd.Series([0.25, "Spring"], dtype=object)})
    look = Look(headings={"p": "Churn probability", "name": "What"}, formats={"p": "0.0%", "x": '"$"#,##0.00', "n": "0"})
    book = load_workbook(io.BytesIO(to_xlsx({"About": about, "Call": table}, look)[0]))
    assert cells(book["About"]) == [["What", "value"], ["Churn probability", 0.25], ["campaign", "Spring"]]
    assert cells(book["Call"]) == [["Churn probability", "n", "x"], [0.25, "'=1", 2], [None, "fine", -3]]
    assert [cell.number_format for cell in book["Call"][2]] == ["0.0%", "General", '"$"#,##0.00']
    assert book["About"]["B2"].number_format == "0.0%"


def test_columns_keep_their_names_where_two_would_be_called_the_same():
    sheet = load_workbook(io.BytesIO(to_xlsx({"S": pd.DataFrame({"a": [1], "b": [2]})}, Look(headings={"a": "b"}))[0]))["S"]
    assert cells(sheet) == [["a", "b"], [1, 2]]


def test_a_sheet_can_be_filtered_and_its_columns_are_as_wide_as_what_stands_in_them():
    sheet = sheet_of(pd.DataFrame({"id": ["A-1", "B-2"], "a long heading": [1, 2], "note": ["x" * 500, ""]}))
    assert sheet.auto_filter.ref == "A1:C3" and sheet.freeze_panes == "A2" and sheet["A1"].font.bold
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths[0] < widths[1] < widths[2] < 100 and widths[1] >= len("a long heading")


def test_a_long_text_is_cut_to_what_a_cell_can_hold():
    assert sheet_of(pd.DataFrame({"note": ["x" * 40_000]}))["A2"].value == "x" * 32_767


def test_the_table_of_a_sheet_is_not_changed():
    table = pd.DataFrame({"note": ["=1"]})
    to_xlsx({"Sheet": table})
    assert table["note"].tolist() == ["=1"]


def test_a_long_table_is_written_part_by_part_to_the_same_bytes(monkeypatch):
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "text": rng.choice(["a", "=1+1", 'say "x"', "", "ü,y"], 5_000),
            "number": rng.normal(size=5_000),
            "few": rng.choice([0.1, -0.0, np.nan], 5_000),
            "whole": pd.Series(rng.choice([1, 2, None], 5_000), dtype="Int64"),
            "yes": rng.random(5_000) < 0.5,
        }
    )
    whole = to_csv(table)
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    assert to_csv(table) == whole
