"""Nothing is lost, whoever writes at once, and nobody waits for a reader. On SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator

import pytest

from churn_core.errors import StoreError
from churn_core.storage import database
from churn_core.storage.store import open_store
from tests.storage.conftest import is_unbroken, published_threshold, save
from tests.storage.many_writers import EACH, WRITERS, Writer, all_at_once, assert_nothing_is_lost, in_threads, writing
from tests.storage.postgresql_server import PATIENCE


@pytest.fixture(scope="module")
def writers() -> Iterator[list[Writer]]:
    """Processes that wait to be told where to write."""
    with writing(WRITERS) as started:
        yield started


@pytest.mark.slow
def test_processes_that_write_at_once_into_a_database_not_made_yet_lose_nothing(place, another, writers):
    acknowledged = all_at_once(writers, place, EACH)
    assert len(acknowledged) == WRITERS * EACH
    assert_nothing_is_lost(another(), acknowledged)


@pytest.mark.slow
def test_processes_that_make_the_database_at_once_do_not_disturb_each_other(new_place, monkeypatch, writers):
    for _ in range(20):
        place = new_place()
        acknowledged = all_at_once(writers, place, each=1)
        monkeypatch.setenv("DATABASE_URL", place.database_url)
        made = open_store(place.home)
        assert len(acknowledged) == WRITERS
        assert_nothing_is_lost(made, acknowledged)
        made.close()


def test_threads_that_share_a_store_lose_nothing(store):
    def work() -> list[tuple[str, int]]:
        saved = [save(store).id for _ in range(EACH)]
        return [(id_, store.publish(0.5, who="Ada", campaign_id=id_).id) for id_ in saved]

    acknowledged = in_threads(work)
    assert len(acknowledged) == WRITERS * EACH
    assert_nothing_is_lost(store, acknowledged)


def test_threads_that_make_the_database_at_once_do_not_disturb_each_other(another):
    def work() -> list[tuple[str, int]]:
        own = another()
        id_ = save(own).id
        return [(id_, own.publish(0.5, who="Ada", campaign_id=id_).id)]

    assert_nothing_is_lost(another(), in_threads(work, 8))


def test_rollbacks_at_once_each_take_one_step(store):
    steps = 5
    published = [store.publish(n / 100, who="Ada").id for n in range(WRITERS * steps + 3)]
    undone = in_threads(lambda: [store.rollback(who="Bob").restores for _ in range(steps)])
    assert sorted(undone) == published[2:-1]
    assert published_threshold(store) == 0.02 and is_unbroken(store.history())


def test_archiving_at_once_hides_every_campaign(store):
    saved = [save(store).id for _ in range(WRITERS * 3)]
    left = iter(saved)
    in_threads(lambda: [store.archive(next(left)) for _ in range(3)])
    assert store.campaigns() == [] and len(store.campaigns(archived=True)) == len(saved)


def test_who_reads_does_not_wait_for_who_writes(store, place):
    published, saved = store.publish(0.5, who="Ada"), save(store)
    with place.in_use(writing=True):
        assert store.published() == published and store.history() == [published] and store.campaigns() == [saved]


def test_who_writes_does_not_wait_for_who_reads(store, place):
    for _ in range(3):
        store.publish(0.5, who="Ada")
    with place.in_use(writing=False):
        assert store.publish(0.6, who="Ada") == store.published()


@pytest.mark.slow
def test_who_waits_for_another_writer_in_vain_is_told_so(place, another, monkeypatch):
    monkeypatch.setattr(database, "BUSY", 1)
    store, told = another(), []

    def publish() -> None:
        try:
            store.publish(0.9, who="Ada")
        except StoreError as error:
            told.append(str(error))

    waiting = threading.Thread(target=publish, daemon=True)
    with place.in_use(writing=True):
        waiting.start()
        waiting.join(10)
        gave_up = not waiting.is_alive()
    waiting.join(PATIENCE)
    assert gave_up, "still waiting"
    assert "cannot be used" in told[0] and store.history() == []
    assert store.publish(0.5, who="Ada") == store.published()
