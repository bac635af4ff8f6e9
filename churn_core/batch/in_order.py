"""The parts of a file, several at a time, and what comes of each in their order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import TypeVar

from churn_core.data.reading.reader import RawTable, TableReader

_WORKERS = 2  # parts that are worked on at once; numpy and Arrow let go of the interpreter for most of it
_AHEAD = 1  # parts that are read before the first of them is done with
_T = TypeVar("_T")


def in_order(reader: TableReader, work: Callable[[RawTable, int], _T]) -> Iterator[tuple[_T, float]]:
    """``work(part, number)`` of each part, some at a time, in their order; and how much of the file had been read by then."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting: deque[tuple[Future[_T], float]] = deque()
        try:
            for part, number in zip(reader, count(), strict=False):
                waiting.append((pool.submit(work, part, number), reader.share))
                if len(waiting) > _AHEAD:
                    done, share = waiting.popleft()
                    yield done.result(), share
            while waiting:
                done, share = waiting.popleft()
                yield done.result(), share
        finally:
            for unfinished, _ in waiting:
                unfinished.cancel()
