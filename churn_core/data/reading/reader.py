"""Files → raw tables, part by part: every value unchanged, every row with its line in the file."""

import gzip
import io
import itertools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from churn_core.data.columns import find_columns, refuse_other_header
from churn_core.data.numbers import decimal_mark
from churn_core.data.quality import no_rejects
from churn_core.data.reading.encoding import Readable
from churn_core.data.reading.excel import open_excel
from churn_core.data.reading.parquet import open_parquet
from churn_core.data.reading.text import Part, TextBlocks, Unread
from churn_core.errors import DataError
from churn_core.formats import count, counted
from churn_core.jobs import Report, silent
from churn_core.schema import Schema
from churn_core.settings import MAX_FILE_BYTES

_FOREIGN = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel (.xls) file",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"PARE": "an encrypted Parquet file",
}
_MOST_TIMES = 200  # no unit; customers compress 5 to 40 times, the content of a bomb a thousand times
_HARMLESS = 64 * 2**20  # bytes; an archive of any size may unpack to this
_TOLD_BY = 200  # rows; they show the decimal mark of numbers stored as text


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A file, or a part of it, as read: ``frame`` holds unchanged text (from Parquet and Excel: the file's own values).

    The index of ``frame`` is the row's line in the file; the header is line 1. ``rejects`` (``row``, ``problem``, ``text``)
    are lines that could not be read as rows; ``notices`` say what the reader had to decide; ``decimal`` is the decimal mark.
    ``lines`` is the text of each row, if it is CSV with commas and can be copied to a result.
    """

    frame: pd.DataFrame
    rejects: pd.DataFrame = field(default_factory=no_rejects)
    notices: tuple[str, ...] = ()
    decimal: str = "."
    lines: pa.Array | None = None


class TableReader:
    """An open file. Iterating gives its parts as ``RawTable``, once, and closes it; ``with`` closes it whatever happens.
    ``columns`` are known from the start; ``notices`` are complete after the last part. ``share`` is how much of the file has
    been read (0–1). ``coded``: categories come as pandas categories, which is faster. ``report`` is told what takes long; it may
    raise to stop.
    """

    def __init__(self, source: Path | bytes, schema: Schema, coded: bool = True, report: Report = silent) -> None:
        self._source, self._coded, self._report = source, coded, report
        self._stream, self._size = _opened(source)
        self.notices: list[str] = []
        self._schema = schema
        self.decimal = "."
        try:
            self._begin(schema, coded)
        except BaseException:
            self.close()
            raise

    def _begin(self, schema: Schema, coded: bool) -> None:
        """What kind of file it is, its columns, and how its parts are read."""
        head = self._stream.read(8)
        self._stream.seek(0)
        if not head.strip() and not self._stream.read(4096).strip() and self._size <= 4096:
            raise DataError("The file is empty. Export the customers again, with a header line and a row for each.")
        self._stream.seek(0)
        self._report("Opening the file")
        for magic, name in _FOREIGN.items():
            if head.startswith(magic):
                raise DataError(f"The file is {name}, not a table of customers. Save it as CSV and try again.")
        self._rows, self._all_rows = 0, 0  # rows given so far; rows in the file, if it says so
        self._parts: Iterator[Part]
        if head.startswith(b"PAR1"):
            self.columns, frames, self._all_rows = open_parquet(self._stream, report=self._report)
        elif head.startswith(b"PK\x03\x04"):
            self.columns, frames = open_excel(self._stream, self._size, self.notices, schema, report=self._report)
        else:
            stream: Readable = _Unpacked(self._stream) if head.startswith(b"\x1f\x8b") else self._stream
            blocks = TextBlocks(_Told(stream, self._report), schema, coded)
            self.columns, self.notices, self.decimal = blocks.columns, blocks.notices, blocks.decimal
            self._parts = iter(blocks)
            return
        first = next(frames, None)
        if first is not None:
            frames = itertools.chain([first], frames)
            self.decimal, notice = decimal_mark(_words_of_numbers(first.head(_TOLD_BY), schema))
            self.notices += notice
        self._parts = ((frame, [], None) for frame in frames)

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> "TableReader":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def again(self) -> "TableReader":
        """The same file from its beginning, for another pass over it."""
        return TableReader(self._source, self._schema, self._coded, self._report)

    def __iter__(self) -> Iterator[RawTable]:
        with self._stream:
            for frame, unread, lines in self._parts:
                self._rows += len(frame)
                refuse_other_header(frame, self._schema)
                yield RawTable(frame=frame, rejects=_rejects(unread), decimal=self.decimal, lines=lines)

    @property
    def share(self) -> float:
        if self._all_rows:  # the position in a Parquet file says nothing
            return self._rows / self._all_rows
        return 1.0 if self._stream.closed or not self._size else min(1.0, self._stream.tell() / self._size)


def read_content(path: Path) -> bytes:
    """The bytes of a file; ``DataError`` if there is no such file, or it is too large to be read in one piece."""
    path = _found(path)
    if path.stat().st_size > MAX_FILE_BYTES:
        raise _too_large(path.stat().st_size)
    return path.read_bytes()


def read_table(source: Path | bytes, schema: Schema, report: Report = silent) -> RawTable:
    """Read a whole CSV, TSV, Parquet or Excel file, or a gzip of text; the content tells which, not the name.

    Raises ``DataError`` for anything else, and for a file that is empty, has no header, or is too large for memory
    (``TableReader`` reads such a file in parts).
    """
    content = source if isinstance(source, bytes) else read_content(source)
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(len(content))
    reader = TableReader(content, coded=False, schema=schema, report=report)
    parts, rows = [], 0
    for part in reader:
        parts.append(part)
        rows += part.frame.memory_usage(index=False).sum()
        report(f"Reading: {counted(sum(len(each.frame) for each in parts), 'row')}", reader.share)
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
        f"The file has {count(size / 2**20)} MB; at most {count(MAX_FILE_BYTES / 2**20)} MB are read. "
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
    """The text that stands in columns of numbers."""
    found = find_columns(frame.columns, schema)
    for column in schema.columns:
        for position in found.at.get(column.name, ()) if column.kind == "number" else ():
            yield from (cell for cell in frame.iloc[:, position] if isinstance(cell, str))


class _Told:
    """A stream whose reader tells that it reads, so that it can be stopped before each block."""

    def __init__(self, stream: Readable, report: Report) -> None:
        self._stream, self._report = stream, report

    def read(self, size: int) -> bytes:
        self._report("Reading the file")
        return self._stream.read(size)


class _Unpacked:
    """The content of a gzip file. Raises ``DataError`` when it grows out of proportion to the file."""

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
                f"The gzip file unpacks to more than {_MOST_TIMES} times its size; no table of customers does. "
                "Unpack it yourself and look at what is inside."
            )
        if not data and not self._given:
            raise DataError("The file in the gzip archive is empty. Export the customers again.")
        return data
