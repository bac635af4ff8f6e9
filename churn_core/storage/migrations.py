"""A database of any earlier version is brought forward when it is opened; the same way on SQLite and PostgreSQL.

The table ``schema_version`` has a row for each step of ``steps`` that was taken; the greatest number is the database's
version. Steps that are missing are taken in one transaction, all or none, while every other process that opens the database
waits. Of an SQLite file a copy is kept beside it first (``churn.db.before-3``: what it was before version 3). There is
no way back but that copy, or the server's backup.

Own code instead of Alembic: the history is a line, a step is a function of a connection, SQLAlchemy speaks to both
databases already, and what matters here (two processes at once, the copy under the same lock, databases from before there
were versions) would be ours to write with Alembic too.
"""

import logging
import os
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from churn_core.errors import StoreError
from churn_core.files import make_private, sync_folder
from churn_core.storage.database import Database
from churn_core.storage.steps import STEPS, Step
from churn_core.storage.tables import Moment

log = logging.getLogger(__name__)

_LOCK = 0x434855  # any number that no other application on the server uses: who holds it brings the database forward
_metadata = sa.MetaData()
_steps_taken = sa.Table(
    "schema_version",
    _metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
)


def version(c: sa.Connection) -> int:
    """The number of the last step that the database has taken; 0 for an empty one, and for one from before there were versions."""
    if not sa.inspect(c).has_table(_steps_taken.name):
        return 0
    return c.execute(sa.select(sa.func.max(_steps_taken.c.version))).scalar_one() or 0


def bring_forward(database: Database, steps: Sequence[Step] = STEPS) -> None:
    """Take the steps that are missing; where none is, nobody is waited for.

    Raises ``StoreError`` where the database is newer than the steps, where a step fails, and where no copy can be kept; the
    database is then as it was.
    """
    with database.transaction() as c:
        found = version(c)
    if found < len(steps):
        with database.transaction(write=True) as c:
            if c.dialect.name == "postgresql":
                c.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            found = version(c)  # another process may have been quicker
            if found < len(steps):
                _take(database, c, found, steps)
    if found > len(steps):
        raise StoreError(
            f"The database {database.where} was made by a newer version of this program: it has version {found}, this program "
            f"knows {len(steps)}. Update the program, or go back to a copy that was kept before the update."
        )


def _take(database: Database, c: sa.Connection, found: int, steps: Sequence[Step]) -> None:
    try:
        if database.file and sa.inspect(c).get_table_names():
            keep_copy(database.file, database.file.with_name(f"{database.file.name}.before-{len(steps)}"))
        _metadata.create_all(c)
        for number, step in enumerate(steps[found:], found + 1):
            step(c)
            c.execute(_steps_taken.insert().values(version=number, at=datetime.now(UTC)))
    except (OSError, sqlite3.Error, ValueError, TypeError) as error:  # TypeError: a JSON value that is no object
        raise database.unusable(error) from error
    log.info("Database brought forward.", extra={"from_version": found, "to_version": len(steps)})


def keep_copy(file: Path, copy: Path) -> None:
    """Copy an SQLite database, whole or not at all; others may read and write it meanwhile. An older copy is replaced.

    Raises ``sqlite3.Error`` or ``OSError`` where that cannot be done.
    """
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=copy.parent) as folder:
        unfinished = Path(folder) / copy.name
        make_private(unfinished)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)  # on the disk when this returns
        os.replace(unfinished, copy)
    sync_folder(copy.parent)
