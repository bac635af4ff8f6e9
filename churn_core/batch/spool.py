"""Scored parts, kept on disk as they are, so that another format is written from them without scoring again."""

import pickle
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa

from churn_core.batch.target import Target


class Spool:
    """Parts in the order in which they came, in an open file of this process, which nobody else writes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._reading = stream, threading.Lock()

    def append(self, table: pd.DataFrame, lines: pa.Array | None, read: int) -> None:
        """Keep a part: its table, and what ``Target`` needs to write its first ``read`` columns as they were read."""
        pickle.dump((table, lines, read), self._stream, protocol=5)

    def write(self, target: Target) -> None:
        """Write all parts in the target's format: the same bytes as a scoring that writes there."""
        with self._reading, target.opened() as output:
            for table, lines, read in self._parts():
                output.append(target.encoded(table, lines, read), table.columns)
            output.close()

    def _parts(self) -> Iterator[tuple[pd.DataFrame, pa.Array | None, int]]:
        self._stream.seek(0)
        while True:
            try:
                part: tuple[Any, Any, Any] = pickle.load(self._stream)  # noqa: S301  an unnamed file of this process
            except EOFError:
                return
            yield part
