"""Delimited text → raw tables, a block at a time: whatever the encoding, the separator and the line ends.

A block that is as it should be goes through pyarrow's parser; one with empty lines, line breaks in quotes, stray quotation
marks or too many values is read line by line, so that every line ends up as a row or as a reject with its number.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from churn_core.data.columns import find_columns
from churn_core.data.numbers import decimal_mark
from churn_core.errors import DataError
from churn_core.schema import Schema, fold

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BLOCK = 3 * 2**20  # bytes; read at once, and more than any line may have
_SAMPLE = 2**16  # bytes; the encoding and the line ends are told by these
_MOST_COLUMNS = 2_000  # columns; a customer table has some dozens, and a line of millions takes minutes to split
_MOST_LINES = 50  # lines that one row may go over, by line breaks in quotes
_MOST_UNREAD = 10_000  # lines in a row that are no rows: whatever follows, this is no table
_TOLD_BY = 200  # lines; the decimal mark and the empty values at the ends of lines are told by these
_HEADER_WITHIN = 10  # lines; a header that comes after a title is found among so many
_MARKS = (  # byte order marks, the longer first
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
csv.field_size_limit(2 * _BLOCK)  # characters; the default of 128 K is shorter than some legitimate notes


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A line that is no row of the table."""

    row: int
    problem: str
    text: str


class TextBlocks:
    """The blocks of one delimited file: ``columns``, ``decimal`` and what had to be decided are known from the start,
    ``notices`` may grow. Iterating gives (frame, unread lines, text of each row or ``None`` where it is no CSV with commas);
    the index of a frame is the line in the file.

    ``coded``: categories of the schema come as pandas categories, which is faster; else everything is text.
    Raises ``DataError`` for what is no text, has no header, or cannot be split.
    """

    def __init__(self, stream: BinaryIO, schema: Schema, coded: bool = True) -> None:
        self.notices: list[str] = []
        self._foreign_lines, self._in_vain = 0, 0
        self._blocks = _whole_lines(self._decoded(stream))
        self._schema = schema
        self._first, self._ended = next(self._blocks)
        self._line = 1  # of the first that has not been read
        while not self._first.strip() and not self._ended:
            self._line += self._first.count(b"\n")
            self._first, self._ended = next(self._blocks)
        self._header()
        found = find_columns(self.columns, schema)
        categories = {at for c in schema.columns if c.kind in ("category", "flag") for at in found.at.get(c.name, ())}
        self._types = {
            str(i): pa.dictionary(pa.int32(), pa.string()) if coded and i in categories else pa.large_string()
            for i in range(len(self.columns))
        }
        self.decimal = self._decimal_mark(
            {at for c in schema.columns if c.kind in ("number",) for at in found.at.get(c.name, ())}
        )
        self._spare = self._empty_at_the_end()
        self._refuse_two_headers()

    def __iter__(self) -> Iterator[tuple[pd.DataFrame, list[Unread], pa.Array | None]]:
        block, ended = self._first, self._ended
        while True:
            frame = self._regular(block)
            unread: list[Unread] = []
            rest, lines = b"", None
            if frame is not None:
                lines, self._in_vain = self._copied(block, len(frame)), 0
            else:
                frame, unread, rest = self._line_by_line(block, ended)
            if len(frame) or unread:
                yield frame, unread, lines
            if ended:
                break
            following, ended = next(self._blocks)
            block = rest + following
        if self._foreign_lines:
            self.notices.append(f"{self._foreign_lines:,} lines are not UTF-8; they were read as Windows-1252.")

    # From bytes to UTF-8

    def _decoded(self, stream: BinaryIO) -> Iterator[bytes]:
        sample = stream.read(_SAMPLE)
        encoding, name, mark = _encoding(sample)
        if name:
            self.notices.append(f"The file is encoded as {name}.")
        data = sample[len(mark) :] + stream.read(max(_BLOCK - len(sample), 0))
        one_byte = encoding == "utf-8"
        decoder = codecs.getincrementaldecoder(encoding)()
        # Old Macs end lines by a carriage return alone; what is put together of several files may do so at its beginning.
        ending = re.match(rb"[^\r\n]*\r(?!\r*\n)", data if one_byte else decoder.decode(data).encode())
        returns_only = ending is not None and ending[0].count(b'"') % 2 == 0
        decoder.reset()
        try:
            while data:
                block = data if one_byte else decoder.decode(data).encode()
                yield block.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if returns_only else block
                data = stream.read(_BLOCK)
            if not one_byte:
                decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise DataError(
                f"The file is said to be {name} and is cut off or damaged in the middle of a character. Export it again as UTF-8."
            ) from error

    # The header

    def _header(self) -> None:
        lines = _utf8(self._looked_at())[0].split("\n")
        place = next((i for i, line in enumerate(lines) if line.strip()), None)
        self._delimiter, self._quote, self._spaced = ",", '"', False
        if place is not None and re.fullmatch(r"sep=[,;\t|]", lines[place].strip("\r ")):
            self._delimiter = lines[place].strip("\r ")[4]  # what Excel writes for itself
            place = next((i for i, line in enumerate(lines) if i > place and line.strip()), None)
        elif place is not None:
            self._delimiter, self._quote = _dialect(lines[place])
            name = f"{self._quote}[^{self._quote}]*{self._quote}"
            self._spaced = re.fullmatch(rf"{name}({re.escape(self._delimiter)} +{name})+\s*", lines[place]) is not None
        fields, used = self._one_row(lines, place, 2, self._ended) if place is not None else ([], 0)
        if fields is None or not any(cell.strip() for cell in fields):
            raise DataError("The file has no column names. Put them into the first line, separated by commas.")
        self.columns = [cell.strip() for cell in fields]
        if len(self.columns) > _MOST_COLUMNS:
            raise DataError(f"The first line has more than {_MOST_COLUMNS:,} columns. Is it the header of a table of customers?")
        self._refuse_titles(lines, place)
        if len(self.columns) == 1:
            raise DataError(
                "This is not a table of customers: its first line has a single column. Save it as CSV with commas, "
                "semicolons or tabs between the columns and the column names in the first line."
            )
        if self._delimiter != ",":
            self.notices.append(f"Columns are separated by {DELIMITERS[self._delimiter]}.")
        *before, rest = self._first.split(b"\n", place + used)
        if len(before) < place + used:
            before, rest = [*before, rest], b""
        self._foreign_lines += _utf8(b"\n".join(before))[1]
        self._first, self._line = rest, self._line + place + used
        if not rest and not self._ended:  # the one row there is has no line end
            self._first, self._ended = next(self._blocks)

    def _looked_at(self) -> bytes:
        """So much of the first block as decisions rest on, to the end of a line."""
        return self._first[: self._first.find(b"\n", _SAMPLE) + 1 or len(self._first)]

    def _refuse_titles(self, lines: list[str], place: int) -> None:
        required = {column.name for column in self._schema.columns if column.required}
        if required <= set(find_columns(self.columns, self._schema).at):
            return
        for i, line in enumerate(lines[place + 1 : place + 1 + _HEADER_WITHIN], start=place + 2):
            delimiter, quote = _dialect(line)
            names = _values(line, delimiter, quote)
            if required <= set(find_columns(names, self._schema).at):
                raise DataError(f"The column names are in line {i}, not in the first. Delete the lines above it.")

    def _refuse_two_headers(self) -> None:
        """A second line of names would be the first customer, with values that no one has."""
        lines = [line for line in _utf8(self._looked_at())[0].split("\n")[:_HEADER_WITHIN] if line.strip()]
        required = {column.name for column in self._schema.columns if column.required}
        if not lines or not required <= set(find_columns(self.columns, self._schema).at):
            return  # a foreign table is refused for what it lacks
        fields, _ = self._one_row(lines, 0, len(self.columns), True)
        names = {fold(column.name) for column in self._schema.columns} | {fold(name) for name in self.columns}
        if fields and len(fields) > 2 and sum(fold(cell) in names for cell in fields) > len(fields) / 2:
            raise DataError("There are two lines of column names, one under the other. Delete one of them.")

    def _decimal_mark(self, positions: set[int]) -> str:
        """What the first numbers have before their decimals, see ``decimal_mark``."""
        decimal, notice = decimal_mark(fields[i] for fields in self._first_rows() for i in positions if i < len(fields))
        self.notices += notice
        return decimal

    def _first_rows(self) -> Iterator[list[str]]:
        for line in _utf8(self._looked_at())[0].split("\n")[:_TOLD_BY]:
            yield _values(line, self._delimiter, self._quote)

    def _empty_at_the_end(self) -> int:
        """How many values that are no values end each line, as some programs write them. Another number of them in a line means
        that its values have been shifted, by a separator in one of them.
        """
        width = len(self.columns)
        rows = [fields for fields in self._first_rows() if len(fields) >= width and any(map(str.strip, fields))]
        usual = Counter(map(len, rows)).most_common(1)[0][0] if rows else width
        extras = [any(map(str.strip, fields[width:])) for fields in rows if len(fields) == usual]
        return usual - width if sum(extras) <= len(extras) / 2 else 0

    # The rows

    def _regular(self, block: bytes) -> pd.DataFrame | None:
        """A block where each line is a row with as many values as there are columns; ``None`` where one is not."""
        if not block:
            return None
        rows = int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))) + (not block.endswith(b"\n"))
        if not self._quotes_are_regular(block) or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
            return None
        foreign = 0
        try:
            table = self._parse(block)
        except pa.ArrowInvalid:
            text, foreign = _utf8(block)
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
        """The text of each row of a regular block, without its end; ``None`` where it cannot be copied into a CSV file."""
        returns = block.count(b"\r\n") if b"\r" in block else 0
        if self._delimiter != "," or self._quote != '"' or returns not in (0, rows) or not block.endswith(b"\n"):
            return None
        if self._foreign_lines:
            return None
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n")) + 1
        offsets = np.append(0, ends).astype(np.int64)
        lines = pa.LargeBinaryArray.from_buffers(pa.large_binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(block)])
        return pa.compute.binary_slice(lines, 0, -2 if returns else -1).cast(pa.large_string())

    def _parse(self, block: bytes) -> pa.Table:
        return pa.csv.read_csv(
            pa.BufferReader(block),
            read_options=pa.csv.ReadOptions(use_threads=False, column_names=list(self._types), block_size=len(block) + 1),
            parse_options=pa.csv.ParseOptions(delimiter=self._delimiter, quote_char=self._quote),
            convert_options=pa.csv.ConvertOptions(column_types=self._types, strings_can_be_null=False, null_values=[]),
        )

    def _quotes_are_regular(self, block: bytes) -> bool:
        """Whether each quotation mark opens a value, closes one, or is one of two inside. On anything else, and on a value
        that is still open at the end, parsers do not agree.
        """
        quote = self._quote.encode()
        if quote not in block:
            return True
        bytes_ = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
        marks = np.flatnonzero(bytes_ == quote[0])
        first = np.flatnonzero(np.append(True, np.diff(marks) > 1))  # of each run of marks, one beside the other
        odd = np.diff(np.append(first, len(marks))) % 2 == 1
        inside = first % 2 == 1  # so many marks came before: each that opened a value was followed by one that closed it
        edges = np.isin(np.arange(256), list(self._delimiter.encode() + b"\r\n"))
        begins, ends = edges[bytes_[marks[first] - 1]], edges[bytes_[marks[np.append(first[1:], len(marks)) - 1] + 1]]
        regular = np.where(inside, ~odd | ends, begins & (odd | ends))
        return len(marks) % 2 == 0 and bool(regular.all())

    def _line_by_line(self, block: bytes, ended: bool) -> tuple[pd.DataFrame, list[Unread], bytes]:
        """Rows and lines that are none; and what has to wait for the next block, since its last row goes on there."""
        text, foreign = _utf8(block)
        self._foreign_lines += foreign  # what waits for the next block is UTF-8 by then
        lines = text.split("\n")
        complete = len(lines) if ended else len(lines) - 1  # a block that is not the last ends with a line feed
        rows, places, unread, i = [], [], [], 0
        while i < complete:
            text = lines[i].removesuffix("\r")
            if not text.strip():
                i += 1
                continue
            if "\r" in text and self._quote not in text:  # lines of an old Mac behind those of another file
                ends = [part for part in text.split("\r") if part.strip()]
                if all(part.count(self._delimiter) == len(self.columns) + self._spare - 1 for part in ends):
                    lines[i : i + 1], complete = ends, complete + len(ends) - 1
                    continue
            fields, used = self._one_row(lines, i, len(self.columns), ended, complete)
            if not used:
                break
            if fields is None:
                unread.append(Unread(row=self._line + i, problem=_PROBLEM, text=text))
                self._count_in_vain(unread[-1])
            elif any(cell.strip() for cell in fields):
                extra = fields[len(self.columns) :]
                if len(fields) != len(self.columns) + self._spare or any(cell.strip() for cell in extra):
                    problem = f"has {len(fields)} values, the header has {len(self.columns)}: check the separators"
                    unread.append(Unread(row=self._line + i, problem=problem, text="\n".join(lines[i : i + used])))
                    self._count_in_vain(unread[-1])
                else:
                    self._in_vain = 0
                    rows.append(fields[: len(self.columns)])
                    places.append(self._line + i)
            i += used
        self._line += i if i < complete or not ended else complete
        frame = pd.DataFrame(rows, columns=self.columns, index=pd.Index(places, dtype="int64"), dtype="str")
        rest = "\n".join(lines[i:]).encode() if i < complete else b""
        return frame, unread, rest

    def _count_in_vain(self, line: Unread) -> None:
        """Raises ``DataError`` where nothing but lines that are no rows has come for long."""
        if not self._in_vain:
            self._first_in_vain = line
        self._in_vain += 1
        if self._in_vain > _MOST_UNREAD:
            first = self._first_in_vain
            raise DataError(
                f"Line {first.row} {first.problem}; {_MOST_UNREAD:,} lines in a row are no rows of the table. "
                "Look for a quotation mark that is not closed, or export the table again."
            )

    def _one_row(
        self, lines: list[str], i: int, width: int, ended: bool, complete: int | None = None
    ) -> tuple[list[str] | None, int]:
        """The values of the row that begins in line ``i``, and over how many lines it goes; no values where it cannot be
        told, and no lines where the next block has to be asked.
        """
        complete = len(lines) if complete is None else complete
        text, used = lines[i].removesuffix("\r"), 1
        full = text.count(self._delimiter) >= width - 1
        while True:
            try:
                return next(self._split(text), []), used
            except csv.Error as error:
                if "unexpected end" not in str(error) or used == _MOST_LINES or len(text) > _BLOCK:
                    return None, 1
            if i + used == complete:
                return (None, 1) if ended else (None, 0)
            following = lines[i + used].removesuffix("\r")
            if full and following.count(self._delimiter) >= width - 1:
                return None, 1  # both are rows of their own: the mark is a stray one
            text, used = f"{text}\n{following}", used + 1

    def _split(self, text: str):
        """The values of a row. A space before a quotation mark is no part of the value where the header has one, too."""
        spaced = self._spaced
        return csv.reader([text], delimiter=self._delimiter, quotechar=self._quote, strict=True, skipinitialspace=spaced)


_PROBLEM = "has a quotation mark that is not closed, or one inside a value; double it or remove it"


def _utf8(block: bytes) -> tuple[str, int]:
    """The text of a block, and how many of its lines are not UTF-8; those are Windows-1252, which nearly all of them are."""
    try:
        return block.decode(), 0
    except UnicodeDecodeError:
        lines = [_utf8_line(line) for line in block.split(b"\n")]
    return "\n".join(text for text, _ in lines), sum(foreign for _, foreign in lines)


def _utf8_line(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode(), False
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), True


def _values(line: str, delimiter: str, quote: str) -> list[str]:
    """The values of one line; none where it cannot be told."""
    try:
        return next(csv.reader([line.removesuffix("\r")], delimiter=delimiter, quotechar=quote), [])
    except csv.Error:
        return []


def _encoding(sample: bytes) -> tuple[str, str, bytes]:
    """The encoding, its name where it is worth telling, and the mark at the beginning."""
    for mark, encoding, name in _MARKS:
        if sample.startswith(mark):
            return encoding, name, mark
    if b"\x00" in sample:
        zeros = np.frombuffer(sample[: len(sample) // 2 * 2], dtype=np.uint8).reshape(-1, 2) == 0
        low, high = zeros.mean(axis=0) if len(zeros) else (0, 0)
        if max(low, high) > 0.3 and min(low, high) < 0.05:
            return ("utf-16-le" if high > low else "utf-16-be"), "UTF-16", b""
        raise DataError("The file is not text, so it is no CSV. Save the table as CSV, Parquet or Excel (.xlsx).")
    return "utf-8", "", b""


def _dialect(line: str) -> tuple[str, str]:
    """What separates the columns, and what quotes a value; told by the first line."""
    quote = "'" if re.fullmatch(r"\s*'[^']*'([,;\t|]'[^']*')+\s*", line) else '"'
    bare = re.sub(f"{quote}[^{quote}]*{quote}", "", line)
    return max(DELIMITERS, key=bare.count), quote


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks that end with a line; the last is said to be."""
    rest, before = b"", 0
    for data in blocks:
        cut = data.rfind(b"\n") + 1
        if not cut:
            rest += data
            if len(rest) > _BLOCK:
                raise DataError(
                    f"A line, {before / 2**20:,.0f} MB into the file, is longer than {_BLOCK / 2**20:,.0f} MB, which no row of "
                    "a customer table is. Export the table again, with a line for each customer."
                )
            continue
        block, rest = b"".join((rest, memoryview(data)[:cut])), data[cut:]
        before += len(block)
        yield block, False
    yield rest, True


def _has_empty_rows(table: pa.Table) -> bool:
    """Rows whose values are all blank are no customers."""
    empty = None
    for column in table.columns:
        words = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if pa.types.is_dictionary(words.type):
            blank = pa.compute.equal(pa.compute.utf8_trim_whitespace(words.dictionary), "").take(words.indices)
        else:
            blank = pa.compute.equal(pa.compute.utf8_trim_whitespace(words), "")
        empty = blank if empty is None else pa.compute.and_(empty, blank)
        if not pa.compute.any(empty).as_py():
            return False
    return True
