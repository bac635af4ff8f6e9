"""What the product runs on: customers, a model in production, and honest probabilities; made on the first start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.campaign.sweep import Sweep
from churn_core.data import telco
from churn_core.data.dataset import Dataset, keep, kept_dataset, read_dataset, telco_dataset
from churn_core.data.read import read_content
from churn_core.job import Job
from churn_core.model import evaluate, metrics
from churn_core.model.candidates import build
from churn_core.model.registry import Registry, Version
from churn_core.model.train import outcome, train
from churn_core.schema import TELCO
from churn_core.scoring import customer_sweep


@dataclass(frozen=True)
class Workspace:
    """The customers at hand, the production version, and each customer's out-of-fold probability (n,): from a
    model that was fitted without that customer. ``notices`` are lines that every page shows.
    """

    dataset: Dataset
    version: Version
    probability: np.ndarray
    notices: tuple[str, ...] = ()

    @property
    def customers(self) -> pd.DataFrame:
        return self.dataset.customers

    @property
    def churned(self) -> np.ndarray:
        return self.customers[TELCO.target].to_numpy()

    @cached_property
    def expected_sweep(self) -> Sweep:
        """The sweep by model-expected profit; sorted once."""
        return customer_sweep(self.customers, self.probability)

    @cached_property
    def back_test(self) -> Sweep:
        """The sweep by realised profit, in the order of the probabilities; sorted once."""
        return customer_sweep(self.customers, self.probability, leaving=self.churned)

    @cached_property
    def calibration(self) -> tuple[float, float]:
        """How far probabilities and what happened are apart on average, and how far chance alone would put them; shares."""
        return metrics.calibration_error(self.probability, self.churned), metrics.calibration_noise(self.probability)


def open_workspace(home: Path, report: Callable[..., None] = lambda sentence, share=None: None) -> Workspace:
    """The production version and its customers; what is not there yet is fetched and trained.

    The customers are those that the version was trained on: the Telco customers, or a file of one's own. A production
    version that cannot be used is left where it is, the last good one before it is used, and a notice says so. Where
    there is none (or it was trained on generated customers while real ones are at hand) a new one is trained and
    promoted.
    """
    registry = Registry(home / "models")
    version, why = registry.in_use()
    notices = [why] if why else []
    dataset = _own_customers(home, version, notices) or telco_dataset(home / "data", report)
    notices += [dataset.notice] if dataset.notice else []
    if version and version.metadata["data"]["generated"] and not dataset.generated:
        version = None
        notices.append("The version in use was trained on generated customers. A new one was trained on the real ones.")
    if version is None:
        if why:
            notices[0] = f"{why.split('. ')[0]}. A new version was trained and is in use."
        version = train(dataset, registry, report=report)
        registry.promote(version.model_id)
    report("Ready.")
    return Workspace(dataset, version, _out_of_fold(dataset, version), tuple(notices))


def _own_customers(home: Path, version: Version | None, notices: list[str]) -> Dataset | None:
    """The file that the version was trained on, if it is one's own and still there."""
    if version is None or version.metadata["data"]["generated"] or version.metadata["data"]["sha256"] == telco.SHA256:
        return None
    data = version.metadata["data"]
    own = kept_dataset(home / "data", data["sha256"], data["name"])
    if own is None:
        notices.append(
            f"The version in use was trained on {data['name']}, which is no longer in the data folder. The customers shown "
            "are the Telco sample. Train again with that file to see its customers."
        )
    return own


def train_on(
    home: Path,
    source: Path | bytes,
    name: str = "",
    model: str = settings.PREFERRED_MODEL,
    report: Callable[..., None] = lambda sentence, share=None: None,
) -> Version:
    """Train a version on a file of one's own, and keep the file, so that the dashboard can show its customers."""
    content = source if isinstance(source, bytes) else read_content(source)
    name = name or Path(source).name
    report(f"Reading {name} …")
    dataset = read_dataset(content, name)
    outcome(dataset)
    build(model)  # what would be refused is refused before anything is kept
    if dataset.sha256 != telco.SHA256:
        keep(content, name, home / "data")
    return train(dataset, Registry(home / "models"), model, report)


def _out_of_fold(dataset: Dataset, version: Version) -> np.ndarray:
    """As saved with the version, or by the same protocol where it was trained on other customers."""
    if version.metadata["data"]["sha256"] == dataset.sha256 and len(version.out_of_fold) == len(dataset.customers):
        return version.out_of_fold
    return evaluate.cross_validate(version.model, dataset.customers, outcome(dataset), evaluate.Protocol(repeats=1))[0]


class Preparation(Job):
    """``open_workspace`` in the background: pages show its ``steps``, health its state."""

    def __init__(self, home: Path, report: Callable[[str], None] = lambda sentence: None) -> None:
        super().__init__(lambda job: open_workspace(home, job.report), told=report)

    @property
    def workspace(self) -> Workspace | None:
        """Once it is finished, unless there is an ``error``."""
        return self.result
