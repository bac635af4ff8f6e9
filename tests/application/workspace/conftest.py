"""Homes that may be changed."""

import shutil

import pytest

from churn_core.application import workspace as workspace_module
from churn_core.model.registry import Registry

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


def files_of(home) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() and path.name != ".lock"}
