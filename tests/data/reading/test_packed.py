"""gzip and zip: the one table inside is read, and what they unpack to is measured, not believed."""

import gzip
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.reading import packed
from churn_core.data.reading.reader import TableReader, read_table
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.data.reading.conftest import zipped

SIMPLE = "name,note\nAda,first\nBob,second\n"
ROWS = [["Ada", "first"], ["Bob", "second"]]


def test_a_zip_archive_is_told_from_an_excel_file_and_the_file_that_is_read_is_said():
    table = read_table(zipped(("customers.csv", SIMPLE)), TELCO)
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.notices == ("The file 'customers.csv' of the zip archive is read.",)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_only_file_is_read_whatever_its_name(method):
    assert read_table(zipped(("customers of May", SIMPLE), compression=method), TELCO).frame.to_numpy().tolist() == ROWS


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of a password, in the file's header and in the directory."""
    marked, place = bytearray(content), content.find(b"PK\x01\x02")
    marked[6] |= 1
    marked[place + 8] |= 1
    return bytes(marked)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (zipped(("a.csv", SIMPLE), ("b.csv", SIMPLE)), r"holds 2 files \('a.csv' and 'b.csv'\), and one table is read"),
        (zipped(("a.txt", SIMPLE), ("b.md", SIMPLE)), r"holds 2 files \('a.txt' and 'b.md'\)"),
        (zipped(("a/", "")), "holds no file"),
        (zipped(), "zip archive is empty"),
        (zipped(("a.zip", zipped(("b.csv", SIMPLE)))), "The zip archive holds another zip archive. Unpack it"),
        (gzip.compress(gzip.compress(SIMPLE.encode())), "The gzip file holds another gzip file. Unpack it"),
        (encrypted(zipped(("a.csv", SIMPLE))), "protected by a password. Unpack it"),
        (zipped(("a.csv", SIMPLE), compression=zipfile.ZIP_BZIP2), "compressed in an unusual way. Unpack it"),
        (zipped(("a.csv", SIMPLE)).replace(b"Ada", b"Eva"), "damaged|Excel file is damaged"),
        (zipped(("a.csv", SIMPLE), compression=zipfile.ZIP_STORED).replace(b"Ada", b"Eva"), "zip archive is damaged or cut off"),
        (zipped(("a.csv", "")), "The file in the zip archive is empty"),
        (zipped(("word/document.xml", "x")), "a Word document"),
        (zipped(("mimetype", "x"), ("content.xml", "x")), "OpenDocument.*save its table as"),
        (zipped(("Index/Document.iwa", "x")), "Apple Numbers.*Export it"),
        (zipped(("xl/workbook.bin", "x")), "xlsb.*save it as .xlsx"),
        (gzip.compress(b""), "The file in the gzip file is empty"),
        (gzip.compress(b"X\n\x00\x00\x00\x02"), "an R data file"),
    ],
)
def test_what_is_no_one_table_is_refused_with_the_mend(content, sentence):
    if b"Eva" not in content and sentence.startswith("damaged"):
        content = content[: len(content) // 2]
    with pytest.raises(DataError, match=sentence):
        read_table(content, TELCO)


def test_what_unpacks_out_of_proportion_is_refused_whatever_the_archive_declares(monkeypatch):
    monkeypatch.setattr(packed, "_HARMLESS", 10_000)
    blank = "name,note\n" + "\n" * 1_000_000
    for content in (zipped(("a.csv", blank)), gzip.compress(blank.encode())):
        with pytest.raises(DataError, match="unpacks to more than 200 times its size"):
            list(TableReader(content, TELCO))


def test_an_archive_of_nothing_is_not_unpacked_for_ever():
    nothing = gzip.compress(b"")
    content = gzip.compress(SIMPLE.encode()) + nothing * (packed._STEP * 2 // len(nothing))
    with pytest.raises(DataError, match="gzip file is damaged"):
        read_table(content, TELCO)
    assert read_table(gzip.compress(SIMPLE.encode()) + nothing * 10, TELCO).frame.to_numpy().tolist() == ROWS


def test_an_archive_of_many_files_is_refused_before_their_names_are_read(monkeypatch):
    monkeypatch.setattr(packed, "_MOST_OF_A_DIRECTORY", 2**16)
    with pytest.raises(DataError, match="tens of thousands of files"):
        read_table(zipped(*((f"{i}.csv", "") for i in range(2_000)), compression=zipfile.ZIP_STORED), TELCO)


def test_a_packed_workbook_or_parquet_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(packed, "_MOST_SPOOLED", 10)
    with pytest.raises(DataError, match="The archive unpacks to more than 0 MB"):
        read_table(gzip.compress(b"PAR1" + b"x" * 100), TELCO)


def test_unpacking_can_be_stopped():
    class Stopped(Exception):
        pass

    def report(sentence: str, share: float | None = None) -> None:
        if sentence == "Unpacking the file":
            raise Stopped

    with pytest.raises(Stopped):
        TableReader(gzip.compress(b"PAR1" + b"x" * 100), TELCO, report=report)


@given(st.integers(0, 160), st.integers(0, 255), st.integers(0, 60))
def test_a_damaged_archive_is_an_error_or_its_table(place, byte, cut):
    for content in (zipped(("a.csv", SIMPLE)), gzip.compress(SIMPLE.encode())):
        damaged = bytearray(content)
        damaged[place % len(content)] = byte
        for tried in (bytes(damaged), content[:place] + content[place + cut :]):
            with suppress(DataError):
                read_table(tried, TELCO)


def test_what_was_opened_is_closed_with_the_reader():
    stream = io.BytesIO(gzip.compress(SIMPLE.encode()))
    reader = TableReader(stream.getvalue(), TELCO)
    assert sum(len(part.frame) for part in reader) == 2 and reader._stream.closed
