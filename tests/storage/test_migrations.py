"""A database is brought forward step by step, all or nothing, once, whoever opens it first. On SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa

from churn_core.errors import ChurnError, StoreError
from churn_core.storage import tables
from churn_core.storage.database import Database
from churn_core.storage.files_seen import ScoredFiles
from churn_core.storage.migrations import bring_forward, version
from churn_core.storage.steps import STEPS
from churn_core.storage.store import Store
from tests.storage.conftest import names, save
from tests.storage.many_writers import WRITERS, in_threads
from tests.storage.postgresql_server import DROP_CONNECTIONS, execute, until

LAST = len(STEPS)
FILE = {"what": "scored", "name": "june.csv", "who": "Ada", "model_id": "m", "rows": 1, "kept": 1, "repaired": 0}


def an_owner_more(c: sa.Connection) -> None:
    c.exec_driver_sql("ALTER TABLE campaigns ADD COLUMN owner VARCHAR(120) NOT NULL DEFAULT 'nobody'")


def goes_wrong(c: sa.Connection) -> None:
    raise ValueError("row 7 makes no sense")


def is_no_sql(c: sa.Connection) -> None:
    c.exec_driver_sql("ALTER TABLE no_such_table ADD COLUMN owner INTEGER")


def ask(database: Database, statement: str) -> list[tuple]:
    with database.transaction() as c:
        return [tuple(row) for row in c.exec_driver_sql(statement)]


def version_of(database: Database) -> int:
    with database.transaction() as c:
        return version(c)


def columns(database: Database, table: str) -> list[str]:
    with database.transaction() as c:
        return [column["name"] for column in sa.inspect(c).get_columns(table)]


# A new database


def test_a_new_database_takes_every_step_once_and_then_has_the_tables_that_the_program_asks(store):
    assert ask(store, "SELECT version FROM schema_version ORDER BY version") == [(n + 1,) for n in range(LAST)]
    for table in (tables.campaigns, tables.publications, tables.files):
        assert columns(store, table.name) == [column.name for column in table.c]


def test_opening_it_again_takes_no_step_and_waits_for_nobody(store, another, place):
    taken = ask(store, "SELECT * FROM schema_version")
    with place.in_use(writing=True):
        again = another()
        assert ask(again, "SELECT * FROM schema_version") == taken


def test_a_new_file_needs_no_copy(tmp_path, in_home):
    in_home(tmp_path).close()
    in_home(tmp_path).close()
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["churn.db"]


# One step more


def test_a_column_can_be_added_and_everything_stays(store, another):
    campaign, published = save(store), store.publish(0.5, who="Ada")
    bring_forward(store, (*STEPS, an_owner_more))
    assert version_of(store) == LAST + 1
    assert ask(store, "SELECT name, owner FROM campaigns") == [(campaign.name, "nobody")]
    assert store.campaigns() == [campaign] and store.published() == published
    save(store, "after it")
    assert names(store.campaigns()) == ["after it", campaign.name]


def test_a_database_that_a_newer_version_made_is_refused_in_words_and_stays_as_it_is(store, another):
    campaign = save(store)
    bring_forward(store, (*STEPS, an_owner_more))
    with pytest.raises(StoreError) as caught:
        another()
    assert "was made by a newer version of this program" in str(caught.value) and "Update the program" in str(caught.value)
    assert f"version {LAST + 1}" in str(caught.value) and f"knows {LAST}." in str(caught.value)
    assert version_of(store) == LAST + 1 and store.campaigns() == [campaign]


def test_a_database_that_is_refused_is_let_go_of(new_database, by_address):
    address = new_database()
    bring_forward(by_address(address), (*STEPS, an_owner_more))
    execute(f"{address.rsplit('/', 1)[0]}/postgres", DROP_CONNECTIONS)
    with pytest.raises(StoreError):
        by_address(address)
    until(lambda: connections(address) == 0, "the connections to end")


def connections(address: str) -> int:
    """To the database at ``address``, beside the one that asks."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(address) as connection:
        return connection.execute(others).fetchone()[0]


@pytest.mark.parametrize("wrong", [goes_wrong, is_no_sql])
def test_where_a_step_goes_wrong_none_is_taken_and_it_is_said(store, another, wrong):
    campaign = save(store)
    before = columns(store, "campaigns")
    with pytest.raises(StoreError, match=r"cannot be used \(.+\)\. Nothing was changed; mend it and try again\."):
        bring_forward(store, (*STEPS, an_owner_more, wrong))
    assert (version_of(store), columns(store, "campaigns"), store.campaigns()) == (LAST, before, [campaign])
    bring_forward(another(), (*STEPS, an_owner_more))
    assert columns(store, "campaigns") == [*before, "owner"]


def test_those_who_open_it_at_once_take_a_step_once(another):
    taken = []

    def counted(c: sa.Connection) -> None:
        an_owner_more(c)
        taken.append(c)

    opened = iter([another() for _ in range(WRITERS)])

    def work() -> list[int]:
        mine = next(opened)
        bring_forward(mine, (*STEPS, counted))
        return [version_of(mine)]

    assert in_threads(work) == [LAST + 1] * WRITERS and len(taken) == 1


# The copy of an SQLite file


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "churn.db"


def test_before_a_step_a_copy_of_the_file_is_kept_with_everything_that_was_in_it(tmp_path, in_home, file):
    store = in_home(tmp_path)
    campaign, published = save(store), store.publish(0.5, who="Ada")
    bring_forward(store, (*STEPS, an_owner_more))
    store.publish(0.6, who="Ada")
    copy = file.with_name(f"churn.db.before-{LAST + 1}")
    assert {path.name for path in file.parent.iterdir()} >= {"churn.db", copy.name}
    assert not list(file.parent.glob(".unfinished*"))
    store.close()
    file.unlink()
    copy.rename(file)
    again = in_home(tmp_path)
    assert version_of(again) == LAST and again.campaigns() == [campaign] and again.history() == [published]


def test_where_no_copy_can_be_kept_no_step_is_taken(tmp_path, in_home, file):
    store = in_home(tmp_path)
    (file.parent / f"churn.db.before-{LAST + 1}" / "in the way").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be used"):
        bring_forward(store, (*STEPS, an_owner_more))
    assert version_of(store) == LAST and "owner" not in columns(store, "campaigns")
    assert not list(file.parent.glob(".unfinished*"))


def test_the_file_of_another_program_gets_no_tables(tmp_path, in_home, file):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE campaigns (id INTEGER PRIMARY KEY, budget REAL)")
    with pytest.raises(StoreError, match="its table campaigns belongs to another program"):
        in_home(tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("campaigns",)]


# The format of stored JSON


@pytest.fixture
def kept(store) -> Store:
    """A store with a campaign and a file in it."""
    save(store)
    ScoredFiles(store).add(**FILE, judgement={"verdict": {"level": "keep"}}, profile={"format": 1, "rows": 1})
    return store


READ: dict[str, Callable[[Store], object]] = {
    "campaigns.plan": lambda store: store.campaigns()[0].plan,
    "scored_files.judgement": lambda store: ScoredFiles(store).latest()[0].judgement,
    "scored_files.profile": lambda store: ScoredFiles(store).profiles("m")[0],
}


def store_as(kept: Store, where: str, change: Callable[[dict], dict]) -> dict:
    """What is stored in that column, and, instead of it from now on, what ``change`` makes of it."""
    table, column = where.split(".")
    stored = sa.table(table, sa.column(column, sa.JSON))
    with kept.transaction(write=True) as c:
        value = c.execute(sa.select(stored)).scalar_one()
        c.execute(stored.update().values({column: change(value)}))
    return value


@pytest.mark.parametrize("where", READ)
def test_what_is_stored_says_its_format_and_what_does_not_is_of_format_1(kept, where):
    read = READ[where](kept)
    stored = store_as(kept, where, lambda value: {name: each for name, each in value.items() if name != "format"})
    assert stored["format"] == 1 and len(stored) > 1
    assert READ[where](kept) == read


@pytest.mark.parametrize("where", READ)
@pytest.mark.parametrize("format_", [2, "2.1", None])
def test_a_format_of_the_future_is_a_sentence(kept, where, format_):
    store_as(kept, where, lambda value: {**value, "format": format_})
    with pytest.raises(ChurnError, match=r"has format .*, and this program knows format 1 only\. .* update the program\."):
        READ[where](kept)
