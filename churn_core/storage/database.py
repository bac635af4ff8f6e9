"""Connections to the database: durable, patient with other writers, and saying nothing of its password."""

import json
import sqlite3
import time
from functools import partial

import sqlalchemy as sa

BUSY = 30  # seconds that one writer waits for another

_json = partial(json.dumps, default=float)  # of numpy numbers too


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
        made = sa.create_engine(address, pool_pre_ping=True, json_serializer=_json, connect_args={"connect_timeout": BUSY})

        @sa.event.listens_for(made, "begin")
        def give_up_in_time(connection) -> None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY}s'")

        return made
    if address.get_backend_name() != "sqlite" or not address.database:
        raise ValueError("neither PostgreSQL nor an SQLite file")
    made = sa.create_engine(address, json_serializer=_json, connect_args={"timeout": BUSY})

    @sa.event.listens_for(made, "connect")
    def set_up(connection, _) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")  # committed means on the disk
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(made, "begin")
    def begin(connection) -> None:
        # A writer takes its place at once: two that read first and write later could not both succeed.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")

    return made


def _use_wal(connection) -> None:
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
