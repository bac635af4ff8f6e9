"""What the product runs on, made on the first start: real customers, or those of one's own file."""

import hashlib
import json
import shutil
import threading

import numpy as np
import pytest

from churn_core import settings
from churn_core.application import workspace as workspace_module
from churn_core.application.train_version import train_on
from churn_core.application.workspace import Preparation, open_workspace
from churn_core.data import telco_source as source
from churn_core.data.dataset import OWN, read_dataset
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError, DataUnavailable, ModelError, Stopped
from churn_core.model import evaluate, pickles
from churn_core.model.registry import EQUATION, METADATA, MODEL, PRODUCTION, Registry
from churn_core.schema.telco import TELCO

PATIENCE = 120  # seconds until a thread that does not finish fails the test; never waited for otherwise


@pytest.fixture
def home(workspace_home, tmp_path):
    """A copy of the trained home that may be changed."""
    return shutil.copytree(workspace_home, tmp_path / "home")


@pytest.fixture
def untrained(home):
    shutil.rmtree(home / "models")
    return home


@pytest.fixture
def never_trained(monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("a version was trained though one was there")

    monkeypatch.setattr(workspace_module, "train_version", refuse)


@pytest.fixture
def quickly_trained(monkeypatch, workspace):
    """Training registers at once what the first start learned from the same customers."""
    version = workspace.version
    known = {key: value for key, value in version.metadata.items() if key not in ("model_id", "created_at", "files")}

    def train(home, dataset, report):
        assert dataset.sha256 == version.metadata["data"]["sha256"]
        return Registry(home / "models").save(version.model, version.out_of_fold, known, version.schema)

    monkeypatch.setattr(workspace_module, "train_version", train)


def version_ids(home) -> set[str]:
    return {version["model_id"] for version in Registry(home / "models").versions()}


# The first start and the next


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
    assert workspace.expected_sweep.totals().value_leaving[-1] == pytest.approx((workspace.probability * charge).sum())


# A version that cannot be used


def flip(path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])


def pickled_elsewhere(models, version) -> None:
    """As a version is that is no equation, made where another scikit-learn is installed."""
    content, metadata = pickles.dumps(Registry(models).load(version.name).model), json.loads((version / METADATA).read_text())
    (version / EQUATION).unlink()
    (version / MODEL).write_bytes(content)
    del metadata["files"][EQUATION]
    metadata["files"][MODEL] = hashlib.sha256(content).hexdigest()
    metadata["packages"]["scikit-learn"] = "0.1"
    (version / METADATA).write_text(json.dumps(metadata))


DAMAGE = {
    "the model is damaged": lambda models, version: flip(version / EQUATION),
    "the metadata are cut off": lambda models, version: (version / METADATA).write_text("{"),
    "it was pickled by another scikit-learn": pickled_elsewhere,
    "its folder is gone": lambda models, version: shutil.rmtree(version),
    "the pointer is cut off": lambda models, version: (models / PRODUCTION).write_text('{"production": "'),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_where_no_version_can_be_used_a_new_one_is_trained_and_a_notice_says_so(home, workspace, quickly_trained, what):
    DAMAGE[what](home / "models", home / "models" / workspace.version.model_id)
    opened = open_workspace(home)
    assert opened.version.model_id != workspace.version.model_id
    assert Registry(home / "models").production_id() == opened.version.model_id
    (notice,) = opened.notices
    assert notice.endswith("A new version was trained and is in use.") and notice.count(". ") == 1
    assert opened.probability == pytest.approx(workspace.probability)
    assert open_workspace(home).notices == ()  # mended for good


def test_a_version_that_cannot_be_used_is_left_where_it_is(home, workspace, quickly_trained):
    damaged = home / "models" / workspace.version.model_id
    flip(damaged / MODEL)
    before = {path.name: path.read_bytes() for path in damaged.iterdir()}
    open_workspace(home)
    assert {path.name: path.read_bytes() for path in damaged.iterdir()} == before


@pytest.fixture
def promoted(home, workspace):
    """The home, with a second version in production, and its id."""
    registry, version = Registry(home / "models"), workspace.version
    known = {key: value for key, value in version.metadata.items() if key not in ("model_id", "created_at", "files")}
    second = registry.save(version.model, version.out_of_fold, known, version.schema).model_id
    registry.promote(second)
    return second


@pytest.mark.parametrize("what", [what for what in DAMAGE if what != "the pointer is cut off"])
def test_where_the_version_before_it_can_be_used_it_is_and_the_pointer_stays(home, workspace, promoted, never_trained, what):
    DAMAGE[what](home / "models", home / "models" / promoted)
    pointer = (home / "models" / PRODUCTION).read_bytes()
    for _ in range(2):  # the notice stays until somebody decides
        opened = open_workspace(home)
        assert opened.version.model_id == workspace.version.model_id
        assert opened.probability.tobytes() == workspace.probability.tobytes()
        (notice,) = opened.notices
        assert promoted in notice and f"The version before it, {workspace.version.model_id}, is in use." in notice
    assert (home / "models" / PRODUCTION).read_bytes() == pointer


def test_where_none_of_several_can_be_used_a_new_one_is_trained(home, workspace, promoted, quickly_trained):
    for model_id in (promoted, workspace.version.model_id):
        flip(home / "models" / model_id / MODEL)
    opened = open_workspace(home)
    assert opened.version.model_id not in (promoted, workspace.version.model_id)
    (notice,) = opened.notices
    assert f"{promoted}/{EQUATION} is damaged" in notice and notice.endswith("A new version was trained and is in use.")
    assert open_workspace(home).notices == ()


# Where training is not wanted


@pytest.mark.parametrize("training", ["never", "first"])
@pytest.mark.parametrize("what", DAMAGE)
def test_where_no_version_can_be_used_and_none_may_be_trained_it_is_said_and_nothing_is_changed(
    home, workspace, never_trained, what, training
):
    DAMAGE[what](home / "models", home / "models" / workspace.version.model_id)
    before = files_of(home)
    with pytest.raises(ModelError, match="damaged|made with scikit-learn|no version"):
        open_workspace(home, training=training)
    assert files_of(home) == before


def test_where_nothing_was_ever_in_production_the_first_version_may_be_trained(untrained, quickly_trained):
    with pytest.raises(ModelError, match="There is no version yet. Train one: python -m churn_core train"):
        open_workspace(untrained, training="never")
    opened = open_workspace(untrained, training="first")
    assert Registry(untrained / "models").production_id() == opened.version.model_id


@pytest.mark.parametrize("training", ["never", "first", "always"])
def test_a_version_that_can_be_used_is_used_whether_or_not_one_may_be_trained(home, workspace, never_trained, training):
    assert open_workspace(home, training=training).version.model_id == workspace.version.model_id


# Customers of one's own


@pytest.fixture(scope="module")
def own_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "our customers.csv"
    path.write_bytes(to_csv(generate(300, seed=8, schema=TELCO))[0])
    return path


@pytest.fixture(scope="module")
def trained_on_own(workspace_home, own_file, tmp_path_factory):
    """A home with a version of one's own customers beside the one in production; do not change it."""
    home = shutil.copytree(workspace_home, tmp_path_factory.mktemp("own_home") / "home")
    return home, train_on(home, own_file, TELCO)


@pytest.fixture
def own(trained_on_own, tmp_path):
    """A copy of it that may be changed, with the version of one's own customers in production."""
    home, version = trained_on_own
    home = shutil.copytree(home, tmp_path / "own home")
    Registry(home / "models").promote(version.model_id)
    return home, version


def files_of(home) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() and path.name != ".lock"}


def test_training_on_ones_own_file_registers_a_version_keeps_the_file_and_promotes_nothing(trained_on_own, own_file, workspace):
    home, version = trained_on_own
    registry = Registry(home / "models")
    assert version.metadata["data"]["name"] == "our customers.csv" and version.metadata["data"]["rows"] == 300
    assert registry.production_id() == workspace.version.model_id
    assert registry.load(version.model_id).out_of_fold.tobytes() == version.out_of_fold.tobytes()
    (kept,) = (home / "data" / OWN).iterdir()
    assert kept.read_bytes() == own_file.read_bytes()


def test_until_it_is_promoted_the_customers_shown_stay_the_same(trained_on_own, workspace, never_trained):
    opened = open_workspace(trained_on_own[0])
    assert opened.version.model_id == workspace.version.model_id and len(opened.customers) == 7043


def test_once_promoted_ones_own_customers_are_shown_with_their_out_of_fold_probabilities(own, own_file, never_trained):
    home, version = own
    opened = open_workspace(home)
    assert opened.version.model_id == version.model_id and opened.notices == ()
    assert opened.customers.equals(read_dataset(own_file, schema=TELCO).customers)
    assert opened.dataset.name == "our customers.csv" and not opened.dataset.generated
    assert opened.probability.tobytes() == version.out_of_fold.tobytes()
    assert not np.isclose(version.model.predict_proba(opened.customers)[:, 1], opened.probability, rtol=1e-9).any()


def test_ones_own_customers_need_no_telco_file(own, out_of_reach, never_trained):
    home, version = own
    (home / "data" / source.FILE_NAME).unlink()
    opened = open_workspace(home)
    assert opened.version.model_id == version.model_id and len(opened.customers) == 300 and opened.notices == ()


def test_content_is_trained_on_as_a_file_is(home, own_file, trained_on_own):
    version = train_on(home, own_file.read_bytes(), TELCO, "our customers.csv")
    assert version.metadata["data"] == trained_on_own[1].metadata["data"]
    assert version.out_of_fold.tobytes() == trained_on_own[1].out_of_fold.tobytes()


def test_rolling_back_shows_the_customers_from_before(own, workspace, never_trained):
    home, _ = own
    assert Registry(home / "models").rollback() == workspace.version.model_id
    opened = open_workspace(home)
    assert len(opened.customers) == 7043 and opened.notices == ()


@pytest.mark.parametrize("gone", ["removed", "changed"])
def test_where_ones_own_file_has_gone_the_telco_customers_are_shown_and_a_notice_says_so(own, never_trained, gone):
    home, version = own
    (kept,) = (home / "data" / OWN).iterdir()
    if gone == "removed":
        kept.unlink()
    else:
        kept.write_bytes(to_csv(generate(300, seed=9, schema=TELCO))[0])
    opened = open_workspace(home)
    assert opened.version.model_id == version.model_id and len(opened.customers) == 7043
    (notice,) = opened.notices
    assert "our customers.csv, which is no longer in the data folder" in notice and "Telco" in notice
    held_out = evaluate.cross_validate(opened.version.model, opened.customers, opened.churned, evaluate.Protocol(repeats=1))
    assert opened.probability.tobytes() == held_out[0].tobytes()


def test_the_telco_file_itself_is_not_kept_twice(home, telco_path):
    before = files_of(home)
    version = train_on(home, telco_path, TELCO)
    added = files_of(home) - before
    assert version.metadata["data"]["sha256"] == source.SHA256
    assert added and all(name.startswith(f"models/{version.model_id}/") for name in added)


RAW = generate(300, seed=8, schema=TELCO)
REFUSED = {
    "too few": (RAW.head(199), "has 199 usable customers; at least 200 are needed"),
    "nobody left": (RAW.assign(Churn="No"), "needs customers who left and customers who stayed"),
    "everybody left": (RAW.assign(Churn="Yes"), "needs customers who left and customers who stayed"),
    "no outcome": (RAW.drop(columns=TELCO.target), f"no column '{TELCO.target}'"),
    "no customers": (RAW.head(0), "a header and no rows"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_teaches_nothing_is_refused_and_neither_kept_nor_registered(home, what):
    table, sentence = REFUSED[what]
    before = files_of(home)
    with pytest.raises(DataError, match=sentence):
        train_on(home, to_csv(table)[0], TELCO, "own.csv")
    assert files_of(home) == before


def test_a_file_that_is_no_table_is_refused_and_neither_kept_nor_registered(home):
    before = files_of(home)
    with pytest.raises(DataError):
        train_on(home, bytes(range(256)) * 40, TELCO, "own.csv")
    assert files_of(home) == before


def test_a_training_that_is_stopped_registers_nothing(home, own_file):
    before = version_ids(home)

    def stop(sentence, share=None):
        if share:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        train_on(home, own_file, TELCO, report=stop)
    assert version_ids(home) == before


def test_training_tells_which_file_it_reads_first(home, own_file):
    told = []
    train_on(home, own_file, TELCO, report=lambda sentence, share=None: told.append(sentence))
    assert told[0] == "Reading our customers.csv …" and "is registered" in told[-1]


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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_state_folder_that_is_a_file_is_an_error_in_words(tmp_path, out_of_reach, monkeypatch):
    monkeypatch.setattr(settings, "GENERATED_ROWS", 400)
    (tmp_path / "home").write_text("in the way")
    preparation = Preparation(tmp_path / "home").start()
    assert preparation.finished.wait(PATIENCE)
    assert preparation.error.startswith("The state folder cannot be used (Not a directory).")
