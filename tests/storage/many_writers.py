"""Many that write into one database at once: threads, and processes that write when they are told to."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from churn_core.storage.store import Store
from tests.storage.conftest import Place, is_unbroken
from tests.storage.postgresql_server import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
WRITERS, EACH = 4, 25  # processes, or threads; saves and publications of each

# One writer: a line on stdin names a database, a line on stdout acknowledges what was saved and published there.
WRITER = """
import json, os, sys, time, traceback
from pathlib import Path
from churn_core.campaign.plan import Plan
from churn_core.storage.store import open_store

def say(word):
    print(json.dumps(word), flush=True)

def write(home, database_url, each, at):
    os.environ["DATABASE_URL"] = database_url
    time.sleep(max(0, at - time.time()))
    store, facts = open_store(Path(home)), dict(expected_profit=0, expected_spend=0, model_id="m", data_sha256="0", who="Ada")
    for n in range(each):
        saved = store.save("at once", Plan(), threshold=0.5, contacted=n, **facts)
        say([saved.id, store.publish(n / 1e6, who="Ada", campaign_id=saved.id).id])
    store.close()

say("ready")
for line in sys.stdin:
    try:
        write(**json.loads(line))
    except Exception:
        say(traceback.format_exc())
    say("done")
"""


class Writer:
    """A process that saves and publishes when it is told to."""

    def __init__(self) -> None:
        command, environment = [sys.executable, "-c", WRITER], {**os.environ, "PYTHONPATH": str(ROOT)}
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)

    def wait_until_ready(self) -> "Writer":
        assert self.process.stdout.readline() == '"ready"\n', self.process.stderr.read()
        return self

    def start(self, place: Place, each: int, at: float = 0) -> None:
        task = {"home": str(place.home), "database_url": place.database_url, "each": each, "at": at}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()

    def acknowledged(self) -> Iterator[tuple[str, int] | str]:
        """The ids of a campaign and its publication, again and again, until it is done or dead. Text: what went wrong."""
        for line in self.process.stdout:
            said = json.loads(line)
            if said == "done":
                return
            yield said if isinstance(said, str) else tuple(said)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def writing(count: int) -> Iterator[list[Writer]]:
    writers = [Writer() for _ in range(count)]
    try:
        yield [writer.wait_until_ready() for writer in writers]
    finally:
        for writer in writers:
            writer.end()


def all_at_once(writers: list[Writer], place: Place, each: int) -> list[tuple[str, int]]:
    at = time.time() + 0.01  # time for all of them to be told; who is told too late starts later
    for writer in writers:
        writer.start(place, each, at)
    lines = [line for writer in writers for line in writer.acknowledged()]
    for line in lines:
        assert isinstance(line, tuple), line
    return lines


def assert_nothing_is_lost(store: Store, acknowledged: list[tuple[str, int]]) -> None:
    """Exactly what was acknowledged is there, under numbers of its own, in one chain."""
    history, campaigns = store.history(limit=10_000), store.campaigns()
    assert sorted(p.id for p in history) == sorted(publication for _, publication in acknowledged)
    assert {(p.campaign_id, p.id) for p in history} == set(acknowledged) and len(set(acknowledged)) == len(acknowledged)
    assert sorted(c.id for c in campaigns) == sorted(campaign for campaign, _ in acknowledged)
    assert is_unbroken(history) and store.published() == history[0]


def in_threads(work: Callable[[], list], count: int = WRITERS) -> list:
    """What each of so many threads returns that start together, in one list."""
    barrier = threading.Barrier(count)

    def together(_) -> list:
        barrier.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(count) as pool:
        return [value for values in pool.map(together, range(count)) for value in values]
