"""One connection to an SQLite that is kept for what is asked at every request: a pool takes as long again as the answer."""

import os
import sqlite3
import threading
from contextlib import suppress
from typing import Any

import sqlalchemy as sa


class Kept:
    """Asks on a connection of its own, which no transaction is ever begun on, so that each answer is of what is committed by then.
    Safe to share between threads. Where another file is in the place of the one that is open, that one is asked.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._path = engine, engine.url.database or ""
        self._lock = threading.Lock()  # of two that ask at once, one would see what was committed when the other began
        self._open: sa.PoolProxiedConnection | None = None
        self._of: tuple[int, int] | None = None

    def scalar(self, statement: str) -> Any:
        """The one value that ``statement`` asks for, ``None`` for no row. Raises what SQLite and SQLAlchemy raise."""
        with self._lock:
            now = identity(self._path)
            if self._open is None or now is None or self._of != now:
                self._close()
                self._open, self._of = self._engine.raw_connection(), now
                self._open.detach()  # it is the pool's no longer
                self._raw: Any = self._open.dbapi_connection
            rows = self._raw.execute(statement).fetchall()  # to the end: only then it is no longer reading
        return rows[0][0] if rows else None

    def close(self) -> None:
        """Asked again, it connects again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
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
