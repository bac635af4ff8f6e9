"""Delimited text in any encoding gives the same customers, and what is damaged is said to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError
from tests.data.reading.blocks import CUSTOMERS, read


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
