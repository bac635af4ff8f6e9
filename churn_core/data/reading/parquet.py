"""Parquet → parts of a raw table, each as large as fits in memory."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from churn_core.data.columns import find_columns
from churn_core.data.reading.parquet_footer import READING, Group, damaged, read_footer, refuse_blow_up, refuse_large_rows
from churn_core.data.reading.parquet_pages import measure
from churn_core.errors import DataError
from churn_core.jobs import Report, silent
from churn_core.schema import Schema

_T = TypeVar("_T")

_ROWS = 50_000  # rows of a part
_PART = 16 * 2**20  # bytes of a part, about
_MOST_CATEGORIES = 250_000  # values of a column of categories; one with more is read as text
_LAST_OF_ASCII = 127
_NULLABLE = {
    kind: getattr(pd, f"{'UInt' if str(kind)[0] == 'u' else 'Int'}{kind.bit_width}Dtype")()
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
}


def open_parquet(
    stream: BinaryIO, report: Report = silent, schema: Schema | None = None
) -> tuple[list[str], Iterator[pd.DataFrame], int]:
    """The columns, the parts and the number of rows. ``report`` is told that it is being read; it may raise to stop. The categories
    and flags of a ``schema`` that are text come as pandas categories, which is faster.

    Raises ``DataError``, at once or while iterating, if the file is damaged, is not a plain table, has rows far larger than a
    customer, or unpacks out of proportion to its size. Each row group and page is measured before it is decoded.
    """
    groups = read_footer(stream, report)
    file = _or_damaged(lambda: pa.parquet.ParquetFile(stream))
    stored = _or_damaged(lambda: file.schema_arrow)
    # An index with a name, such as the id, is a column; an index that only counts is not.
    columns = [name for name in stored.names if not name.startswith("__index_level_")]
    coded = [name for name in _coded(columns, schema) if _is_text(stored.field(stored.names.index(name)).type)]
    if coded:
        file = _or_damaged(lambda: pa.parquet.ParquetFile(stream, read_dictionary=coded))

    def parts() -> Iterator[pd.DataFrame]:
        line = 2
        for table in _tables(_batches(file, stream, groups, columns, report)):
            frame = _frame(table)
            frame.index = pd.RangeIndex(line, line + len(frame))
            line += len(frame)
            yield frame

    return [name.strip() for name in columns], parts(), file.metadata.num_rows


def _coded(columns: list[str], schema: Schema | None) -> list[str]:
    """The names of the columns that are categories or flags of the schema."""
    if schema is None:
        return []
    found = find_columns(columns, schema)
    return [columns[at] for name, places in found.at.items() if schema[name].kind in ("category", "flag") for at in places]


def _batches(
    file: pa.parquet.ParquetFile, stream: BinaryIO, groups: list[Group], columns: list[str], report: Report
) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Rows with their bytes, ``_PART`` at most: of each group as many are decoded at once as fit whatever they hold. A text that
    repeats takes almost nothing in the file, but its whole length in memory for each row.
    """
    packed, pages, texts = stream.seek(0, 2), 0, 0
    for number, group in enumerate(groups):
        measured = measure(stream, group, _ROWS, report)
        pages += measured.unpacked
        refuse_blow_up(pages, packed)
        rows = file.iter_batches(measured.rows_at_once, row_groups=[number], columns=columns, use_threads=False)
        while (batch := _or_damaged(partial(next, rows, None))) is not None:
            report(READING)
            sizes = [_bytes(column) for column in batch.columns]  # once: the lengths of words are added up
            refuse_large_rows(sum(sizes), batch.num_rows)
            texts += sum(map(_as_text, batch.columns, sizes))
            refuse_blow_up(texts, packed)
            decoded = _decoded(batch)
            yield from _cut(decoded, sum(sizes) if decoded is batch else _bytes_of(decoded))


def _cut(batch: pa.RecordBatch, size: int) -> Iterator[tuple[pa.RecordBatch, int]]:
    refuse_large_rows(size, batch.num_rows)
    if size <= _PART or batch.num_rows == 1:
        yield batch, size
    else:
        middle = batch.num_rows // 2
        for half in (batch.slice(0, middle), batch.slice(middle)):
            yield from _cut(half, _bytes_of(half))


def _decoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, long dictionaries replaced by what they mean: pandas would look at all their values for each part."""
    for position, column in enumerate(batch.columns):
        if pa.types.is_dictionary(column.type) and len(column.dictionary) > _MOST_CATEGORIES:
            batch = batch.set_column(position, batch.schema.names[position], column.dictionary_decode())
    return batch


def _bytes_of(batch: pa.RecordBatch) -> int:
    """Bytes in memory, those of a dictionary as often as they are meant."""
    return sum(_bytes(column) for column in batch.columns)


def _bytes(column: pa.Array) -> int:
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    words, size = column.dictionary, column.indices.nbytes
    if _is_text(words.type):
        size += pa.compute.sum(pa.compute.binary_length(words).take(column.indices)).as_py() or 0
    return int(size)


def _as_text(column: pa.Array, size: int) -> int:
    """About the bytes in a file of text of a column with ``size`` in memory: each cell has one at least, the comma."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (_is_text(kind) or pa.types.is_nested(kind)):
        return len(column)
    return len(column) + max(size - 4 * len(column), 0)  # without the places of the texts


def _is_text(kind: pa.DataType) -> bool:
    return any(
        is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    )


def _tables(batches: Iterator[tuple[pa.RecordBatch, int]]) -> Iterator[pa.Table]:
    """The batches, small ones together, as tables of ``_ROWS`` rows and ``_PART`` bytes at most."""
    together: list[pa.RecordBatch] = []
    rows = size = 0
    for batch, of_batch in batches:
        if together and (rows + batch.num_rows > _ROWS or size + of_batch > _PART):
            yield _or_damaged(partial(_table, together))
            together, rows, size = [], 0, 0
        together.append(batch)
        rows, size = rows + batch.num_rows, size + of_batch
    if together:
        yield _or_damaged(partial(_table, together))


def _table(batches: list[pa.RecordBatch]) -> pa.Table:
    table = pa.Table.from_batches(batches)
    if len(batches) > 1:
        table = table.unify_dictionaries().combine_chunks()
    for position, column in enumerate(table.columns):
        if any(_may_be_no_text(chunk) for chunk in column.chunks):
            column.validate(full=True)
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            with suppress(pa.ArrowInvalid):  # some programs do not mark text as such; this is none
                table = table.set_column(position, table.schema.names[position], column.cast(pa.large_string()))
    return table


def _may_be_no_text(column: pa.Array) -> bool:
    """Whether a column of text has bytes that may be none; pyarrow does not look at them."""
    words = column.dictionary if pa.types.is_dictionary(column.type) else column
    if not (pa.types.is_string(words.type) or pa.types.is_large_string(words.type)):
        return bool(pa.types.is_string_view(words.type))
    letters = words.buffers()[2]
    return letters is not None and bool(np.frombuffer(letters, np.uint8).max(initial=0) > _LAST_OF_ASCII)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame = _or_damaged(partial(table.to_pandas, ignore_metadata=True))
    for position, kind in enumerate(frame.dtypes):
        if kind == "object":  # a customer table has no lists or structures: they become text
            plain = frame.iloc[:, position].map(lambda cell: cell if pd.api.types.is_scalar(cell) else str(cell))
            frame.isetitem(position, plain)
    for position, column in enumerate(table.columns):
        if column.null_count and pa.types.is_integer(column.type):  # as floats they would lose digits
            frame.isetitem(position, column.to_pandas(types_mapper=_NULLABLE.get))
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame


def _or_damaged(do: Callable[[], _T]) -> _T:
    try:
        return do()
    except DataError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:  # pyarrow raises all of them
        raise damaged((str(error).splitlines() or [""])[0]) from error
