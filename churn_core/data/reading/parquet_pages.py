"""The pages of a row group, measured before they are decoded: how much memory each batch of rows takes at most.

Source: https://parquet.apache.org/docs/file-format/data-pages/
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn_core.data.reading.delta import lengths
from churn_core.data.reading.parquet_footer import READING, Chunk, Group, damaged
from churn_core.data.reading.thrift import BOOL, I32, Compact, Malformed, Struct
from churn_core.errors import DataError
from churn_core.jobs import Report, silent

_HEAD = 256  # bytes; most headers are shorter
_MOST_OF_A_HEAD = 2**20  # bytes; a header may hold the smallest and the largest value of its page
_MOST_IN_WORK = 320 * 2**20  # bytes; of each column one page is unpacked at a time
_BATCH = 64 * 2**20  # bytes of the rows that are decoded at once, beside their pages, at most
_MOST_BATCHES = 1_000_000  # of a row group
_FEW_PAGES, _FEWEST_OF_A_PAGE = 20_000, 32  # pages of a row group of any size; values of a page on the average
_MOST_OF_A_DICTIONARY = 32 * 2**20  # bytes; most writers stop at 1 MB, pandas does not
_MOST_OF_LISTS = 256 * 2**20  # bytes of a column of lists in a row group
_LENGTH = struct.Struct("<I")
_SHORT = 32  # bytes; how short the texts are in fact does not matter
_NESTED = 16  # bytes of a value in a list, about: its levels and its place
_MOST_NESTED, _FEW_ROWS = 20, 5_000  # values in the lists of a row on the average; rows, which may have longer ones

_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}
_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3  # types of a page
_PLAIN_DICTIONARY, _DELTA_BYTE_ARRAY, _RLE_DICTIONARY = 2, 7, 8  # encodings

_HEADER = Struct(  # type, unpacked and packed size; of each type: values, encoding; of version 2: bytes of levels, is packed
    {
        1: I32,
        2: I32,
        3: I32,
        5: Struct({1: I32, 2: I32}, needed=(1, 2)),
        7: Struct({1: I32, 2: I32}, needed=(1, 2)),
        8: Struct({1: I32, 4: I32, 5: I32, 6: I32, 7: BOOL}, needed=(1, 4, 5, 6)),
    },
    needed=(1, 2, 3),
)


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A page as its header has it. ``bare``: bytes before those that are packed, which are levels in data pages of version 2."""

    kind: int
    values: int
    encoding: int
    bare: int
    is_packed: bool
    begin: int
    packed: int
    unpacked: int


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a row group takes: rows that can be decoded at once, and the bytes of its pages, unpacked."""

    rows_at_once: int
    unpacked: int


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A chunk, measured: rows and bytes of each page, of which a batch holds a part or all, and bytes of each further row."""

    rows: npt.NDArray[np.int64]
    bytes: npt.NDArray[np.int64]
    a_row: int
    unpacked: int


def measure(stream: BinaryIO, group: Group, most: int, report: Report = silent) -> Measure:
    """How many rows of the group, ``most`` at most, can be decoded at once, whichever they are. Every page is looked at.

    Raises ``DataError`` if a page is damaged, contradicts the footer, or holds what no table of customers has.
    """
    columns: list[_Column] = []
    allowed = _FEW_PAGES + group.rows * len(group.chunks) // _FEWEST_OF_A_PAGE
    for chunk in group.chunks:
        try:
            columns.append(_measured(stream, chunk, group.rows, allowed, report))
        except Malformed as error:
            raise damaged(str(error)) from error
        allowed -= len(columns[-1].rows)
    in_work = sum(int(column.bytes.max(initial=0)) for column in columns)
    if in_work > _MOST_IN_WORK:
        raise _too_large_pages()
    at_once = most
    while at_once > 1 and _largest(columns, group.rows, at_once) > _BATCH + in_work:
        at_once //= 2
    return Measure(rows_at_once=at_once, unpacked=sum(column.unpacked for column in columns))


def _largest(columns: list[_Column], rows: int, at_once: int) -> int:
    """Bytes of the largest batch at most: those of all pages that it has a row of."""
    if rows > _MOST_BATCHES * at_once:
        raise _too_large_pages()
    first = np.arange(0, rows, at_once)
    last = np.minimum(first + at_once, rows) - 1
    total = np.full(len(first), at_once * sum(column.a_row for column in columns))
    for column in columns:
        if len(column.rows):
            ends, before = np.cumsum(column.rows), np.concatenate([[0], np.cumsum(column.bytes)])
            total += before[np.searchsorted(ends, last, "right") + 1] - before[np.searchsorted(ends, first, "right")]
    return int(total.max(initial=0))


def _measured(stream: BinaryIO, chunk: Chunk, rows: int, allowed: int, report: Report) -> _Column:
    leaf, pages, values, unpacked, longest = chunk.leaf, [], 0, 0, 0
    for number, page in enumerate(_pages(stream, chunk)):
        if not number % 1_000:
            report(READING)
        if number > allowed:
            raise DataError("The Parquet file has pages of a few values each. Write it with larger pages and row groups.")
        unpacked += page.unpacked
        if page.unpacked > _MOST_IN_WORK:
            raise _too_large_pages()
        if page.kind == _DICTIONARY:
            if page.values * (4 if leaf.varies else leaf.width) > page.unpacked:
                raise Malformed("a dictionary has fewer values than it says")
            longest = max(longest, _longest(stream, chunk, page) if leaf.varies else 0)
        else:
            values += page.values
            pages.append((page.values, _memory(stream, chunk, page)))
    if values != chunk.values:
        raise Malformed("its pages have not as many values as its columns")
    if leaf.repeated:  # nobody knows which of its rows has the long list
        size = unpacked + chunk.values * (_NESTED + leaf.width + longest)
        if size > _MOST_OF_LISTS or chunk.values > _MOST_NESTED * max(rows, _FEW_ROWS):
            raise DataError("The Parquet file has long lists, which no customer has. Leave them out.")
        return _Column(rows=np.zeros(0, np.int64), bytes=np.zeros(0, np.int64), a_row=0, unpacked=unpacked)
    of_rows, of_bytes = np.array(pages, dtype=np.int64).reshape(-1, 2).T
    return _Column(rows=of_rows, bytes=of_bytes, a_row=max(leaf.width, 8) + longest, unpacked=unpacked)


def _pages(stream: BinaryIO, chunk: Chunk) -> Iterator[_Page]:
    """The pages with the values of the chunk, without decoding them."""
    at, end, values = chunk.begin, chunk.begin + chunk.packed, 0
    while values < chunk.values:
        page = _page(stream, at, end)
        if page.packed < 0 or page.unpacked < 0 or page.begin + page.packed > end:
            raise Malformed("a page is larger than its column")
        if page.kind in (_DATA, _DATA_V2):
            values += page.values
        if page.kind in (_DATA, _DATA_V2, _DICTIONARY):
            if page.values < (page.kind != _DICTIONARY):
                raise Malformed("a page has no values")
            yield page
        at = page.begin + page.packed


def _page(stream: BinaryIO, at: int, end: int) -> _Page:
    size = _HEAD
    while True:
        stream.seek(at)
        head = Compact(stream.read(min(size, end - at)))
        try:
            found = head.struct(_HEADER)
            break
        except Malformed:
            if size >= min(_MOST_OF_A_HEAD, end - at):
                raise
            size *= 16
    kind, number = found[1], {_DATA: 5, _DICTIONARY: 7, _DATA_V2: 8}.get(found[1])
    about = found.get(number, {}) if number else {}
    if number and not about:
        raise Malformed("a page does not say what it holds")
    is_packed, bare = (about.get(7, True), about[5] + about[6]) if kind == _DATA_V2 else (True, 0)
    return _Page(
        kind=kind,
        values=about.get(1, 0),
        encoding=about.get(4 if kind == _DATA_V2 else 2, 0),
        bare=bare,
        is_packed=is_packed,
        begin=at + head.at,
        packed=found[3],
        unpacked=found[2],
    )


def _memory(stream: BinaryIO, chunk: Chunk, page: _Page) -> int:
    """Bytes of the values in a page of data, without the texts that stand in the dictionary."""
    if page.encoding != _DELTA_BYTE_ARRAY:
        return page.unpacked
    data, at = _content(stream, chunk, page), page.bare
    if page.kind == _DATA:  # the levels come first, each kind after its length
        for _ in range((chunk.leaf.repeated > 0) + (chunk.leaf.optional > 0)):
            at += 4 + int.from_bytes(data[at : at + 4], "little")
    return page.unpacked + int(lengths(data, at, page.values).sum())  # what each text shares with the one before it


def _longest(stream: BinaryIO, chunk: Chunk, dictionary: _Page) -> int:
    """Bytes of the longest text of a dictionary, at most. Each text follows its length."""
    if dictionary.unpacked > _MOST_OF_A_DICTIONARY:
        raise DataError("The Parquet file has a dictionary of more than 32 MB. Write it without dictionaries.")
    most = dictionary.unpacked - 4 * dictionary.values
    if most <= _SHORT or (chunk.codec and chunk.codec not in _CODECS):  # an old codec, which pyarrow keeps to itself
        return most
    data, at, longest = _content(stream, chunk, dictionary), 0, 0
    try:
        (longest,) = _LENGTH.unpack_from(data)
        if most == longest * dictionary.values:
            places = np.frombuffer(data, np.uint8).reshape(dictionary.values, 4 + longest)[:, :4]
            if (places == places[0]).all():  # all are of one length
                return int(longest)
        for _ in range(dictionary.values):
            (size,) = _LENGTH.unpack_from(data, at)
            at += 4 + size
            longest = size if size > longest else longest  # a call of max would take as long as all else
    except (struct.error, ValueError) as error:
        raise Malformed("a dictionary ends too early") from error
    if at > len(data):
        raise Malformed("a dictionary ends too early")
    return int(longest)


def _too_large_pages() -> DataError:
    return DataError("The Parquet file has pages of several hundred megabytes. Write it with smaller pages or row groups.")


def _content(stream: BinaryIO, chunk: Chunk, page: _Page) -> bytes:
    stream.seek(page.begin)
    packed = stream.read(page.packed)
    if not chunk.codec or not page.is_packed:
        return packed
    if not 0 <= page.bare <= min(page.packed, page.unpacked):
        raise Malformed("a page has more levels than bytes")
    try:
        codec = pa.Codec(_CODECS[chunk.codec])
        data: bytes = codec.decompress(packed[page.bare :], page.unpacked - page.bare, asbytes=True)
    except (KeyError, OSError, ValueError) as error:
        raise Malformed("a page cannot be unpacked") from error
    return packed[: page.bare] + data
