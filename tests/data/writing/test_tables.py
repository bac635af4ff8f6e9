"""Tables that are written in parts are those that are written whole, in every format."""

import datetime
from decimal import Decimal
from io import BytesIO

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.data.writing import tables
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import WRITERS, CsvWriter, ExcelWriter, ParquetWriter, writer_for
from churn_core.data.writing.workbook import to_xlsx
from churn_core.errors import DataError

words = st.sampled_from(
    ["plain", "=1+1", "+cmd", "-5", "-x", "@a", '"=b"', "a,b", 'say "hi"', "two\nlines", "", "é€", " padded "]
)
numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False, width=64), st.sampled_from([0.0, 1.0, -2.5, 1e16, 1e-7]))
rows = st.lists(st.tuples(words, numbers, st.integers(-(2**53), 2**53), st.booleans(), words), min_size=1, max_size=12)
cuts = st.lists(st.integers(0, 12), max_size=4)
COLUMNS = ["note", "charge", "months", "contact", "=other"]


def table_of(drawn: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(drawn, columns=COLUMNS).astype({"note": "str", "=other": "category"})
    return table.set_axis(range(2, len(table) + 2))


def parts_of(table: pd.DataFrame, at=()) -> list[pd.DataFrame]:
    edges = [0, *sorted(min(cut, len(table)) for cut in at), len(table)]
    return [table.iloc[start:end] for start, end in zip(edges, edges[1:], strict=False) if end > start]


def written(writer: type, parts: list[pd.DataFrame], columns=None) -> tuple[bytes, int]:
    """The file, and how many cells were made harmless."""
    stream = BytesIO()
    opened = writer(stream, list(parts[0].columns) if columns is None else columns)
    try:
        for part in parts:
            opened.append(opened.encode(part))
        opened.close()
    except BaseException:
        opened.abandon()
        raise
    return stream.getvalue(), opened.harmless


def cells_of(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True))


def parquet_of(content: bytes) -> pd.DataFrame:
    return pyarrow.parquet.read_table(BytesIO(content)).to_pandas()


# Parts and the whole


@given(rows, cuts)
def test_csv_in_parts_is_byte_for_byte_the_csv_of_the_whole(drawn, at):
    table = table_of(drawn)
    assert written(CsvWriter, parts_of(table, at)) == to_csv(table)


@settings(max_examples=25)
@given(rows, cuts)
def test_excel_in_parts_has_the_cells_of_the_whole(drawn, at):
    table = table_of(drawn)
    content, harmless = written(ExcelWriter, parts_of(table, at))
    assert (cells_of(content), harmless) == (cells_of(written(ExcelWriter, [table])[0]), 0)


@given(rows)
def test_excel_has_the_cells_of_a_contact_list_but_for_the_apostrophes(drawn):
    table = table_of(drawn)
    ours, guarded = cells_of(written(ExcelWriter, [table])[0]), cells_of(to_xlsx({"Customers": table})[0])
    for row, with_apostrophes in zip(ours, guarded, strict=True):
        row = ["-5" if own == -5 else own for own in row]  # a number in a file that was scored
        assert all(theirs in (own, f"'{own}") for own, theirs in zip(row, with_apostrophes, strict=True))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", " =1", "'=1", "- 5", "0042", "1,5", "1e5", "+7", "5.", "1234567890123456"],
)
def test_text_in_excel_is_text_as_it_came_and_no_formula_in_the_header_too(text):
    content, harmless = written(ExcelWriter, [pd.DataFrame({text: [text]})])
    cells = [cell for row in openpyxl.load_workbook(BytesIO(content)).active.iter_rows() for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s")] * 2 and harmless == 0


@pytest.mark.parametrize("text", ["0", "-5", "29.85", "93225", "-0.25", "123456789012345"])
def test_a_plain_number_is_a_number_in_excel_also_where_it_came_as_text(text):
    content, _ = written(ExcelWriter, [pd.DataFrame({"charge": [text]})])
    cell = openpyxl.load_workbook(BytesIO(content)).active["A2"]
    assert cell.data_type == "n" and cell.value == float(text)


@given(rows, cuts)
def test_parquet_in_parts_holds_every_value_as_it_was_and_of_its_kind(drawn, at):
    table = table_of(drawn)
    content, harmless = written(ParquetWriter, parts_of(table, at))
    back = parquet_of(content)
    assert list(back) == COLUMNS and harmless == 0
    for name in COLUMNS:
        assert back[name].tolist() == table[name].tolist()
    kinds = [pyarrow.parquet.read_schema(BytesIO(content)).field(name).type for name in COLUMNS]
    assert [pa.types.is_large_string(kinds[0]) or pa.types.is_string(kinds[0]), *kinds[1:4]] == [
        True, pa.float64(), pa.int64(), pa.bool_(),
    ]  # fmt: skip


def test_a_name_that_is_harmful_only_without_its_control_characters_is_counted_once_too():
    table = pd.DataFrame({"\x01=note": ["a", "b", "c"]})
    assert written(CsvWriter, parts_of(table, [1, 2]))[1] == to_csv(table)[1]


def test_a_name_with_control_characters_is_text_without_them_in_excel():
    table = pd.DataFrame({"\x01=note": ["a", "b", "c"]})
    content, harmless = written(ExcelWriter, parts_of(table, [1, 2]))
    assert (cells_of(content), harmless) == ([("=note",), ("a",), ("b",), ("c",)], 0)


@given(st.lists(st.sampled_from([0.0, -0.0, 1.5, -1.5]), min_size=1, max_size=8))
def test_a_column_of_many_numbers_that_repeat_keeps_their_last_bit(few):
    many = pd.DataFrame({"n": (few * 1_500)[:1_500]})
    back = [float(line) for line in written(CsvWriter, [many])[0].decode().split()[1:]]
    assert [number.hex() for number in back] == [number.hex() for number in many["n"]]


# Without rows


@pytest.mark.parametrize("writer", [CsvWriter, ParquetWriter, ExcelWriter])
def test_a_table_without_rows_is_its_header(writer):
    content, _ = written(writer, [], ["a", "b"])
    reader = {CsvWriter: pd.read_csv, ParquetWriter: pd.read_parquet, ExcelWriter: pd.read_excel}[writer]
    assert list(reader(BytesIO(content))) == ["a", "b"] and reader(BytesIO(content)).empty


# Names


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b", ""]), min_size=1, max_size=6))
def test_parquet_tells_columns_of_one_name_apart_and_keeps_their_values(names):
    table = pd.DataFrame([list(range(len(names)))] * 2, columns=names)
    back = parquet_of(written(ParquetWriter, [table])[0])
    assert len(set(back.columns)) == len(names) and back.iloc[0].tolist() == list(range(len(names)))
    assert all(now.startswith(name) for now, name in zip(back.columns, names, strict=True))
    assert [now for now, name in zip(back.columns, names, strict=True) if names.count(name) == 1 and "(" not in name] == [
        name for name in names if names.count(name) == 1 and "(" not in name
    ]


@given(st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=5))
def test_csv_and_excel_keep_columns_of_one_name_side_by_side(names):
    table = pd.DataFrame([list(range(len(names)))], columns=names)
    assert written(CsvWriter, [table])[0].decode().split("\r\n")[0] == ",".join(names)
    assert cells_of(written(ExcelWriter, [table])[0]) == [tuple(names), tuple(range(len(names)))]


# Kinds that change from part to part


def two_parts(first: list, second: list, dtype=(None, None)) -> list[pd.DataFrame]:
    return [pd.DataFrame({"x": pd.Series(values, dtype=kind)}) for values, kind in zip((first, second), dtype, strict=True)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([1, 2], [3.0, None]),  # whole numbers, some of which are missing later
        ([1.5, None], [3, 4]),
        ([None, None], ["a", "b"]),  # nothing at all, then something
        ([None, "a"], [None, None]),
        ([True, False], [None, True]),
        ([Decimal("9.50")], [Decimal("1234.50")]),
        ([Decimal("1234.50")], [Decimal("9.50"), None]),
    ],
    ids=str,
)
def test_values_of_one_kind_stay_as_they_are_though_their_storage_changes(first, second):
    kinds = (None if isinstance(v[0], (int, float)) else "object" for v in (first, second))
    back = parquet_of(written(ParquetWriter, two_parts(first, second, tuple(kinds)))[0])["x"]
    assert [None if pd.isna(value) else value for value in back] == first + second


@pytest.mark.parametrize("second", [["00123", "7"], ["a", "b"]])
@pytest.mark.parametrize("first", [[1, 2], [1.5, 2.5], [True, False]])
def test_numbers_and_then_text_are_refused_by_parquet_and_never_turned_into_numbers(first, second):
    with pytest.raises(DataError, match="Write the result as CSV or Excel"):
        written(ParquetWriter, two_parts(first, second, (None, "object")))


@pytest.mark.parametrize("writer", [CsvWriter, ExcelWriter])
def test_csv_and_excel_hold_numbers_and_then_text(writer):
    content, _ = written(writer, two_parts([1, 2], ["00123", "b"], (None, "object")))
    if writer is CsvWriter:
        assert content.decode().split() == ["x", "1", "2", "00123", "b"]
    else:
        assert cells_of(content) == [("x",), (1,), (2,), ("00123",), ("b",)]


@pytest.mark.parametrize(
    "mixed",
    [[1, "a"], ["a", 1.5], [2**70, 1], [2**70, "a"], [datetime.date(2026, 5, 1), "a"], [datetime.timedelta(hours=30), None]],
    ids=str,
)
@pytest.mark.parametrize("writer", [CsvWriter, ParquetWriter, ExcelWriter])
def test_a_part_that_mixes_kinds_is_written_whatever_it_holds(mixed, writer):
    table = pd.DataFrame({"x": pd.Series(mixed, dtype="object")})
    assert written(writer, [table])[0]


@pytest.mark.parametrize("writer", [CsvWriter, ParquetWriter, ExcelWriter])
def test_missing_categories_are_empty(writer):
    table = pd.DataFrame({"x": pd.Categorical(["a", None, "=b"]), "y": [1, 2, 3]})
    content, harmless = written(writer, parts_of(table, [1]))
    if writer is CsvWriter:
        assert content == b"x,y\r\na,1\r\n,2\r\n'=b,3\r\n"
    elif writer is ExcelWriter:
        assert cells_of(content) == [("x", "y"), ("a", 1), (None, 2), ("=b", 3)]
    else:
        assert [None if pd.isna(value) else value for value in parquet_of(content)["x"]] == ["a", None, "=b"]
    assert harmless == (1 if writer is CsvWriter else 0)


# Limits and names of files


@pytest.mark.parametrize("parts", [[], [1], [1, 3]])
def test_an_excel_sheet_takes_as_many_rows_as_the_format_has_and_not_one_more(monkeypatch, parts):
    monkeypatch.setattr(tables, "_MOST_ROWS", 4)
    table = pd.DataFrame({"a": range(5)})
    assert len(cells_of(written(ExcelWriter, parts_of(table.head(4), parts))[0])) == 5
    with pytest.raises(DataError, match="at most 4 rows. Write the result as CSV or Parquet"):
        written(ExcelWriter, parts_of(table, parts))


@pytest.mark.parametrize(
    ("ending", "writer"), [(e, w) for e, w in WRITERS.items()] + [(".CSV", CsvWriter), (".XLSX", ExcelWriter)]
)
def test_the_ending_of_its_name_tells_the_format_of_a_file(ending, writer):
    assert writer_for(f"scored{ending}") is writer


@pytest.mark.parametrize("name", ["a.xls", "a.tsv", "a.csv.gz", "a.json", "a.ZIP", "folder/a.ods", "a.xlsm"])
def test_a_format_that_is_not_written_is_refused_with_those_that_are(name):
    with pytest.raises(DataError, match=r"^a\..* End the name in .csv, .parquet or .xlsx"):
        writer_for(name)


def test_categories_are_plain_words_in_parquet_whatever_stands_beside_them():
    zone = datetime.timezone(datetime.timedelta(hours=2))
    moments = pd.Series([datetime.datetime(2026, 5, 1, 12, tzinfo=zone)] * 3)
    plan, spans = pd.Categorical(["a", None, "b"]), pd.to_timedelta([1, 2, 3], unit="D")
    alone, beside = pd.DataFrame({"plan": plan}), pd.DataFrame({"plan": plan, "at": moments, "for": spans})
    for table in (alone, beside):
        read = pyarrow.parquet.read_table(BytesIO(written(ParquetWriter, [table, table])[0]))
        kind = read.schema.field("plan").type
        assert pa.types.is_string(kind) or pa.types.is_large_string(kind)
        assert read["plan"].to_pylist() == ["a", None, "b"] * 2
    assert pa.types.is_duration(read.schema.field("for").type)
    assert read["at"].to_pandas().iloc[0] == moments[0] and read.schema.field("at").type.tz == "+02:00"


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (pd.Categorical(["c", "a"]), ["c", "a"]),
        (pd.Series(["c", "a"], dtype="str"), ["c", "a"]),
        (pd.Series([None, None], dtype="object"), [None, None]),
        (pd.Series([1, 20]), ["1", "20"]),
    ],
    ids=["other categories", "text", "nothing", "numbers"],
)
def test_a_column_that_begins_as_categories_goes_on_as_their_words_in_parquet(later, told):
    first = pd.DataFrame({"plan": pd.Categorical(["a", "b"])})
    read = pyarrow.parquet.read_table(BytesIO(written(ParquetWriter, [first, pd.DataFrame({"plan": later})])[0]))
    assert read["plan"].to_pylist() == ["a", "b", *told]


@pytest.mark.parametrize("values", [np.arange(10_000) / 7, np.arange(10_000).astype(str)], ids=["numbers", "words"])
def test_parquet_keeps_values_once_where_that_is_smaller(values):
    rng = np.random.default_rng(0)
    for distinct, once in ((100, True), (10_000, False)):
        content, _ = written(ParquetWriter, [pd.DataFrame({"x": rng.permutation(np.resize(values[:distinct], 10_000))})])
        file = pyarrow.parquet.ParquetFile(BytesIO(content))
        assert file.metadata.row_group(0).column(0).has_dictionary_page is once
        other = BytesIO()
        pyarrow.parquet.write_table(file.read(), other, compression="zstd", use_dictionary=not once)
        assert len(content) < len(other.getvalue())
