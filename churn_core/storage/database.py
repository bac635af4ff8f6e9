"""Connections to the database: durable, patient with other writers, and saying nothing of its password."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from churn_core.errors import StoreError
from churn_core.files import make_private
from churn_core.schema import Schema
from churn_core.storage.company import Company, company_of
from churn_core.storage.kept import Kept, identity

BUSY = 30  # seconds that one writer waits for another

_json = partial(json.dumps, default=float)  # of numpy numbers too


class Database:
    """The database at ``url``, a PostgreSQL or an SQLite file, and the ``company`` whose rows are read and written. Safe to share
    between threads; each process opens its own.

    Raises ``StoreError`` where it cannot be used. What is written is durable when the transaction ends.
    """

    def __init__(self, url: str | sa.URL, company: Company) -> None:
        self.company = company
        try:
            self._engine = engine(url)
            self._kept = Kept(self._engine) if self._engine.dialect.name == "sqlite" else None
        except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
            raise StoreError(
                "DATABASE_URL is no address of a PostgreSQL. Write postgresql://user:password@host/database"
            ) from error

    def of(self, schema: Schema) -> Self:
        """The same database for the customers of another schema; closing either closes both."""
        other = copy(self)
        other.company = company_of(schema)
        return other

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._engine.dispose()

    @property
    def file(self) -> Path | None:
        """Of an SQLite."""
        return Path(self._engine.url.database or "") if self._engine.dialect.name == "sqlite" else None

    @property
    def where(self) -> str:
        return "in the state folder" if self.file else "of DATABASE_URL"

    @contextmanager
    def transaction(self, write: bool = False) -> Iterator[sa.Connection]:
        """A connection for one transaction. Raises ``StoreError`` where the database cannot be used; nothing is then changed."""
        try:
            with self._engine.execution_options(write=write).begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise self.unusable(error) from error

    def scalar(self, statement: str) -> Any:
        """The one value that ``statement`` asks for, past SQLAlchemy: for what is asked at every request.

        On an SQLite a ``transaction`` takes ten times as long, and a ``/predict`` that asks in one three times
        (``tests/benchmarks/threshold.py``).
        """
        try:
            if self._kept is not None:
                return self._kept.scalar(statement)
            with closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
                cursor.execute(statement)
                row = cursor.fetchone()
                return row[0] if row else None
        except (sa.exc.SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise self.unusable(error) from error

    def unusable(self, error: Exception) -> StoreError:
        """What to raise where something went wrong, and was undone."""
        why = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        return StoreError(f"The database {self.where} cannot be used ({why}). Nothing was changed; mend it and try again.")


def engine(url: str | sa.URL) -> sa.Engine:
    """Connections to a PostgreSQL or SQLite at ``url``; ``ValueError`` or a SQLAlchemy error for any other address.

    A transaction begun with the execution option ``write`` excludes other writers of an SQLite from its start.
    """
    address = sa.make_url(url)
    if "@" in (address.host or ""):  # of a password with an unquoted @: what follows it must not be looked up, nor told
        raise ValueError("an @ in the password")
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "postgresql":
        return _postgresql(address)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise ValueError("neither PostgreSQL nor an SQLite file")
    return _sqlite(address, address.database)


def _postgresql(address: sa.URL) -> sa.Engine:
    made = sa.create_engine(address, pool_pre_ping=True, json_serializer=_json, connect_args={"connect_timeout": BUSY})

    @sa.event.listens_for(made, "begin")
    def give_up_in_time(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY}s'")

    return made


def _sqlite(address: sa.URL, path: str) -> sa.Engine:
    """A connection stays with a file that was moved away or restored from a backup, so it is made anew for the one in its place.
    A file that is gone is not made again: what is written to either would be lost.
    """
    made = sa.create_engine(address, json_serializer=_json, connect_args={"timeout": BUSY})
    was_there = False

    @sa.event.listens_for(made, "do_connect")
    def not_again(dialect: sa.Dialect, record: object, args: object, options: object) -> None:
        if was_there and identity(path) is None:
            raise sqlite3.OperationalError("the file is gone")
        if not was_there and not identity(path):
            with suppress(OSError):  # SQLite says better what is wrong
                make_private(Path(path))

    @sa.event.listens_for(made, "connect")
    def set_up(connection: sqlite3.Connection, record: sa.pool.ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")  # committed means on the disk
        connection.execute("PRAGMA foreign_keys = ON")
        nonlocal was_there
        record.info["file"], was_there = identity(path), True

    @sa.event.listens_for(made, "checkout")
    def follow_the_file(connection: sqlite3.Connection, record: sa.pool.ConnectionPoolEntry, _: object) -> None:
        if record.info["file"] != identity(path):
            raise sa.exc.DisconnectionError("another file is in its place")

    @sa.event.listens_for(made, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer takes its place at once: two that read first and write later could not both succeed.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")

    return made


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers do not wait for a writer. Of two that switch a new file at once one is told "busy" without having waited."""
    end = time.monotonic() + BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
