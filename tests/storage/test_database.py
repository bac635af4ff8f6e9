"""Where the database is, and what is said where it cannot be used."""

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from churn_core.errors import StoreError
from churn_core.storage.store import Store
from tests.storage.conftest import save
from tests.storage.postgresql_server import DROP_CONNECTIONS, PASSWORD, execute, free_port

SECRET = "hunter2"  # a password that no sentence may repeat


# Where the database is


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_is_understood_in_every_usual_spelling(new_database, by_address, spelling):
    address = new_database()
    assert address.startswith("postgresql://")
    published = by_address(f"{spelling}{address.removeprefix('postgresql')}").publish(0.5, who="Ada")
    assert by_address(address).published() == published


def test_database_url_goes_before_the_state_folder(new_database, by_address, tmp_path):
    by_address(new_database()).publish(0.5, who="Ada")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [None, ""])
def test_without_database_url_it_is_a_file_in_the_state_folder(tmp_path, monkeypatch, in_home, given):
    if given is not None:
        monkeypatch.setenv("DATABASE_URL", given)
    in_home(tmp_path / "not" / "there" / "yet").publish(0.5, who="Ada")
    assert (tmp_path / "not" / "there" / "yet" / "data" / "churn.db").is_file()


@pytest.mark.parametrize("name", ["a b", "ü", "a#b", "a:b@c", "a?b", "a%41b", "a&b=c"])
def test_the_state_folder_may_have_any_name(tmp_path, in_home, name):
    published = in_home(tmp_path / name).publish(0.5, who="Ada")
    assert (tmp_path / name / "data" / "churn.db").is_file() and [path.name for path in tmp_path.iterdir()] == [name]
    assert in_home(tmp_path / name).published() == published


# A file that is moved away, or another in its place


def test_nothing_is_acknowledged_into_a_file_that_is_gone(tmp_path, in_home):
    store = in_home(tmp_path)
    published, file = store.publish(0.5, who="Ada"), tmp_path / "data" / "churn.db"
    file.rename(tmp_path / "aside")
    for change in (store.latest, store.published, store.campaigns, lambda: save(store), lambda: store.publish(0.6, who="Ada")):
        assert "the file is gone" in refused(change) and not file.exists()
    (tmp_path / "aside").rename(file)
    assert store.published() == published and store.history() == [published] and store.campaigns() == []


def test_a_file_restored_from_a_backup_is_the_one_that_is_read_and_written(tmp_path, in_home):
    store, backup, file = in_home(tmp_path / "home"), in_home(tmp_path / "backup"), tmp_path / "home" / "data" / "churn.db"
    store.publish(0.5, who="Ada")
    published = [backup.publish(threshold, who="Bob") for threshold in (0.1, 0.2)]
    backup.close()
    for path in file.parent.iterdir():
        path.rename(tmp_path / path.name)
    (tmp_path / "backup" / "data" / "churn.db").rename(file)
    assert store.latest() == published[1].id and store.history() == published[::-1]
    assert store.publish(0.3, who="Ada").replaces == published[1].id
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT threshold FROM publications ORDER BY id").fetchall() == [(0.1,), (0.2,), (0.3,)]
    connection.close()


# A database that cannot be used


def refused(open_: Callable[[], Store]) -> str:
    """The sentence with which a database is refused."""
    with pytest.raises(StoreError) as caught:
        open_()
    sentence = str(caught.value)
    assert "\n" not in sentence and ". " in sentence and "Background on this error" not in sentence
    return sentence


@pytest.mark.parametrize("spelling", ["postgres", "postgresql"])
def test_a_postgresql_that_does_not_answer_is_an_error_in_words_without_the_password(by_address, spelling):
    sentence = refused(lambda: by_address(f"{spelling}://churn:{SECRET}@127.0.0.1:{free_port()}/churn"))
    assert sentence.startswith("The database of DATABASE_URL cannot be used (") and SECRET not in sentence


def test_a_password_that_postgresql_refuses_is_not_repeated(new_database, by_address):
    address = new_database().replace(quote(PASSWORD, safe=""), SECRET)
    sentence = refused(lambda: by_address(address))
    assert "password authentication failed" in sentence and SECRET not in sentence


@pytest.mark.parametrize("mark", ["@", ":", "/", "#", "?", "%"])
def test_no_part_of_a_password_that_was_not_quoted_is_repeated(by_address, monkeypatch, mark):
    def nobody(*args, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    sentence = refused(lambda: by_address(f"postgresql://churn:one{mark}{SECRET}@127.0.0.1:{free_port()}/churn"))
    assert SECRET not in sentence


def test_a_database_that_the_server_does_not_have_is_an_error_in_words(postgresql, by_address):
    assert "does not exist" in refused(lambda: by_address(f"{postgresql}/nowhere"))


def test_a_database_that_is_closed_meanwhile_is_an_error_in_words_and_nothing_is_acknowledged(
    postgresql, new_database, by_address
):
    store = by_address(new_database())
    execute(f"{postgresql}/postgres", "ALTER DATABASE laws ALLOW_CONNECTIONS false")
    try:
        execute(f"{postgresql}/postgres", DROP_CONNECTIONS)
        for change in (store.published, store.campaigns, lambda: save(store), lambda: store.publish(0.5, who="Ada")):
            assert refused(change).endswith("Nothing was changed; mend it and try again.")
    finally:
        execute(f"{postgresql}/postgres", "ALTER DATABASE laws ALLOW_CONNECTIONS true")
    assert store.campaigns() == [] and store.history() == []


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://churn:{SECRET}@example.com/churn",
        f"mysql+pymysql://churn:{SECRET}@example.com/churn",
        f"postgresql+psycopg2://churn:{SECRET}@example.com/churn",
        f"postgresql+no_such_driver://churn:{SECRET}@example.com/churn",
        f"postgresql://churn:{SECRET}@example.com:port/churn",
        f"postgresql://churn:{SECRET}@[::1/churn",
        f"host=example.com password={SECRET}",
        f"http://example.com/{SECRET}",
        SECRET,
        "://",
        " ",
    ],
)
def test_what_is_no_address_of_a_postgresql_is_refused_without_repeating_it(by_address, tmp_path, address):
    sentence = refused(lambda: by_address(address))
    assert sentence == "DATABASE_URL is no address of a PostgreSQL. Write postgresql://user:password@host/database"
    assert list(tmp_path.iterdir()) == []


def overwritten(path: Path) -> None:
    """The first page keeps its head, so that it still looks like a database."""
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE publications (id INTEGER PRIMARY KEY, title TEXT)")
    connection.close()


DAMAGE = {
    "it is no database": lambda path: path.write_bytes(b"Monday: buy milk. " * 500),
    "it is overwritten": overwritten,
    "it is cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "it is a folder": replaced_by_a_folder,
    "it belongs to another program": replaced_by_another_program,
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_file_that_is_no_database_of_this_program_is_an_error_in_words(tmp_path, in_home, what):
    store = in_home(tmp_path)
    store.publish(0.5, who="Ada")
    store.close()  # all of it is in the one file then
    path = tmp_path / "data" / "churn.db"
    DAMAGE[what](path)
    sentence = refused(lambda: in_home(tmp_path).published())
    assert sentence.startswith("The database in the state folder cannot be used (")


@pytest.mark.parametrize("in_the_way", ["home", "home/data"])
def test_a_state_folder_that_is_a_file_is_an_error_in_words(tmp_path, in_home, in_the_way):
    path = tmp_path / in_the_way
    path.parent.mkdir(exist_ok=True)
    path.write_text("in the way")
    sentence = refused(lambda: in_home(tmp_path / "home"))
    assert sentence.startswith("The state folder cannot be used (") and sentence.endswith("that can be written.")
    assert path.read_text() == "in the way"
