"""Delimited text → raw tables, block by block, with any encoding, separator and line ends.

A regular block goes through pyarrow's parser. A block with empty lines, line breaks in quotes, stray quotation marks or too
many values is read line by line, so that every line becomes a row or a reject with its number.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from churn_core.data.columns import find_columns
from churn_core.data.numbers import decimal_mark
from churn_core.data.reading import encoding
from churn_core.data.reading.dialect import DELIMITERS
from churn_core.data.reading.encoding import Readable, text_of, utf8_blocks, whole_lines
from churn_core.data.reading.header import empty_at_the_end, find_header, refuse_second_header
from churn_core.errors import DataError
from churn_core.formats import count, counted
from churn_core.schema import Kind, Schema

_MOST_UNREAD = 10_000  # consecutive lines that are not rows; after so many the file is not a table
_TOLD_BY = 200  # lines; they show the decimal mark and the empty values at the ends of lines
_PROBLEM = "has a quotation mark that is not closed, or one inside a value; double it or remove it"


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A line that could not be read as a row: its number, the problem, and its text."""

    row: int
    problem: str
    text: str


Part = tuple[pd.DataFrame, list[Unread], pa.Array | None]  # rows, lines that are not rows, the text of each row


class TextBlocks:
    """The blocks of one delimited file. ``columns`` and ``decimal`` are known from the start; ``notices`` may grow.

    Iterating gives (frame, unread lines, text of each row or ``None`` if it is not CSV with commas); the index of a frame is
    the line in the file. ``coded``: categories of the schema come as pandas categories, which is faster; else everything is
    text. Raises ``DataError`` for a file that is not text, has no header, or cannot be split into values.
    """

    def __init__(self, stream: Readable, schema: Schema, coded: bool = True) -> None:
        self.notices: list[str] = []
        self._foreign_lines, self._unread = 0, 0  # lines that are not UTF-8; consecutive lines that are not rows
        self._blocks = whole_lines(utf8_blocks(stream, self.notices))
        self._first, self._ended = next(self._blocks)
        self._line = 1  # the number of the first line that has not been read
        while not self._first.strip() and not self._ended:
            self._line += self._first.count(b"\n")
            self._first, self._ended = next(self._blocks)
        header = find_header(self._beginning(), self._ended, schema)
        self.columns, self._dialect = header.columns, header.dialect
        if self._dialect.delimiter != ",":
            self.notices.append(f"Columns are separated by {DELIMITERS[self._dialect.delimiter]}.")
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
        while True:
            frame = self._regular(block)
            unread: list[Unread] = []
            rest, lines = b"", None
            if frame is not None:
                lines, self._unread = self._copied(block, len(frame)), 0
            else:
                frame, unread, rest = self._line_by_line(block, ended)
            if len(frame) or unread:
                yield frame, unread, lines
            if ended:
                break
            following, ended = next(self._blocks)
            block = rest + following
        if self._foreign_lines:
            are = counted(self._foreign_lines, "line is not UTF-8; it was", "lines are not UTF-8; they were")
            self.notices.append(f"{are} read as Windows-1252.")

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

    def _regular(self, block: bytes) -> pd.DataFrame | None:
        """The rows of a block in which each line is a row with as many values as columns; ``None`` for any other block."""
        if not block:
            return None
        rows = int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))) + (not block.endswith(b"\n"))
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
        frame = table.to_pandas()
        frame.columns = self.columns
        frame.index = pd.RangeIndex(self._line, self._line + rows)
        self._line += rows
        self._foreign_lines += foreign
        return frame

    def _copied(self, block: bytes, rows: int) -> pa.Array | None:
        """The text of each row of a regular block, without line ends; ``None`` if it cannot be copied into a CSV file."""
        returns = block.count(b"\r\n") if b"\r" in block else 0
        if self._dialect.delimiter != "," or self._dialect.quote != '"' or returns not in (0, rows) or not block.endswith(b"\n"):
            return None
        if self._foreign_lines:
            return None
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n")) + 1
        offsets = np.append(0, ends).astype(np.int64)
        lines = pa.LargeBinaryArray.from_buffers(pa.large_binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(block)])
        return pc.binary_slice(lines, 0, -2 if returns else -1).cast(pa.large_string())

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

    def _line_by_line(self, block: bytes, ended: bool) -> tuple[pd.DataFrame, list[Unread], bytes]:
        """The rows, the lines that are not rows, and the rest whose row continues in the next block."""
        text, foreign = text_of(block)
        self._foreign_lines += foreign  # the rest is UTF-8 from here on
        lines = text.split("\n")
        complete = len(lines) if ended else len(lines) - 1  # a block that is not the last ends with a line feed
        rows, places, unread, i = [], [], [], 0
        while i < complete:
            text = lines[i].removesuffix("\r")
            if not text.strip(self._dialect.delimiter + " ").strip():  # empty, or a row of empty values
                i += 1
                continue
            if "\r" in text and self._dialect.quote not in text:  # lines of an old Mac behind those of another file
                ends = [part for part in text.split("\r") if part.strip()]
                if all(part.count(self._dialect.delimiter) == len(self.columns) + self._spare - 1 for part in ends):
                    lines[i : i + 1], complete = ends, complete + len(ends) - 1
                    continue
            fields, used = self._dialect.row(lines, i, len(self.columns), ended, complete)
            if not used:
                break
            if fields is None:
                unread.append(Unread(row=self._line + i, problem=_PROBLEM, text=text))
                self._count_unread(unread[-1])
            elif any(cell.strip() for cell in fields):
                extra = fields[len(self.columns) :]
                if len(fields) != len(self.columns) + self._spare or any(cell.strip() for cell in extra):
                    problem = f"has {counted(len(fields), 'value')}, the header has {len(self.columns)}: check the separators"
                    unread.append(Unread(row=self._line + i, problem=problem, text="\n".join(lines[i : i + used])))
                    self._count_unread(unread[-1])
                else:
                    self._unread = 0
                    rows.append(fields[: len(self.columns)])
                    places.append(self._line + i)
            i += used
        self._line += i if i < complete or not ended else complete
        frame = pd.DataFrame(rows, columns=self.columns, index=pd.Index(places, dtype="int64"), dtype="str")
        rest = "\n".join(lines[i:]).encode() if i < complete else b""
        return frame, unread, rest

    def _count_unread(self, line: Unread) -> None:
        """Raises ``DataError`` after ``_MOST_UNREAD`` consecutive lines that are not rows."""
        if not self._unread:
            self._first_unread = line
        self._unread += 1
        if self._unread > _MOST_UNREAD:
            first = self._first_unread
            raise DataError(
                f"Line {first.row} {first.problem}; {count(_MOST_UNREAD)} consecutive lines are no rows of the table. "
                "Look for a quotation mark that is not closed, or export the table again."
            )


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
