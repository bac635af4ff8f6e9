"""Parquet: whatever a file holds or claims, it is measured before it is decoded, and what is no table of customers is refused."""

import base64
import io
import itertools
import struct as packed_struct

import pandas as pd
import pyarrow as pa
import pytest

from churn_core.data.reading.parquet import open_parquet
from churn_core.errors import DataError
from tests.data.reading.conftest import NAMES
from tests.data.reading.parquet_by_hand import (
    DELTA_BYTE_ARRAY,
    INT32,
    RLE_DICTIONARY,
    ZSTD,
    Column,
    Long,
    customers,
    dictionary,
    element,
    file,
    levels,
    page,
    plain,
    run,
    same_text,
    struct,
    varint,
    zigzag,
)

MEGABYTE = 2**20
MOST = 160 * MEGABYTE  # bytes that pyarrow may hold while a file is refused


def parts(content: bytes) -> list[pd.DataFrame]:
    return list(open_parquet(io.BytesIO(content))[1])


def zstd(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


def late_big_text(rows=25_000, **options) -> Column:
    """A short text in the first rows, and then one of a megabyte in each."""
    content = plain(b"1", b"x" * MEGABYTE)
    head = dictionary(b"1", b"x" * MEGABYTE, packed=zstd(content))
    of_rows = b"\1" + run(1, 0, 1_000) + run(1, 1, rows - 1_000)
    values = levels(rows) + of_rows
    return Column("note", head + page(rows, values, RLE_DICTIONARY, packed=zstd(values)), rows, codec=ZSTD, **options)


def deltas(first: int, *rest: int) -> bytes:
    """Numbers as DELTA_BINARY_PACKED, all differences in 32 bits, in blocks of 128."""
    numbers = [first, *rest]
    out = varint(128) + varint(4) + varint(len(numbers)) + zigzag(first)
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    for at in range(0, len(steps), 128):
        block = steps[at : at + 128]
        least = min(block)
        block += [least] * (128 - len(block))
        out += zigzag(least) + bytes([32] * 4) + b"".join(packed_struct.pack("<I", step - least) for step in block)
    return out


def growing_text(rows=20_000) -> Column:
    """A text of a megabyte, and then the same again and again: each shares all of it with the one before."""
    lengths = deltas(0, *[MEGABYTE] * (rows - 1)) + deltas(MEGABYTE, *[0] * (rows - 1))
    content = levels(rows) + lengths + b"x" * MEGABYTE
    return Column("note", page(rows, content, DELTA_BYTE_ARRAY, packed=zstd(content)), rows, codec=ZSTD)


def long_lists(rows=300, values=50_000_000) -> dict:
    """Lists of nothing, as long as anybody likes, in a few bytes of levels."""
    repetition, definition = run(1, 0, rows) + run(1, 1, values - rows), run(2, 1, values)
    content = b"".join(len(each).to_bytes(4, "little") + each for each in (repetition, definition))
    column = Column("list", page(values, content), values)
    schema = [
        {4: b"schema", 5: len(NAMES) + 1},
        *(element(name) for name in NAMES),
        {3: 1, 4: b"list", 5: 1, 6: 3},
        {3: 2, 4: b"list", 5: 1},
        element("element"),
    ]
    column.about = {3: [b"list", b"list", b"element"]}
    return {"columns": [*customers(rows), column], "rows": rows, "schema": schema}


def deep(levels_: int) -> dict:
    schema = [{4: b"schema", 5: len(NAMES) + 1}, *(element(name) for name in NAMES)]
    schema += [{3: 1, 4: b"s", 5: 1} for _ in range(levels_)] + [element("end")]
    return {"columns": [*customers(), same_text("end", b"1", 300)], "rows": 300, "schema": schema}


def of_nothing(rows: int) -> list[Column]:
    return [Column(name, page(rows, levels(rows, 0)), rows) for name in NAMES]


def usual(name: str, **about) -> list[Column]:
    """Customers, of whose column the footer says something else."""
    numbers = {"codec": 4, "values": 5, "packed": 7, "begin": 9, "dictionary": 11, "kind": 1}
    return customers(**{name: same_text(name, b"1", 300, about={numbers[key]: value for key, value in about.items()})})


def other_page(content: bytes, values=300) -> list[Column]:
    return customers(note=Column("note", content, values))


AS_ARROW = pa.schema([(name, pa.string()) for name in NAMES] + [("note", pa.dictionary(pa.int32(), pa.string()))])
CATEGORIES = base64.b64encode(AS_ARROW.serialize().to_pybytes())
ABOUT = {1: 6, 4: 0, 5: Long(1), 6: Long(1), 7: Long(1), 9: Long(4)}
ENCRYPTED = {1: [{2: Long(0), 3: ABOUT, 8: {}}] * len(NAMES), 2: Long(1), 3: Long(1)}
DAMAGED = "Parquet file is damaged"
REFUSED = {
    "a text of a megabyte that begins late": (file(customers(25_000, note=late_big_text()), 25_000), "rows of more than 64 KB"),
    "the same as a category": (
        file(customers(25_000, note=late_big_text()), 25_000, {5: [{1: b"ARROW:schema", 2: CATEGORIES}]}),
        "rows of more than 64 KB",
    ),
    "a megabyte that each row shares with the one before": (
        file(customers(20_000, note=growing_text()), 20_000),
        "several hundred megabytes",
    ),
    "texts of 60 KB, more than the file can hold": (
        file(customers(25_000, note=same_text("note", b"x" * 60_000, 25_000)), 25_000),
        "more than 200 times its size",
    ),
    "a billion rows of nothing": (file(of_nothing(10**9), 10**9), "more than 200 times its size"),
    "two billion values in a page": (file(other_page(page(2**31 - 1, levels(2**31 - 1, 0))), 300), DAMAGED),
    "the same, also by the footer": (
        file(other_page(page(2**31 - 1, levels(2**31 - 1, 0)), 2**31 - 1), 300),
        DAMAGED,
    ),
    "lists of nothing": (file(**long_lists()), "long lists"),
    "structures in structures": (file(**deep(1_000)), "lists or structures within each other"),
    "structures without an end": (file(**deep(20_000)), "lists or structures within each other"),
    "2,001 columns": (
        file([*customers(), *(same_text(f"c{i}", b"1", 300) for i in range(2_001 - len(NAMES)))], 300),
        "more than 2,000 columns",
    ),
    "50,000 columns": (file([], 300, {2: [{4: b"schema", 5: 50_000}, *([element("x")] * 50_000)]}), "more than 2,000 columns"),
    "a schema that is no tree": (file(customers(), 300, {2: [{4: b"schema", 5: 3}, element("x")]}), DAMAGED),
    "a footer of 9 MB": (file(customers(), 300, {6: b"x" * 9 * MEGABYTE}), "more than 2,000 columns"),
    "row groups that are empty bytes": (file([], 300, {4: [{}] * 90_000}), DAMAGED),
    "200,000 row groups": (file([], 300, {4: [{}] * 200_000}), "far too many row groups"),
    "row groups on top of each other": (file(customers(), 300, groups=500), DAMAGED),
    "columns beyond the end": (file(usual("gender", begin=Long(10**6)), 300), DAMAGED),
    "columns before the beginning": (file(usual("gender", begin=Long(-5)), 300), DAMAGED),
    "a column of another type than its values": (file(usual("gender", kind=INT32), 300), DAMAGED),
    "fewer values than rows": (file(usual("gender", values=Long(3)), 300), DAMAGED),
    "more values than rows": (file(usual("gender", values=Long(400)), 300), DAMAGED),
    "less than nothing in a row group": (file(customers(), 300, {3: Long(-300)}), DAMAGED),
    "more rows than its row groups have": (file(customers(), 300, {3: Long(10**12)}), DAMAGED),
    "a dictionary of two billion values": (
        file(
            other_page(dictionary(b"1", values=2**31 - 1) + page(300, levels(300) + b"\1" + run(1, 0, 300), RLE_DICTIONARY)), 300
        ),
        DAMAGED,
    ),
    "a dictionary whose texts are longer than it": (
        file(
            other_page(
                struct({1: 2, 2: 54, 3: 54, 7: {1: 2, 2: 0}})
                + (b"\xff\xff\xff\x7f" + b"x" * 50)
                + page(300, levels(300) + b"\1" + run(1, 0, 300), RLE_DICTIONARY)
            ),
            300,
        ),
        DAMAGED,
    ),
    "a page that unpacks to a gigabyte": (
        file(
            customers(note=Column("note", page(300, levels(300), unpacked=2**30, packed=zstd(b"x" * 1000)), 300, codec=ZSTD)), 300
        ),
        "several hundred megabytes",
    ),
    "a page of less than nothing": (file(other_page(page(300, b"x", unpacked=-5)), 300), DAMAGED),
    "a page without an end": (file(other_page(page(300, b"x")[:-1] + b"\x15" * 40), 300), DAMAGED),
    "a page larger than its column": (file(other_page(page(300, levels(300) + plain(*[b"1"] * 300))[:-20]), 300), DAMAGED),
    "pages of nothing": (file(other_page(page(0, b"") * 50_000 + page(300, levels(300))), 300), DAMAGED),
    "pages of one value each": (
        file(customers(100_000, note=Column("note", page(1, levels(1) + plain(b"1")) * 100_000, 100_000)), 100_000),
        "pages of a few values",
    ),
    "values of a gigabyte each": (
        file(customers(note=Column("note", page(300, levels(300, 0)), 300, kind=7, element={1: 7, 2: 2**30})), 300),
        "rows of more than 64 KB",
    ),
    "an unknown codec": (file(usual("gender", codec=3), 300), DAMAGED),
    "an encrypted column": (file(customers(), 300, {4: [ENCRYPTED]}), "encrypted"),
    "an encrypted footer": (file(customers(), 300)[:-4] + b"PARE", "encrypted"),
    "text that is none": (file(customers(note=same_text("note", b"\xff\xfe", 300)), 300), DAMAGED),
    "a schema of Arrow that is none": (file(customers(), 300, {5: [{1: b"ARROW:schema", 2: b"////" * 100}]}), DAMAGED),
    "structures of Thrift that do not end": (b"PAR1" + b"\x1c" * 10_000 + (10_000).to_bytes(4, "little") + b"PAR1", DAMAGED),
    "a footer longer than the file": (b"PAR1" + (2**31 - 1).to_bytes(4, "little") + b"PAR1", DAMAGED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_of_customers_is_refused_in_words_and_before_it_fills_the_memory(name, held):
    content, sentence = REFUSED[name]
    with pytest.raises(DataError, match=sentence) as refused:
        parts(content)
    assert str(refused.value).count(".") >= 2 and len(str(refused.value)) < 400
    assert held() < MOST


@pytest.mark.parametrize("at", range(0, 2_000, 37))
def test_a_file_with_a_changed_byte_is_read_or_refused_in_words(at):
    content = bytearray(file(customers(), 300))
    content[4 + at % (len(content) - 8)] ^= 0x55
    try:
        assert sum(map(len, parts(bytes(content)))) <= 300
    except DataError as refused:
        assert DAMAGED in str(refused) or "Parquet" in str(refused)
