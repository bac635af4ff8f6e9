"""The version in production, for those who need no customers of the dashboard."""

from pathlib import Path

from churn_core.errors import ModelError
from churn_core.jobs import Report
from churn_core.model.registry import Registry, Version


def version_in_use(home: Path, report: Report) -> Version:
    """The version in production, for those who need no customers of the dashboard; the first is trained on the spot.

    Raises ``ModelError`` where it was trained on generated customers: those teach nothing about real ones.
    """
    registry = Registry(home / "models")
    model_id = registry.production_id()
    version = registry.load(model_id) if model_id else _first(home, report)
    if version.metadata["data"]["generated"]:
        raise ModelError(
            "The model was trained on generated customers, so its probabilities say nothing about yours. Connect to the "
            "internet and run: python -m churn_core data, then: python -m churn_core train, and promote the new version"
        )
    return version


def _first(home: Path, report: Report) -> Version:
    from churn_core.application.workspace import open_workspace  # with it all that trains is loaded

    return open_workspace(home, report).version
