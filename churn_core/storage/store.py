"""The database of a state folder: saved campaigns and the published threshold, opened and brought forward.

Each row says whose customers it is about. A store reads and writes those of one company; ``of`` another schema it is another's.

Nothing is ever overwritten: a save adds a campaign, and publishing, rolling back and archiving add to what is known. So two
people at once lose nothing, and the history is complete. SQLite under the state folder; ``DATABASE_URL`` names a
PostgreSQL instead, which several machines can share.
"""

import os
from pathlib import Path

import sqlalchemy as sa

from churn_core.errors import StoreError
from churn_core.files import make_folder
from churn_core.model.registry import Registry
from churn_core.storage.campaigns import Campaigns
from churn_core.storage.company import Company, company_of
from churn_core.storage.migrations import bring_forward
from churn_core.storage.publications import Publications


class Store(Campaigns, Publications):
    """Saved campaigns and publications for a company's customers in the database at ``url``; created there if they are missing.

    Raises ``StoreError`` where the database cannot be used. Safe to share between threads; each process opens its
    own. A write is durable when the call returns.
    """

    def __init__(self, url: str | sa.URL, company: Company) -> None:
        super().__init__(url, company)
        try:
            bring_forward(self)
        except BaseException:
            self.close()  # nobody gets a store that could be closed
            raise


def open_store(home: Path) -> Store:
    """The database that ``DATABASE_URL`` names, by default ``data/churn.db`` in the state folder, for the customers of the version
    in production.
    """
    company, url = company_of(Registry(home / "models").schema_in_use()), os.environ.get("DATABASE_URL")
    if url:
        return Store(url, company)
    folder = home / "data"
    try:
        make_folder(folder)
    except OSError as error:
        raise StoreError(
            f"The state folder cannot be used ({error.strerror}). Point CHURN_HOME to a folder that can be written."
        ) from error
    return Store(sa.URL.create("sqlite", database=str(folder / "churn.db")), company)
