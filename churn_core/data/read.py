"""Files → raw tables: every value as it came, every row with its line in the file, a part at a time."""

import gzip
import io
import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from churn_core.data.columns import find_columns, refuse_other_header
from churn_core.data.numbers import decimal_mark
from churn_core.data.quality import no_rejects
from churn_core.data.text import TextBlocks, Unread
from churn_core.errors import DataError
from churn_core.schema import TELCO, Schema
from churn_core.settings import MAX_FILE_BYTES

_MOST_COLUMNS = 500  # of an Excel file; rows of all its 16,384 columns take gigabytes
_HEADER_WITHIN = 10  # rows; a header that comes after a title is found among so many
_ROWS = 25_000  # rows of a part of a Parquet or Excel file
_FOREIGN = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel (.xls) file",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
}
_PROBE = 256  # rows of a Parquet file that tell how large one is
_PART = 16 * 2**20  # bytes of a part of a Parquet file, about
_MOST_OF_A_ROW = 2**16  # bytes
_MOST_TIMES = 200  # no unit; customers compress 5 to 40 times, what a bomb is made of a thousand times
_HARMLESS = 64 * 2**20  # bytes; so much may come out of an archive however small it is
_MOST_UNPACKED = 2 * 2**30  # bytes of an Excel file; a million rows of 30 columns unpack to half of it
_SAMPLE = 4096  # bytes of each part of an Excel file
_HARMLESS_EXCEL = 8 * 2**20  # bytes; what is repeated in XML takes many times its size in memory
_FORMULAS_WITHIN = 8 * 2**20  # bytes of a sheet that are searched for formulas without a value
_TOLD_BY = 200  # rows; the decimal mark of numbers stored as text is told by these
_MOST_SHARED = 256 * 2**20  # bytes; the texts of an Excel file lie in memory together


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A file as read, or a part of it: ``frame`` holds text as it came (from Parquet and Excel: the file's own values).

    The index of ``frame`` is the row's line in the file, the header being line 1. ``rejects`` (``row``, ``problem``,
    ``text``) are lines that are no row of this table; ``notices`` say what had to be decided in reading; ``decimal`` is how
    its numbers are written. ``lines`` is the text of each row, where it is CSV with commas that can be copied as it is.
    """

    frame: pd.DataFrame
    rejects: pd.DataFrame = field(default_factory=no_rejects)
    notices: tuple[str, ...] = ()
    decimal: str = "."
    lines: pa.Array | None = None


class TableReader:
    """A file, opened: iterating gives its parts as ``RawTable``, once. ``columns`` are known from the start; ``notices``
    are complete when the last part has been given. ``share`` is how much of the file has been read (0–1).
    """

    def __init__(self, source: Path | bytes, schema: Schema = TELCO, coded: bool = True) -> None:
        self._stream, self._size = _opened(source)
        head = self._stream.read(8)
        self._stream.seek(0)
        self.notices: list[str] = []
        self._schema = schema
        self.decimal = "."
        if not head.strip() and not self._stream.read(4096).strip() and self._size <= 4096:
            raise DataError("The file is empty. Export the customers again, with a header line and a row for each.")
        self._stream.seek(0)
        for magic, name in _FOREIGN.items():
            if head.startswith(magic):
                raise DataError(f"The file is {name}, not a table of customers. Save it as CSV and try again.")
        self._rows, self._all_rows = 0, 0  # given, and in the file where it says so
        if head.startswith(b"PAR1"):
            self.columns, self._parts, self._all_rows = _parquet(self._stream)
        elif head.startswith(b"PK\x03\x04"):
            self.columns, self._parts = _excel(self._stream, self._size, self.notices, schema)
        else:
            stream = _Unpacked(self._stream) if head.startswith(b"\x1f\x8b") else self._stream
            blocks = TextBlocks(stream, schema, coded)
            self.columns, self.notices, self.decimal = blocks.columns, blocks.notices, blocks.decimal
            self._parts = iter(blocks)
            return
        first = next(self._parts, None)
        if first is not None:
            self._parts = itertools.chain([first], self._parts)
            self.decimal, notice = decimal_mark(_words_of_numbers(first[0].head(_TOLD_BY), schema))
            self.notices += notice

    def __iter__(self) -> Iterator[RawTable]:
        with self._stream:
            for frame, unread, lines in self._parts:
                self._rows += len(frame)
                refuse_other_header(frame, self._schema)
                yield RawTable(frame=frame, rejects=_rejects(unread), decimal=self.decimal, lines=lines)

    @property
    def share(self) -> float:
        if self._all_rows:  # Parquet is not read from front to end
            return self._rows / self._all_rows
        return 1.0 if self._stream.closed or not self._size else min(1.0, self._stream.tell() / self._size)


def read_content(path: Path) -> bytes:
    """The bytes of a file; ``DataError`` where there is none, or it is too large to be read in one piece."""
    path = _found(path)
    if path.stat().st_size > MAX_FILE_BYTES:
        raise _too_large(path.stat().st_size)
    return path.read_bytes()


def read_table(source: Path | bytes) -> RawTable:
    """Read a whole CSV, TSV, Parquet or Excel file, or a gzip of text, told apart by content, not by name.

    Raises ``DataError`` with the mend for anything that is none of these, is empty, has no header, or is too large to lie in
    memory: ``TableReader`` reads that in parts.
    """
    content = source if isinstance(source, bytes) else read_content(source)
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(len(content))
    reader = TableReader(content, coded=False)
    parts, rows = [], 0
    for part in reader:
        parts.append(part)
        rows += part.frame.memory_usage(index=False).sum()
        if rows > 8 * MAX_FILE_BYTES:
            raise _too_large(int(rows))
    if not parts:
        return RawTable(frame=pd.DataFrame(columns=reader.columns, dtype="str"), notices=tuple(reader.notices))
    rejects = [part.rejects for part in parts if len(part.rejects)]
    return RawTable(
        frame=parts[0].frame if len(parts) == 1 else pd.concat([part.frame for part in parts]),
        rejects=pd.concat(rejects, ignore_index=True) if rejects else no_rejects(),
        notices=tuple(reader.notices),
        decimal=reader.decimal,
    )


def _found(path: Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise DataError(f"There is no file {path.name} at that place. Check the path.")
    return path


def _too_large(size: int) -> DataError:
    return DataError(
        f"The file has {size / 2**20:,.0f} MB; at most {MAX_FILE_BYTES / 2**20:,.0f} MB are read. "
        "Split it into smaller files with the same header."
    )


def _opened(source: Path | bytes) -> tuple[BinaryIO, int]:
    if isinstance(source, bytes):
        return io.BytesIO(source), len(source)
    path = _found(source)
    return path.open("rb"), path.stat().st_size


def _rejects(unread: list[Unread]) -> pd.DataFrame:
    if not unread:
        return no_rejects()
    return pd.DataFrame([(line.row, line.problem, line.text) for line in unread], columns=["row", "problem", "text"])


def _words_of_numbers(frame: pd.DataFrame, schema: Schema) -> Iterator[str]:
    """What is stored as text in the columns of numbers."""
    found = find_columns(frame.columns, schema)
    for column in schema.columns:
        for position in found.at.get(column.name, ()) if column.kind == "number" else ():
            yield from (cell for cell in frame.iloc[:, position] if isinstance(cell, str))


class _Unpacked:
    """The content of a gzip file, as long as it is in proportion to the file."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed, self._stream, self._given = packed, gzip.GzipFile(fileobj=packed), 0

    def read(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                "The gzip file is damaged or cut off. Pack it again, or unpack it and use the file inside."
            ) from error
        self._given += len(data)
        if self._given > _HARMLESS and self._given > _MOST_TIMES * self._packed.tell():
            raise DataError(
                f"The gzip file unpacks to more than {_MOST_TIMES} times its size, which no table of customers does. "
                "Unpack it yourself and look at what is inside."
            )
        if not data and not self._given:
            raise DataError("The file in the gzip archive is empty. Export the customers again.")
        return data


_NULLABLE = {
    kind: getattr(pd, f"{'UInt' if str(kind)[0] == 'u' else 'Int'}{kind.bit_width}Dtype")()
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
}


def _parquet(stream: BinaryIO) -> tuple[list[str], Iterator, int]:
    file = _or_damaged(lambda: pa.parquet.ParquetFile(stream))
    stored = file.schema_arrow
    # An id kept as the index is a column; an index that only counts is none.
    columns = [name for name in stored.names if not name.startswith("__index_level_")]
    groups = [file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)]
    if max(groups, default=0) > 2 * _MOST_UNPACKED:
        raise DataError("The Parquet file has a row group of several gigabytes. Write it with smaller row groups.")

    def parts():
        batches = (batch for group in range(file.num_row_groups) for batch in _batches(file, group, columns))
        line = 2
        while (batch := _or_damaged(lambda: next(batches, None))) is not None:
            batch = _with_text(batch)
            frame = _or_damaged(lambda batch=batch: pa.Table.from_batches([batch]).to_pandas(ignore_metadata=True))
            for position, kind in enumerate(frame.dtypes):
                if kind == "object":  # lists and structures are no values of a customer table: they become text
                    plain = frame.iloc[:, position].map(lambda cell: cell if pd.api.types.is_scalar(cell) else str(cell))
                    frame.isetitem(position, plain)
            for position, column in enumerate(batch.columns):
                if column.null_count and pa.types.is_integer(column.type):  # else they would become floats, and lose digits
                    frame.isetitem(position, column.to_pandas(types_mapper=_NULLABLE.get))
            frame.columns = [str(name).strip() for name in frame.columns]
            frame.index = pd.RangeIndex(line, line + len(frame))
            line += len(frame)
            yield frame, [], None

    return [name.strip() for name in columns], parts(), file.metadata.num_rows


def _batches(file: pa.parquet.ParquetFile, group: int, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """The rows of a group, as many at once as fit; its first rows tell how large one is. A text that is there again and again
    takes next to nothing in the file, and its whole length in memory for each row.
    """
    read = {"row_groups": [group], "columns": columns, "use_threads": False}
    for first in file.iter_batches(batch_size=_PROBE, **read):
        whole = (c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in first.columns)
        size = sum(column.nbytes for column in whole) / max(first.num_rows, 1)
        if size > _MOST_OF_A_ROW:
            raise DataError("The Parquet file has rows of more than 64 KB, which no customer has. Leave its long texts out.")
        yield from file.iter_batches(batch_size=int(min(_ROWS, max(_PROBE, _PART / max(size, 1)))), **read)
        return


def _with_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Some programs write text without saying that it is any."""
    for position, column in enumerate(batch.columns):
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            with suppress(pa.ArrowInvalid):  # it is none
                batch = batch.set_column(position, batch.schema.names[position], column.cast(pa.large_string()))
    return batch


def _or_damaged(do: Callable):
    try:
        return do()
    except (OSError, ValueError, NotImplementedError) as error:  # pyarrow raises all of them, ArrowInvalid being a ValueError
        raise DataError(
            f"The Parquet file is damaged or no plain table ({(str(error).splitlines() or [''])[0][:120]}). Write it again."
        ) from error


def _excel(stream: BinaryIO, size: int, notices: list[str], schema: Schema) -> tuple[list[str], Iterator]:
    """The first sheet of customers, or the first that holds anything; its first row that is not empty is the header. Cells
    keep their types, errors their text.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry.file_size for entry in archive.infolist()}
            heads = [archive.open(name).read(_SAMPLE) for name in entries if name.endswith((".xml", ".rels"))]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise DataError(
            "The Excel file is damaged, or the file is a damaged archive. Save it again, or save it as CSV."
        ) from error
    if "xl/workbook.xml" not in entries:
        raise DataError(
            "The file is a zip archive or a document, not a table. Unpack it, or save its table as CSV or Excel (.xlsx)."
        )
    if any(b"<!DOCTYPE" in head for head in heads):  # no program writes one; entities unfold to any size
        raise DataError("The Excel file defines XML entities, which no table needs. Save it again, or save it as CSV.")
    unpacked = sum(entries.values())
    if (
        unpacked > _MOST_UNPACKED
        or (unpacked > _HARMLESS_EXCEL and unpacked > _MOST_TIMES * size)
        or entries.get("xl/sharedStrings.xml", 0) > _MOST_SHARED
    ):
        raise DataError(
            f"The Excel file unpacks to {unpacked / 2**20:,.0f} MB, more than is read. "
            "Split it into smaller files with the same header, or save it as CSV."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl comments on styles, which do not matter here
        book = _or_damaged_book(lambda: openpyxl.load_workbook(stream, read_only=True, data_only=True))
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # programs write them wrong, and rows outside of them would be lost
        heads = {sheet.title: _or_damaged_book(lambda sheet=sheet: _head(sheet)) for sheet in book.worksheets}
    filled = [sheet for sheet in book.worksheets if heads[sheet.title]]
    if not filled:
        raise DataError("The Excel file is empty. Put the customers on its first sheet, with a header row.")
    sheet = next((sheet for sheet in filled if _names_customers(heads[sheet.title][0][1], schema)), filled[0])
    if len(book.worksheets) > 1:
        which = "first" if sheet is book.worksheets[0] else "one with the customers"
        notices.append(f"Only the sheet {sheet.title[:40]!r} of the Excel file is read, the {which}.")
    for line, row in heads[sheet.title][1:]:
        if _names_customers(row, schema):
            raise DataError(f"The column names are in row {line} of the sheet, not in the first. Delete the rows above it.")
    numbered = _numbered(sheet)
    _, header = _or_damaged_book(lambda: next(numbered))
    first = list(itertools.islice(numbered, _ROWS))
    # A column without a name is one where its cells hold something; the first part tells.
    widest = max(map(len, (header, *(row for _, row in first))))
    header = (*header, *(None,) * (widest - len(header)))
    wide = [i for i in range(widest) if not all(_is_blank(row[i]) for row in (header, *(r for _, r in first)) if i < len(row))]
    if _has_formulas_without_value(stream, sheet):
        notices.append("The sheet has formulas that were never computed; their cells are blank. Open and save it in Excel first.")
    columns = ["" if _is_blank(header[i]) else str(header[i]).strip() for i in wide]

    def parts():
        body = first
        while body:
            yield (
                pd.DataFrame(
                    [[row[i] if i < len(row) else None for i in wide] for _, row in body],
                    columns=columns,
                    index=[line for line, _ in body],
                    dtype="object",
                ),
                [],
                None,
            )
            body = list(itertools.islice(numbered, _ROWS))

    return columns, parts()


def _has_formulas_without_value(stream: BinaryIO, sheet) -> bool:
    """Programs that cannot compute write the formula alone."""
    with zipfile.ZipFile(stream) as archive, archive.open(sheet._worksheet_path) as source:
        return bool(_FORMULA.search(_or_damaged_book(lambda: source.read(_FORMULAS_WITHIN))))


_FORMULA = re.compile(rb'<c (?![^>]*t="str")[^>]*>\s*<f(?:/>|[^<]*</f>|[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')


def _numbered(sheet) -> Iterator[tuple[int, tuple]]:
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    while (numbered := _or_damaged_book(lambda: next(rows, None))) is not None:
        _refuse_wide(*numbered)
        if any(not _is_blank(cell) for cell in numbered[1]):
            yield numbered


def _refuse_wide(line: int, row: tuple) -> tuple[int, tuple]:
    if len(row) > _MOST_COLUMNS:
        raise DataError(
            f"Row {line} of the sheet has more than {_MOST_COLUMNS} columns. Delete what is far to the right of the table."
        )
    return line, row


def _head(sheet) -> list[tuple[int, tuple]]:
    """The first rows that are not empty."""
    rows = itertools.islice(enumerate(sheet.iter_rows(values_only=True), start=1), 1000)
    rows = (_refuse_wide(line, row) for line, row in rows)
    filled = ((line, row) for line, row in rows if any(not _is_blank(cell) for cell in row))
    return list(itertools.islice(filled, _HEADER_WITHIN))


def _names_customers(row: tuple, schema: Schema) -> bool:
    required = {column.name for column in schema.columns if column.required}
    return required <= set(find_columns([str(cell) for cell in row], schema).at)


def _or_damaged_book(do: Callable):
    try:
        return do()
    except DataError:
        raise
    except Exception as error:  # a damaged workbook makes openpyxl, zlib and the XML parser raise anything
        raise DataError("The Excel file is damaged. Save it again, or save it as CSV.") from error


def _is_blank(cell: object) -> bool:
    return cell is None or not str(cell).strip()
