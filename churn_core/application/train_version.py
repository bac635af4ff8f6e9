"""A file of customers with what became of them → a registered version: what the command line, the pages and the first start share."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.application.left_alone import learning_from
from churn_core.data import left_alone, telco_source
from churn_core.data.dataset import Dataset, keep, read_dataset
from churn_core.data.reading.reader import read_content
from churn_core.jobs import Report, silent
from churn_core.model import trained_on
from churn_core.model.candidates import candidate
from churn_core.model.registry import Registry, Version
from churn_core.model.train import outcome, train
from churn_core.model.trained_on import TrainedOn
from churn_core.monitoring.reference import Reference
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO


def train_version(
    home: Path,
    dataset: Dataset,
    model: str = settings.PREFERRED_MODEL,
    report: Report = silent,
    content: bytes | None = None,
) -> Version:
    """Train a version on customers that have been read, and register it with what the watch needs of them, and with who they are.

    ``content`` is the file they were read from: it is kept, so that the dashboard can show its customers. Raises ``DataError``
    where there are too few customers to learn from, ``ModelError`` for a model that is not known; nothing is kept then. Nothing is
    learnt from customers who were contacted in a campaign.
    """
    dataset = learning_from(dataset, home)
    outcome(dataset)
    candidate(model, dataset.schema)
    if content is not None and (dataset.sha256 != telco_source.SHA256 or dataset.schema is not TELCO):
        keep(content, dataset.name, home / "data")

    def kept(out_of_fold: npt.NDArray[np.float64]) -> Mapping[str, bytes]:
        reference = Reference.of(dataset.customers, out_of_fold, dataset.schema, dataset.weight).files()
        weights = {} if dataset.left_alone is None else {left_alone.FILE: dataset.left_alone.dumps()}
        return {**reference, **weights, trained_on.FILE: TrainedOn.of(dataset.customers, dataset.schema).dumps()}

    return train(dataset, Registry(home / "models"), model, report, attach=kept)


def train_on(
    home: Path,
    source: Path | bytes,
    schema: Schema,
    name: str = "",
    model: str = settings.PREFERRED_MODEL,
    report: Report = silent,
) -> Version:
    """``train_version`` on the customers of a file, or of its content under a ``name``."""
    name = name or (source.name if isinstance(source, Path) else "")
    report(f"Reading {name} …")
    content = source if isinstance(source, bytes) else read_content(source)
    return train_version(home, read_dataset(content, name, schema=schema), model, report, content)
