"""Parquet: genuine files of any writer are read as they are, in parts of the usual size, and reading can be stopped."""

import datetime
import decimal
import io
import itertools

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from churn_core.data.reading.parquet import open_parquet
from churn_core.data.reading.reader import read_table
from churn_core.errors import Stopped
from churn_core.schema.telco import TELCO
from tests.data.reading.conftest import CLEAN, NAMES, NUMBERS, decisions
from tests.data.reading.parquet_by_hand import (
    RLE_DICTIONARY,
    Column,
    customers,
    dictionary,
    file,
    levels,
    page,
    plain,
    run,
    same_text,
)

MEGABYTE = 2**20
MOST = 160 * MEGABYTE  # bytes that pyarrow may hold


def parts(content: bytes, report=lambda sentence, share=None: None) -> list[pd.DataFrame]:
    return list(open_parquet(io.BytesIO(content), report)[1])


def whole(content: bytes) -> pd.DataFrame:
    return pd.concat(parts(content))


def written(table: pa.Table, **options) -> bytes:
    buffer = io.BytesIO()
    pa.parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def test_files_by_hand_are_read_where_they_are_true():
    frame = whole(file(customers(), 300))
    assert list(frame) == NAMES and (frame == "1").all(axis=None) and len(frame) == 300


@pytest.mark.parametrize("rows", [1, 300, 25_000, 60_000])
def test_a_text_that_repeats_and_is_not_long_is_read(rows):
    frame = whole(file(customers(rows, note=same_text("note", b"a note of some length", rows)), rows))
    assert len(frame) == rows and (frame["note"] == "a note of some length").all()


def test_a_dictionary_in_the_old_lz4_is_read():
    content = plain(*[f"{i:04d}".encode() for i in range(500)])
    packed = pa.Codec("lz4_raw").compress(content, asbytes=True)
    framed = len(content).to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed
    head = dictionary(*[f"{i:04d}".encode() for i in range(500)], packed=framed)
    values = levels(600) + b"\x09" + run(9, 499, 600)
    packed = pa.Codec("lz4_raw").compress(values, asbytes=True)
    framed = len(values).to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed
    column = Column("note", head + page(600, values, RLE_DICTIONARY, packed=framed), 600, codec=5)
    assert (whole(file(customers(600, note=column), 600))["note"] == "0499").all()


def test_a_single_long_text_is_read_with_the_others_in_parts_of_the_usual_size(held):
    rows, long = 60_000, "x" * MEGABYTE
    notes = ["short"] * rows
    notes[40_000] = long
    content = written(pa.table({"n": range(rows), "note": notes}))
    read = parts(content)
    assert 49_000 < len(read[0]) <= 50_000 and len(read) <= 3
    frame = pd.concat(read)
    assert frame["note"].tolist() == notes and frame["n"].tolist() == list(range(rows))
    assert held() < MOST


# What is read as ever


ROWS = 5_000
WORDS = ["Month-to-month", "One year", "", "Zoë – 5 €", None]
TABLE = pa.table(
    {
        "id": [f"customer-{i:06d}" for i in range(ROWS)],
        "word": [WORDS[i % 5] for i in range(ROWS)],
        "late": [None if i < 4_000 else f"late {i % 3}" for i in range(ROWS)],
        "whole": pa.array([None if i % 7 == 0 else 2**60 + i for i in range(ROWS)]),
        "small": pa.array([None if i % 5 == 0 else i % 250 for i in range(ROWS)], pa.uint8()),
        "number": np.arange(ROWS) / 7,
        "price": pa.array([decimal.Decimal(i) / 100 for i in range(ROWS)], pa.decimal128(10, 2)),
        "at": [datetime.datetime(2024, 1, 1) + datetime.timedelta(minutes=i) for i in range(ROWS)],
        "day": [datetime.date(2024, 1, 1 + i % 28) for i in range(ROWS)],
        "yes": [None if i % 3 == 0 else i % 2 == 0 for i in range(ROWS)],
        "four": pa.array([b"abcd"] * ROWS, pa.binary(4)),
        "bytes": [b"\xff%d" % i for i in range(ROWS)],
        "nothing": pa.nulls(ROWS),
    }
)
NESTED = pa.table(
    {
        "list": [["a", "b", "c"][: i % 4] for i in range(ROWS)],
        "struct": [{"a": i, "b": str(i)} for i in range(ROWS)],
        "map": pa.array([[("k", i)] for i in range(ROWS)], pa.map_(pa.string(), pa.int64())),
    }
)
DELTAS = {
    "use_dictionary": False,
    "column_encoding": {
        "id": "DELTA_BYTE_ARRAY",
        "word": "DELTA_BYTE_ARRAY",
        "late": "DELTA_LENGTH_BYTE_ARRAY",
        "whole": "DELTA_BINARY_PACKED",
    },
}
WAYS = {
    **{
        f"{codec}, pages of version {version}, {'a' if words else 'no'} dictionary": {
            "compression": codec,
            "data_page_version": version,
            "use_dictionary": words,
        }
        for codec, version, words in itertools.product(
            ("snappy", "gzip", "brotli", "zstd", "lz4", "none"), ("1.0", "2.0"), (True, False)
        )
    },
    "row groups of 300": {"row_group_size": 300},
    "small pages": {"data_page_size": 100, "write_batch_size": 100},
    "a dictionary that is full early": {"dictionary_pagesize_limit": 1_000, "data_page_size": 1_000, "write_batch_size": 100},
    **{f"deltas, version {version}": DELTAS | {"data_page_version": version} for version in ("1.0", "2.0")},
    "split bytes": {"use_dictionary": False, "column_encoding": {"number": "BYTE_STREAM_SPLIT"}},
    "no schema of Arrow": {"store_schema": False},
    "an index of pages and checksums": {"write_page_index": True, "write_page_checksum": True},
    "old times": {"use_deprecated_int96_timestamps": True},
}


def usual_frame(table: pa.Table) -> pd.DataFrame:
    """As pandas has it, but whole numbers stay whole."""
    frame = table.to_pandas()
    return frame.assign(
        whole=table["whole"].to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get),
        small=table["small"].to_pandas(types_mapper={pa.uint8(): pd.UInt8Dtype()}.get),
    )


@pytest.mark.parametrize("way", WAYS)
def test_every_value_is_read_as_it_was_however_the_file_is_written(way):
    frame = whole(written(TABLE, **WAYS[way]))
    for name in TABLE.column_names:
        pd.testing.assert_series_equal(
            frame[name].reset_index(drop=True).astype(object), usual_frame(TABLE)[name].astype(object), check_exact=True
        )
    assert frame.index.tolist() == list(range(2, ROWS + 2))


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_small_lists_and_structures_are_text(version):
    frame = whole(written(NESTED, data_page_version=version, row_group_size=700))
    assert frame["list"].tolist() == [str(np.array(cell, dtype=object)) for cell in NESTED["list"].to_pylist()]
    assert frame["struct"].tolist() == [str(cell) for cell in NESTED["struct"].to_pylist()]
    assert frame["map"].tolist() == [str(cell) for cell in NESTED["map"].to_pylist()]


def test_many_small_row_groups_come_together_in_parts_of_the_usual_size():
    read = parts(written(TABLE, row_group_size=10))
    assert [len(part) for part in read] == [ROWS]


def test_categories_of_row_groups_come_together():
    table = pa.Table.from_pandas(pd.DataFrame({"word": pd.Series([f"w{i // 100}" for i in range(900)], dtype="category")}))
    read = parts(written(table, row_group_size=100))
    assert len(read) == 1 and read[0]["word"].astype(str).tolist() == [f"w{i // 100}" for i in range(900)]


def test_sixty_customers_are_decided_as_ever_however_the_file_is_written():
    table = pa.Table.from_pandas(NUMBERS, preserve_index=False)
    for options in ({"row_group_size": 7}, {"data_page_version": "2.0", "compression": "zstd"}, {"use_dictionary": False}):
        assert decisions(written(table, **options)) == CLEAN


def test_a_table_without_rows_is_read():
    assert read_table(written(TABLE.slice(0, 0)), TELCO).frame.shape == (0, len(TABLE.column_names))


# Being told


def test_reading_can_be_stopped_before_each_row_group_and_each_batch():
    content = written(TABLE, row_group_size=500)
    told = []

    def stop_after(number):
        def report(sentence, share=None):
            told.append(sentence)
            if len(told) > number:
                raise Stopped("Stopped.")

        return report

    for number in (0, 1, 5, 20):
        told.clear()
        with pytest.raises(Stopped):
            parts(content, stop_after(number))
    told.clear()
    parts(content, stop_after(10**6))
    assert len(told) > 2 * ROWS / 500 and set(told) == {"Reading the Parquet file"}
