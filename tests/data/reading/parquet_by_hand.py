"""Parquet files byte by byte, so that they can say what no writer says: pages of any content, footers that lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.data.reading.conftest import NAMES

BYTE_ARRAY, INT32 = 6, 1
PLAIN, RLE, DELTA_BYTE_ARRAY, RLE_DICTIONARY = 0, 3, 7, 8
ZSTD = 6


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


class Long(int):
    """An integer of 64 bits, as Thrift has it."""


def struct(fields: Mapping[int, Any]) -> bytes:
    """In Thrift's compact protocol: an int has 32 bits, a ``Long`` 64."""
    out, before = b"", 0
    for number, value in fields.items():
        kind, content = encoded(value)
        out += (bytes([(number - before) << 4 | kind]) if 0 < number - before < 16 else bytes([kind]) + zigzag(number)) + content
        before = number
    return out + b"\0"


def encoded(value: Any) -> tuple[int, bytes]:
    if isinstance(value, bool):
        return 1 if value else 2, b""
    if isinstance(value, int):
        return 6 if isinstance(value, Long) else 5, zigzag(value)
    if isinstance(value, bytes):
        return 8, varint(len(value)) + value
    if isinstance(value, Mapping):
        return 12, struct(value)
    kinds = [encoded(each) for each in value]
    head = bytes([min(len(kinds), 15) << 4 | (kinds[0][0] if kinds else 12)]) + (varint(len(kinds)) if len(kinds) > 14 else b"")
    return 9, head + b"".join(content for _, content in kinds)


def run(bits: int, value: int, count: int) -> bytes:
    """The same value so often, in RLE."""
    return varint(count << 1) + value.to_bytes((bits + 7) // 8, "little")


def levels(count: int, value: int = 1) -> bytes:
    """Definition levels of one bit, before the values of a page of version 1."""
    content = run(1, value, count)
    return len(content).to_bytes(4, "little") + content


def plain(*texts: bytes) -> bytes:
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def page(values: int, content: bytes, encoding: int = PLAIN, unpacked: int | None = None, packed: bytes | None = None) -> bytes:
    """A data page of version 1."""
    packed = content if packed is None else packed
    head = {1: 0, 2: len(content) if unpacked is None else unpacked, 3: len(packed), 5: {1: values, 2: encoding, 3: RLE, 4: RLE}}
    return struct(head) + packed


def dictionary(*texts: bytes, packed: bytes | None = None, values: int | None = None) -> bytes:
    content = plain(*texts)
    packed = content if packed is None else packed
    about = {1: len(texts) if values is None else values, 2: PLAIN}
    return struct({1: 2, 2: len(content), 3: len(packed), 7: about}) + packed


@dataclass
class Column:
    """A column chunk; ``about`` goes over what the footer says of it, ``element`` over its place in the schema."""

    name: str
    pages: bytes
    values: int
    codec: int = 0
    kind: int = BYTE_ARRAY
    about: dict[int, Any] = field(default_factory=dict)
    element: dict[int, Any] = field(default_factory=dict)
    under: Sequence[Mapping[int, Any]] = ()


def element(name: str, kind: int | None = BYTE_ARRAY, form: int = 1, children: int | None = None) -> dict[int, Any]:
    found: dict[int, Any] = {} if kind is None else {1: kind}
    found |= {3: form, 4: name.encode()}
    if children is not None:
        found[5] = children
    elif kind == BYTE_ARRAY:
        found[6] = 0  # UTF8
    return found


def file(
    columns: Sequence[Column], rows: int, footer: Mapping[int, Any] | None = None, groups: int = 1, schema: Any = None
) -> bytes:
    """All columns in each of so many row groups, which lie on top of each other if there are several."""
    out, chunks = b"PAR1", []
    for column in columns:
        about = {1: column.kind, 2: [PLAIN], 3: [column.name.encode()], 4: column.codec, 5: Long(column.values)}
        about |= {6: Long(len(column.pages)), 7: Long(len(column.pages)), 9: Long(len(out))} | column.about
        chunks.append({2: Long(0), 3: about})
        out += column.pages
    schema = schema or [
        {4: b"schema", 5: len(columns)},
        *(element(column.name, column.kind) | column.element for column in columns),
    ]
    group = {1: chunks, 2: Long(sum(len(column.pages) for column in columns)), 3: Long(rows)}
    found = {1: 2, 2: schema, 3: Long(rows * groups), 4: [group] * groups} | dict(footer or {})
    content = struct(found)
    return out + content + len(content).to_bytes(4, "little") + b"PAR1"


def same_text(name: str, text: bytes, rows: int, **options: Any) -> Column:
    """A column whose rows all have the one text of a dictionary, in a few bytes."""
    head = dictionary(text)
    values = page(rows, levels(rows) + b"\1" + run(1, 0, rows), RLE_DICTIONARY)
    return Column(name, head + values, rows, **options)


def customers(rows: int = 300, **columns: Column) -> list[Column]:
    """Columns with the names of customers, each of one text, except for the given ones; any other name comes last."""
    usual = [columns.pop(name, None) or same_text(name, b"1", rows) for name in NAMES]
    return [*usual, *columns.values()]
