"""The first start and the next, generated customers, and the start in the background."""

import shutil
import threading

import numpy as np
import pytest

from churn_core import settings
from churn_core.application import workspace as workspace_module
from churn_core.application.workspace import Preparation, open_workspace
from churn_core.data import telco_source as source
from churn_core.errors import DataUnavailable
from churn_core.model import cross_validation
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO
from tests.application.workspace.conftest import PATIENCE, version_ids

# The first start and the next


@pytest.mark.slow
def test_the_first_start_trains_a_version_and_puts_it_into_production(untrained):
    steps = []
    opened = open_workspace(untrained, lambda sentence, share=None: steps.append(sentence))
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
    other = registry.save(version.model, version.out_of_fold, known, version.schema)
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
    assert workspace.all_customers.expected_sweep.totals().value_leaving[-1] == pytest.approx(
        (workspace.probability * charge).sum()
    )


# Generated customers


@pytest.mark.slow
def test_without_the_real_data_it_opens_on_generated_ones_and_says_so(tmp_path, out_of_reach, monkeypatch):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    opened = open_workspace(tmp_path)
    assert opened.dataset.generated and len(opened.customers) == 400
    assert opened.notices == (opened.dataset.notice,) and "generated, not real" in opened.notices[0]


@pytest.mark.slow
def test_when_the_real_data_appear_the_version_of_the_generated_ones_is_replaced(tmp_path, out_of_reach, monkeypatch, telco_path):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    invented = open_workspace(tmp_path).version
    (tmp_path / "data").mkdir()
    shutil.copy(telco_path, tmp_path / "data" / source.FILE_NAME)
    opened = open_workspace(tmp_path)
    assert opened.version.model_id != invented.model_id
    assert opened.version.metadata["data"]["sha256"] == source.SHA256
    assert not opened.dataset.generated and not any("generated, not real" in notice for notice in opened.notices)


@pytest.mark.slow
def test_a_version_of_other_customers_gets_probabilities_by_the_same_protocol(home, out_of_reach, monkeypatch, workspace):
    """The real data have gone; what was learned from them is judged on the customers at hand, held out again."""
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    shutil.rmtree(home / "data")
    opened = open_workspace(home)
    assert opened.version.model_id == workspace.version.model_id and len(opened.probability) == 400
    held_out = cross_validation.cross_validate(
        TermLogisticRegression.of(opened.version.model.equation), opened.customers, opened.churned
    )[0]
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

    def wait(home, report, training):
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
        (RuntimeError("secret detail"), "This failed for a reason that the console shows."),
    ],
    ids=["known", "system", "unknown"],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_preparation_that_fails_finishes_with_a_sentence(home, monkeypatch, failure, sentence):
    def fail(home, report, training):
        raise failure

    monkeypatch.setattr(workspace_module, "open_workspace", fail)
    preparation = Preparation(home).start()
    assert preparation.finished.wait(PATIENCE)
    assert preparation.workspace is None
    assert preparation.error.startswith(sentence) and "secret" not in preparation.error


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_state_folder_that_is_a_file_is_an_error_in_words(tmp_path, out_of_reach, monkeypatch):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    (tmp_path / "home").write_text("in the way")
    preparation = Preparation(tmp_path / "home").start()
    assert preparation.finished.wait(PATIENCE)
    assert preparation.error.startswith("The state folder cannot be used (Not a directory).")
