"""Customers of one's own: trained on, kept, shown once promoted."""

import shutil

import numpy as np
import pytest

from churn_core.application.train_version import train_on
from churn_core.application.workspace import open_workspace
from churn_core.data import telco_source as source
from churn_core.data.dataset import OWN, read_dataset
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError, Stopped
from churn_core.model import cross_validation
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO
from tests.application.workspace.conftest import files_of, version_ids

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
    held_out = cross_validation.cross_validate(
        TermLogisticRegression.of(opened.version.model.equation),
        opened.customers,
        opened.churned,
        cross_validation.Protocol(repeats=1),
    )
    assert opened.probability.tobytes() == held_out[0].tobytes()


@pytest.mark.slow
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
