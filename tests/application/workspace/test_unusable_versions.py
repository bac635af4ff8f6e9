"""A version that cannot be used: what is used instead, and what is said."""

import hashlib
import json
import shutil

import pytest

from churn_core.application.workspace import open_workspace
from churn_core.errors import ModelError
from churn_core.model import pickles
from churn_core.model.registry import EQUATION, METADATA, MODEL, PRODUCTION, Registry
from tests.application.workspace.conftest import files_of

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
    flip(damaged / EQUATION)
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
        flip(home / "models" / model_id / EQUATION)
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
