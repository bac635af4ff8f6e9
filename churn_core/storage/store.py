"""The database of a state folder: saved campaigns and the published threshold, opened and brought forward.

Nothing is ever overwritten: a save adds a campaign, and publishing, rolling back and archiving add to what is known. So two
people at once lose nothing, and the history is complete. SQLite under the state folder; ``DATABASE_URL`` names a
PostgreSQL instead, which several machines can share.
"""

import os
from pathlib import Path

import sqlalchemy as sa

from churn_core.errors import StoreError
from churn_core.files import make_folder
from churn_core.storage.campaigns import Campaigns
from churn_core.storage.migrations import bring_forward
from churn_core.storage.publications import Publications


class Store(Campaigns, Publications):
    """Saved campaigns and publications in the database at ``url``; created there if they are missing.

    Raises ``StoreError`` where the database cannot be used. Safe to share between threads; each process opens its
    own. A write is durable when the call returns.
    """

    def __init__(self, url: str | sa.URL) -> None:
        super().__init__(url)
        bring_forward(self)


def open_store(home: Path) -> Store:
    """The database that ``DATABASE_URL`` names, by default ``data/churn.db`` in the state folder."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return Store(url)
    folder = home / "data"
    try:
        make_folder(folder)
    except OSError as error:
        raise StoreError(
            f"The state folder cannot be used ({error.strerror}). Point CHURN_HOME to a folder that can be written."
        ) from error
    return Store(sa.URL.create("sqlite", database=str(folder / "churn.db")))
