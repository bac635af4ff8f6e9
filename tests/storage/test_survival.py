"""What was acknowledged is there after a process was killed, a store closed, a connection dropped."""

import itertools
import os
import subprocess
import sys

import pytest

from tests.storage.conftest import is_unbroken, save
from tests.storage.many_writers import ROOT, writing
from tests.storage.postgresql_server import DROP_CONNECTIONS, execute

UPDATES = """
import itertools, sys
from pathlib import Path
from churn_core.storage.store import open_store

store = open_store(Path(sys.argv[1]))
for n in itertools.count():
    threshold = (n % 1000) / 1024
    published = store.publish(threshold, who="Ada")
    print(published.id, threshold, flush=True)
"""


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_updates_leaves_the_last_acknowledged_or_a_later_one(tmp_path, in_home):
    store = in_home(tmp_path)
    for kill in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", UPDATES, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        said = [process.stdout.readline() for _ in range(1 + 7 * kill)]
        process.kill()
        said += process.communicate()[0].splitlines(keepends=True)
        acknowledged = {int(line.split()[0]): float(line.split()[1]) for line in said if line.endswith("\n")}
        history = {p.id: p.threshold for p in store.history(limit=10_000)}
        assert acknowledged.items() <= history.items() and store.latest() == max(history) >= max(acknowledged)
        assert store.published().threshold == history[store.latest()] in {n / 1024 for n in range(1000)}
        assert is_unbroken(store.history(limit=10_000))


@pytest.mark.slow
def test_what_a_killed_writer_was_told_is_saved_is_saved(place, another):
    lines = []
    with writing(4) as doomed:
        for writer, survives in zip(doomed, (1, 2, 11, 30), strict=True):
            writer.start(place, 10**6)
            acknowledged = writer.acknowledged()
            lines += itertools.islice(acknowledged, survives)
            writer.process.kill()
            lines += acknowledged  # what it had still said before it died
            store = another()
            assert all(isinstance(line, tuple) for line in lines), lines
            history, saved = store.history(limit=10_000), {campaign.id for campaign in store.campaigns()}
            assert set(lines) <= {(p.campaign_id, p.id) for p in history} and {campaign for campaign, _ in lines} <= saved
            assert is_unbroken(history)
            last = store.publish(0.5, who="Ada", campaign_id=lines[-1][0])  # nobody is locked out by the dead
            assert store.published() == last
            lines.append((last.campaign_id, last.id))


def test_a_store_closed_and_opened_again_has_what_it_had(store, another):
    campaign, published = save(store), store.publish(0.4, who="Ada")
    store.close()
    again = another()
    assert again.campaigns() == [campaign] and again.published() == published and again.history() == [published]


def test_connections_that_the_server_dropped_are_made_anew(postgresql, new_database, by_address):
    address = new_database()
    store = by_address(address)
    published = store.publish(0.4, who="Ada")
    execute(f"{postgresql}/postgres", DROP_CONNECTIONS)
    assert store.published() == published
    execute(f"{postgresql}/postgres", DROP_CONNECTIONS)
    assert store.publish(0.5, who="Ada").replaces == published.id
