"""A place for a database, on SQLite and on a real PostgreSQL, and what is kept there."""

import itertools
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from churn_core.campaign.plan import Plan
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.publications import Publication
from churn_core.storage.store import Store, open_store
from tests.storage.postgresql_server import DROP_CONNECTIONS, execute, programs, server

# Examples may share a database. Fewer than elsewhere: each waits for the disk, which is what "durable" means.
ON_DISK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
FACTS = {"threshold": 0.3, "contacted": 12, "expected_profit": 1234.5, "expected_spend": 120.0}
ORIGIN = {"model_id": "logistic-1", "data_sha256": "ab" * 32}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL that is there for these tests only, without the database; ``laws`` is for them."""
    bin_ = programs()
    if bin_ is None:
        reason = "There is no PostgreSQL on this machine. Install it (Debian: apt-get install postgresql-15)."
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    # Not pytest's folder, into which no other user may look.
    with tempfile.TemporaryDirectory(prefix="churn-pg-") as folder, server(Path(folder), bin_) as address:
        execute(f"{address}/postgres", "CREATE DATABASE laws")
        yield address


@pytest.fixture
def new_database(postgresql) -> Callable[[], str]:
    """Makes a PostgreSQL database with nothing in it: its address. The one before is emptied, which is quicker than another."""

    def make() -> str:
        execute(f"{postgresql}/postgres", DROP_CONNECTIONS)
        execute(f"{postgresql}/laws", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return f"{postgresql}/laws"

    return make


@dataclass(frozen=True)
class Place:
    """What ``open_store`` goes by. No ``database_url``: SQLite in ``home``."""

    home: Path
    database_url: str = ""

    @property
    def sqlite(self) -> Path:
        return self.home / "data" / "churn.db"

    @contextmanager
    def in_use(self, *, writing: bool) -> Iterator[None]:
        """Somebody else is in the middle of reading all publications, or of making one."""
        if self.database_url:
            begin = ["BEGIN ISOLATION LEVEL SERIALIZABLE", *(["LOCK TABLE publications IN SHARE ROW EXCLUSIVE MODE"] * writing)]
            connection = psycopg.connect(self.database_url, autocommit=True)
        else:
            begin = ["BEGIN IMMEDIATE" if writing else "BEGIN"]
            connection = sqlite3.connect(self.sqlite, isolation_level=None)
        with closing(connection):
            for statement in [*begin, "SELECT * FROM publications"]:
                rows = connection.execute(statement)
            next(rows, None)
            yield


_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_place(request, tmp_path) -> Callable[[], Place]:
    """Makes a place where no database has been opened yet."""
    if request.param == "sqlite":
        return lambda: Place(tmp_path / f"home_{next(_numbers)}")
    make = request.getfixturevalue("new_database")
    return lambda: Place(tmp_path / "home", make())


@pytest.fixture
def place(new_place) -> Place:
    return new_place()


@pytest.fixture
def another(place, monkeypatch) -> Iterator[Callable[[], Store]]:
    """Opens one more store on the same database, as another program would."""
    monkeypatch.setenv("DATABASE_URL", place.database_url)
    opened = []

    def open_one_more() -> Store:
        opened.append(open_store(place.home))
        return opened[-1]

    yield open_one_more
    for store in opened:
        store.close()


@pytest.fixture
def store(another) -> Store:
    return another()


@pytest.fixture
def by_address(monkeypatch, tmp_path) -> Iterator[Callable[[str], Store]]:
    """Opens the store that ``DATABASE_URL`` names."""
    opened = []

    def open_(address: str) -> Store:
        monkeypatch.setenv("DATABASE_URL", address)
        opened.append(open_store(tmp_path))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def in_home(monkeypatch) -> Iterator[Callable[[Path], Store]]:
    """Opens the SQLite store of a state folder."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    opened = []

    def open_(home: Path) -> Store:
        opened.append(open_store(home))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


def save(store: Store, name: str = "Spring", **changed) -> SavedCampaign:
    values = {"plan": Plan(), "who": "Ada", **FACTS, **ORIGIN, **changed}
    return store.save(name, values.pop("plan"), **values)


def names(campaigns: list[SavedCampaign]) -> list[str]:
    return [campaign.name for campaign in campaigns]


def published_threshold(store: Store) -> float | None:
    publication = store.published()
    return None if publication is None else publication.threshold


def is_unbroken(history: list[Publication]) -> bool:
    """Each publication replaces the one that stood when it was made, back to the first, which replaces nothing."""
    return [p.replaces for p in history] == [*[p.stands for p in history[1:]], 0][: len(history)]
