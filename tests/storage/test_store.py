"""The database: nothing that was acknowledged is lost, whoever writes at once. Every law on SQLite and on a real PostgreSQL."""

import itertools
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import PER_CUSTOMER, RULES, Plan
from churn_core.errors import CampaignError, StoreError
from churn_core.storage import database
from churn_core.storage.store import LONGEST_NAME, LONGEST_NOTE, Publication, SavedCampaign, Store, open_store

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "p@ss/w:rd?#%41"  # everything in it that an address has to quote
SECRET = "hunter2"  # a password that no sentence may repeat
PATIENCE = 60  # seconds until what does not finish fails the test; never waited for otherwise
WRITERS, EACH = 4, 25  # processes, or threads; saves and publications of each
DROP_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'laws'"
ODD_NAMES = [
    "Frühling 🌱",
    "夏の 👩‍👩‍👧 キャンペーン",
    'O\'Brien "and" `sons`',
    "'); DROP TABLE campaigns; --",
    "%s %(x)s :name ? \\",
]
# Examples may share a database. Fewer than elsewhere: each waits for the disk, which is what "durable" means.
ON_DISK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)

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


# A PostgreSQL of its own


def programs() -> Path | None:
    """Where ``initdb`` and ``postgres`` are: Debian's 15, else those on the PATH, else those that ``pg_config`` names."""
    on_path, config = shutil.which("postgres"), shutil.which("pg_config")
    named = subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip() if config else ""
    candidates = [DEBIAN, *([Path(on_path).resolve().parent] if on_path else []), *([Path(named)] if named else [])]
    return next((place for place in candidates if all((place / name).is_file() for name in ("initdb", "postgres"))), None)


def unprivileged() -> dict:
    """What makes a child run as somebody else where this is root, as whom PostgreSQL refuses to start."""
    if os.geteuid() != 0:
        return {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(folder: Path, bin_: Path) -> Iterator[str]:
    """A running PostgreSQL whose data are in ``folder``: its address, without the database."""
    as_whom, port, log = unprivileged(), free_port(), folder / "log"
    (folder / "password").write_text(PASSWORD)
    log.touch()
    if as_whom:
        for path in (folder, folder / "password", log):
            os.chown(path, as_whom["user"], as_whom["group"])
    child = {**as_whom, "cwd": folder, "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}}
    data = folder / "data"
    initdb = [bin_ / "initdb", "--pgdata", data, "--no-sync", "--encoding=UTF8", "--locale=C"]
    access = ["--username=churn", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
    made = subprocess.run([*initdb, *access], **child, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    # A zone that is not UTC: times must not depend on what the server thinks of them.
    options = {"fsync": "on", "timezone": "Asia/Kolkata", "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
    command = [bin_ / "postgres", "-D", data, "-p", str(port)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with log.open("w") as out:
        process = subprocess.Popen(command, **child, stdout=out, stderr=out, start_new_session=True)
    try:
        address = f"postgresql://churn:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
        until(lambda: process.poll() is not None or answers(f"{address}/postgres"), "PostgreSQL to listen")
        assert process.poll() is None, log.read_text()
        yield address
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody will read these data again
        process.wait(PATIENCE)


def answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=5).close()
        return True
    except psycopg.OperationalError:
        return False


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


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


def execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


# A place for a database, on either


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
        for statement in [*begin, "SELECT * FROM publications"]:
            rows = connection.execute(statement)
        next(rows, None)
        yield
        connection.close()


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


FACTS = {"threshold": 0.3, "contacted": 12, "expected_profit": 1234.5, "expected_spend": 120.0}
ORIGIN = {"model_id": "logistic-1", "data_sha256": "ab" * 32}


def save(store: Store, name: str = "Spring", **changed) -> SavedCampaign:
    values = {"plan": Plan(), "who": "Ada", **FACTS, **ORIGIN, **changed}
    return store.save(name, values.pop("plan"), **values)


def names(campaigns: list[SavedCampaign]) -> list[str]:
    return [campaign.name for campaign in campaigns]


def in_force(store: Store) -> float | None:
    publication = store.in_force()
    return None if publication is None else publication.threshold


def is_unbroken(history: list[Publication]) -> bool:
    """Each publication replaces the one that stood when it was made, back to the first, which replaces nothing."""
    return [p.replaces for p in history] == [*[p.stands for p in history[1:]], 0][: len(history)]


# What is saved comes back


def number(field) -> st.SearchStrategy:
    """Whatever a parameter allows."""
    low, high = field.metadata["low"], field.metadata["high"]
    exclusive = field.metadata["open_low"]
    return st.floats(low, high, exclude_min=exclusive) | st.integers(int(low) + exclusive, int(high))


@st.composite
def plans(draw) -> Plan:
    """Any plan: every parameter and every limit given or left out, within what is possible."""
    values = {field.name: number(field) for field in fields(Campaign) if field.name not in ("backfire_rate", "incentive_uptake")}
    campaign = draw(st.fixed_dictionaries({}, optional=values))
    backfire = draw(st.just(0.0) | st.floats(0, 1))
    uptake = draw(st.none() | st.floats(0, 1 - backfire))
    limits = {field.name: st.none() | number(field) for field in fields(Objective)}
    return Plan(
        campaign=Campaign(**campaign, backfire_rate=backfire, incentive_uptake=uptake),
        objective=Objective(**draw(st.fixed_dictionaries(limits))),
        rule=draw(st.sampled_from(RULES)),
    )


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text that can be kept as it is: of all scripts, but no control characters and no halves of characters."""
    return st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=longest).map(str.strip)


finite = st.floats(allow_nan=False, allow_infinity=False)


@ON_DISK
@given(
    name=texts(LONGEST_NAME).filter(bool),
    plan=plans(),
    facts=st.fixed_dictionaries(
        {
            "note": texts(300),
            "threshold": st.none() | st.floats(0, 1),
            "contacted": st.integers(0, 2**31 - 1),
            "expected_profit": finite,
            "expected_spend": finite,
            "model_id": texts(LONGEST_NAME),
            "who": texts(LONGEST_NAME).filter(bool),
        }
    ),
)
def test_a_saved_campaign_comes_back_exactly(store, name, plan, facts):
    saved = save(store, name, plan=plan, **facts)
    again = store.campaign(saved.id)
    assert again == saved and repr(again.plan) == repr(plan)
    assert {"name": again.name, **{key: getattr(again, key) for key in facts if key != "who"}, "who": again.saved_by} == {
        "name": name,
        **facts,
    }


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_in_any_writing_comes_back_and_does_nothing_else(store, another, name):
    save(store, name, note=name, who=name)
    (campaign,) = another().campaigns()
    assert (campaign.name, campaign.note, campaign.saved_by) == (name, name, name)


def test_every_parameter_and_every_limit_of_a_plan_comes_back(store, another):
    third = 1 / 3  # in no finite number of digits
    campaign = Campaign(
        retention_cost=10 * third,
        success_rate=third,
        clv_months=36 * third + 0.1,
        margin=0.1 + 0.2,
        annual_discount=third / 10,
        monthly_survival=1 - third / 100,
        incentive=5e-324,
        incentive_uptake=third / 2,
        backfire_rate=third / 7,
        fixed_cost=1e9,
    )
    plan = Plan(
        campaign=campaign, objective=Objective(budget=1e5 * third, min_roi=third, min_marginal_roi=7 * third), rule=PER_CUSTOMER
    )
    saved = save(store, plan=plan)
    assert set(plan.as_dict()) == {field.name for kind in (Campaign, Objective) for field in fields(kind)} | {"rule"}
    assert another().campaign(saved.id).plan == plan


@pytest.mark.parametrize("months", [np.int64(12), np.float64(12.1), np.float32(12.1)], ids=lambda value: type(value).__name__)
def test_a_plan_of_numpy_numbers_can_be_saved(store, months):
    plan = Plan(campaign=Campaign(clv_months=months))
    assert store.campaign(save(store, plan=plan).id).plan == plan


def test_a_campaign_in_which_no_contact_paid_has_no_threshold(store, another):
    save(store, threshold=None, contacted=0, expected_profit=0.0, expected_spend=0.0)
    assert another().campaigns()[0].threshold is None


def test_a_campaign_knows_who_saved_it_and_when_in_utc(store, another):
    before = datetime.now(UTC)
    saved = save(store, who="Ada")
    (again,) = another().campaigns()
    assert again.saved_by == "Ada" and again.saved_at == saved.saved_at and before <= again.saved_at <= datetime.now(UTC)
    assert again.saved_at.utcoffset() == timedelta(0) and again.archived_at is None


def test_a_time_does_not_depend_on_the_zone_of_the_machine(store, another):
    saved, published = save(store), store.publish(0.5, who="Ada")
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        later = another()
        assert later.campaign(saved.id).saved_at == saved.saved_at and later.in_force().published_at == published.published_at
        assert abs(later.publish(0.5, who="Ada").published_at - published.published_at) < timedelta(hours=1)
    time.tzset()


def test_a_time_does_not_depend_on_the_zone_of_the_server(new_database, by_address):
    address = new_database()
    published = by_address(address).publish(0.5, who="Ada")
    assert by_address(f"{address}?options=-ctimezone%3DAmerica/New_York").in_force() == published


# The list


def test_a_new_database_has_nothing_in_it(store):
    assert (store.campaigns(), store.campaigns(archived=True), store.in_force(), store.history()) == ([], [], None, [])


def test_the_newest_campaign_comes_first(store, another):
    for name in "abc":
        save(store, name)
    assert names(store.campaigns()) == names(another().campaigns()) == ["c", "b", "a"]


def test_a_name_that_is_taken_twice_keeps_both_campaigns(store):
    first, second = save(store, contacted=1), save(store, contacted=2)
    assert first.id != second.id and store.campaigns() == [second, first]


@pytest.mark.parametrize(
    "missing", ["none", "", "0" * 32, "x" * 1000, "' OR 1=1 --", "\x00", "\ud83d"], ids=lambda id_: ascii(id_[:40])
)
def test_a_campaign_that_is_not_there_is_refused(store, missing):
    """Whatever a link may ask for."""
    save(store)
    for ask in (store.campaign, store.archive, lambda id_: store.archive(id_, False)):
        with pytest.raises(CampaignError, match="There is no saved campaign .*. Choose one of the list."):
            ask(missing)


def test_an_archived_campaign_is_hidden_but_not_lost(store, another):
    kept, hidden = save(store, "kept"), save(store, "hidden")
    store.archive(hidden.id)
    assert store.campaigns() == another().campaigns() == [kept]
    assert names(store.campaigns(archived=True)) == ["hidden", "kept"]
    archived = another().campaign(hidden.id)
    assert archived.archived_at >= hidden.saved_at and archived.archived_at.utcoffset() == timedelta(0)


def test_a_campaign_brought_back_is_at_its_place_again_and_as_it_was(store):
    before = [save(store, "new"), save(store, "old")][::-1]
    store.archive(before[1].id)
    store.archive(before[1].id, archived=False)
    assert store.campaigns() == store.campaigns(archived=True) == before


def test_archiving_or_bringing_back_twice_is_the_same_as_once(store):
    campaign = save(store)
    for archived, listed in ((True, []), (False, [campaign])):
        store.archive(campaign.id, archived)
        store.archive(campaign.id, archived)
        assert store.campaigns() == listed


# Text


def with_text(store: Store, text: str) -> dict[str, str]:
    """Each text of a campaign and of a publication, as it comes back from where ``text`` was given."""
    saved = store.campaign(save(store, text, note=text, who=text).id)
    store.publish(0.5, who=text, reason=text)
    published = store.in_force()
    one_line = {"name": saved.name, "saved_by": saved.saved_by, "published_by": published.published_by}
    return {**one_line, "note": saved.note, "reason": published.reason}


def test_text_is_trimmed(store):
    assert set(with_text(store, " \t\n Spring \u3000\r\n").values()) == {"Spring"}


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\r", "\x08", "\x9b", "\x85"], ids=ascii)
def test_a_control_character_is_made_harmless(store, control):
    for text in with_text(store, f"Spring{control}[31m").values():
        assert text.startswith("Spring") and text.endswith("[31m")
        assert not any(unicodedata.category(character) == "Cc" for character in text)


@pytest.mark.parametrize("control", ["\n", "\t"], ids=ascii)
def test_a_name_is_one_line_and_a_note_may_have_several(store, control):
    kept = with_text(store, f"Spring{control}2026-11-22 Ada published 0.9")
    assert control in kept["note"] and control in kept["reason"]
    assert not any(control in kept[one_line] for one_line in ("name", "saved_by", "published_by"))


def test_half_a_character_is_refused_or_made_harmless(store):
    """Half of a surrogate pair: JSON can carry it, no database can."""
    try:
        kept = set(with_text(store, "Spring\ud83d").values())
    except CampaignError:
        return
    assert all(text.startswith("Spring") and text.encode() for text in kept)


@ON_DISK
@given(st.text(max_size=LONGEST_NAME))
def test_whatever_is_typed_is_kept_or_refused_in_words(store, text):
    try:
        kept = with_text(store, text)
    except CampaignError:
        return
    assert all(value == value.strip() and len(value) <= LONGEST_NAME for value in kept.values()) and kept["name"]


@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\x00"], ids=ascii)
def test_an_empty_name_is_refused_and_nothing_is_saved(store, empty):
    with pytest.raises(CampaignError, match="The campaign needs a name: write it in a few words."):
        save(store, empty)
    with pytest.raises(CampaignError, match="Say who saves it: write it in a few words."):
        save(store, who=empty)
    for change in (lambda: store.publish(0.5, who=empty), lambda: store.rollback(who=empty)):
        with pytest.raises(CampaignError, match="Say who publishes it: write it in a few words."):
            change()
    assert store.campaigns() == [] and store.history() == []


def test_a_text_of_the_greatest_length_is_kept_whole(store, another):
    name, note = "😀" * LONGEST_NAME, "é\n" * (LONGEST_NOTE // 2 - 1) + "é😀"
    saved = save(store, name, note=note, who=name)
    published = store.publish(0.5, who=name, reason=note)
    assert another().campaign(saved.id) == saved and (saved.name, saved.note, saved.saved_by) == (name, note, name)
    assert another().in_force() == published and (published.reason, published.published_by) == (note, name)


def test_a_text_that_is_too_long_is_refused_and_nothing_is_saved(store):
    name, note = "x" * (LONGEST_NAME + 1), "x" * (LONGEST_NOTE + 1)
    for change, most in (
        (lambda: save(store, name), "121 characters long, 120 is the most. Shorten it."),
        (lambda: save(store, who=name), "121 characters long, 120 is the most. Shorten it."),
        (lambda: save(store, note=note), "2,001 characters long, 2,000 is the most. Shorten it."),
        (lambda: store.publish(0.5, who=name), "121 characters long, 120 is the most. Shorten it."),
        (lambda: store.publish(0.5, who="Ada", reason=note), "2,001 characters long, 2,000 is the most. Shorten it."),
    ):
        with pytest.raises(CampaignError, match=most):
            change()
    assert store.campaigns() == [] and store.history() == []


# The threshold in force


@ON_DISK
@given(st.floats(0, 1) | st.sampled_from([0, 1, 5e-324, 1 / 3, 1 - 2**-53]))
def test_what_is_published_is_in_force_to_the_last_bit_for_everybody_at_once(store, place, threshold):
    elsewhere = open_store(place.home)
    published = store.publish(threshold, who="Ada")
    assert store.in_force() == elsewhere.in_force() == published and elsewhere.in_force().threshold == threshold
    elsewhere.close()


def test_a_program_that_has_been_running_sees_what_another_publishes(store, another):
    elsewhere = another()
    for threshold in (0.1, 0.2, 0.3):
        store.publish(threshold, who="Ada")
        assert in_force(elsewhere) == threshold
    elsewhere.rollback(who="Bob")
    assert in_force(store) == 0.2


def test_the_history_says_newest_first_who_why_from_where_and_when_in_utc(store, another):
    before = datetime.now(UTC)
    campaign = save(store)
    first = store.publish(0.2, who="Ada", reason="Spring", source="cli", campaign_id=campaign.id)
    second = store.publish(0.4, who="Bob")
    third = store.rollback(who="Eve", reason="too few", source="api")
    history = another().history()
    assert history == [third, second, first]
    assert [(p.published_by, p.reason, p.source, p.campaign_id) for p in history] == [
        ("Eve", "too few", "api", campaign.id),
        ("Bob", "", "dashboard", None),
        ("Ada", "Spring", "cli", campaign.id),
    ]
    assert before <= first.published_at <= second.published_at <= third.published_at <= datetime.now(UTC)
    assert {p.published_at.utcoffset() for p in history} == {timedelta(0)}


def test_the_history_can_be_cut_to_the_newest(store):
    published = [store.publish(n / 10, who="Ada") for n in range(5)]
    assert store.history(limit=2) == published[:2:-1] and store.history(limit=0) == []


def test_rolling_back_goes_step_by_step_to_nothing_published_and_then_refuses(store, another):
    for threshold in (0.1, 0.2, 0.3):
        store.publish(threshold, who="Ada")
    for left in (0.2, 0.1, None):
        undone = store.rollback(who="Bob")
        assert undone.threshold == left and in_force(store) == in_force(another()) == left
    before = store.history()
    for _ in range(2):
        with pytest.raises(CampaignError, match="Nothing is published, so there is nothing to take back."):
            store.rollback(who="Bob")
    assert store.history() == before and len(before) == 6 and is_unbroken(before)


def test_rolling_back_where_nothing_was_ever_published_is_refused(store):
    with pytest.raises(CampaignError, match="Nothing is published"):
        store.rollback(who="Bob")
    assert store.history() == []


def test_after_publish_rollback_publish_a_rollback_goes_to_what_stood_at_that_time(store):
    first = store.publish(0.1, who="Ada")
    store.publish(0.2, who="Ada")
    store.rollback(who="Ada")
    third = store.publish(0.3, who="Ada")
    assert third.replaces == first.id
    back = store.rollback(who="Ada")
    assert (back.threshold, back.restores, back.replaces) == (0.1, first.id, third.id)
    assert store.rollback(who="Ada").threshold is None
    assert is_unbroken(store.history())


def test_what_a_rollback_brings_back_brings_its_campaign_back_too(store):
    campaign = save(store)
    store.publish(0.1, who="Ada", campaign_id=campaign.id)
    store.publish(0.2, who="Ada")
    assert store.rollback(who="Ada").campaign_id == store.in_force().campaign_id == campaign.id


@ON_DISK
@given(st.lists(st.none() | st.floats(0, 1), max_size=12))
def test_publishing_and_rolling_back_put_on_and_take_off_a_pile(store, steps):
    """``None`` is a rollback. The pile of what stood is the whole truth, whatever happened before."""
    while store.in_force():
        store.rollback(who="Ada")
    pile = []
    for step in steps:
        if step is not None:
            store.publish(step, who="Ada")
            pile.append(step)
        elif pile:
            store.rollback(who="Ada")
            pile.pop()
        else:
            with pytest.raises(CampaignError):
                store.rollback(who="Ada")
        assert in_force(store) == (pile[-1] if pile else None)
    assert is_unbroken(store.history(limit=10_000))


@pytest.mark.parametrize(
    "threshold",
    [float("nan"), float("inf"), float("-inf"), -0.1, 1.1, 30, -1, True, False, "0.5", None, 0.5 + 0j, [0.5]],
    ids=repr,
)
def test_a_threshold_that_is_no_number_from_0_to_1_is_refused_and_nothing_changes(store, threshold):
    store.publish(0.5, who="Ada")
    with pytest.raises(CampaignError, match=r"The threshold must be a number between 0 and 1, got .*\. Write 4 % as 0.04\."):
        store.publish(threshold, who="Ada")
    if threshold is not None:  # which a campaign may have
        with pytest.raises(CampaignError, match="The threshold must be a number"):
            save(store, threshold=threshold)
    assert in_force(store) == 0.5 and len(store.history()) == 1 and store.campaigns() == []


def test_a_threshold_beyond_all_floats_is_refused(store):
    with pytest.raises(CampaignError, match="The threshold must be a number between 0 and 1"):
        store.publish(10**400, who="Ada")


def test_a_publication_may_refer_only_to_a_campaign_that_is_there(store):
    for missing in ("", "none", "0" * 32, "x" * 1000):
        with pytest.raises(CampaignError, match="There is no saved campaign"):
            store.publish(0.5, who="Ada", campaign_id=missing)
    assert store.in_force() is None and store.history() == []


def test_what_is_published_of_an_archived_campaign_stays(store, another):
    campaign = save(store)
    published = store.publish(0.3, who="Ada", campaign_id=campaign.id)
    store.archive(campaign.id)
    assert store.in_force() == another().in_force() == published
    assert another().campaign(published.campaign_id).name == campaign.name
    store.publish(0.9, who="Ada")
    assert store.rollback(who="Ada").campaign_id == campaign.id and in_force(store) == 0.3


def test_files_are_decided_by_what_is_published_at_the_plan_of_its_campaign_else_by_the_plan_at_hand(store, another):
    at_hand, saved_plan = Plan(campaign=Campaign(retention_cost=1)), Plan(campaign=Campaign(retention_cost=2))
    campaign = save(store, "Spring", plan=saved_plan)
    store.archive(campaign.id)
    expected = [(at_hand, None, "")]
    for id_, decided in ((None, (at_hand, 0.0, "")), (campaign.id, (saved_plan, 0.0, "Spring"))):
        store.publish(0.0, who="Ada", campaign_id=id_)
        expected.append(decided)
    while True:
        decision = another().decision(at_hand)
        assert (decision.plan, decision.threshold, decision.name) == expected.pop()
        if not expected:
            return
        store.rollback(who="Ada")


@ON_DISK
@given(st.lists(st.none() | st.floats(0, 1), max_size=8))
def test_the_number_of_the_latest_is_that_of_the_newest_in_the_history_for_everybody(store, place, steps):
    elsewhere = open_store(place.home)
    for step in (0.5, *steps):
        if step is not None:
            store.publish(step, who="Ada")
        elif store.in_force():
            store.rollback(who="Ada")
        assert store.latest() == elsewhere.latest() == store.history(limit=1)[0].id
    elsewhere.close()


def test_before_anything_is_published_the_number_of_the_latest_is_0(store):
    assert store.latest() == 0


def test_the_threshold_before_is_that_of_the_publication_that_stood(store):
    first, second = store.publish(0.1, who="Ada"), store.publish(0.2, who="Ada")
    back = store.rollback(who="Ada")
    third = store.publish(0.3, who="Ada")
    before = [store.threshold_before(publication) for publication in (first, second, back, third)]
    assert before == [None, 0.1, 0.2, 0.1]


def test_each_of_many_at_once_is_told_the_threshold_before_its_own(store):
    published = in_threads(lambda: [store.publish(n / 100, who="Ada") for n in range(10)])
    by_id = {p.id: p.threshold for p in published}
    assert all(store.threshold_before(p) == by_id.get(p.replaces) for p in published) and is_unbroken(store.history())


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
        assert store.in_force().threshold == history[store.latest()] in {n / 1024 for n in range(1000)}
        assert is_unbroken(store.history(limit=10_000))


# Many at once


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


@pytest.fixture(scope="module")
def writers() -> Iterator[list[Writer]]:
    """Processes that wait to be told where to write."""
    with writing(WRITERS) as started:
        yield started


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
    assert is_unbroken(history) and store.in_force() == history[0]


def test_processes_that_write_at_once_into_a_database_not_made_yet_lose_nothing(place, another, writers):
    acknowledged = all_at_once(writers, place, EACH)
    assert len(acknowledged) == WRITERS * EACH
    assert_nothing_is_lost(another(), acknowledged)


def test_processes_that_make_the_database_at_once_do_not_disturb_each_other(new_place, monkeypatch, writers):
    for _ in range(20):
        place = new_place()
        acknowledged = all_at_once(writers, place, each=1)
        monkeypatch.setenv("DATABASE_URL", place.database_url)
        made = open_store(place.home)
        assert len(acknowledged) == WRITERS
        assert_nothing_is_lost(made, acknowledged)
        made.close()


def in_threads(work: Callable[[], list], count: int = WRITERS) -> list:
    """What each of so many threads returns that start together, in one list."""
    barrier = threading.Barrier(count)

    def together(_) -> list:
        barrier.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(count) as pool:
        return [value for values in pool.map(together, range(count)) for value in values]


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
    assert in_force(store) == 0.02 and is_unbroken(store.history())


def test_archiving_at_once_hides_every_campaign(store):
    saved = [save(store).id for _ in range(WRITERS * 3)]
    left = iter(saved)
    in_threads(lambda: [store.archive(next(left)) for _ in range(3)])
    assert store.campaigns() == [] and len(store.campaigns(archived=True)) == len(saved)


def test_who_reads_does_not_wait_for_who_writes(store, place):
    published, saved = store.publish(0.5, who="Ada"), save(store)
    with place.in_use(writing=True):
        assert store.in_force() == published and store.history() == [published] and store.campaigns() == [saved]


def test_who_writes_does_not_wait_for_who_reads(store, place):
    for _ in range(3):
        store.publish(0.5, who="Ada")
    with place.in_use(writing=False):
        assert store.publish(0.6, who="Ada") == store.in_force()


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
    assert store.publish(0.5, who="Ada") == store.in_force()


# What was acknowledged survives


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
            assert store.in_force() == last
            lines.append((last.campaign_id, last.id))


def test_a_store_closed_and_opened_again_has_what_it_had(store, another):
    campaign, published = save(store), store.publish(0.4, who="Ada")
    store.close()
    again = another()
    assert again.campaigns() == [campaign] and again.in_force() == published and again.history() == [published]


def test_connections_that_the_server_dropped_are_made_anew(postgresql, new_database, by_address):
    address = new_database()
    store = by_address(address)
    published = store.publish(0.4, who="Ada")
    execute(f"{postgresql}/postgres", DROP_CONNECTIONS)
    assert store.in_force() == published
    execute(f"{postgresql}/postgres", DROP_CONNECTIONS)
    assert store.publish(0.5, who="Ada").replaces == published.id


# Where the database is


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_is_understood_in_every_usual_spelling(new_database, by_address, spelling):
    address = new_database()
    assert address.startswith("postgresql://")
    published = by_address(f"{spelling}{address.removeprefix('postgresql')}").publish(0.5, who="Ada")
    assert by_address(address).in_force() == published


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
    assert in_home(tmp_path / name).in_force() == published


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
        for change in (store.in_force, store.campaigns, lambda: save(store), lambda: store.publish(0.5, who="Ada")):
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
    sentence = refused(lambda: in_home(tmp_path).in_force())
    assert sentence.startswith("The database in the state folder cannot be used (")


@pytest.mark.parametrize("in_the_way", ["home", "home/data"])
def test_a_state_folder_that_is_a_file_is_an_error_in_words(tmp_path, in_home, in_the_way):
    path = tmp_path / in_the_way
    path.parent.mkdir(exist_ok=True)
    path.write_text("in the way")
    sentence = refused(lambda: in_home(tmp_path / "home"))
    assert sentence.startswith("The state folder cannot be used (") and sentence.endswith("that can be written.")
    assert path.read_text() == "in the way"
