"""Thrift's compact protocol and Parquet's numbers as deltas: exact, and within the bytes there are."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from churn_core.data.reading.delta import lengths
from churn_core.data.reading.thrift import BINARY, BOOL, I32, I64, Compact, ListOf, Malformed, Struct, TooMany
from tests.data.reading.parquet_by_hand import Long, struct, varint

EVERYTHING = {1: -7, 2: Long(2**62), 3: b"text", 4: True, 5: False, 40: [{1: 1}, {1: 2}], 41: {1: {2: b"deep"}}, 42: [1] * 20}
WANTED = Struct(
    {1: I32, 2: I64, 3: BINARY, 4: BOOL, 5: BOOL, 40: ListOf(Struct({1: I32}), 2), 41: Struct({1: Struct({2: BINARY})})}
)


def test_what_is_wanted_is_read_and_the_rest_is_passed_over():
    content = struct(EVERYTHING)
    wanted = {number: value for number, value in EVERYTHING.items() if number != 42}
    assert Compact(content).struct(WANTED) == wanted
    for number, value in wanted.items():
        assert Compact(content).struct(Struct({number: WANTED.fields[number]})) == {number: value}
    reader = Compact(content + b"next")
    assert reader.struct(Struct()) == {} and reader.at == len(content)


def test_bytes_that_end_anywhere_are_an_error():
    content = struct(EVERYTHING)
    for end in range(len(content)):
        for wanted in (WANTED, Struct()):
            with pytest.raises(Malformed):
                Compact(content[:end]).struct(wanted)


@pytest.mark.parametrize(
    "content, wanted",
    [
        (struct({1: Long(5)}), Struct({1: I32})),
        (struct({1: b"5"}), Struct({1: I32})),
        (struct({2: 5}), Struct({1: I32}, needed=(1,))),
        (b"\x15" + varint(2**33) + b"\0", Struct({1: I32})),
        (b"\x16" + b"\xff" * 11 + b"\0", Struct({1: I64})),
        (b"\x15\x02\x05\x02\x02\0", Struct({1: I32})),
        (b"\x1c" * 100 + b"\0" * 101, Struct()),
        (b"\x19\xfc" + varint(2**40), Struct()),
        (b"\x1b" + varint(2**40) + b"\x55", Struct()),
        (b"\x1f\0", Struct()),
    ],
    ids=["kind", "text", "missing", "32 bits", "64 bits", "twice", "deep", "long list", "long map", "unknown"],
)
def test_what_no_reader_could_mean_is_an_error(content, wanted):
    with pytest.raises(Malformed):
        Compact(content).struct(wanted)


def test_a_list_that_is_too_long_is_told_from_damage():
    with pytest.raises(TooMany):
        Compact(struct({1: [{1: 1}] * 3})).struct(Struct({1: ListOf(Struct(), 2)}))


@pytest.mark.parametrize("count", [1, 2, 128, 129, 1_000])
def test_lengths_are_those_that_pyarrow_wrote(count):
    wanted = np.random.default_rng(count).integers(0, 50, count) * (np.arange(count) % 3 > 0) + 7
    buffer = io.BytesIO()
    options = {"use_dictionary": False, "column_encoding": {"n": "DELTA_BINARY_PACKED"}, "compression": "none"}
    field = pa.field("n", pa.int64(), nullable=False)
    pa.parquet.write_table(pa.table({"n": wanted}, pa.schema([field])), buffer, store_schema=False, **options)
    page = Compact(buffer.getvalue(), 4)
    page.struct(Struct())
    assert lengths(buffer.getvalue(), page.at, count).tolist() == wanted.tolist()


@pytest.mark.parametrize(
    "content",
    [
        varint(0) + varint(0) + varint(1) + varint(0),
        varint(2**31) + varint(1) + varint(5) + varint(0),
        varint(128) + varint(4) + varint(10) + varint(0),
        varint(128) + varint(4) + varint(5) + varint(0) + varint(0) + bytes([64] * 4),
        varint(128) + varint(4) + varint(2) + varint(0) + varint(5) + bytes(4),
    ],
    ids=["no blocks", "a block of gigabytes", "more than values", "64 bits", "below zero"],
)
def test_lengths_that_cannot_be_are_an_error(content):
    with pytest.raises(Malformed):
        lengths(content, 0, 5)
