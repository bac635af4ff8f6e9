"""Irregular lines: line ends in quotes, bytes that are no text, and how much work a line can cause."""

import csv
import io
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import encoding, lines, text
from churn_core.data.reading.text import TextBlocks
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.data.reading.test_text import FILE, read

# Line ends inside quotes, and bytes that are no text


@given(
    st.lists(st.sampled_from(["a", "\n", "\r\n", "\r", "é", '""', ";"]), max_size=8).map("".join), st.sampled_from(["\n", "\r\n"])
)
def test_line_ends_in_quotes_come_back_as_they_were_whatever_the_block(words, end):
    body = end.join(["x,y,z", f'"{words}",2,3'] * 3)
    content = f"alpha,beta,gamma{end}{body}{end}".encode()
    rows, unread, _, _ = read(content)
    value = words.replace('""', '"')
    assert [values[0] for values in rows.values()].count(value) >= 3 and not unread
    for block in (40, 64, 65, 66, 100):
        assert read(content, block=block, sample=32)[0] == rows


def test_line_ends_in_a_line_that_is_no_row_are_kept_too():
    unread = read(b'alpha,beta\r\n"a\r\nb\nc",1,2\r\nx,y\r\n')[1]
    assert [(line.row, line.text) for line in unread] == [(2, '"a\r\nb\nc",1,2')]


@pytest.mark.parametrize("coded", [True, False])
def test_a_nul_byte_costs_its_own_row_only_wherever_it_stands(coded):
    lines = FILE.split(b"\r\n")
    for place in (1, 60, 120):
        broken = [*lines[:place], lines[place].replace(b",", b"\x00,", 1), *lines[place + 1 :]]
        for block in (2_000, 2**22):
            rows, unread, _, _ = read(b"\r\n".join(broken), block=block, sample=1_024, coded=coded)
            assert [line.row for line in unread] == [place + 1] and "NUL byte" in unread[0].problem
            assert "\u2400" in unread[0].text and len(rows) == 119


def test_other_control_characters_are_left_to_the_values():
    rows = read(b"alpha,beta\n\x01a,b\x1f\n\x0bx\x0c,\x85\xc2\x85\n")[0]
    assert rows[2] == ["\x01a", "b\x1f"] and rows[3][0] == "\x0bx\x0c"


# What a file can cause


def test_millions_of_empty_lines_end_in_an_error_with_the_mend(monkeypatch):
    monkeypatch.setattr(text, "_MOST_EMPTY", 100)
    for content in (b"\n" * 1_000 + b"alpha,beta\n", b"alpha,beta\na,b\n" + b",\n" * 1_000, b"alpha,beta\n" + b" \t\r\n" * 1_000):
        with pytest.raises(DataError, match="consecutive empty lines. Delete them"):
            read(content, block=64, sample=32)
    assert len(read(b"alpha,beta\na,b\n" + b",\n" * 90 + b"c,d\n", block=64, sample=32)[0]) == 2


def test_a_text_that_is_no_row_is_bounded_by_its_characters_too(monkeypatch):
    monkeypatch.setattr(lines, "_MOST_TEXT", 5_000)
    with pytest.raises(DataError, match="6 consecutive lines are no rows"):
        read(b"alpha,beta\n" + (b"x" * 800 + b"\n") * 10)


def test_a_file_with_hardly_any_rows_is_no_table(monkeypatch):
    monkeypatch.setattr(lines, "_MOST_IN_ALL", 100)
    some = b"x\n" * 9 + b"a,b\n"
    assert len(read(b"alpha,beta\n" + some * 20)[0]) == 20
    with pytest.raises(DataError, match="of the first .* lines are no rows of the table"):
        read(b"alpha,beta\n" + (b"x\n" * 20 + some) * 20, block=64, sample=32)


def test_who_waits_is_told_of_blocks_without_rows_and_may_stop():
    class Stopped(Exception):
        pass

    told = []

    def report(sentence: str, share: float | None = None) -> None:
        told.append(sentence)
        if len(told) == 3:
            raise Stopped

    with mock.patch.multiple(encoding, BLOCK=64, SAMPLE=16), pytest.raises(Stopped):
        list(TextBlocks(io.BytesIO(b"alpha,beta\n" + b",\n" * 1_000), schema=TELCO, report=report))


@pytest.mark.parametrize("line", ['a","b', '"x', 'x,"""', '"""', "a\rb\rc"])
def test_a_line_is_split_a_bounded_number_of_times(line):
    """Each line is looked at as the beginning of a row, and as a line of the rows before it, of which there are at most 50."""
    many, split = 2_000, []
    original = csv.reader

    def counted(source, **options):
        return original((split.append(len(row)) or row for row in source), **options)

    with mock.patch("churn_core.data.reading.dialect.csv.reader", counted):
        read(b"alpha,beta,gamma\n" + f"{line}\n".encode() * many + b"a,b,c\n")
    assert len(split) <= 52 * many
