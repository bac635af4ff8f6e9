"""Files → raw tables: every value as it came, every row with its line in the file."""

import csv
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from churn_core.data.quality import no_rejects
from churn_core.errors import DataError
from churn_core.settings import MAX_FILE_BYTES

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_FOREIGN = {b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Excel (.xls) file", b"\x1f\x8b": "a gzip archive"}


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A file as read: ``frame`` holds text as it came (from Parquet and Excel: the file's own values).

    The index of ``frame`` is the row's line in the file, the header being line 1. ``rejects`` (``row``,
    ``problem``) are lines that are no row of this table; ``notices`` say what had to be decided in reading.
    """

    frame: pd.DataFrame
    rejects: pd.DataFrame = field(default_factory=no_rejects)
    notices: tuple[str, ...] = ()


def read_table(source: Path | bytes) -> RawTable:
    """Read a CSV, TSV, Parquet or Excel file, told apart by content, not by name.

    Raises ``DataError`` with the mend for anything that is none of these, is empty, or has no header.
    """
    if isinstance(source, bytes):
        content = source
    else:
        path = Path(source)
        if not path.is_file():
            raise DataError(f"There is no file {path.name} at that place. Check the path.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(path.stat().st_size)
        content = path.read_bytes()
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(len(content))
    if not content.strip():
        raise DataError("The file is empty. Export the customers again, with a header line and a row for each.")
    if content[:4] == b"PAR1":
        return _read_parquet(content)
    if content[:4] == b"PK\x03\x04":
        return _read_excel(content)
    for magic, name in _FOREIGN.items():
        if content.startswith(magic):
            raise DataError(f"The file is {name}, not a table of customers. Save it as CSV and try again.")
    return _read_text(content)


def _too_large(size: int) -> DataError:
    return DataError(
        f"The file has {size / 2**20:,.0f} MB; at most {MAX_FILE_BYTES / 2**20:,.0f} MB are read. "
        "Split it into smaller files with the same header."
    )


def _read_text(content: bytes) -> RawTable:
    text, notices = _decode(content)
    delimiter = _delimiter(text)
    if delimiter != ",":
        notices += (f"Columns are separated by {_DELIMITERS[delimiter]}.",)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines, rejects, header = [], [], [], None
    start = 1
    try:
        for fields in reader:
            if not any(cell.strip() for cell in fields):
                pass  # an empty line is no customer
            elif header is None:
                header = [cell.strip() for cell in fields]
            elif len(fields) != len(header):
                rejects.append((start, f"has {len(fields)} values, the header has {len(header)}: check the separators"))
            else:
                rows.append(fields)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"Line {start} cannot be read as CSV ({error}). Look for a quotation mark that is not closed there."
        ) from error
    if header is None:
        raise DataError("The file has no column names. Put them into the first line, separated by commas.")
    if len(header) == 1:
        raise DataError(
            "This is not a table of customers: its first line has a single column. Save it as CSV with commas, "
            "semicolons or tabs between the columns and the column names in the first line."
        )
    frame = pd.DataFrame(rows, columns=header, index=lines, dtype="str")
    rejected = pd.DataFrame(rejects, columns=["row", "problem"]) if rejects else no_rejects()
    return RawTable(frame=frame, rejects=rejected, notices=notices)


def _decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), ("The file is encoded as UTF-16.",)
        except UnicodeDecodeError as error:
            raise DataError("The file is cut off in the middle of a character. Export it again as UTF-8.") from error
    if b"\x00" in content:
        raise DataError("The file is not text, so it is no CSV. Save the table as CSV, Parquet or Excel (.xlsx).")
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), ("The file is not UTF-8; it was read as Windows-1252.",)


def _delimiter(text: str) -> str:
    """The separator that occurs most often in the first line that is not empty."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=header.count)


def _read_parquet(content: bytes) -> RawTable:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:  # pyarrow raises both, ArrowInvalid being a ValueError
        raise DataError("The Parquet file is damaged. Write it again.") from error
    return _numbered(frame)


def _read_excel(content: bytes) -> RawTable:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise DataError("The file is a zip archive, not a table. Unpack it and use the CSV inside.")
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > 2 * MAX_FILE_BYTES:
            raise _too_large(unpacked)
        frame = pd.read_excel(io.BytesIO(content), engine="openpyxl", keep_default_na=False, dtype="object")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError("The Excel file is damaged. Save it again, or save it as CSV.") from error
    frame = frame[~frame.map(lambda cell: pd.isna(cell) or not str(cell).strip()).all(axis=1)]
    return _numbered(frame, frame.index + 2)


def _numbered(frame: pd.DataFrame, lines: pd.Index | None = None) -> RawTable:
    frame = frame.copy()
    frame.columns = [str(name).strip() for name in frame.columns]
    frame.index = pd.RangeIndex(2, len(frame) + 2) if lines is None else lines
    return RawTable(frame=frame)
