"""Runs of a page take turns: of many people who press at once the first are answered first, and none sooner for all computing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2  # runs; our choice: one thread at a time has the interpreter, and another may be within NumPy

_turns = threading.Semaphore(AT_ONCE)


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for a turn and give it back, also where Streamlit ends the run; to be asked for once in a run. For what computes and waits
    for nothing else.
    """
    with _turns:
        yield
