"""Parquet → parts of a raw table, each as large as fits in memory."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from churn_core.errors import DataError
from churn_core.jobs import Report, silent

_T = TypeVar("_T")

_ROWS = 25_000  # rows of a part
_PROBE = 256  # rows; their size is measured
_PART = 16 * 2**20  # bytes of a part, about
_MOST_OF_A_ROW = 2**16  # bytes
_MOST_OF_A_GROUP = 4 * 2**30  # bytes of a row group, unpacked
_NULLABLE = {
    kind: getattr(pd, f"{'UInt' if str(kind)[0] == 'u' else 'Int'}{kind.bit_width}Dtype")()
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
}


def open_parquet(stream: BinaryIO, report: Report = silent) -> tuple[list[str], Iterator[pd.DataFrame], int]:
    """The columns, the parts and the number of rows.

    Raises ``DataError``, at once or while iterating, if the file is damaged, is not a plain table, or has rows far larger than
    a customer.
    """
    file = _or_damaged(lambda: pa.parquet.ParquetFile(stream))
    stored = file.schema_arrow
    # An index with a name, such as the id, is a column; an index that only counts is not.
    columns = [name for name in stored.names if not name.startswith("__index_level_")]
    groups = [file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)]
    if max(groups, default=0) > _MOST_OF_A_GROUP:
        raise DataError("The Parquet file has a row group of several gigabytes. Write it with smaller row groups.")

    def parts() -> Iterator[pd.DataFrame]:
        batches = (batch for group in range(file.num_row_groups) for batch in _batches(file, group, columns))
        line = 2
        while (batch := _or_damaged(lambda: next(batches, None))) is not None:
            report("Reading the Parquet file")
            batch = _with_text(batch)
            frame = _or_damaged(partial(pa.Table.from_batches([batch]).to_pandas, ignore_metadata=True))
            for position, kind in enumerate(frame.dtypes):
                if kind == "object":  # a customer table has no lists or structures: they become text
                    plain = frame.iloc[:, position].map(lambda cell: cell if pd.api.types.is_scalar(cell) else str(cell))
                    frame.isetitem(position, plain)
            for position, column in enumerate(batch.columns):
                if column.null_count and pa.types.is_integer(column.type):  # as floats they would lose digits
                    frame.isetitem(position, column.to_pandas(types_mapper=_NULLABLE.get))
            frame.columns = [str(name).strip() for name in frame.columns]
            frame.index = pd.RangeIndex(line, line + len(frame))
            line += len(frame)
            yield frame

    return [name.strip() for name in columns], parts(), file.metadata.num_rows


def _batches(file: pa.parquet.ParquetFile, group: int, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """The rows of a group, as many at once as fit; the first rows show how large a row is. A text that repeats takes almost
    nothing in the file, but its whole length in memory for each row.
    """
    read = {"row_groups": [group], "columns": columns, "use_threads": False}
    for first in file.iter_batches(batch_size=_PROBE, **read):
        whole = (c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in first.columns)
        size = sum(column.nbytes for column in whole) / max(first.num_rows, 1)
        if size > _MOST_OF_A_ROW:
            raise DataError(
                "The Parquet file has rows of more than 64 KB, far more than a customer has. Leave out its long texts."
            )
        yield from file.iter_batches(batch_size=int(min(_ROWS, max(_PROBE, _PART / max(size, 1)))), **read)
        return


def _with_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with binary columns as text where they are text: some programs do not mark text as such."""
    for position, column in enumerate(batch.columns):
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            with suppress(pa.ArrowInvalid):  # it is not text
                batch = batch.set_column(position, batch.schema.names[position], column.cast(pa.large_string()))
    return batch


def _or_damaged(do: Callable[[], _T]) -> _T:
    try:
        return do()
    except (OSError, ValueError, NotImplementedError) as error:  # pyarrow raises all of them, ArrowInvalid being a ValueError
        raise DataError(
            f"The Parquet file is damaged or is not a plain table ({(str(error).splitlines() or [''])[0][:120]}). Write it again."
        ) from error
