"""Delimited text in blocks: every line is a row or is said to be none, and neither blocks nor shortcuts change a value."""

import io
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import encoding, lines, text
from churn_core.data.reading.reader import TableReader
from churn_core.data.reading.text import TextBlocks
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError, Stopped
from churn_core.schema.telco import TELCO

CUSTOMERS = generate(120, seed=5, schema=TELCO)
FILE = to_csv(CUSTOMERS)[0]

# What tables are made of, at random: values, separators, quotation marks where they belong and where not, line ends.
debris = st.lists(
    st.sampled_from(["a", "b c", " ", ",", ",", '"', '""', '","', "\n", "\n", "\r\n", "x,y\n", '"q","r"\n', "é"]),
    max_size=24,
).map("".join)


def read(content: bytes, block: int = 2**22, sample: int = 2**16, line_by_line: bool = False, coded: bool = False):
    """(line → values, unread lines, the blocks' own text of each line, the reader)."""
    patches = {"BLOCK": block, "SAMPLE": sample}
    with mock.patch.multiple(encoding, **patches):
        blocks = TextBlocks(io.BytesIO(content), coded=coded, schema=TELCO)
        if line_by_line:
            blocks._regular = lambda block, ends, line: None
        rows, unread, lines = {}, [], {}
        for frame, refused, written in blocks:
            assert list(frame.columns) == blocks.columns and not set(frame.index) & set(rows)
            values = frame.astype(str).to_numpy().tolist()
            rows |= dict(zip(frame.index.tolist(), values, strict=True))
            unread += refused
            if written is not None:
                lines |= dict(zip(frame.index.tolist(), written.to_pylist(), strict=True))
    return rows, unread, lines, blocks


def outcome(content: bytes, **how):
    rows, unread, _, blocks = read(content, **how)
    return rows, unread, blocks.columns, blocks.decimal, sorted(blocks.notices)


@pytest.mark.parametrize(
    "words", [["a", "", "é"], [f"w{i}" for i in range(700)], ["x" * 3_000, "y"]], ids=["few", "many", "long"]
)
def test_categories_are_what_pandas_makes_of_the_same_words_and_long_ones_are_not_kept(words):
    values = [words[i % len(words)] for i in range(1_000)]
    kept = text._of_words.cache_info().currsize
    (frame, _, _), *_ = TextBlocks(io.BytesIO(to_csv(pd.DataFrame({"Contract": values, "id": "1"}))[0]), schema=TELCO)
    expected = pd.Series(pd.Categorical(values, categories=pd.Index(words, dtype="str")), index=range(2, 1_002))
    pd.testing.assert_series_equal(frame["Contract"], expected, check_names=False)
    assert text._of_words.cache_info().currsize <= kept + (words[0] == "a")


# Every line


@given(debris)
def test_every_line_that_holds_anything_is_a_row_or_is_said_to_be_none(body):
    rows, unread, _, _ = read(b"alpha,beta\n" + body.encode())
    covered = {line + more for line, values in rows.items() for more in range(sum(v.count("\n") for v in values) + 1)}
    for refused in unread:
        covered |= set(range(refused.row, refused.row + refused.text.count("\n") + 1))
        assert refused.text.strip() and refused.problem
    for line, words in enumerate(body.split("\n"), start=2):
        assert line in covered or not words.strip(' \r",'), (line, words)


@given(debris)
def test_no_line_is_both_a_row_and_said_to_be_none(body):
    rows, unread, _, _ = read(b"alpha,beta\n" + body.encode())
    refused = [line.row for line in unread]
    assert refused == sorted(set(refused)) and not set(refused) & set(rows)


@given(debris, st.sampled_from([b"alpha,beta\n", b"alpha,beta,gamma\n"]))
def test_what_is_read_all_at_once_is_what_is_read_line_by_line(body, header):
    content = header + body.encode()
    assert outcome(content) == outcome(content, line_by_line=True)


@given(st.lists(st.sampled_from(["a", '"', '""', '"""', ",", " "]), max_size=8).map("".join))
def test_one_line_is_the_same_row_however_it_is_read(line):
    content = f"alpha,beta\n{line}\n".encode()
    assert outcome(content) == outcome(content, line_by_line=True)


@given(debris, st.integers(40, 200), st.sampled_from([16, 64, 2**16]))
def test_where_a_block_ends_changes_no_row_and_no_line_number(body, block, sample):
    content = b"alpha,beta\n" + body.encode()
    rows, unread, _, _ = read(content)
    in_blocks, unread_in_blocks, _, _ = read(content, block=block, sample=sample)
    assert (in_blocks, unread_in_blocks) == (rows, unread)


@pytest.mark.parametrize("block", [333, 4_096, 2**22])
def test_customers_are_the_same_in_blocks_of_any_size_coded_or_not(block):
    whole = outcome(FILE)
    assert whole[0] == dict(enumerate((line.split(",") for line in FILE.decode().splitlines()[1:]), start=2))
    for coded in (False, True):
        assert outcome(FILE, block=block, sample=512, coded=coded) == whole


# Irregular lines beside regular ones

NOTES = ["plain", "a, b", 'say "hi"', "two\nlines", "three\n\nlines", " padded ", "", "é€", "it's"]


@given(st.lists(st.tuples(st.sampled_from(NOTES), st.sampled_from(["x", "a,b", "l\nm"])), min_size=1, max_size=20), st.data())
def test_what_a_writer_of_csv_wrote_comes_back_whatever_the_block(rows, data):
    content = to_csv(pd.DataFrame(rows, columns=["alpha", "beta"]))[0]
    block = data.draw(st.sampled_from((64, 100, 333)))
    back, unread, _, _ = read(content, block=block, sample=32)
    assert list(back.values()) == [list(row) for row in rows] and not unread


@pytest.mark.parametrize("stray", ['x"y', '"open', 'shut"', '"a"b'])
@pytest.mark.parametrize("block", [300, 2**22])
def test_a_stray_quotation_mark_takes_no_other_line_with_it(stray, block):
    lines = FILE.decode().splitlines()
    names = lines[0].split(",")
    cells = lines[40].split(",")
    cells[names.index("gender")] = stray
    lines[40] = ",".join(cells)
    rows, unread, _, _ = read("\n".join(lines).encode(), block=block, sample=512)
    kept = set(rows) | {line.row for line in unread}
    assert kept == set(range(2, 122)) and {line.row for line in unread} <= {41}


def test_a_quotation_mark_that_is_never_closed_ends_the_reading_with_the_mend(monkeypatch):
    monkeypatch.setattr(lines, "_MOST_UNREAD", 5)
    with pytest.raises(DataError, match="Line 2 .* consecutive lines are no rows .* quotation mark that is not closed"):
        read(b"alpha,beta\n" + b'"open\n' * 9)


def test_a_line_that_no_block_can_hold_is_refused():
    with pytest.raises(DataError, match="A line, 0 MB into the file, is longer"):
        read(b"alpha,beta\n" + b"x" * 1000, block=200, sample=64)


@pytest.mark.parametrize("body", ["a\rb,c\n", "a,b\n1\r2,3\n4,5\n"])
def test_a_carriage_return_inside_a_line_costs_that_line_only(body):
    rows, unread, _, _ = read(b"alpha,beta\n" + body.encode() + b"left,right\n")
    assert ["left", "right"] in rows.values()
    assert any("\r" in line.text for line in unread) or any("\r" in v for values in rows.values() for v in values)


def test_a_value_over_several_lines_stays_whole_where_a_block_ends_inside_it():
    content = b'alpha,beta\na,b\nc,"two\nlines"\ne,f\n'
    for block in range(20, 30):
        rows, unread, _, _ = read(content, block=block, sample=16)
        assert (rows, unread) == ({2: ["a", "b"], 3: ["c", "two\nlines"], 5: ["e", "f"]}, []), block


# The text of each row


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("block", [333, 2**22])
def test_the_text_of_each_row_is_there_where_it_can_be_copied(end, block):
    content = FILE.replace(b"\r\n", end)
    _, _, lines, _ = read(content, block=block, sample=512)
    assert lines == dict(enumerate(content.decode().split(end.decode())[1:-1], start=2))


@pytest.mark.parametrize("other", [FILE.replace(b",", b";"), FILE.replace(b"Yes", b"Y\xe9s")], ids=["semicolons", "Windows-1252"])
def test_what_is_no_csv_in_utf_8_is_not_copied(other):
    assert read(other)[2] == {}


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("block", [1_024, 2**22])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_the_encoding_and_the_line_ends_the_customers_are_the_same(encoding, block, end):
    table = CUSTOMERS.head(40).assign(note="é€ж")
    content = to_csv(table)[0].decode().replace("\r\n", end).encode(encoding)
    rows, unread, _, blocks = read(content, block=block, sample=4_096)
    assert list(rows.values()) == [line.split(",") for line in to_csv(table)[0].decode().splitlines()[1:]] and not unread
    assert blocks.columns == list(table) and any("UTF" in n for n in blocks.notices) == encoding.startswith(("utf-16", "utf-32"))


@given(st.lists(st.sampled_from(["plain", "é", "üß", "smile"]), min_size=1, max_size=40), st.sampled_from([64, 2**22]))
def test_lines_that_are_not_utf_8_are_windows_1252_and_each_is_counted_once(words, block):
    lines = [word.encode("utf-8" if i % 2 else "cp1252") + b",x\n" for i, word in enumerate(words)]
    rows, unread, _, blocks = read(b"alpha,beta\n" + b"".join(lines), block=block, sample=32)
    foreign = sum(not word.isascii() for word in words[::2])
    assert [values[0] for values in rows.values()] == words and not unread
    are = "1 line is not UTF-8; it was" if foreign == 1 else f"{foreign:,} lines are not UTF-8; they were"
    assert blocks.notices == ([f"{are} read as Windows-1252."] if foreign else [])


@pytest.mark.parametrize("between", ["", "\n", '"two\nlines",x\n', "too,many,values\n"])
@pytest.mark.parametrize("lines", [10, 9_000])
def test_foreign_lines_are_counted_once_also_beside_lines_that_are_read_one_by_one(between, lines):
    content = b"alpha,beta\n" + "çàé,x\n".encode("cp1252") * lines + between.encode() + "çàé,x\n".encode("cp1252")
    rows, _, _, blocks = read(content)
    assert sum(values[0] == "çàé" for values in rows.values()) == lines + 1
    assert blocks.notices == [f"{lines + 1:,} lines are not UTF-8; they were read as Windows-1252."]


def test_characters_of_several_bytes_are_not_foreign_wherever_the_sample_ends():
    content = ("alpha,beta\n" + "€,x\n" * 100).encode("utf-16")
    for sample in range(64, 70):
        blocks = read(content, sample=sample)[3]
        assert blocks.notices == ["The file is encoded as UTF-16."]


@pytest.mark.parametrize("at", [2, 30_000])
def test_half_a_character_of_utf_16_is_damage_wherever_it_stands(at):
    content = ("alpha,beta\n" + "a,b\n" * 20_000).encode("utf-16")
    with pytest.raises(DataError, match="cut off or damaged in the middle of a character"):
        read(content[:at] + b"\x00\xd8" + content[at:], block=2**14, sample=1_024)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_cut_off_inside_a_character_is_damaged(encoding):
    with pytest.raises(DataError, match="cut off or damaged in the middle of a character"):
        read("alpha,beta\na,b\nc,d".encode(encoding)[:-1])


# Decimal marks, separators, headers


def numbers_file(charges: list[str], separator: str = ";", end: str = "\n") -> bytes:
    names = [TELCO.monthly_charge, TELCO.tenure, "note"]
    lines = [separator.join(names), *(separator.join([charge, "5", "1,5 and 2,5"]) for charge in charges)]
    return ("\n".join(lines) + end).encode()


@given(st.lists(st.sampled_from(["29,85", "1.234,50", "29.85", "70", "1,234", ""]), max_size=20))
def test_the_decimal_mark_is_the_comma_where_more_numbers_are_written_with_it_than_with_a_point(charges):
    commas = sum(charge in ("29,85", "1.234,50") for charge in charges)
    blocks = read(numbers_file(charges))[3]
    assert blocks.decimal == ("," if commas > charges.count("29.85") else ".")
    assert ("Numbers are written with a decimal comma." in blocks.notices) == (blocks.decimal == ",")


@pytest.mark.parametrize("end", ["\n", ""])
def test_one_row_tells_the_decimal_mark_whether_its_line_ends_or_not(end):
    assert read(numbers_file(["29,85"], end=end))[3].decimal == ","


@given(st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["", "sep={}\n"]), st.sampled_from(['"', "'", ""]))
def test_the_separator_and_the_quotation_mark_are_told_by_the_header(separator, said, quote):
    lines = [separator.join(f"{quote}{cell}{quote}" for cell in cells) for cells in (("alpha", "b eta"), ("x", "y"), ("v", ""))]
    if said and quote == "'":
        return  # who says the separator is a spreadsheet, and those quote by "
    rows, _, _, blocks = read((said.format(separator) + "\n".join(lines)).encode())
    assert blocks.columns == ["alpha", "b eta"]
    assert rows == dict(zip((3, 4) if said else (2, 3), (["x", "y"], ["v", ""]), strict=True))


@given(st.integers(0, 5), st.sampled_from(["", " ", "\r"]))
def test_a_line_break_in_a_name_counts_as_a_space_and_its_lines_are_counted(empty, blank):
    end = blank.strip(" ") + "\n"
    content = end * empty + f'"Monthly{end}Charges","beta"{end}x,y{end}"a{end}b",c{end}v,w{end}'
    rows, _, _, blocks = read(content.encode())
    assert blocks.columns == ["Monthly Charges", "beta"]
    assert rows == {empty + 3: ["x", "y"], empty + 4: [f"a{end}b", "c"], empty + 6: ["v", "w"]}


@given(st.integers(0, 5), st.sampled_from(["", " ", "\r"]))
def test_empty_lines_before_and_after_the_header_are_counted_and_no_rows(empty, blank):
    content = (f"{blank}\n" * empty + "alpha,beta\n" + f"{blank}\n" * empty + "x,y\n").encode()
    for block, sample in ((2**22, 2**16), (64, 16)):
        assert read(content, block=block, sample=sample)[0] == {2 * empty + 2: ["x", "y"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n\n", "no column names"),
        (b",,\n1,2,3\n", "no column names"),
        (b'alpha,"beta\n1,2\n', "quotation mark in the column names is not closed"),
        (b'alpha,"beta,gamma\n1,2,"3\n', "quotation mark in the column names is not closed"),
        (b"alpha,beta," + b"x" * 100_001 + b"\n", "more than 100,000 characters"),
        (b"customer   tenure   charge\nA          1        2\n", "separated by spaces"),
        (b"alpha\n1\n", "single column"),
        (b"alpha,beta\x00\x00\x00\n", "not text"),
        (FILE.split(b"\r\n")[0] + b"\r\n" + FILE, "two lines of column names"),
        (b"Customers of May\n" + FILE, "The column names are in line 2, not in the first"),
        (b",".join(b"c%d" % i for i in range(2_001)), "more than 2,000 columns"),
    ],
)
def test_a_header_that_is_none_is_refused_with_the_mend(content, said):
    with pytest.raises(DataError, match=said):
        read(content)


def test_any_number_of_rows_of_nothing_are_passed_over_and_keep_their_lines():
    first, *rest = FILE.decode().splitlines() if isinstance(FILE, bytes) else FILE.splitlines()
    empty = ["," * first.count(","), " , ,", "", "  "] * 500
    rows, unread, _, _ = read("\n".join([first, *rest[:2], *empty, rest[2]]).encode())
    assert list(rows) == [2, 3, 4 + len(empty)] and not unread


def test_reading_can_be_stopped_before_each_block():
    told = []

    def report(sentence, share=None):
        told.append(sentence)
        if len(told) > 4:
            raise Stopped("Stopped.")

    with mock.patch.multiple(encoding, BLOCK=2_000, SAMPLE=600), pytest.raises(Stopped):
        list(TableReader(FILE.encode() if isinstance(FILE, str) else FILE, TELCO, report=report))
    assert set(told) == {"Opening the file", "Reading the file"}
