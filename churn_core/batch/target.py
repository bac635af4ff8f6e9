"""Where a table goes, part by part: an open file, and the writer of its format."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa

from churn_core.data.writing.tables import CsvWriter
from churn_core.files import begin_to_flush

_ON_THEIR_WAY = 4  # tables that are on their way to the disk; what a slower disk has not taken by then stays in memory


@dataclass(frozen=True, kw_only=True)
class Target:
    """``writer`` is a class of ``data.writing.tables``."""

    stream: BinaryIO
    writer: Any = CsvWriter

    def encoded(self, table: pd.DataFrame, lines: pa.Array | None = None, read: int = 0) -> Any:
        """The table as its writer appends it; may run in any thread. ``None`` for an empty table."""
        return self.writer.encode(table, lines, read) if len(table) else None

    def opened(self) -> "Output":
        return Output(self)


class Output:
    """A target that is begun when the first table comes. What is not closed when the block ends is abandoned."""

    def __init__(self, target: Target) -> None:
        self._target, self._closed = target, False
        self._writer: Any = None
        self._ends = deque([0], _ON_THEIR_WAY)  # bytes of the file, as they grew

    def __enter__(self) -> "Output":
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer is not None and not self._closed:
            self._writer.abandon()

    @property
    def harmless(self) -> int:
        """Number of cells that a spreadsheet would have run as a formula."""
        return self._writer.harmless if self._writer else 0

    def append(self, encoded: Any, columns: Iterable[str]) -> None:
        """Append what ``Target.encoded`` made; nothing for ``None``."""
        if encoded is not None:
            self._begin(columns)
            self._writer.append(encoded)
            self._ends.append(begin_to_flush(self._target.stream, self._ends[0]))

    def close(self, columns: Iterable[str] = ()) -> None:
        """End the file; one without any table has ``columns`` alone."""
        self._begin(columns)
        self._writer.close()
        self._closed = True

    def _begin(self, columns: Iterable[str]) -> None:
        if self._writer is None:
            self._writer = self._target.writer(self._target.stream, columns)
