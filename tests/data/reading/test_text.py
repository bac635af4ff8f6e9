"""Delimited text in blocks: every line is a row or is said to be none, and neither blocks nor shortcuts change a value."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import lines, text
from churn_core.data.reading.text import TextBlocks
from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.data.reading.blocks import FILE, outcome, read

# What tables are made of, at random: values, separators, quotation marks where they belong and where not, line ends.
debris = st.lists(
    st.sampled_from(["a", "b c", " ", ",", ",", '"', '""', '","', "\n", "\n", "\r\n", "x,y\n", '"q","r"\n', "é"]),
    max_size=24,
).map("".join)


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
