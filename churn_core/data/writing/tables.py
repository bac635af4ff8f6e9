"""Tables of any length → CSV, Parquet or Excel, part by part."""

import re
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import PurePath
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from churn_core.data.writing.cells import csv_header, csv_lines
from churn_core.errors import DataError

_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?")
_LONGEST = 15  # characters; a number of Excel holds as many digits
# Distinct values of all. Of 50,000 doubles or words of which a quarter are distinct, a dictionary saves 20 to 40 % of the room; where
# half are, words take more room with it, and doubles nearly twice the time (measured 2026-11-27).
_REPEATED = 0.25
_MOST_ROWS = 1_048_575  # rows below the header; the format has no more


class CsvWriter:
    """UTF-8 CSV as ``to_csv`` writes it. ``encode`` may run in any thread; ``append`` takes the results in order. ``lines`` and
    ``read`` as in ``csv_lines``.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream = stream
        header, self.harmless = csv_header(columns)
        stream.write(header)

    @staticmethod
    def encode(table: pd.DataFrame, lines: pa.Array | None = None, read: int = 0) -> tuple[bytes | pa.Buffer, int]:
        return csv_lines(table, lines, read)

    def append(self, encoded: tuple[bytes | pa.Buffer, int]) -> None:
        lines, harmless = encoded
        self._stream.write(lines)
        self.harmless += harmless

    def close(self) -> None:
        """Everything has been written."""

    def abandon(self) -> None:
        """Nothing is left behind."""


class ParquetWriter:
    """Parquet. Text, numbers and truth values keep their kinds; nothing has to be made harmless."""

    harmless = 0

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, _told_apart(columns)
        self._writer: Any = None  # pyarrow's, once the kinds of the columns are known

    @staticmethod
    def encode(table: pd.DataFrame, lines: pa.Array | None = None, read: int = 0) -> pa.Table:
        arrays = [_arrow(table.iloc[:, position]) for position in range(table.shape[1])]
        return pa.Table.from_arrays(arrays, names=[str(i) for i in range(len(arrays))])

    def append(self, encoded: pa.Table) -> None:
        encoded = encoded.rename_columns(self._columns)
        if self._writer is None:
            self._begin(encoded)
        schema = self._writer.schema
        # Arrow would turn text into numbers wherever it can, "00123" into 123.
        changed = next((now.name for now, was in zip(encoded.schema, schema, strict=True) if _is_text(now) > _is_text(was)), None)
        try:
            if changed is not None:
                raise pa.ArrowInvalid(f"{changed} is text now")
            columns = [_cast(column, kind) for column, kind in zip(encoded.columns, schema.types, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise DataError(
                "A column holds values of different kinds in different parts of the file, for instance first numbers, then "
                "text. A Parquet column holds one kind. Write the result as CSV or Excel."
            ) from error

    def _begin(self, first: pa.Table) -> None:
        # A column that is empty so far may hold anything later; text can hold it.
        kinds = [field.with_type(pa.large_string()) if pa.types.is_null(field.type) else field for field in first.schema]
        noted = any(_is_known_to_arrow_alone(field.type) for field in kinds)
        if noted:  # with the note that Arrow adds of its kinds, words that are kept each once would be read as categories
            kinds = [field.with_type(pa.large_string()) if _is_text(field) else field for field in kinds]
        self._writer = pa.parquet.ParquetWriter(
            self._stream,
            pa.schema(kinds),
            compression="zstd",
            store_schema=noted,
            # Half of what writing takes is to look for repeats, and for the least and the largest of words, which nobody asks for.
            use_dictionary=[field.name for field, values in zip(kinds, first.columns, strict=True) if _repeats(values)],
            write_statistics=[field.name for field in kinds if not _is_text(field)],
        )

    def close(self) -> None:
        if self._writer is None:
            nothing = pa.table({name: pa.array([], pa.string()) for name in self._columns})
            self._writer = pa.parquet.ParquetWriter(self._stream, nothing.schema)
        self._writer.close()

    def abandon(self) -> None:
        """Nothing is left behind."""


class ExcelWriter:
    """One sheet of an Excel file. Text is stored as text and no cell runs as a formula, so nothing has to be made harmless. A plain
    number is a number, also where it came as text, from CSV for instance; ``00123`` stays text.
    """

    harmless = 0

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        from openpyxl import Workbook  # and with it what other formats do without

        from churn_core.data.writing.workbook import sheet_rows

        self._stream, self._rows, self._append = stream, 0, sheet_rows
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Customers")
        self._sheet.freeze_panes = "A2"
        sheet_rows(self._sheet, [columns])

    @staticmethod
    def encode(table: pd.DataFrame, lines: pa.Array | None = None, read: int = 0) -> pd.DataFrame:
        return table

    def append(self, encoded: pd.DataFrame) -> None:
        self._rows += len(encoded)
        if self._rows > _MOST_ROWS:
            raise DataError(f"An Excel sheet holds at most {_MOST_ROWS:,} rows. Write the result as CSV or Parquet.")
        rows = encoded.itertuples(index=False, name=None)
        self._append(self._sheet, ([_number(cell) for cell in row] for row in rows))

    def close(self) -> None:
        content = BytesIO()
        self._book.save(content)
        self._stream.write(content.getbuffer())

    def abandon(self) -> None:
        """Throw away an unfinished sheet with the temporary file in which openpyxl keeps its rows."""
        with suppress(Exception):  # of any kind: the workbook is thrown away in any state
            self._sheet.close()
            self._sheet._writer.cleanup()


WRITERS = {".csv": CsvWriter, ".txt": CsvWriter, "": CsvWriter, ".parquet": ParquetWriter, ".xlsx": ExcelWriter}


def writer_for(name: str) -> type:
    """The writer for a file of this name. Raises ``DataError`` for a format that cannot be written.

    >>> writer_for("scored.parquet").__name__
    'ParquetWriter'
    """
    ending = PurePath(name).suffix.lower()
    if ending in (".xls", ".tsv", ".gz", ".json", ".zip", ".xlsm", ".ods"):
        raise DataError(
            f"{PurePath(name).name}: results are written as CSV, Parquet or Excel. End the name in .csv, .parquet or .xlsx"
        )
    return WRITERS.get(ending, CsvWriter)


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names, each once: a repeated name gets a number, because Parquet readers fail on two columns of one name."""
    names = [str(name) for name in names]
    own, told = set(names), dict[str, None]()
    for name in names:
        apart, number = name, 1
        while apart in told or (number > 1 and apart in own):
            number += 1
            apart = f"{name} ({number})"
        told[apart] = None
    return list(told)


def _number(cell: object) -> object:
    """The number that a text is as it would stand in Excel itself, with no digit more or less; else the cell."""
    if isinstance(cell, str) and len(cell) <= _LONGEST and _PLAIN.fullmatch(cell):
        return float(cell)
    return cell


def _repeats(values: pa.ChunkedArray) -> bool:
    """Whether the values are there several times each, so that keeping each once saves room and time."""
    return pa.types.is_dictionary(values.type) or len(values.unique()) <= _REPEATED * len(values)


def _is_known_to_arrow_alone(kind: pa.DataType) -> bool:
    """Whether Parquet has no such kind: a span of time, and a moment in a time zone."""
    return pa.types.is_duration(kind) or (pa.types.is_timestamp(kind) and kind.tz is not None)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(column.type):
        column = column.cast(kind.value_type)
    return column.cast(kind)


def _is_text(field: pa.Field) -> bool:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return bool(pa.types.is_large_string(kind) or pa.types.is_string(kind))


def _arrow(values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        words = pa.array(values.cat.categories.astype(str), type=pa.large_string())
        codes = values.cat.codes.to_numpy().astype(np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0) if (codes < 0).any() else pa.array(codes), words)
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):  # numbers and text in one column, or a number of 20 digits
        array = pa.array([None if pd.isna(cell) else str(cell) for cell in values], type=pa.large_string())
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    # The next part may have numbers with more digits.
    return array.cast(pa.decimal128(38, array.type.scale)) if pa.types.is_decimal128(array.type) else array
