"""Files of other kinds are called what they are, with the way to a table; customers never are."""

import pytest

from churn_core.data.reading.reader import read_table
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO


def ole(*names: str) -> bytes:
    """An Office file of before 2007, or a protected one, whose directory holds these names."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(1_500_000, b"\0") + directory


FOREIGN = {
    "an Excel workbook with a password": (
        ole("EncryptionInfo", "EncryptedPackage"),
        "workbook protected by a password.*save it as",
    ),
    "an old Excel file": (ole("Workbook"), "an old Excel .*save it as .xlsx or CSV"),
    "a still older one": (ole("Book"), "an old Excel .*save it as .xlsx or CSV"),
    "a Word document": (ole("WordDocument"), "a Word document.*Save the table"),
    "a mail of Outlook": (ole("__properties_version1.0"), "a mail of Outlook.*Save its attachment"),
    "another Office file": (ole("Contents"), "another Office file.*save the table as"),
    "a PDF": (b"%PDF-1.7\n", "a PDF.*Ask for the table"),
    "bzip2": (b"BZh91AY&SY", "a bzip2 archive.*Unpack it"),
    "xz": (b"\xfd7zXZ\0\0", "an xz archive.*Unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "a 7z archive.*Unpack it"),
    "RAR": (b"Rar!\x1a\x07", "a RAR archive.*Unpack it"),
    "tar": (b"customers.csv".ljust(257, b"\0") + b"ustar\x0000", "a tar archive.*Unpack it"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "an image"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
    "SQLite": (b"SQLite format 3\0\x10\0", "an SQLite database.*Export the table"),
    "Avro": (b"Obj\x01\x04\x14avro.codec", "an Avro file.*to_parquet"),
    "ORC": (b"ORC\n\x1d\0\0", "an ORC file.*to_parquet"),
    "Feather": (b"ARROW1\0\0\xff\xff\xff\xff", "Feather or Arrow.*to_parquet"),
    "a stream of Arrow": (b"\xff\xff\xff\xff\x10\0\0\0", "Feather or Arrow.*to_parquet"),
    "HDF5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    "a pickle": (b"\x80\x04\x95\x00\x01", "a Python pickle"),
    "NumPy": (b"\x93NUMPY\x01\0", "a NumPy array"),
    "R": (b"X\n\0\0\0\x03", "an R data file.*write.csv"),
    "SPSS": (b"$FL2@(#) SPSS", "an SPSS file.*export the table"),
    "Stata": (b"<stata_dta><header>", "a Stata file.*export the table"),
    "SAS": (b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14", "a SAS file.*export the table"),
    "RTF": (rb"{\rtf1\ansi customerID, tenure}", "a text document"),
    "a Git LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n",
        "Git LFS pointer.*git lfs pull",
    ),
    "a page of a login": (b"<!DOCTYPE html>\n<html><body><form>Password, please</form>\n", "a web page, perhaps of a login"),
    "an HTML table": (b"\xef\xbb\xbf<html><body>\n<table><tr><td>a</td></tr></table>\n", "an HTML table.*Open it in Excel"),
    "an HTML table in UTF-16": ("<table><tr><td>customerID</td></tr>\n</table>\n".encode("utf-16"), "an HTML table"),
    "Excel of 2003": (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>\n', "Excel table of 2003"),
    "XML": (b'<?xml version="1.0"?>\n<customers>\n<customer/>\n</customers>\n', "an XML file"),
    "SQL": (b"-- MySQL dump\n--\n\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE c (a int, b int);\n", "a dump of SQL"),
    "a program": (b"import pandas as pd\nprint(1, 2)\n", "a program"),
    "YAML": (b"- customerID: A, B\n  tenure: 2\n", "a YAML file"),
    "a mail": (b"From: ada@example.com\nTo: bob@example.com\nSubject: list, of May\n\n", "a mail"),
    "anything else that is no text": (bytes(range(256)) * 10, "not text"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_kind_is_called_what_it_is_with_the_mend(name):
    content, sentence = FOREIGN[name]
    with pytest.raises(DataError, match=sentence) as refused:
        read_table(content, TELCO)
    assert str(refused.value).count(".") >= 2


@pytest.mark.parametrize(
    "names",
    [
        "from,to",
        "import,export",
        "use,pragma",
        "---,a",
        "#!,a",
        "subject,date",
        "BM,b",
        "ORC,b",
        "X,b",
        "Obj,b",
        "[a],[b]",
        "{a},{b}",
        "<a>,b",
    ],
)
def test_a_table_may_have_any_names(names):
    assert list(read_table(f"{names}\n1,2\n".encode(), TELCO).frame) == names.split(",")
