"""Files → raw tables, part by part: every value unchanged, every row with its line in the file."""

import io
import itertools
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from churn_core.data.columns import find_columns, refuse_other_header
from churn_core.data.numbers import decimal_mark
from churn_core.data.quality import no_rejects
from churn_core.data.reading.encoding import SAMPLE
from churn_core.data.reading.foreign import refuse_foreign
from churn_core.data.reading.header import refuse_all_in_one
from churn_core.data.reading.json_table import is_json, open_json
from churn_core.data.reading.lines import Unread
from churn_core.data.reading.packed import PARQUET, ZIP, unpacked
from churn_core.data.reading.parquet import open_parquet
from churn_core.data.reading.text import Part, TextBlocks
from churn_core.errors import DataError, noting
from churn_core.formats import count
from churn_core.jobs import Pace, Report, silent
from churn_core.schema import Schema
from churn_core.settings import MAX_FILE_BYTES

_T = TypeVar("_T")

_IN_MEMORY = 1_600 * 2**20  # bytes of a table that is read in one piece: a packed file may hold many times its size
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
    raise to stop. ``sheet``: of a workbook the sheet of that name, not the one that is chosen by its columns.
    """

    def __init__(
        self, source: Path | bytes, schema: Schema, coded: bool = True, report: Report = silent, sheet: str | None = None
    ) -> None:
        self._source, self._schema, self._coded, self._report, self._sheet = source, schema, coded, report, sheet
        self.notices: list[str] = []
        self.decimal = "."
        self._rows, self._all_rows = 0, 0  # rows given so far; rows in the file, if it says so
        with noting(self.notices), ExitStack() as closing:
            file, self._size = _opened(source)
            self._stream: BinaryIO = closing.enter_context(file)  # the one that shows how much has been read
            self._parts = _quietly(self._begin, schema, coded, closing)
            self._closing = closing.pop_all()

    def _begin(self, schema: Schema, coded: bool, closing: ExitStack) -> Iterator[Part]:
        """What kind of file it is, its columns, and its parts."""
        self._report("Opening the file")
        content, head = unpacked(self._stream, self.notices, self._report, closing)
        if not head.strip() and len(head) < SAMPLE:
            raise DataError("The file is empty. Export the customers again, with a header line and a row for each.")
        refuse_foreign(head, content)
        if content is not self._stream and content.seekable():  # it was unpacked as a whole
            self._stream, self._size = content, content.seek(0, io.SEEK_END)
            content.seek(0)
        parts: Iterator[Part]
        if head.startswith(PARQUET):
            self.columns, frames, self._all_rows = open_parquet(content, self._report, schema if coded else None)
            parts = ((frame, [], None) for frame in frames)
        elif head.startswith(ZIP):
            from churn_core.data.reading.excel import open_excel  # openpyxl, which other files do without

            self.columns, frames = open_excel(content, self._size, self.notices, schema, self._report, self._sheet)
            parts = ((frame, [], None) for frame in frames)
        elif is_json(head):
            self.columns, parts = open_json(content, self.notices, schema, self._report)
        else:
            blocks = TextBlocks(content, schema, coded, self._report, self.notices)
            self.columns, self.decimal = blocks.columns, blocks.decimal
            return iter(blocks)
        refuse_all_in_one(self.columns, schema)
        first = next(parts, None)
        if first is None:
            return parts
        self.decimal, notice = decimal_mark(_words_of_numbers(first[0].head(_TOLD_BY), schema))
        self.notices += notice
        return itertools.chain([first], parts)

    def close(self) -> None:
        self._closing.close()

    def __enter__(self) -> "TableReader":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def again(self) -> "TableReader":
        """The same file from its beginning, for another pass over it."""
        return TableReader(self._source, self._schema, self._coded, self._report, self._sheet)

    def __iter__(self) -> Iterator[RawTable]:
        with self:
            while (part := _quietly(next, self._parts, None)) is not None:
                frame, unread, lines = part
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


def read_table(source: Path | bytes, schema: Schema, report: Report = silent, sheet: str | None = None) -> RawTable:
    """Read a whole CSV, TSV, JSON, Parquet or Excel file, also in gzip or zip; the content tells which, not the name. ``sheet``: of a
    workbook the sheet of that name.

    Raises ``DataError`` for anything else, and for a file that is empty, has no header, or is too large for memory
    (``TableReader`` reads such a file in parts).
    """
    content = source if isinstance(source, bytes) else read_content(source)
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(len(content))
    reader = TableReader(content, coded=False, schema=schema, report=report, sheet=sheet)
    parts, rows, pace = [], 0, Pace()
    for part in reader:
        parts.append(part)
        rows += part.frame.memory_usage(index=False).sum()
        report(f"Reading: {pace.told(sum(len(each.frame) for each in parts), reader.share)}", reader.share)
        if rows > _IN_MEMORY:
            raise _too_large(int(rows), _IN_MEMORY)
    if not parts:
        return RawTable(frame=pd.DataFrame(columns=reader.columns, dtype="str"), notices=tuple(reader.notices))
    rejects = [part.rejects for part in parts if len(part.rejects)]
    return RawTable(
        frame=parts[0].frame if len(parts) == 1 else pd.concat([part.frame for part in parts]),
        rejects=pd.concat(rejects, ignore_index=True) if rejects else no_rejects(),
        notices=tuple(reader.notices),
        decimal=reader.decimal,
    )


def _quietly(do: Callable[..., _T], *arguments: Any) -> _T:
    """Do it, and let no library warn on the console; what the user should know is a notice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return do(*arguments)


def _found(path: Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise DataError(f"There is no file {path.name} at that place. Check the path.")
    return path


def _too_large(size: int, most: int | None = None) -> DataError:
    has = f"has {count(size / 2**20)} MB" if most is None else f"takes {count(size / 2**20)} MB in memory"
    return DataError(
        f"The file {has}; at most {count((most or MAX_FILE_BYTES) / 2**20)} MB are read. "
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
