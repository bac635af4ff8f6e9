"""A database from before there were versions opens with everything in it. On SQLite and PostgreSQL.

``before_the_house.db`` was made by the program at the tag ``before-the-house``, with customers that it invented:
campaigns (one archived), publications, rollbacks, a scored and a checked file. ``before_the_house.sql`` is what ``pg_dump``
says of the same rows in the tables that it made on a PostgreSQL, and ``before_the_house.json`` is what it read from them.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.monitoring.profile import Profile
from churn_core.storage.files_seen import ScoredFiles
from churn_core.storage.steps import STEPS
from churn_core.storage.store import Store
from tests.storage.conftest import Place, is_unbroken, names, save
from tests.storage.many_writers import WRITERS, all_at_once, writing

KEPT = Path(__file__).with_name("before_the_house.db")
EXPECTED = json.loads(KEPT.with_suffix(".json").read_text(encoding="utf-8"))
(MODEL_ID,) = {record["model_id"] for record in EXPECTED["files"]}


def put_old_database(place: Place) -> None:
    if place.database_url:
        with psycopg.connect(place.database_url, autocommit=True) as connection:
            connection.execute(KEPT.with_suffix(".sql").read_text(encoding="utf-8"))
    else:
        place.sqlite.parent.mkdir(parents=True)
        shutil.copy(KEPT, place.sqlite)


@pytest.fixture
def old(place) -> Place:
    put_old_database(place)
    return place


def as_json(record: object) -> dict:
    """Its fields as they stand in the JSON file; an assumption that the old program did not know has its default."""
    values = dict(vars(record))
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = value.isoformat()
        elif isinstance(value, Plan):
            values[name] = value.as_dict()
            for unknown in ("success_rate_give_or_take", "after_save"):
                assert values[name].pop(unknown) == getattr(Campaign(), unknown)
    return values


def assert_everything_is_there(store: Store) -> None:
    files = ScoredFiles(store)
    assert [as_json(campaign) for campaign in store.campaigns(archived=True)] == EXPECTED["campaigns"]
    assert names(store.campaigns()) == EXPECTED["listed"]
    assert [as_json(publication) for publication in store.history()] == EXPECTED["history"]
    assert as_json(store.published()) == EXPECTED["published"] and store.latest() == EXPECTED["latest"]
    assert [as_json(record) for record in files.latest()] == EXPECTED["files"]
    assert files.profiles(MODEL_ID) == EXPECTED["profiles"]


def test_the_old_database_has_something_of_everything_in_it():
    assert len(EXPECTED["campaigns"]) > len(EXPECTED["listed"]) > 1
    assert {publication["restores"] is None for publication in EXPECTED["history"]} == {True, False}
    assert {record["what"] for record in EXPECTED["files"]} == {"scored", "checked"}


def test_it_opens_with_everything_in_it_and_again(old, another):
    assert_everything_is_there(another())
    assert_everything_is_there(another())


def test_its_profiles_are_profiles(old, another):
    profiles = ScoredFiles(another()).profiles(MODEL_ID)
    assert [Profile.from_dict(each).as_dict() for each in profiles] == profiles and len(profiles) == 2


def test_what_is_added_to_it_comes_on_top_of_what_was_there(old, another):
    store = another()
    saved, published = save(store), store.publish(0.5, who="Ada")
    assert store.campaigns(archived=True)[0] == saved and len(store.campaigns(archived=True)) == len(EXPECTED["campaigns"]) + 1
    assert published.id > EXPECTED["latest"] and is_unbroken(store.history())
    assert asdict(store.rollback(who="Ada"))["threshold"] == EXPECTED["published"]["threshold"]


def test_each_of_its_json_values_gets_the_number_of_its_format(old, another):
    with another().transaction() as c:
        for column, table in (("plan", "campaigns"), ("judgement", "scored_files"), ("profile", "scored_files")):
            found = c.exec_driver_sql(f"SELECT {column} FROM {table}").scalars().all()
            values = [json.loads(each) if isinstance(each, str) else each for each in found]
            assert {value["format"] for value in values} == {1}


@pytest.mark.slow
def test_processes_that_open_it_at_once_bring_it_forward_once(new_place, monkeypatch, by_address, in_home):
    with writing(WRITERS) as writers:
        for _ in range(3):
            place = new_place()
            put_old_database(place)
            acknowledged = all_at_once(writers, place, each=1)
            store = by_address(place.database_url) if place.database_url else in_home(place.home)
            with store.transaction() as c:
                assert c.exec_driver_sql("SELECT version FROM schema_version ORDER BY version").scalars().all() == [1, 2, 3, 4]
            assert len(acknowledged) == WRITERS and len(store.history()) == len(EXPECTED["history"]) + WRITERS
            assert [as_json(publication) for publication in store.history()[WRITERS:]] == EXPECTED["history"]
            assert [as_json(each) for each in store.campaigns(archived=True)[WRITERS:]] == EXPECTED["campaigns"]
            assert is_unbroken(store.history())
            store.close()


def test_one_in_which_no_file_was_ever_seen_gets_the_table_for_them(old, another):
    if old.database_url:
        with psycopg.connect(old.database_url, autocommit=True) as connection:
            connection.execute("DROP TABLE scored_files")
    else:
        with closing(sqlite3.connect(old.sqlite)) as connection:
            connection.execute("DROP TABLE scored_files")
    store = another()
    assert ScoredFiles(store).latest() == [] and [as_json(each) for each in store.history()] == EXPECTED["history"]


def test_the_copy_that_is_kept_of_an_old_file_is_as_it_was(tmp_path, in_home):
    place = Place(tmp_path)
    put_old_database(place)
    in_home(tmp_path).publish(0.9, who="Ada")

    def dump(path: Path) -> list[str]:
        with closing(sqlite3.connect(path)) as connection:
            return list(connection.iterdump())

    assert dump(place.sqlite.with_name(f"churn.db.before-{len(STEPS)}")) == dump(KEPT)
