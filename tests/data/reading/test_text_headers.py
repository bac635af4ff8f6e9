"""What the beginning of delimited text tells: its decimal mark, its separator and its header."""

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import encoding
from churn_core.data.reading.reader import TableReader
from churn_core.errors import DataError, Stopped
from churn_core.schema.telco import TELCO
from tests.data.reading.blocks import FILE, read


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
