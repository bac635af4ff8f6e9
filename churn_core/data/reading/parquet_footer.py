"""The footer of a Parquet file, read before anything is decoded: what it declares is possible, and in proportion to the file.

Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from dataclasses import dataclass
from typing import Any, BinaryIO

from churn_core.data.reading.thrift import BINARY, I32, I64, Compact, ListOf, Malformed, Struct, TooMany
from churn_core.errors import DataError
from churn_core.formats import count
from churn_core.jobs import Report, silent

_BYTE_ARRAY = 6  # text, and whatever else differs in length from row to row
_WIDTHS = {0: 1, 1: 4, 2: 8, 3: 12, 4: 4, 5: 8, _BYTE_ARRAY: 0}  # bytes of a value in memory, by physical type
_FIXED_BYTE_ARRAY = 7
READING = "Reading the Parquet file"

_MOST_COLUMNS = 2_000  # as in text
_MOST_LEVELS = 12  # of lists and structures in each other; a map of lists has six
_MOST_OF_A_ROW = 2**16  # bytes
_MOST_OF_A_FOOTER = 8 * 2**20  # bytes; 2,000 columns in 20 row groups take 5 MB
_MOST_GROUPS = 100_000  # row groups
_MOST_OF_A_GROUP = 4 * 2**30  # bytes of a row group, unpacked
_MOST_TIMES = 200  # no unit; customers take 10 bytes of a file at least, and some hundred unpacked
_HARMLESS = 32 * 2**20  # bytes; a file of any size may unpack to this

_ELEMENT = Struct({1: I32, 2: I32, 3: I32, 4: BINARY, 5: I32})  # type, length, repetition, name, children
_ABOUT_CHUNK = Struct(  # type, codec, values, unpacked and packed size, where the pages and the dictionary begin
    {1: I32, 4: I32, 5: I64, 6: I64, 7: I64, 9: I64, 11: I64}, needed=(1, 4, 5, 6, 7, 9)
)
_CHUNK = Struct({1: BINARY, 3: _ABOUT_CHUNK, 8: Struct(), 9: BINARY}, needed=(3,))  # another file, this, encryption twice
_GROUP = Struct({1: ListOf(_CHUNK, _MOST_COLUMNS), 2: I64, 3: I64}, needed=(1, 2, 3))  # chunks, bytes, rows
_FOOTER = Struct(  # schema, rows, row groups
    {2: ListOf(_ELEMENT, _MOST_COLUMNS * _MOST_LEVELS), 3: I64, 4: ListOf(_GROUP, _MOST_GROUPS)}, needed=(2, 3, 4)
)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A column of values: its physical type, bytes of a value (0 if they differ), and how deep it lies: the highest
    definition and repetition level.
    """

    kind: int
    width: int
    optional: int
    repeated: int

    @property
    def varies(self) -> bool:
        """Whether the values differ in length."""
        return self.kind == _BYTE_ARRAY


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """The values of a column in a row group: where its pages begin, and what the footer says of them (sizes in bytes)."""

    leaf: Leaf
    codec: int
    values: int
    begin: int
    packed: int
    unpacked: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """A row group: the number of its rows, and a chunk for each column."""

    rows: int
    chunks: list[Chunk]


def read_footer(stream: BinaryIO, report: Report = silent) -> list[Group]:
    """The row groups of the file. Raises ``DataError`` if the footer is damaged, contradicts itself, or declares what no table
    of customers has.
    """
    size = stream.seek(0, 2)
    stream.seek(max(size - 8, 0))
    tail = stream.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] == b"PARE":
        raise encrypted()
    if tail[4:] != b"PAR1" or length > size - 12:
        raise damaged("its end is missing")
    if length > _MOST_OF_A_FOOTER:
        raise too_wide()
    stream.seek(size - 8 - length)
    report(READING)
    try:
        footer = Compact(stream.read(length)).struct(_FOOTER)
        leaves = _leaves(footer[2])
        groups = [_group(group, leaves, size - 8 - length) for group in footer[4]]
        rows = footer[3]
    except TooMany as error:
        raise too_wide() from error
    except Malformed as error:
        raise damaged(str(error)) from error
    if rows != sum(group.rows for group in groups):
        raise damaged("its row groups have not as many rows as it says")
    if sum(chunk.packed for group in groups for chunk in group.chunks) > size:
        raise damaged("its columns lie in each other")
    refuse_blow_up(rows * len(leaves), size)
    return groups


def refuse_blow_up(unpacked: int, packed: int) -> None:
    """Raise ``DataError`` where so many bytes cannot be customers, who came out of so few."""
    if unpacked > _HARMLESS and unpacked > _MOST_TIMES * packed:
        raise DataError(
            f"The Parquet file unpacks to more than {_MOST_TIMES} times its size, {count(packed / 1024)} KB; no table of customers "
            "does. Look at what is inside, and write it again with its customers alone."
        )


def refuse_large_rows(unpacked: int, rows: int) -> None:
    """Raise ``DataError`` where the rows have so many bytes that they cannot be customers; a few may be longer than the others."""
    if unpacked > _MOST_OF_A_ROW * max(rows, 256):
        raise DataError(
            "The Parquet file has rows of more than 64 KB, far more than a customer has. Leave out its long texts and lists."
        )


def damaged(why: str) -> DataError:
    """The error of a file that is not what its format demands."""
    return DataError(f"The Parquet file is damaged or is not a plain table ({why[:120]}). Write it again.")


def encrypted() -> DataError:
    """The error of a file that needs a key."""
    return DataError("The Parquet file is encrypted. Write it again without encryption.")


def _leaves(elements: list[dict[int, Any]]) -> list[Leaf]:
    """The columns of the schema, which is a tree whose elements come one after the other, each before its children."""
    leaves: list[Leaf] = []
    if not elements or elements[0].get(5, 0) < 1:
        raise damaged("it has no columns")
    open_groups = [(elements[0][5], 0, 0)]  # of each: the children still to come, and the levels of definition and repetition
    for element in elements[1:]:
        while open_groups and not open_groups[-1][0]:
            open_groups.pop()
        if not open_groups:
            raise Malformed("its columns are not a tree")
        left, optional, repeated = open_groups[-1]
        open_groups[-1] = left - 1, optional, repeated
        form = element.get(3, 0)  # 0: required, 1: optional, 2: repeated
        optional, repeated = optional + (form > 0), repeated + (form == 2)
        children = element.get(5, 0)
        if children < 0 or not 0 <= form <= 2:
            raise Malformed("its columns are not a tree")
        if not children and 1 in element:
            leaves.append(Leaf(kind=element[1], width=_width(element), optional=optional, repeated=repeated))
        open_groups.append((children, optional, repeated))
        if len(open_groups) > _MOST_LEVELS:
            raise DataError(
                f"The Parquet file has lists or structures within each other, more than {_MOST_LEVELS} deep. "
                "Write it with plain columns alone."
            )
    if any(left for left, _, _ in open_groups):
        raise Malformed("its columns are not a tree")
    if len(leaves) > _MOST_COLUMNS:
        raise too_wide()
    refuse_large_rows(256 * sum(leaf.width for leaf in leaves), 0)
    return leaves


def too_wide() -> DataError:
    """The error of a file with too many columns or row groups, or with too much about them."""
    return DataError(
        f"The Parquet file has more than {count(_MOST_COLUMNS)} columns, or far too many row groups. "
        "Write it with the columns of customers alone, and with larger row groups."
    )


def _width(element: dict[int, Any]) -> int:
    kind = element[1]
    width: int | None = element.get(2) if kind == _FIXED_BYTE_ARRAY else _WIDTHS.get(kind)
    if width is None or width < (kind == _FIXED_BYTE_ARRAY):
        raise Malformed("a column is of an unknown type")
    return width


def _group(group: dict[int, Any], leaves: list[Leaf], end: int) -> Group:
    rows = group[3]
    if rows < 0 or len(group[1]) != len(leaves):
        raise Malformed("a row group has not the columns of the file")
    if group[2] > _MOST_OF_A_GROUP:
        raise too_large_group()
    chunks = [_chunk(chunk, leaf, end) for chunk, leaf in zip(group[1], leaves, strict=True)]
    if sum(chunk.unpacked for chunk in chunks) > _MOST_OF_A_GROUP:
        raise too_large_group()
    if any(chunk.values < rows or (chunk.values > rows and not chunk.leaf.repeated) for chunk in chunks):
        raise Malformed("a column has not as many values as its row group has rows")
    return Group(rows=rows, chunks=chunks)


def too_large_group() -> DataError:
    """The error of a row group that does not fit into memory."""
    return DataError("The Parquet file has a row group of several gigabytes. Write it with smaller row groups.")


def _chunk(chunk: dict[int, Any], leaf: Leaf, end: int) -> Chunk:
    if 8 in chunk or 9 in chunk:
        raise encrypted()
    about = chunk[3]
    begin, dictionary = about[9], about.get(11, 0)
    if 0 < dictionary < begin:
        begin = dictionary
    packed, unpacked = about[7], about[6]
    if packed < 0 or unpacked < 0 or (about[5] and not 4 <= begin <= end - packed):
        raise Malformed("a column lies beyond the end of the file")
    if chunk.get(1):
        raise Malformed("its columns lie in other files")
    if about[1] != leaf.kind:
        raise Malformed("a column is of another type than it says")
    return Chunk(leaf=leaf, codec=about[4], values=about[5], begin=begin, packed=packed, unpacked=unpacked)
