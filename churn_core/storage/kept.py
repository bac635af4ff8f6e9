"""One connection to an SQLite that is kept for what is asked at every request: a pool takes as long again as the answer.

SQLite itself is asked only where something may have been written since. Every change of a database with a write-ahead log is
written into the file of that log, so its size and time tell whether a statement could find anything new
(https://sqlite.org/wal.html); two looks at files take a fifth of a statement. A look is relied on only where the answer was
found while nobody was writing, and the log had not been written to for longer than a clock of files is coarse.
"""

import os
import sqlite3
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

_COARSE = 3.0  # seconds; times of files are told to 2 seconds at worst (FAT), and by most file systems to some milliseconds
_TELLS = sys.platform != "win32"  # whether the time of a file that is open for writing is that of the last write

_State = tuple[int, int, int, int]  # device, number, size in bytes, nanoseconds of the last write


class Kept:
    """Asks on a connection of its own, on which no transaction goes on beyond a question, so that each answer is of what is committed
    by then. Safe to share between threads. Where another file is in the place of the one that is open, that one is asked.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._path = engine, engine.url.database or ""
        self._log = f"{self._path}-wal"
        self._lock = threading.Lock()  # of two that ask at once, one would see what was committed when the other began
        self._open: sa.PoolProxiedConnection | None = None
        self._of: tuple[int, int] | None = None
        self._settled: _State | None = None  # of the log, when the answers were found
        self._answers: dict[str, Any] = {}

    def scalar(self, statement: str) -> Any:
        """The one value that ``statement`` asks for, ``None`` for no row. Raises what SQLite and SQLAlchemy raise."""
        with self._lock:
            now, log = identity(self._path), _state(self._log)
            if log is not None and log == self._settled and now == self._of and statement in self._answers:
                return self._answers[statement]
            if self._open is None or now is None or self._of != now:
                self._close()
                self._open, self._of = self._engine.raw_connection(), now
                self._open.detach()  # it is the pool's no longer
                self._raw: Any = self._open.dbapi_connection
            if not _TELLS or log is None or time.time() - log[3] / 1e9 < _COARSE or not self._nobody_writes():
                return self._asked(statement)
            try:
                log, answer = _state(self._log), self._asked(statement)
                if log != self._settled:
                    self._settled, self._answers = log, {}
                self._answers[statement] = answer
            finally:
                self._raw.execute("ROLLBACK")
            return answer

    def _asked(self, statement: str) -> Any:
        rows = self._raw.execute(statement).fetchall()  # to the end: only then it is no longer reading
        return rows[0][0] if rows else None

    def _nobody_writes(self) -> bool:
        """Take the place of the one who may write, if it is free: what is in the log by then is committed. Nobody is waited for."""
        if self._raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            return False
        patience = self._raw.execute("PRAGMA busy_timeout").fetchone()[0]
        self._raw.execute("PRAGMA busy_timeout = 0")
        try:
            self._raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # somebody does, or the file may only be read
            return False
        finally:
            self._raw.execute(f"PRAGMA busy_timeout = {patience}")
        return True

    def close(self) -> None:
        """Asked again, it connects again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        self._settled, self._answers = None, {}
        if self._open is not None:
            with suppress(sqlite3.Error):
                self._open.close()
            self._open = None


def identity(path: str) -> tuple[int, int] | None:
    """What tells one file from another; ``None`` where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _state(path: str) -> _State | None:
    """What tells one state of a file from another; ``None`` where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
