"""What is no table is called what it is, with the way to a table: told by the first bytes, or the first words."""

import re
from typing import BinaryIO

from churn_core.errors import DataError

_SAVE = "Save the table as CSV or Excel (.xlsx) and try again."
_UNPACK = "Unpack it and use the table inside."
_WRITE = "Read it with pandas, and write it with to_parquet or to_csv."
_EXPORT = "Open it in the program that wrote it, and export the table as CSV."

_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (  # the file's first bytes, what it is, the mend
    (rb"%PDF", "a PDF", "Ask for the table behind it, as CSV or Excel (.xlsx)."),
    (rb"BZh\d1AY", "a bzip2 archive", _UNPACK),
    (rb"\xfd7zXZ", "an xz archive", _UNPACK),
    (rb"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (rb"Rar!", "a RAR archive", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (rb"(?s:.{257})ustar", "a tar archive", _UNPACK),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF....WEBP|BM....\0\0\0\0",
        "an image",
        "Ask for the table that it shows.",
    ),
    (rb"SQLite format 3\0", "an SQLite database", "Export the table with sqlite3 -header -csv."),
    (rb"Obj\x01", "an Avro file", _WRITE),
    (rb"ORC[\0-\x1f]", "an ORC file", _WRITE),
    (rb"ARROW1|FEA1|\xff\xff\xff\xff", "a Feather or Arrow file", _WRITE),
    (rb"\x89HDF", "an HDF5 file", _WRITE),
    (rb"\x80[\x02-\x05][\x95}\]c(]", "a Python pickle (never opened, since it can run programs)", _WRITE),
    (rb"\x93NUMPY", "a NumPy array", _WRITE),
    (rb"X\n\0\0\0|RDX\d\n", "an R data file (.rds or .RData)", "In R, write the table with write.csv(table, row.names = FALSE)."),
    (rb"\$FL[23]", "an SPSS file (.sav)", _EXPORT),
    (rb"<stata_dta>|[\x6c-\x73][\x01\x02]\x01\0", "a Stata file (.dta)", _EXPORT),
    (rb"\0{12}\xc2\xea\x81\x60|HEADER RECORD\*+LIB", "a SAS file", _EXPORT),
    (rb"\{\\rtf", "a text document (RTF)", _SAVE),
    (
        rb"version https://git-lfs",
        "a Git LFS pointer to a table that was not downloaded",
        "Run git lfs pull, then use the file.",
    ),
)

_WORDS: tuple[tuple[str, str, str], ...] = (  # the first words of a text, what it is, the mend
    (
        r"<\?xml[^>]*>\s*<\?mso-application progid=.Excel|<\?xml[^>]*>\s*<(ss:)?Workbook\b",
        "an Excel table of 2003 (XML)",
        "Open it in Excel, and save it as .xlsx or CSV.",
    ),
    (
        r"(<!--.{,500}?-->\s*)?<(!doctype html|html|head|body|meta|table|style)\b(?=.*<(table|tr|td)\b)",
        "an HTML table, as some programs write under the name .xls",
        "Open it in Excel, and save it as .xlsx or CSV.",
    ),
    (
        r"<(!doctype html|html|head|body|meta|script)\b",
        "a web page, perhaps of a login or an error",
        "Download the table again, logged in.",
    ),
    (r"<\?xml\b|<\w[\w:.-]*( [^<>]*)?>\s*<", "an XML file", _EXPORT),
    (
        r"(--[^\n]*\n\s*|/\*.{,500}?\*/;?\s*)*(insert into|create table|drop table|set \w+ ?=|pragma \w+|begin transaction|use \w+;)",
        "a dump of SQL",
        "Load it into the database, and export the table as CSV.",
    ),
    (r"#! ?/|(import|from) [\w.]+( import [\w*, ()]+| as \w+)?\s*\n|\"\"\"|library\(\w+\)|def \w+\(", "a program", _SAVE),
    (r"---\s*\n|%YAML|- [\"']?\w+[\"']?: |\w+:\s*\n\s*- ?\w", "a YAML file", _WRITE),
    (
        r"(from \S+@|(received|return-path|delivered-to|mime-version|message-id|subject): |(from|to): [^\n]*@)",
        "a mail",
        "Save its attachment, and use that.",
    ),
)

_DIRECTORY = (  # names in an OLE file, what it is, the mend; the first that is there tells
    (
        "EncryptedPackage",
        "a workbook protected by a password",
        "Open it in Excel, take the password away (File > Info), and save it as .xlsx.",
    ),
    ("Workbook", "an old Excel (.xls) file", "Open it in Excel, and save it as .xlsx or CSV."),
    ("Book", "an old Excel (.xls) file", "Open it in Excel, and save it as .xlsx or CSV."),
    ("WordDocument", "a Word document", _SAVE),
    ("PowerPoint Document", "a PowerPoint document", _SAVE),
    ("__properties_version1.0", "a mail of Outlook", "Save its attachment, and use that."),
)
_OLE = b"\xd0\xcf\x11\xe0"
_STEP = 2**20  # bytes; an OLE file is searched in steps


def refuse_foreign(head: bytes, stream: BinaryIO | None = None) -> None:
    """Raises ``DataError`` if a file that begins with ``head`` is of another kind. ``stream``: the file, at its beginning, for
    those that only their directory tells.
    """
    for beginning, name, mend in _BEGINNINGS:
        if re.match(beginning, head):
            raise _foreign(name, mend)
    if head.startswith(_OLE):
        raise _foreign(*_in_directory(stream))


def refuse_foreign_text(text: str) -> None:
    """Raises ``DataError`` if ``text``, the beginning of a file, is of another kind."""
    for words, name, mend in _WORDS:
        if re.match(words, text.lstrip("\ufeff \t\r\n"), re.IGNORECASE | re.DOTALL):
            raise _foreign(name, mend)


def _foreign(name: str, mend: str) -> DataError:
    return DataError(f"The file is {name}, not a table of customers. {mend}")


def _in_directory(stream: BinaryIO | None) -> tuple[str, str]:
    """What an OLE file is, by the names in its directory, which may stand anywhere."""
    found, before = set[str](), b""
    while stream is not None and (step := stream.read(_STEP)):
        found |= {name for name, *_ in _DIRECTORY if _entry(name) in before + step}
        before = step[-128:]
    for name, what, mend in _DIRECTORY:
        if name in found:
            return what, mend
    return "an old Excel (.xls) or another Office file", "Open it in its program, and save the table as .xlsx or CSV."


def _entry(name: str) -> bytes:
    """How the directory writes a name."""
    return name.encode("utf-16-le") + b"\0\0"
