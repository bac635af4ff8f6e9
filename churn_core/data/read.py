"""Files → raw tables: every value as it came, every row with its line in the file."""

import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd

from churn_core.data.quality import no_rejects
from churn_core.errors import DataError
from churn_core.settings import MAX_FILE_BYTES

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MOST_COLUMNS = 2_000  # columns; a customer table has some dozens, and a line of millions takes minutes to split
csv.field_size_limit(16 * 2**20)  # characters; the default of 128 K is shorter than some legitimate notes
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


def read_content(path: Path) -> bytes:
    """The bytes of a file; ``DataError`` where there is none, or it is too large to be read in one piece."""
    path = Path(path)
    if not path.is_file():
        raise DataError(f"There is no file {path.name} at that place. Check the path.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise _too_large(path.stat().st_size)
    return path.read_bytes()


def read_table(source: Path | bytes) -> RawTable:
    """Read a CSV, TSV, Parquet or Excel file, told apart by content, not by name.

    Raises ``DataError`` with the mend for anything that is none of these, is empty, or has no header.
    """
    content = source if isinstance(source, bytes) else read_content(source)
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
    first_line = re.sub(r'"[^"]*"', "", re.match(r"\s*([^\r\n]*)", text).group(1))
    delimiter = max(_DELIMITERS, key=first_line.count)
    if first_line.count(delimiter) > _MOST_COLUMNS:
        raise DataError(f"The first line has more than {_MOST_COLUMNS:,} columns. Is it the header of a table of customers?")
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


def _read_parquet(content: bytes) -> RawTable:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:  # pyarrow raises both, ArrowInvalid being a ValueError
        raise DataError(
            f"The Parquet file is damaged or no plain table ({str(error).splitlines()[0][:120]}). Write it again."
        ) from error
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(level=named) if named else frame  # an id kept as the index is a column
    for position, kind in enumerate(frame.dtypes):
        if kind == "object":  # lists and structures are no values of a customer table: they become text
            plain = frame.iloc[:, position].map(lambda cell: cell if pd.api.types.is_scalar(cell) else str(cell))
            frame.isetitem(position, plain)
    frame.columns = [str(name).strip() for name in frame.columns]
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return RawTable(frame=frame)


def _read_excel(content: bytes) -> RawTable:
    """The first sheet; its first row that is not empty is the header. Cells keep their types, errors their text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise DataError(
            "The Excel file is damaged, or the file is a damaged archive. Save it again, or save it as CSV."
        ) from error
    if "xl/workbook.xml" not in names:
        raise DataError(
            "The file is a zip archive or a document, not a table. Unpack it, or save its table as CSV or Excel (.xlsx)."
        )
    if unpacked > 2 * MAX_FILE_BYTES:
        raise _too_large(unpacked)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl comments on styles, which do not matter here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = len(book.worksheets)
            numbered = enumerate(book.worksheets[0].iter_rows(values_only=True), start=1) if sheets else iter(())
            rows = [(line, row) for line, row in numbered if any(not _is_blank(cell) for cell in row)]
    except Exception as error:  # a damaged workbook makes openpyxl, zlib and the XML parser raise anything
        raise DataError("The Excel file is damaged. Save it again, or save it as CSV.") from error
    if not rows:
        raise DataError("The first sheet of the Excel file is empty. Put the customers on it, with a header row.")
    (_, header), *body = rows
    wide = [i for i in range(len(header)) if not all(_is_blank(row[i]) for _, row in rows if i < len(row))]
    frame = pd.DataFrame(
        [[row[i] if i < len(row) else None for i in wide] for _, row in body],
        columns=["" if _is_blank(header[i]) else str(header[i]).strip() for i in wide],
        index=[line for line, _ in body],
        dtype="object",
    )
    notices = ("Only the first sheet of the Excel file is read.",) if sheets > 1 else ()
    return RawTable(frame=frame, notices=notices)


def _is_blank(cell: object) -> bool:
    return cell is None or not str(cell).strip()
