"""What the product runs on, made on the first start."""

import shutil
import threading

import numpy as np
import pytest

from churn_core import settings
from churn_core import workspace as workspace_module
from churn_core.data import telco as source
from churn_core.errors import DataUnavailable
from churn_core.model import evaluate
from churn_core.model.registry import METADATA, MODEL, PRODUCTION, Registry
from churn_core.schema import TELCO
from churn_core.workspace import Preparation, open_workspace

PATIENCE = 120  # seconds until a thread that does not finish fails the test; never waited for otherwise


@pytest.fixture
def home(workspace_home, tmp_path):
    """A copy of the trained home that may be changed."""
    return shutil.copytree(workspace_home, tmp_path / "home")


@pytest.fixture(autouse=True)
def one_repeat(workspace, monkeypatch):
    """Training anew need not measure four times; what is held out in the first repeat is the same."""
    monkeypatch.setattr(settings, "REPEATS", 1)


@pytest.fixture
def untrained(home):
    shutil.rmtree(home / "models")
    return home


@pytest.fixture
def never_trained(monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("a version was trained though one was there")

    monkeypatch.setattr(workspace_module, "train", refuse)


def version_ids(home) -> set[str]:
    return {version["model_id"] for version in Registry(home / "models").versions()}


# The first start and the next


def test_the_first_start_trains_a_version_and_puts_it_into_production(untrained):
    steps = []
    opened = open_workspace(untrained, steps.append)
    assert version_ids(untrained) == {opened.version.model_id}
    assert Registry(untrained / "models").production_id() == opened.version.model_id
    assert opened.notices == () and steps[-1] == "Ready." and len(steps) > 2


def test_the_next_start_uses_the_same_version_and_changes_nothing(home, never_trained, workspace):
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    opened = open_workspace(home)
    assert opened.version.model_id == workspace.version.model_id
    assert opened.probability.tobytes() == workspace.probability.tobytes()
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_a_promoted_version_is_the_one_that_is_used(home, never_trained, workspace):
    registry, version = Registry(home / "models"), workspace.version
    known = {key: value for key, value in version.metadata.items() if key not in ("model_id", "created_at", "files")}
    other = registry.save(version.model, version.out_of_fold, known)
    assert open_workspace(home).version.model_id == version.model_id
    registry.promote(other.model_id)
    assert open_workspace(home).version.model_id == other.model_id


def test_the_customers_are_the_real_ones_with_what_happened(workspace):
    assert (len(workspace.customers), workspace.churned.sum()) == (7043, 1869)


def test_each_probability_is_the_one_that_was_held_out(workspace):
    assert workspace.probability.tobytes() == workspace.version.out_of_fold.tobytes()
    fitted = workspace.version.model.predict_proba(workspace.customers)[:, 1]
    assert not np.isclose(fitted, workspace.probability, rtol=1e-9).any()


def test_the_sweep_counts_the_revenue_that_is_expected_to_leave(workspace):
    charge = workspace.customers[TELCO.monthly_charge]
    assert workspace.expected_sweep.totals().value_leaving[-1] == pytest.approx((workspace.probability * charge).sum())


# A version that cannot be used


def flip(path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])


DAMAGE = {
    "the model is damaged": lambda models, version: flip(version / MODEL),
    "the metadata are cut off": lambda models, version: (version / METADATA).write_text("{"),
    "it was made by another scikit-learn": lambda models, version: (version / METADATA).write_text(
        (version / METADATA).read_text().replace('"scikit-learn": "', '"scikit-learn": "0.')
    ),
    "its folder is gone": lambda models, version: shutil.rmtree(version),
    "the pointer is cut off": lambda models, version: (models / PRODUCTION).write_text('{"production": "'),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_version_that_cannot_be_used_is_replaced_and_a_notice_says_so(home, workspace, what):
    DAMAGE[what](home / "models", home / "models" / workspace.version.model_id)
    opened = open_workspace(home)
    assert opened.version.model_id != workspace.version.model_id
    assert Registry(home / "models").production_id() == opened.version.model_id
    (notice,) = opened.notices
    assert notice.endswith("A new version was trained and is in use.") and notice.count(". ") == 1
    assert opened.probability == pytest.approx(workspace.probability)
    assert open_workspace(home).notices == ()  # mended for good


def test_a_version_that_cannot_be_used_is_left_where_it_is(home, workspace):
    damaged = home / "models" / workspace.version.model_id
    flip(damaged / MODEL)
    before = {path.name: path.read_bytes() for path in damaged.iterdir()}
    open_workspace(home)
    assert {path.name: path.read_bytes() for path in damaged.iterdir()} == before


# Generated customers


def test_without_the_real_data_it_opens_on_generated_ones_and_says_so(tmp_path, out_of_reach, monkeypatch):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    opened = open_workspace(tmp_path)
    assert opened.dataset.generated and len(opened.customers) == 400
    assert opened.notices == (opened.dataset.notice,) and "generated, not real" in opened.notices[0]


def test_when_the_real_data_appear_the_version_of_the_generated_ones_is_replaced(tmp_path, out_of_reach, monkeypatch, telco_path):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    invented = open_workspace(tmp_path).version
    (tmp_path / "data").mkdir()
    shutil.copy(telco_path, tmp_path / "data" / source.FILE_NAME)
    opened = open_workspace(tmp_path)
    assert opened.version.model_id != invented.model_id
    assert opened.version.metadata["data"]["sha256"] == source.SHA256
    assert not opened.dataset.generated and not any("generated, not real" in notice for notice in opened.notices)


def test_a_version_of_other_customers_gets_probabilities_by_the_same_protocol(home, out_of_reach, monkeypatch, workspace):
    """The real data have gone; what was learned from them is judged on the customers at hand, held out again."""
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    shutil.rmtree(home / "data")
    opened = open_workspace(home)
    assert opened.version.model_id == workspace.version.model_id and len(opened.probability) == 400
    held_out = evaluate.cross_validate(opened.version.model, opened.customers, opened.churned)[0]
    assert opened.probability.tobytes() == held_out.tobytes()


# In the background


def test_a_preparation_finishes_with_the_workspace_and_tells_its_steps(home, workspace):
    told = []
    preparation = Preparation(home, told.append).start()
    assert preparation.finished.wait(PATIENCE)
    assert preparation.workspace.version.model_id == workspace.version.model_id
    assert preparation.error == "" and preparation.steps == told and told[-1] == "Ready."


def test_a_preparation_that_has_not_finished_has_neither_workspace_nor_error(home, monkeypatch, workspace):
    may_go_on = threading.Event()

    def wait(home, report):
        assert may_go_on.wait(PATIENCE)
        return workspace

    monkeypatch.setattr(workspace_module, "open_workspace", wait)
    preparation = Preparation(home).start()
    assert (preparation.finished.is_set(), preparation.workspace, preparation.error) == (False, None, "")
    may_go_on.set()
    assert preparation.finished.wait(PATIENCE) and preparation.workspace is workspace


@pytest.mark.parametrize(
    "failure, sentence",
    [
        (DataUnavailable("No data. Connect."), "No data. Connect."),
        (OSError(28, "No space left on device"), "The state folder cannot be used (No space left on device). Point CHURN_HOME"),
        (RuntimeError("secret detail"), "Starting failed for a reason that the console shows."),
    ],
    ids=["known", "system", "unknown"],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_preparation_that_fails_finishes_with_a_sentence(home, monkeypatch, failure, sentence):
    def fail(home, report):
        raise failure

    monkeypatch.setattr(workspace_module, "open_workspace", fail)
    preparation = Preparation(home).start()
    assert preparation.finished.wait(PATIENCE)
    assert preparation.workspace is None
    assert preparation.error.startswith(sentence) and "secret" not in preparation.error


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_state_folder_that_is_a_file_is_an_error_in_words(tmp_path, out_of_reach, monkeypatch):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    (tmp_path / "home").write_text("in the way")
    preparation = Preparation(tmp_path / "home").start()
    assert preparation.finished.wait(PATIENCE)
    assert preparation.error.startswith("The state folder cannot be used (Not a directory).")
