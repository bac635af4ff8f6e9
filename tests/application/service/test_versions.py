"""The service follows the version in production, whatever is wrong with it."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from churn_core.application import service as service_module
from churn_core.application import workspace as workspace_module
from churn_core.application.service import Service
from churn_core.errors import RequestError
from churn_core.model.registry import EQUATION, METADATA, PRODUCTION, Registry
from tests.application.service.conftest import PATIENCE, another_version, flip, until, uses

# Versions of others


def test_a_promotion_and_a_rollback_are_taken_up_without_a_restart(begin, home, first, second):
    service = begin()
    assert service.basis().workspace.version.model_id == first
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
                basis = service.basis()
                seen.append(basis.workspace.version.model_id)
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
    assert service.basis().workspace is service.workspace is service.result


# Versions that cannot be used


def test_started_on_a_damaged_version_it_says_why_and_neither_trains_nor_answers(begin, home, first, monkeypatch):
    monkeypatch.setattr(workspace_module, "train_version", lambda *_, **__: pytest.fail("trained"))
    flip(home / "models" / first / EQUATION)
    service = begin(ready=False)
    assert service.workspace is None and f"{first}/{EQUATION} is damaged" in service.error
    with pytest.raises(RequestError, match="is damaged") as caught:
        service.basis()
    assert caught.value.status == 503


def test_why_the_start_failed_stays_said_while_nothing_is_in_production(begin, home):
    shutil.rmtree(home / "models")
    (home / "models").write_text("a file where a folder has to be")
    service = begin(training="always", ready=False)
    why = service.error
    assert "Point CHURN_HOME to a folder that can be written" in why
    service.look()
    assert service.error == why and service.workspace is None


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
    assert service.basis().workspace.version.model_id == second == Registry(home / "models").production_id()


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
    assert service.basis().workspace.version.model_id == first
    third = another_version(home, workspace)
    Registry(home / "models").promote(third)
    uses(service, third)
    until(lambda: service.problem == "", "the problem to be over")


def test_a_version_that_is_damaged_while_it_is_in_use_stays_in_use(begin, home, first):
    service = begin()
    flip(home / "models" / first / EQUATION)
    (home / "models" / PRODUCTION).touch()
    until(lambda: service.problem, "a problem")
    assert service.basis().workspace.version.model_id == first and first in service.problem


def test_models_that_are_gone_while_it_runs_are_not_missed(begin, home, first):
    service = begin()
    shutil.rmtree(home / "models")
    until(lambda: service.problem, "a problem")
    assert service.basis().workspace.version.model_id == first


def test_before_it_is_ready_it_says_what_it_is_doing(tmp_path):
    service = Service(tmp_path)
    for steps, told in (([], "Starting"), (["Fetching the Telco data …"], "Fetching the Telco data …")):
        service.steps = steps
        with pytest.raises(RequestError, match=f"Not ready yet: {told}") as caught:
            service.basis()
        assert caught.value.status == 503
