"""What a running process answers by: versions and thresholds of others are taken up while it runs, and nothing knocks it over."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from churn_core.application import service as service_module
from churn_core.application import workspace as workspace_module
from churn_core.application.service import Service
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.errors import RequestError, StoreError
from churn_core.model.registry import EQUATION, METADATA, PRODUCTION, Registry
from churn_core.storage import store as store_module
from churn_core.storage.store import open_store

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 10  # seconds until what does not come fails the test; never waited for otherwise
SOON = 0.02  # seconds between two looks at what is in production
FACTS = {"threshold": 0.5, "contacted": 1, "expected_profit": 0.0, "expected_spend": 0.0, "model_id": "m", "data_sha256": "0"}

# Another program: each line on stdin is a statement; a line on stdout acknowledges it.
ANOTHER = """
import sys
from pathlib import Path
from churn_core.model.registry import Registry
from churn_core.storage.store import open_store

print("ready", flush=True)
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


@pytest.fixture(scope="module", autouse=True)
def no_other_database():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield


@pytest.fixture(scope="module")
def two_versions(workspace_home, workspace, tmp_path_factory):
    """A home with a second version that is not in production; do not change it."""
    home = shutil.copytree(workspace_home, tmp_path_factory.mktemp("two") / "home")
    return home, another_version(home, workspace)


def another_version(home: Path, workspace) -> str:
    version = workspace.version
    known = {key: value for key, value in version.metadata.items() if key not in ("model_id", "created_at", "files")}
    return Registry(home / "models").save(version.model, version.out_of_fold, known, version.schema).model_id


@pytest.fixture
def home(two_versions, tmp_path):
    return shutil.copytree(two_versions[0], tmp_path / "home")


@pytest.fixture
def first(workspace) -> str:
    return workspace.version.model_id


@pytest.fixture
def second(two_versions) -> str:
    return two_versions[1]


@pytest.fixture
def begin(home):
    """Starts services on the home; they end with the test."""
    begun = []

    def begin_(training="first", look_every=SOON, ready=True) -> Service:
        service = Service(home, training=training, look_every=look_every).start()
        begun.append(service)
        assert service.finished.wait(PATIENCE) and (service.workspace is not None or not ready), service.error
        return service

    yield begin_
    for service in begun:
        service.close()
        if service._store is not None:
            service._store.close()


@pytest.fixture
def ready(home, workspace):
    """A service with the workspace in use that follows nothing unless it is told to look."""
    service = Service(home)
    service.result = workspace
    service.finished.set()
    yield service
    service.store.close()


@pytest.fixture(scope="module")
def another():
    """Another process that does what it is told."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", ANOTHER], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"

    def do(statement: str) -> None:
        process.stdin.write(statement + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n", statement

    yield do
    process.kill()
    process.communicate()


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.01)


def uses(service: Service, model_id: str) -> None:
    until(lambda: service.workspace and service.workspace.version.model_id == model_id, f"{model_id} to be in use")
    assert service.in_force().workspace.version.model_id == model_id


def flip(path: Path) -> bytes:
    content = path.read_bytes()
    path.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])
    return content


# Versions of others


def test_a_promotion_and_a_rollback_are_taken_up_without_a_restart(begin, home, first, second):
    service = begin()
    assert service.in_force().workspace.version.model_id == first
    Registry(home / "models").promote(second)
    uses(service, second)
    Registry(home / "models").rollback()
    uses(service, first)
    assert (service.problem, service.error) == ("", "")


def test_those_of_another_process_too(begin, home, first, second, another):
    service = begin()
    another(f"Registry(Path({str(home / 'models')!r})).promote({second!r})")
    uses(service, second)
    another(f"Registry(Path({str(home / 'models')!r})).rollback()")
    uses(service, first)


def test_while_the_version_changes_there_is_never_nothing_in_use(begin, home, first, second):
    service, registry, over, seen = begin(), Registry(home / "models"), threading.Event(), []

    def read() -> None:
        try:
            while not over.is_set():
                force = service.in_force()
                seen.append(force.workspace.version.model_id)
                assert service.workspace is not None and service.error == ""
        except BaseException as error:
            seen.append(error)

    readers = [threading.Thread(target=read, daemon=True) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(2):
        registry.promote(second)
        uses(service, second)
        registry.rollback()
        uses(service, first)
    over.set()
    for reader in readers:
        reader.join(PATIENCE)
    assert set(seen) == {first, second}


def test_without_a_change_nothing_is_opened_again(begin, monkeypatch):
    service = begin()
    service.look()
    opened = service.workspace
    monkeypatch.setattr(service_module, "open_workspace", lambda *_, **__: pytest.fail("opened again"))
    for _ in range(5):
        service.look()
    assert service.workspace is opened


def test_the_pages_and_the_api_of_one_process_have_one_workspace(begin, home, second):
    service = begin()
    Registry(home / "models").promote(second)
    uses(service, second)
    assert service.in_force().workspace is service.workspace is service.result


# Versions that cannot be used


def test_started_on_a_damaged_version_it_says_why_and_neither_trains_nor_answers(begin, home, first, monkeypatch):
    monkeypatch.setattr(workspace_module, "train_version", lambda *_, **__: pytest.fail("trained"))
    flip(home / "models" / first / EQUATION)
    service = begin(ready=False)
    assert service.workspace is None and f"{first}/{EQUATION} is damaged" in service.error
    with pytest.raises(RequestError, match="is damaged") as caught:
        service.in_force()
    assert caught.value.status == 503


def test_it_recovers_by_itself_when_a_good_version_is_promoted(begin, home, first, second):
    flip(home / "models" / first / EQUATION)
    service = begin(ready=False)
    Registry(home / "models").promote(second)
    uses(service, second)
    assert (service.error, service.problem) == ("", "")


def test_it_recovers_by_itself_when_the_file_is_mended_in_place(begin, home, first):
    good = flip(home / "models" / first / EQUATION)
    service = begin(ready=False)
    (home / "models" / first / EQUATION).write_bytes(good)
    uses(service, first)
    assert service.error == ""


@pytest.mark.parametrize("what", ["cut off", "empty", "a list", "no id"])
def test_a_damaged_pointer_at_the_start_is_an_error_until_it_is_good_again(begin, home, first, what):
    pointer = home / "models" / PRODUCTION
    good = pointer.read_bytes()
    pointer.write_bytes({"cut off": good[:20], "empty": b"", "a list": b"[]", "no id": b'{"production": 5, "before": []}'}[what])
    service = begin(ready=False)
    assert f"{PRODUCTION} is damaged" in service.error
    pointer.write_bytes(good)
    uses(service, first)


def test_a_home_that_may_train_always_mends_itself(begin, home, first, second, workspace, monkeypatch):
    def train(home, dataset, report):
        return Registry(home / "models").load(second)

    monkeypatch.setattr(workspace_module, "train_version", train)
    flip(home / "models" / first / EQUATION)
    service = begin(training="always")
    assert service.in_force().workspace.version.model_id == second == Registry(home / "models").production_id()


DAMAGE = {
    "the model is damaged": lambda folder: flip(folder / EQUATION),
    "the metadata are cut off": lambda folder: (folder / METADATA).write_text("{"),
    "the folder is gone": shutil.rmtree,
    "the metadata say nothing of the data": lambda folder: without(folder / METADATA, "data"),
    "the metadata say nothing of how good it is": lambda folder: without(folder / METADATA, "metrics"),
}


def without(path: Path, key: str) -> None:
    path.write_text(json.dumps({name: value for name, value in json.loads(path.read_text()).items() if name != key}))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_version_that_is_promoted_leaves_in_use_what_was_says_so_and_the_next_good_one_is_taken_up(
    begin, home, first, second, workspace, what
):
    service = begin()
    DAMAGE[what](home / "models" / second)
    pointer = json.loads((home / "models" / PRODUCTION).read_text())
    pointer = {**pointer, "production": second, "before": [first]}
    (home / "models" / PRODUCTION).write_text(json.dumps(pointer))
    until(lambda: service.problem, "a problem")
    assert service.problem.startswith("The version in production cannot be used") and service.error == ""
    assert service.in_force().workspace.version.model_id == first
    third = another_version(home, workspace)
    Registry(home / "models").promote(third)
    uses(service, third)
    until(lambda: service.problem == "", "the problem to be over")


def test_a_version_that_is_damaged_while_it_is_in_use_stays_in_use(begin, home, first):
    service = begin()
    flip(home / "models" / first / EQUATION)
    (home / "models" / PRODUCTION).touch()
    until(lambda: service.problem, "a problem")
    assert service.in_force().workspace.version.model_id == first and first in service.problem


def test_models_that_are_gone_while_it_runs_are_not_missed(begin, home, first):
    service = begin()
    shutil.rmtree(home / "models")
    until(lambda: service.problem, "a problem")
    assert service.in_force().workspace.version.model_id == first


def test_before_it_is_ready_it_says_what_it_is_doing(tmp_path):
    service = Service(tmp_path)
    for steps, told in (([], "Starting"), (["Fetching the Telco data …"], "Fetching the Telco data …")):
        service.steps = steps
        with pytest.raises(RequestError, match=f"Not ready yet: {told}") as caught:
            service.in_force()
        assert caught.value.status == 503


# The threshold of others


def test_without_anything_published_it_is_what_earns_most_by_the_default_campaign(ready, workspace):
    force = ready.in_force()
    assert force.campaign == Campaign() and force.threshold == best_threshold(workspace.expected_sweep, Campaign()).threshold


def test_what_another_process_publishes_is_in_the_very_next_answer(ready, home, another):
    ready.in_force()
    for n in range(20):
        another(f"open_store(Path({str(home)!r})).publish({n} / 32, who='Ada')")
        assert ready.in_force().threshold == n / 32
    another(f"open_store(Path({str(home)!r})).rollback(who='Ada')")
    assert ready.in_force().threshold == 18 / 32


def test_what_is_taken_back_to_nothing_is_the_default_again(ready, home):
    default, elsewhere = ready.in_force().threshold, open_store(home)
    elsewhere.publish(0.987, who="Ada")
    assert ready.in_force().threshold == 0.987
    elsewhere.rollback(who="Ada")
    assert ready.in_force().threshold == default
    elsewhere.close()


def test_a_published_campaign_brings_its_parameters(ready):
    plan = Plan(campaign=Campaign(retention_cost=77))
    saved = ready.store.save("Spring", plan, who="Ada", **FACTS)
    ready.store.publish(0.5, who="Ada", campaign_id=saved.id)
    force = ready.in_force()
    assert (force.threshold, force.campaign) == (0.5, plan.campaign)


def test_an_answer_has_the_threshold_and_the_campaign_of_one_publication(ready, home):
    """Readers in threads against a writer that flips two campaigns."""
    writer, costs = open_store(home), {0.25: 25.0, 0.75: 75.0}
    campaigns = {
        threshold: writer.save("c", Plan(campaign=Campaign(retention_cost=cost)), who="Ada", **FACTS).id
        for threshold, cost in costs.items()
    }
    writer.publish(0.25, who="Ada", campaign_id=campaigns[0.25])
    over, seen = threading.Event(), []

    def read() -> None:
        try:
            while not over.is_set():
                force = ready.in_force()
                seen.append((force.threshold, force.campaign.retention_cost))
        except BaseException as error:
            seen.append(error)

    readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(60):
        threshold = (0.75, 0.25)[n % 2]
        writer.publish(threshold, who="Ada", campaign_id=campaigns[threshold])
        assert ready.in_force().threshold == threshold
    over.set()
    for reader in readers:
        reader.join(PATIENCE)
    writer.close()
    assert set(seen) == set(costs.items())


def test_a_slow_reader_does_not_bring_back_to_others_what_is_no_longer_in_force(ready, home, monkeypatch):
    """One asks before, another after a publication; the first is told later. The second still gets what is in force."""
    ready.store.publish(0.1, who="Ada")
    asked, may_go_on, asked_twice = threading.Event(), threading.Event(), threading.Event()
    original = ready._asked

    def slowly(*asked_for):
        force = original(*asked_for)
        if threading.current_thread() is slow:
            asked.set()
            assert may_go_on.wait(PATIENCE)
        elif threading.current_thread() is quick:
            may_go_on.set()  # between asking and giving the answer the slow one finishes
            asked_twice.set()
        return force

    got = {}
    slow = threading.Thread(target=lambda: got.update(slow=ready.in_force().threshold), daemon=True)
    quick = threading.Thread(target=lambda: got.update(quick=ready.in_force().threshold), daemon=True)
    monkeypatch.setattr(ready, "_asked", slowly)

    class Slot:
        """Where what is kept is put: the quick one's is overwritten before it reads it back."""

        def __set_name__(self, owner, name) -> None:
            self.value = None

        def __get__(self, instance, owner):
            return self.value

        def __set__(self, instance, value) -> None:
            self.value = value
            if threading.current_thread() is quick:
                slow.join(PATIENCE)

    slot = Slot()
    slot.value = None
    monkeypatch.setattr(Service, "_kept", slot, raising=False)
    slow.start()
    assert asked.wait(PATIENCE)
    ready.store.publish(0.9, who="Ada")
    quick.start()
    quick.join(2 * PATIENCE)
    slow.join(PATIENCE)
    assert got["quick"] == 0.9 and ready.in_force().threshold == 0.9


# Publishing


def test_an_update_tells_what_was_in_force_before_and_is_in_force(ready):
    default = ready.in_force().threshold
    assert ready.update_threshold(0.3, "why", "API") == (default, 0.3)
    assert ready.update_threshold(0.4, "", "API") == (0.3, 0.4)
    assert ready.in_force().threshold == 0.4
    newest = ready.store.history()[0]
    assert (newest.threshold, newest.published_by, newest.source) == (0.4, "API", "API")
    assert ready.store.history()[1].reason == "why"


def test_updates_of_many_at_once_are_all_in_the_history_and_each_before_is_the_one_before(ready):
    default, told, lock = ready.in_force().threshold, [], threading.Lock()

    def update(name: int) -> None:
        for n in range(10):
            answer = ready.update_threshold((name * 10 + n) / 128, "", "API")
            with lock:
                told.append(answer)

    writers = [threading.Thread(target=update, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
    history = [publication.threshold for publication in ready.store.history()][::-1]
    assert sorted(told) == sorted(zip([default, *history], history, strict=False)) and len(told) == 40
    assert ready.in_force().threshold == history[-1]


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


def test_while_the_database_is_gone_what_was_in_force_is_and_it_is_said(ready, home):
    ready.store.publish(0.3, who="Ada")
    before = ready.in_force()
    back = aside(home)
    assert ready.in_force() == before and ready.problem.startswith("The database in the state folder cannot be used")
    with pytest.raises(StoreError):
        ready.update_threshold(0.9, "", "API")
    assert ready.in_force() == before and ready.problem
    back()
    assert ready.in_force() == before and ready.problem == ""
    another_threshold(home, 0.6)
    assert ready.in_force().threshold == 0.6


def test_a_database_restored_from_a_backup_is_the_one_that_is_asked(ready, home, tmp_path):
    ready.store.publish(0.3, who="Ada")
    ready.in_force()
    elsewhere = tmp_path / "elsewhere"
    for threshold in (0.7, 0.8):
        another_threshold(elsewhere, threshold)
    aside(home)
    shutil.copy(elsewhere / "data" / "churn.db", home / "data" / "churn.db")
    assert ready.in_force().threshold == 0.8
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

        for name in ("latest", "decision", "in_force", "publish"):
            patch.setattr(store_module.Store, name, refuse)

    yield stop, patch.undo
    patch.undo()


def test_a_database_that_does_not_answer_is_missed_by_nobody_and_recovers(ready, home, unreachable):
    stop, again = unreachable
    ready.store.publish(0.3, who="Ada")
    before = ready.in_force()
    stop()
    for _ in range(3):
        assert ready.in_force() == before and ready.problem.startswith("The database of DATABASE_URL")
    again()
    another_threshold(home, 0.4)
    assert ready.in_force().threshold == 0.4 and ready.problem == ""


def test_a_database_that_could_never_be_asked_is_a_503_with_the_reason(home, workspace, unreachable):
    service = Service(home)
    service.result = workspace
    service.finished.set()
    (home / "data" / "churn.db").unlink(missing_ok=True)
    (home / "data" / "churn.db").mkdir()
    with pytest.raises(RequestError, match="The database in the state folder cannot be used") as caught:
        service.in_force()
    assert caught.value.status == 503
    (home / "data" / "churn.db").rmdir()
    assert 0 <= service.in_force().threshold <= 1 and service.problem == ""
    service.store.close()


def test_a_state_folder_that_could_not_be_used_at_first_is_no_problem_once_it_can(ready, monkeypatch):
    def refuse(home):
        raise StoreError(
            "The state folder cannot be used (Read-only file system). Point CHURN_HOME to a folder that can be written."
        )

    with monkeypatch.context() as patch:
        patch.setattr(service_module, "open_store", refuse)
        with pytest.raises(RequestError, match="state folder"):
            ready.in_force()
        assert "state folder" in ready.problem
    ready.in_force()
    assert ready.problem == ""


def test_a_version_promoted_while_the_database_is_away_answers_by_the_threshold_that_was_in_force(
    begin, home, second, unreachable
):
    service = begin()
    service.store.publish(0.3, who="Ada")
    assert service.in_force().threshold == 0.3
    stop, _ = unreachable
    stop()
    Registry(home / "models").promote(second)
    uses(service, second)
    assert service.in_force().threshold == 0.3


def test_a_database_that_comes_back_does_not_hide_what_is_wrong_with_the_version(begin, home, first, unreachable):
    service = begin()
    service.in_force()
    flip(home / "models" / first / EQUATION)
    (home / "models" / PRODUCTION).touch()
    until(lambda: service.problem, "a problem")
    stop, again = unreachable
    stop()
    service.in_force()
    again()
    service.in_force()
    assert service.problem.startswith("The version in production cannot be used")
