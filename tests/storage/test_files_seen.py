"""The history of files: what was kept comes back, newest first, whoever writes at once. Every law on SQLite and on PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import StoreError
from churn_core.monitoring.profile import Profile
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.schema.telco import TELCO
from churn_core.storage import files_seen as scored_files
from churn_core.storage.checks import LONGEST_NAME
from churn_core.storage.files_seen import CHECKED, SCORED, FileRecord, ScoredFiles
from churn_core.storage.store import open_store

CUSTOMERS = clean(generate(200, seed=6, schema=TELCO), TELCO)[0]
P = np.linspace(0, 1, len(CUSTOMERS))
BINS = bins_of(CUSTOMERS, P, TELCO)
SEEN = profile(CUSTOMERS, P, BINS, churned=P > 0.7, unseen={"Contract": {"Weekly": 3, "½ \x00 🌱": 1}}, schema=TELCO)
JUDGEMENT = {"verdict": {"level": "look", "sentence": "Look at it.", "reasons": []}, "money": {"change": None, "best": 0.1 + 0.2}}
THREADS, EACH = 6, 5


@pytest.fixture
def files(store) -> ScoredFiles:
    return ScoredFiles(store)


def add(files: ScoredFiles, name: str = "june.csv", **changed) -> FileRecord:
    values = {
        "what": SCORED, "who": "Ada", "model_id": "logistic-1", "rows": 210, "kept": 200, "repaired": 7, "contacts": 40,
        "expected_profit": 1234.5, "judgement": JUDGEMENT, "profile": SEEN.as_dict(),
    }  # fmt: skip
    return files.add(name=name, **{**values, **changed})


def test_a_new_database_remembers_no_file(files):
    assert files.latest() == [] and files.profiles("logistic-1") == []


def test_what_was_kept_of_a_file_comes_back_to_the_last_bit(files, another):
    record = add(files)
    again = ScoredFiles(another())
    assert again.latest() == [record]
    assert [Profile.from_dict(each) for each in again.profiles("logistic-1")] == [SEEN] and record.judgement == JUDGEMENT
    assert (record.level, record.sentence) == ("look", "Look at it.")


def test_a_file_that_was_only_checked_has_no_contacts_and_no_profit(files):
    record = add(files, what=CHECKED, contacts=None, expected_profit=None)
    assert files.latest() == [record] and (record.contacts, record.expected_profit) == (None, None)


def test_the_time_is_that_of_the_writing_in_utc(files):
    before = datetime.now(UTC)
    record = add(files)
    assert before - timedelta(seconds=1) <= record.at <= datetime.now(UTC)
    assert files.latest()[0].at.utcoffset() == timedelta(0)


def test_counts_beyond_32_bits_are_kept(files):
    many = {"rows": 10**11, "kept": 10**11, "repaired": 10**12, "contacts": 5 * 10**10, "expected_profit": 1e300}
    record = add(files, **many)
    assert files.latest() == [record] and {name: getattr(record, name) for name in many} == many


def test_numbers_of_numpy_are_kept_as_they_are(files):
    add(files, rows=int(np.int64(3)), judgement={**JUDGEMENT, "of numpy": np.float64(0.25)}, expected_profit=np.float64(1.5))
    assert (files.latest()[0].judgement["of numpy"], files.latest()[0].expected_profit) == (0.25, 1.5)


@pytest.mark.parametrize("name", ["Frühling 🌱.csv", 'O\'Brien "x"; DROP TABLE scored_files; --', "%s %(x)s :name ?", "=1+1"])
def test_any_name_comes_back_as_it_was(files, name):
    add(files, name, who=name)
    assert (files.latest()[0].name, files.latest()[0].who) == (name, name)


def test_names_are_on_one_line_without_control_characters_and_cut(files):
    record = add(files, "a\nb\tc\x00\x1b[31m.csv", who="x" * 500 + "\r\n")
    assert files.latest() == [record]
    assert record.name.isprintable() and record.name.startswith("a b c") and record.name.endswith(".csv")
    assert record.who == "x" * LONGEST_NAME


def test_the_files_come_newest_first_and_no_more_than_are_asked_for(files):
    names = [add(files, f"{k}.csv").name for k in range(5)]
    assert [record.name for record in files.latest()] == names[::-1]
    assert [record.name for record in files.latest(2)] == ["4.csv", "3.csv"]


def test_the_summaries_are_those_of_one_version_newest_first(files):
    other = replace(SEEN, unseen={})
    for model, seen in (("a", SEEN), ("b", SEEN), ("a", other)):
        add(files, model_id=model, profile=seen.as_dict())
    assert [Profile.from_dict(each) for each in files.profiles("a")] == [other, SEEN]
    assert len(files.profiles("a", limit=1)) == len(files.profiles("b")) == 1 and files.profiles("c") == []


def test_beyond_the_limit_the_oldest_go(files, monkeypatch):
    monkeypatch.setattr(scored_files, "_MOST_KEPT", 3)
    for k in range(7):
        add(files, f"{k}.csv")
    assert [record.name for record in files.latest()] == ["6.csv", "5.csv", "4.csv"]
    assert len(files.profiles("logistic-1")) == 3


def test_files_that_are_kept_at_once_are_all_there(files, another):
    stores = [ScoredFiles(another()) for _ in range(2)]
    begin = threading.Barrier(THREADS)

    def write(thread: int) -> None:
        begin.wait()
        for k in range(EACH):
            add(stores[thread % 2], f"{thread} {k}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    names = [record.name for record in files.latest()]
    assert sorted(names) == sorted(f"{thread} {k}" for thread in range(THREADS) for k in range(EACH))
    for thread in range(THREADS):
        mine = [name for name in names if name.startswith(f"{thread} ")]
        assert mine == [f"{thread} {k}" for k in reversed(range(EACH))]


def test_several_may_make_the_table_at_once(another):
    stores = [another() for _ in range(THREADS)]
    begin = threading.Barrier(THREADS)

    def begin_history(opened) -> int:
        begin.wait()
        return len(ScoredFiles(opened).latest())

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(begin_history, stores)) == [0] * THREADS


def test_files_are_kept_beside_the_campaigns_and_the_thresholds(files, store):
    store.publish(0.25, who="Ada")
    add(files)
    assert store.published().threshold == 0.25 and len(files.latest()) == 1


def test_a_database_that_cannot_be_used_is_said_to_be_so(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    opened = open_store(tmp_path)
    files = ScoredFiles(opened)
    opened.close()
    for path in (tmp_path / "data").iterdir():
        path.unlink()
    (tmp_path / "data" / "churn.db").write_bytes(b"no database at all " * 99)
    with pytest.raises(StoreError, match="cannot be used"):
        files.latest()
    with pytest.raises(StoreError, match="cannot be used"):
        add(files)
