"""Files → raw tables: every value as it came, every row with its line in the file."""

import gzip
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import excel as excel_file
from churn_core.data.reading import reader as read
from churn_core.data.reading.reader import read_table
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO

SIMPLE = "name,note\nAda,first\nBob,second\n"
ROWS = [["Ada", "first"], ["Bob", "second"]]

# Any text that is no line of its own: values that are all blank make an empty line, which is no customer.
cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def rows(content: bytes) -> list[list]:
    return read_table(content, TELCO).frame.to_numpy().tolist()


def excel(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False, engine="openpyxl")
    return buffer.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def test_a_csv_file_and_its_bytes_are_the_same_table(tmp_path):
    path = tmp_path / "customers.of.any.name"
    path.write_text(SIMPLE)
    assert read_table(path, TELCO).frame.equals(read_table(SIMPLE.encode(), TELCO).frame)
    assert rows(SIMPLE.encode()) == ROWS


@pytest.mark.parametrize("separator, words", [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_recognised_and_told(separator, words):
    table = read_table(SIMPLE.replace(",", separator).encode(), TELCO)
    assert table.frame.to_numpy().tolist() == ROWS
    assert any(words in notice for notice in table.notices)


def test_commas_in_utf_8_need_no_notice():
    assert read_table(SIMPLE.encode(), TELCO).notices == ()


def test_a_separator_inside_quotes_separates_nothing():
    table = read_table(b'"name; surname; title; called",note\nAda,first\n', TELCO)
    assert list(table.frame) == ["name; surname; title; called", "note"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(encoding):
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    table = read_table((mark + "naïve,note\nÅda,é\n").encode(encoding), TELCO)
    assert list(table.frame) == ["naïve", "note"]
    assert table.frame.to_numpy().tolist() == [["Åda", "é"]]


def test_windows_1252_is_read_and_told():
    table = read_table("name,note\nÅda,50 €\n".encode("cp1252"), TELCO)
    assert table.frame.to_numpy().tolist() == [["Åda", "50 €"]]
    assert any("Windows-1252" in notice for notice in table.notices)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Mac"])
def test_line_ends_of_any_kind(end):
    assert rows(SIMPLE.replace("\n", end).encode()) == ROWS


def test_values_stay_as_they_came():
    content = b'name,note\n007," 1,5 "\nNA,"say ""hi"""\n1.50,null\n'
    assert rows(content) == [["007", " 1,5 "], ["NA", 'say "hi"'], ["1.50", "null"]]


@given(st.lists(st.tuples(cells, cells.filter(str.strip)), min_size=1, max_size=6))
def test_what_is_quoted_is_read_back_whatever_it_contains(table):
    lines = ['"' + '","'.join(cell.replace('"', '""') for cell in row) + '"' for row in table]
    assert rows("\n".join(["name,note", *lines]).encode()) == [list(row) for row in table]


def test_each_row_knows_its_line_also_after_empty_lines_and_line_breaks_in_quotes():
    content = b'\nname,note\nAda,1\n\n"Bob\nthe\nsecond",2\n , \nCid,3\n'
    assert list(read_table(content, TELCO).frame.index) == [3, 5, 9]


def test_a_row_with_too_few_or_too_many_values_is_rejected_with_its_line_and_the_others_are_read():
    table = read_table(b"name,note\nAda,1\nBob\nCid,3\nDan,4,5\n", TELCO)
    assert table.frame.to_numpy().tolist() == [["Ada", "1"], ["Cid", "3"]]
    assert table.rejects.to_numpy().tolist() == [
        [3, "has 1 value, the header has 2: check the separators", "Bob"],
        [5, "has 3 values, the header has 2: check the separators", "Dan,4,5"],
    ]


def test_a_header_alone_is_a_table_without_rows():
    table = read_table(b"name,note\n", TELCO)
    assert list(table.frame) == ["name", "note"] and table.frame.empty and table.rejects.empty


def test_spaces_around_the_names_are_no_part_of_them():
    assert list(read_table(b" name , note\nAda,1\n", TELCO).frame) == ["name", "note"]


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "The file is empty"),
        (b" \r\n\t\n", "The file is empty"),
        (b"\xef\xbb\xbf\n", "The file has no column names|The file is empty"),
        (b",,\n,,\n", "The file has no column names"),
        (b"hello\nworld\n", "its first line has a single column"),
        (b"%PDF-1.7 ...", "The file is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (gzip.compress(SIMPLE.encode())[:20], "gzip file is damaged"),
        (b"a,b\n\x00\x01,\xff\n", "not text"),
        (b"PAR1 and then nothing", "The Parquet file .*Write it again"),
        (b"PK\x03\x04 and then nothing", "damaged.*Save it again"),
        ("name,note\nAda,1\n".encode("utf-16")[:-1], "cut off"),
    ],
)
def test_what_is_no_table_is_refused_with_the_mend(content, sentence):
    with pytest.raises(DataError, match=sentence) as refused:
        read_table(content, TELCO)
    assert str(refused.value).count(".") >= 2  # what is wrong, then what to do


def test_an_excel_file_that_is_cut_off_is_damaged():
    whole = excel(pd.DataFrame({"name": ["Ada"], "note": ["x"]}))
    with pytest.raises(DataError, match="damaged.*Excel file|Excel file.*damaged"):
        read_table(whole[: len(whole) // 2], TELCO)


@pytest.mark.parametrize("opening", ['"Bob,2\nCid,3\n', '"Bob",2\n"Cid,3\nDan,4\n'])
def test_a_quotation_mark_that_is_not_closed_costs_its_own_line_only(opening):
    line = 3 if opening.startswith('"Bob,') else 4
    table = read_table(f"name,note\nAda,1\n{opening}".encode(), TELCO)
    (rejected,) = table.rejects.to_dict("records")
    assert rejected["row"] == line and "quotation mark that is not closed" in rejected["problem"]
    assert rejected["text"] == ('"Bob,2' if line == 3 else '"Cid,3')
    assert table.frame["name"].tolist() == (["Ada", "Cid"] if line == 3 else ["Ada", "Bob", "Dan"])


def test_two_stray_quotation_marks_merge_no_rows():
    table = read_table(b'a,b,c\n1,"2,3\n4,5",6\n7,8,9\n', TELCO)
    assert table.rejects["row"].tolist() == [2]
    assert table.frame.to_numpy().tolist() == [["4", '5"', "6"], ["7", "8", "9"]]


def test_a_file_that_is_not_there_is_refused_by_name_without_its_folder(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DataError, match=f"There is no file {path.name} at that place"):
            read_table(path, TELCO)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MAX_FILE_BYTES", 10)
    path = tmp_path / "large.csv"
    path.write_text(SIMPLE)
    for source in (path, SIMPLE.encode()):
        with pytest.raises(DataError, match="at most 0 MB are read. Split it"):
            read_table(source, TELCO)


def test_a_table_that_takes_too_much_memory_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(read, "_IN_MEMORY", 10)
    with pytest.raises(DataError, match="takes 0 MB in memory; at most 0 MB are read. Split it"):
        read_table(SIMPLE.encode(), TELCO)


def test_an_excel_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    content = excel(pd.DataFrame({"name": ["A" * 30_000], "note": ["x"]}))
    monkeypatch.setattr(excel_file, "_MOST_UNPACKED", len(content))
    with pytest.raises(DataError, match="Split it"):
        read_table(content, TELCO)


def test_parquet_keeps_its_own_values_and_types():
    frame = pd.DataFrame({"name": ["Ada", None], "tenure": [1, 2], "charge": [0.1 + 0.2, 1e-300]})
    read_back = read_table(parquet(frame), TELCO).frame
    assert list(read_back.index) == [2, 3]
    assert read_back["tenure"].tolist() == [1, 2]
    assert read_back["charge"].tolist() == [0.1 + 0.2, 1e-300]
    assert read_back["name"].isna().tolist() == [False, True]


def test_nested_values_of_a_parquet_file_are_text():
    nested = read_table(
        parquet(pd.DataFrame({"list": [["a", "b"], None], "map": [{"k": 1}, {"k": 2}], "n": [1, 2]})), TELCO
    ).frame
    assert [type(value) for name in ("list", "map") for value in nested[name].dropna()] == [str] * 3
    assert "a" in nested["list"][2] and nested["n"].tolist() == [1, 2]


def test_an_id_that_a_parquet_file_keeps_as_its_index_is_a_column():
    buffer = io.BytesIO()
    pd.DataFrame({"n": [1, 2]}, index=pd.Index(["A", "B"], name="customerID")).to_parquet(buffer)
    assert read_table(buffer.getvalue(), TELCO).frame["customerID"].tolist() == ["A", "B"]


def test_only_the_first_sheet_of_an_excel_file_is_read_and_that_is_told():
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as book:
        pd.DataFrame({"name": ["Ada"], "note": ["x"]}).to_excel(book, sheet_name="one", index=False)
        pd.DataFrame({"name": ["Bob"], "note": ["y"]}).to_excel(book, sheet_name="two", index=False)
    table = read_table(buffer.getvalue(), TELCO)
    assert table.frame["name"].tolist() == ["Ada"]
    assert any("Only the sheet 'one'" in notice for notice in table.notices)


def test_excel_keeps_numbers_words_and_the_line_of_each_row():
    frame = pd.DataFrame({"name": ["Ada", "", "NA"], "tenure": [1, None, 3], "charge": [19.9, None, 70.35]}, dtype=object)
    read_back = read_table(excel(frame), TELCO).frame
    assert list(read_back.index) == [2, 4]  # an empty line is no customer
    assert read_back["name"].tolist() == ["Ada", "NA"]
    assert read_back["charge"].tolist() == [19.9, 70.35]


def test_a_space_before_the_quotes_is_no_part_of_a_value_where_the_header_has_it_too():
    table = read_table(b'"name", "note"\n"Ada", "a, b"\n"Bob", "c"\n', TELCO)
    assert list(table.frame) == ["name", "note"]
    assert table.frame.to_numpy().tolist() == [["Ada", "a, b"], ["Bob", "c"]]


def test_text_that_a_parquet_file_does_not_call_text_is_text():
    buffer = io.BytesIO()
    pd.DataFrame({"name": [b"Ada", "Müller".encode()], "n": [1, 2]}).to_parquet(buffer)
    assert read_table(buffer.getvalue(), TELCO).frame["name"].tolist() == ["Ada", "Müller"]


def test_a_parquet_file_that_repeats_a_long_text_is_refused_before_it_is_unpacked():
    buffer = io.BytesIO()
    pd.DataFrame({"note": pd.Series(["x" * 100_000] * 2_000, dtype="category"), "n": range(2_000)}).to_parquet(buffer)
    assert len(buffer.getvalue()) < 100_000
    with pytest.raises(DataError, match="rows of more than 64 KB"):
        read_table(buffer.getvalue(), TELCO)


def test_a_parquet_file_of_several_groups_is_read_in_order():
    buffer = io.BytesIO()
    pd.DataFrame({"n": range(1_000), "name": "x"}).to_parquet(buffer, row_group_size=300)
    frame = read_table(buffer.getvalue(), TELCO).frame
    assert frame["n"].tolist() == list(range(1_000)) and list(frame.index) == list(range(2, 1_002))
