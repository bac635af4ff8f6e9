"""What is asked at every request: each answer is of what is committed, and SQLite is asked only where that can have changed."""

import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.storage import kept as kept_module
from churn_core.storage.database import engine
from churn_core.storage.kept import Kept
from tests.storage.conftest import ON_DISK

LARGEST, MANY = "SELECT max(n) FROM numbers", "SELECT count(*) FROM numbers"


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "numbers.db"


@pytest.fixture
def elsewhere(file):
    """Another connection to the same file, as another program has it."""
    with closing(connected(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE numbers (n INTEGER)")
        yield connection


@pytest.fixture
def kept(file, elsewhere, monkeypatch):
    """One whose questions to SQLite are counted."""
    asked, as_it_is = [], Kept._asked
    monkeypatch.setattr(Kept, "_asked", lambda self, statement: asked.append(statement) or as_it_is(self, statement))
    made = engine(f"sqlite:///{file}")
    kept = Kept(made)
    kept.asked = asked
    yield kept
    kept.close()
    made.dispose()


def connected(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False)


def long_ago(file: Path, seconds: float = 60.0) -> None:
    """The log was last written to so many seconds ago."""
    log = file.with_name(file.name + "-wal")
    os.utime(log, (time.time() - seconds,) * 2)


def put(connection: sqlite3.Connection, n: int) -> None:
    connection.execute("INSERT INTO numbers VALUES (?)", (n,))


def test_while_nobody_writes_each_question_is_asked_once(kept, file, elsewhere):
    put(elsewhere, 7)
    long_ago(file)
    for _ in range(5):
        assert (kept.scalar(LARGEST), kept.scalar(MANY)) == (7, 1)
    assert kept.asked == [LARGEST, MANY]


@ON_DISK
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8))
def test_the_very_next_answer_has_what_was_written_however_long_nobody_had(kept, file, elsewhere, steps):
    largest = kept.scalar(LARGEST)
    for written, waited in steps:
        if written:
            largest = (largest or 0) + 1
            put(elsewhere, largest)
        assert kept.scalar(LARGEST) == largest
        if waited:
            long_ago(file)
            assert kept.scalar(LARGEST) == largest


def test_what_was_written_into_a_log_that_begins_anew_is_in_the_very_next_answer(kept, file, elsewhere):
    """After a checkpoint the log is written over from its beginning, and is no longer for it."""
    for n in range(3):
        for _ in range(20):
            put(elsewhere, 0)
        put(elsewhere, n)
        long_ago(file)
        assert kept.scalar(MANY) == 21 * (n + 1)
        elsewhere.execute("PRAGMA wal_checkpoint(FULL)")
        long_ago(file)
        assert kept.scalar(MANY) == 21 * (n + 1)


def test_what_was_written_just_now_is_asked_again(kept, elsewhere):
    """The clock of files is coarse: of two changes at once the second may leave the same time."""
    put(elsewhere, 7)
    assert [kept.scalar(LARGEST), kept.scalar(LARGEST)] == [7, 7] and len(kept.asked) == 2


def test_nothing_is_relied_on_that_was_found_while_somebody_was_writing(kept, file, elsewhere):
    """What is in the log by then may be committed without its being written to again."""
    put(elsewhere, 7)
    elsewhere.execute("BEGIN IMMEDIATE")
    put(elsewhere, 8)
    long_ago(file)
    assert [kept.scalar(LARGEST), kept.scalar(LARGEST)] == [7, 7] and len(kept.asked) == 2
    elsewhere.execute("COMMIT")
    assert kept.scalar(LARGEST) == 8


def test_asking_keeps_nobody_from_writing(kept, file, elsewhere):
    put(elsewhere, 7)
    long_ago(file)
    kept.scalar(LARGEST)
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as impatient:
        put(impatient, 8)
    assert kept.scalar(LARGEST) == 8


def test_a_database_without_such_a_log_is_asked_every_time(file, kept, elsewhere):
    elsewhere.execute("PRAGMA journal_mode = DELETE")
    put(elsewhere, 7)
    kept._engine = engine(f"sqlite:///{file}")
    with closing(connected(file)) as plain:
        kept._engine.raw_connection = lambda: Detached(plain)
        assert [kept.scalar(LARGEST), kept.scalar(LARGEST)] == [7, 7] and len(kept.asked) == 2


class Detached:
    """A connection that is no pool's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.dbapi_connection = connection

    def detach(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_where_the_time_of_an_open_file_is_told_late_it_is_asked_every_time(kept, file, elsewhere, monkeypatch):
    monkeypatch.setattr(kept_module, "_TELLS", False)
    put(elsewhere, 7)
    long_ago(file)
    assert [kept.scalar(LARGEST), kept.scalar(LARGEST)] == [7, 7] and len(kept.asked) == 2


def test_another_file_in_its_place_is_the_one_that_is_asked(kept, file, elsewhere, tmp_path):
    put(elsewhere, 7)
    long_ago(file)
    assert kept.scalar(LARGEST) == 7
    another = tmp_path / "another.db"
    with closing(connected(another)) as connection:
        connection.execute("CREATE TABLE numbers (n INTEGER)")
        put(connection, 9)
    file.rename(tmp_path / "aside.db")
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).rename(tmp_path / f"aside.db{end}")
    another.rename(file)
    assert kept.scalar(LARGEST) == 9


def test_threads_that_ask_while_another_writes_never_see_less_than_was_there_when_they_asked(kept, file, elsewhere):
    put(elsewhere, 0)
    written, wrong, over = [0], [], threading.Event()

    def ask() -> None:
        while not over.is_set():
            at_least = written[0]
            found = kept.scalar(LARGEST)
            if found < at_least:
                wrong.append((at_least, found))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(1, 60):
        put(elsewhere, n)
        written[0] = n
        if n % 3 == 0:
            long_ago(file)
    over.set()
    for thread in threads:
        thread.join(10)
    assert not wrong and kept.scalar(LARGEST) == 59
