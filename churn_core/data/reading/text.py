"""Delimited text → raw tables, block by block, with any encoding, separator and line ends.

A regular block goes through pyarrow's parser. A block with empty lines, line breaks in quotes, stray quotation marks or too
many values is read line by line, so that every line becomes a row or a reject with its number.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from pandas.api.extensions import ExtensionArray

from churn_core.data.columns import find_columns
from churn_core.data.numbers import decimal_mark
from churn_core.data.reading import encoding
from churn_core.data.reading.beginnings import are_in_quotes, lines_above
from churn_core.data.reading.dialect import DELIMITERS
from churn_core.data.reading.encoding import Readable, text_of, utf8_blocks, whole_lines
from churn_core.data.reading.header import empty_at_the_end, find_header, in_quotes, out_of_quotes, refuse_second_header
from churn_core.data.reading.lines import LineReader, Unread
from churn_core.errors import DataError
from churn_core.formats import count, counted
from churn_core.jobs import Report, silent
from churn_core.schema import Kind, Schema

_TOLD_BY = 200  # lines; they show the decimal mark and the empty values at the ends of lines
_AT_ONCE = (
    2  # blocks of a part; half of what scoring 20,000 rows costs is spent on any part, and two blocks still take little memory
)
_TEXT = pd.StringDtype(na_value=np.nan)
_SHORT = 2_000  # bytes of words; of more it does not pay to look whether they came before, nor to keep them
_MOST_EMPTY = 2_000_000  # consecutive empty lines; twice as many as a sheet of Excel can have


Part = tuple[pd.DataFrame, list[Unread], pa.Array | None]  # rows, lines that are not rows, the text of each row


class TextBlocks:
    """The blocks of one delimited file. ``columns`` and ``decimal`` are known from the start; ``notices`` may grow.

    Iterating gives (frame, unread lines, text of each row or ``None`` if it is not CSV with commas); the index of a frame is
    the line in the file. ``coded``: categories of the schema come as pandas categories, which is faster; else everything is
    text. ``report`` is told of each block, and may raise to stop. Raises ``DataError`` for a file that is not text, has no header, or
    cannot be split into values.
    """

    def __init__(
        self, stream: Readable, schema: Schema, coded: bool = True, report: Report = silent, notices: list[str] | None = None
    ) -> None:
        self.notices: list[str] = [] if notices is None else notices
        self._foreign_lines, self._empty = 0, 0  # lines that are not UTF-8; consecutive empty lines
        self._blocks = whole_lines(_told(utf8_blocks(stream, self.notices, _AT_ONCE), report))
        self._first, self._ended = next(self._blocks)
        self._line = 1  # the number of the first line that has not been read
        while not self._first.strip() and not self._ended:
            self._line += self._count_empty(self._first)
            self._first, self._ended = next(self._blocks)
        if in_quotes(self._beginning(), schema) or (schema.of_a_file and are_in_quotes(self._beginning())):
            self._first = out_of_quotes(self._first)
            self._blocks = ((out_of_quotes(block), ended) for block, ended in self._blocks)
            self.notices.append("Each line was in quotation marks as a whole; they were removed.")
        if schema.of_a_file and (above := lines_above(self._beginning())):
            self._leave_out(above)
            first = "The first line is" if above == 1 else f"The first {count(above)} lines are"
            self.notices.append(f"{first} above the names of the columns; {'it is' if above == 1 else 'they are'} left out.")
        header = find_header(self._beginning(), self._ended, schema)
        self.columns, self._dialect = header.columns, header.dialect
        if self._dialect.delimiter != ",":
            self.notices.append(f"Columns are separated by {DELIMITERS[self._dialect.delimiter]}.")
        self._value = re.compile(b"[^ \r\n\t" + re.escape(self._dialect.delimiter.encode()) + b"]")  # begins one
        self._leave_out(header.lines)
        coded_at = self._at(schema, "category", "flag") if coded else set()
        self._types = {
            str(i): pa.dictionary(pa.int32(), pa.string()) if i in coded_at else pa.large_string()
            for i in range(len(self.columns))
        }
        rows, numbers = self._first_rows(), self._at(schema, "number")
        self.decimal, notices = decimal_mark(fields[i] for fields in rows for i in numbers if i < len(fields))
        self.notices += notices
        self._spare = empty_at_the_end(rows, len(self.columns))
        refuse_second_header(self._beginning(), header, schema)

    def __iter__(self) -> Iterator[Part]:
        block, ended = self._first, self._ended
        self._first = b""  # not to be kept beside the parts that follow
        reader = LineReader(self.columns, self._dialect, self._spare, self._line)
        while True:
            yield from self._parts(block, ended, reader)
            if ended:
                break
            following, ended = next(self._blocks)
            block = reader.rest.encode() + following
        if self._foreign_lines:
            are = counted(self._foreign_lines, "line is not UTF-8; it was", "lines are not UTF-8; they were")
            self.notices.append(f"{are} read as Windows-1252.")

    def _parts(self, block: bytes, ended: bool, reader: LineReader) -> Iterator[Part]:
        """The parts of a block that are not empty; ``reader`` keeps count of the lines."""
        reader.rest = ""
        if not self._value.search(block):
            reader.line += self._count_empty(block)
            return
        self._empty = 0
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n")) + 1
        frame = self._regular(block, ends, reader.line)
        if frame is not None:
            reader.seen_rows(len(frame))
            yield frame, [], self._copied(block, ends)
            return
        text, foreign = text_of(block)
        self._foreign_lines += foreign  # what is left over is UTF-8 from here on
        for frame, unread in reader.parts(text, ended):
            if len(frame) or unread:
                yield frame, unread, None

    def _count_empty(self, block: bytes) -> int:
        """How many lines a block of empty lines has. Raises ``DataError`` after ``_MOST_EMPTY`` consecutive ones."""
        lines = block.count(b"\n")
        self._empty += lines
        if self._empty > _MOST_EMPTY:
            raise DataError(
                f"The file has more than {count(_MOST_EMPTY)} consecutive empty lines. Delete them, or export the table again."
            )
        return lines

    # The header

    def _beginning(self) -> str:
        """The first lines of the first block, on which all decisions rest."""
        block = self._first
        return text_of(block[: block.find(b"\n", encoding.SAMPLE) + 1 or len(block)])[0]

    def _leave_out(self, lines: int) -> None:
        """Skip so many lines of the first block."""
        *before, rest = self._first.split(b"\n", lines)
        if len(before) < lines:
            before, rest = [*before, rest], b""
        self._foreign_lines += text_of(b"\n".join(before))[1]
        self._first, self._line = rest, self._line + lines
        if not rest and not self._ended:  # the one row there is has no line end
            self._first, self._ended = next(self._blocks)

    def _at(self, schema: Schema, *kinds: Kind) -> set[int]:
        """The positions of the columns of these kinds."""
        found = find_columns(self.columns, schema)
        return {at for column in schema.columns if column.kind in kinds for at in found.at.get(column.name, ())}

    def _first_rows(self) -> list[list[str]]:
        return [self._dialect.values(line) for line in self._beginning().split("\n")[:_TOLD_BY]]

    # The rows

    def _regular(self, block: bytes, ends: npt.NDArray[np.int64], line: int) -> pd.DataFrame | None:
        """The rows of a block in which each line is a row with as many values as columns; ``None`` for any other block. The line feeds
        are before its ``ends``, and the first line has the number ``line``.
        """
        if b"\x00" in block:
            return None
        rows = len(ends) + (not block.endswith(b"\n"))
        if not self._quotes_are_regular(block) or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
            return None
        foreign = 0
        try:
            table = self._parse(block)
        except pa.ArrowInvalid:
            text, foreign = text_of(block)
            if not foreign:
                return None
            try:
                table = self._parse(text.encode())
            except pa.ArrowInvalid:
                return None
        if table.num_rows != rows or _has_empty_rows(table):
            return None
        frame = pd.DataFrame(dict(enumerate(map(_as_pandas, table.columns))), index=pd.RangeIndex(line, line + rows), copy=False)
        frame.columns = self.columns
        self._foreign_lines += foreign
        return frame

    def _copied(self, block: bytes, ends: npt.NDArray[np.int64]) -> pa.Array | None:
        """The text of each row of a regular block, without line ends; ``None`` if it cannot be copied into a CSV file."""
        rows = len(ends)
        returns = block.count(b"\r\n") if b"\r" in block else 0
        if self._dialect.delimiter != "," or self._dialect.quote != '"' or returns not in (0, rows) or not block.endswith(b"\n"):
            return None
        if self._foreign_lines:
            return None
        offsets = np.append(0, ends)
        lines = pa.LargeBinaryArray.from_buffers(pa.large_binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(block)])
        texts = pc.binary_slice(lines, 0, -2 if returns else -1)
        return pa.LargeStringArray.from_buffers(rows, *texts.buffers()[1:])  # the parser has seen that it is UTF-8

    def _parse(self, block: bytes) -> pa.Table:
        return pa.csv.read_csv(
            pa.BufferReader(block),
            read_options=pa.csv.ReadOptions(use_threads=False, column_names=list(self._types), block_size=len(block) + 1),
            parse_options=pa.csv.ParseOptions(delimiter=self._dialect.delimiter, quote_char=self._dialect.quote),
            convert_options=pa.csv.ConvertOptions(column_types=self._types, strings_can_be_null=False, null_values=[]),
        )

    def _quotes_are_regular(self, block: bytes) -> bool:
        """Whether each quotation mark opens a value, closes one, or is one of two inside a value, and none is open at the end.
        Parsers disagree on everything else.
        """
        quote = self._dialect.quote.encode()
        if quote not in block:
            return True
        bytes_ = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
        marks = np.flatnonzero(bytes_ == quote[0])
        first = np.flatnonzero(np.append(True, np.diff(marks) > 1))  # of each run of marks, one beside the other
        odd = np.diff(np.append(first, len(marks))) % 2 == 1
        inside = first % 2 == 1  # so many marks came before: each that opened a value was followed by one that closed it
        edges = np.isin(np.arange(256), list(self._dialect.delimiter.encode() + b"\r\n"))
        begins, ends = edges[bytes_[marks[first] - 1]], edges[bytes_[marks[np.append(first[1:], len(marks)) - 1] + 1]]
        regular = np.where(inside, ~odd | ends, begins & (odd | ends))
        return len(marks) % 2 == 0 and bool(regular.all())


def _has_empty_rows(table: pa.Table) -> bool:
    """Whether a row has only blank values: it is not a customer."""
    empty = None
    for column in table.columns:
        words = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if pa.types.is_dictionary(words.type):
            blank = pc.equal(pc.utf8_trim_whitespace(words.dictionary), "").take(words.indices)
        else:
            blank = pc.equal(pc.utf8_trim_whitespace(words), "")
        empty = blank if empty is None else pc.and_(empty, blank)
        if not pc.any(empty).as_py():
            return False
    return True


def _as_pandas(values: pa.ChunkedArray) -> ExtensionArray:
    """Words as what pandas makes of them."""
    coded = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    if not pa.types.is_dictionary(coded.type):
        return _TEXT.__from_arrow__(coded)
    if coded.dictionary.nbytes > _SHORT:
        return coded.to_pandas().array
    return pd.Categorical.from_codes(coded.indices.to_numpy(), dtype=_of_words(*coded.dictionary.to_pylist()), validate=False)


@lru_cache
def _of_words(*words: str) -> pd.CategoricalDtype:
    """Categories of these words in this order: the parts of a file have the same ones, and pandas looks at them anew each time."""
    return pd.CategoricalDtype(pd.array(words, dtype=_TEXT))


def _told(blocks: Iterator[bytes], report: Report) -> Iterator[bytes]:
    """The blocks; whoever waits is told of each, and may stop."""
    for block in blocks:
        report("Reading the file")
        yield block
