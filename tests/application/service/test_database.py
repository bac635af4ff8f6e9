"""The service answers while the database cannot be asked."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from churn_core.application import service as service_module
from churn_core.application.service import Service
from churn_core.errors import RequestError, StoreError
from churn_core.model.registry import EQUATION, PRODUCTION, Registry
from churn_core.storage import store as store_module
from churn_core.storage.store import open_store
from tests.application.service.conftest import flip, until, uses

# A database that cannot be asked


def aside(home: Path) -> Callable[[], None]:
    """The database is gone; what brings it back."""
    found = list((home / "data").glob("churn.db*"))
    for path in found:
        path.rename(path.with_name("aside-" + path.name))

    def back() -> None:
        for path in (home / "data").glob("churn.db*"):
            path.unlink()
        for path in found:
            path.with_name("aside-" + path.name).rename(path)

    return back


def another_threshold(home: Path, threshold: float) -> None:
    elsewhere = open_store(home)
    elsewhere.publish(threshold, who="Ada")
    elsewhere.close()


def test_while_the_database_is_gone_what_was_published_still_decides_and_it_is_said(ready, home):
    ready.store.publish(0.3, who="Ada")
    before = ready.basis()
    back = aside(home)
    assert ready.basis() == before and ready.problem.startswith("The database in the state folder cannot be used")
    with pytest.raises(StoreError):
        ready.update_threshold(0.9, "", "API")
    assert ready.basis() == before and ready.problem
    back()
    assert ready.basis() == before and ready.problem == ""
    another_threshold(home, 0.6)
    assert ready.basis().threshold == 0.6


def test_a_database_restored_from_a_backup_is_the_one_that_is_asked(ready, home, tmp_path):
    ready.store.publish(0.3, who="Ada")
    ready.basis()
    elsewhere = tmp_path / "elsewhere"
    for threshold in (0.7, 0.8):
        another_threshold(elsewhere, threshold)
    aside(home)
    shutil.copy(elsewhere / "data" / "churn.db", home / "data" / "churn.db")
    assert ready.basis().threshold == 0.8
    ready.update_threshold(0.9, "", "API")
    with sqlite3.connect(home / "data" / "churn.db") as connection:
        assert connection.execute("SELECT threshold FROM publications ORDER BY id DESC").fetchone() == (0.9,)
    connection.close()


@pytest.fixture
def unreachable(ready, monkeypatch):
    """Makes the database answer nothing, until it is told to."""
    patch = pytest.MonkeyPatch()

    def stop(sentence="The database of DATABASE_URL cannot be used (gone). Nothing was changed; mend it and try again.") -> None:
        def refuse(*args, **options):
            raise StoreError(sentence)

        for name in ("latest", "decision", "published", "publish"):
            patch.setattr(store_module.Store, name, refuse)

    yield stop, patch.undo
    patch.undo()


def test_a_database_that_does_not_answer_is_missed_by_nobody_and_recovers(ready, home, unreachable):
    stop, again = unreachable
    ready.store.publish(0.3, who="Ada")
    before = ready.basis()
    stop()
    for _ in range(3):
        assert ready.basis() == before and ready.problem.startswith("The database of DATABASE_URL")
    again()
    another_threshold(home, 0.4)
    assert ready.basis().threshold == 0.4 and ready.problem == ""


def test_a_database_that_could_never_be_asked_is_a_503_with_the_reason(home, workspace, unreachable):
    service = Service(home)
    service.result = workspace
    service.finished.set()
    (home / "data" / "churn.db").unlink(missing_ok=True)
    (home / "data" / "churn.db").mkdir()
    with pytest.raises(RequestError, match="The database in the state folder cannot be used") as caught:
        service.basis()
    assert caught.value.status == 503
    (home / "data" / "churn.db").rmdir()
    assert 0 <= service.basis().threshold <= 1 and service.problem == ""
    service.store.close()


def test_a_state_folder_that_could_not_be_used_at_first_is_no_problem_once_it_can(ready, monkeypatch):
    def refuse(home):
        raise StoreError(
            "The state folder cannot be used (Read-only file system). Point CHURN_HOME to a folder that can be written."
        )

    with monkeypatch.context() as patch:
        patch.setattr(service_module, "open_store", refuse)
        with pytest.raises(RequestError, match="state folder"):
            ready.basis()
        assert "state folder" in ready.problem
    ready.basis()
    assert ready.problem == ""


def test_a_version_promoted_while_the_database_is_away_answers_by_the_threshold_that_was_published(
    begin, home, second, unreachable
):
    service = begin()
    service.store.publish(0.3, who="Ada")
    assert service.basis().threshold == 0.3
    stop, _ = unreachable
    stop()
    Registry(home / "models").promote(second)
    uses(service, second)
    assert service.basis().threshold == 0.3


def test_a_database_that_comes_back_does_not_hide_what_is_wrong_with_the_version(begin, home, first, unreachable):
    service = begin()
    service.basis()
    flip(home / "models" / first / EQUATION)
    (home / "models" / PRODUCTION).touch()
    until(lambda: service.problem, "a problem")
    stop, again = unreachable
    stop()
    service.basis()
    again()
    service.basis()
    assert service.problem.startswith("The version in production cannot be used")
