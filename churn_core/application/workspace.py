"""What the product runs on: customers, a model in production, and honest probabilities; made on the first start."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.application.train_version import train_version
from churn_core.application.versions import customers_of, is_of_the_sample, measures_of, reference_of
from churn_core.campaign.after_save import tenure_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.data import telco_source
from churn_core.data.dataset import Dataset, telco_dataset
from churn_core.decisions.kept import MANY, Kept
from churn_core.decisions.population import ALL, Population
from churn_core.errors import ModelError
from churn_core.jobs import Job, Report, silent
from churn_core.model import cross_validation
from churn_core.model.candidates import candidate
from churn_core.model.measures import Measures
from churn_core.model.registry import Registry, Version
from churn_core.model.train import outcome
from churn_core.model.weights import standing_for
from churn_core.monitoring.reference import Reference
from churn_core.schema import Schema

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workspace:
    """The customers at hand, the production version, and each customer's out-of-fold probability (n,): from a
    model that was fitted without that customer. ``notices`` are lines that every page shows.
    """

    dataset: Dataset
    version: Version
    probability: npt.NDArray[np.float64]
    notices: tuple[str, ...] = ()

    @property
    def schema(self) -> Schema:
        """What the version in production understands a customer table to be."""
        return self.version.schema

    @property
    def customers(self) -> pd.DataFrame:
        return self.dataset.customers

    @property
    def churned(self) -> npt.NDArray[np.int_]:
        """Who left, 0/1 (n,)."""
        return np.asarray(self.customers[self.schema.target])

    @cached_property
    def figures(self) -> Kept:
        """Tables and numbers of these customers and this version that pages show, each some kilobytes at most."""
        return Kept(most=MANY)

    @cached_property
    def tenure_curve(self) -> tuple[float, ...]:
        """How long these customers stay: see ``Version.tenure_curve``."""
        tenure = self.schema.tenure
        if self.version.tenure_curve or tenure is None:
            return self.version.tenure_curve
        return tenure_curve(self.customers[tenure], self.churned, self.dataset.weight)

    def valued(self, plan: Plan) -> Plan:
        """The plan with what the worth of a save needs to know of these customers. Raises ``CampaignError`` if that is not known."""
        return plan.valued_for(self.schema.window, self.tenure_curve)

    @cached_property
    def left_alone(self) -> npt.NDArray[np.intp]:
        """The customers whose outcome is held against the probability: their positions, of who stands for several as many times."""
        return standing_for(np.arange(len(self.customers)), self.dataset.weight)

    @cached_property
    def reference(self) -> Reference:
        """What the watch over the version compares with. Raises ``ModelError`` where its customers are not at hand."""
        return reference_of(self.version, lambda: self.dataset)

    @cached_property
    def still_here(self) -> Population:
        """The customers who can be contacted: what every campaign is worked out on unless a back-test is asked for."""
        return Population.still_here(self.customers, self.probability, self.schema)

    @cached_property
    def all_customers(self) -> Population:
        """All customers, with what happened: the back-test."""
        return Population.of_all(self.customers, self.probability, self.schema)

    def population(self, which: str) -> Population:
        """One of the two, by its name in ``decisions.population``."""
        return self.all_customers if which == ALL else self.still_here

    @cached_property
    def measures(self) -> Measures:
        """How well the version in production predicts these customers."""
        return measures_of(self.version, self.dataset, self.probability)


def open_workspace(
    home: Path,
    report: Report = silent,
    training: Literal["never", "first", "always"] = "always",
) -> Workspace:
    """The production version and its customers; what is not there yet is fetched and trained.

    The customers are those that the version was trained on: the Telco customers, or a file of one's own. A production
    version that cannot be used is left where it is, the last good one before it is used, and a notice says so. Where
    there is none (or it was trained on generated customers while real ones are at hand) a new one is trained and
    promoted, as far as ``training`` says: ``first`` only where nothing of real customers was ever in production, ``never`` not at all.
    Raises ``ModelError`` where there is no usable version and none may be trained.
    """
    registry = Registry(home / "models")
    version, why = registry.in_use()
    if version is None and (training == "never" or (training == "first" and why)):
        raise ModelError(why or "There is no version yet. Train one: python -m churn_core train")
    notices = [why] if why else []
    dataset = _customers(home, version, notices, report)
    notices += [dataset.notice] if dataset.notice else []
    if version and version.metadata["data"]["generated"] and not dataset.generated and training != "never":
        version = None
        notices.append("The version in use was trained on generated customers. A new one was trained on the real ones.")
    if version is None:
        if why:
            notices[0] = f"{why.split('. ')[0]}. A new version was trained and is in use."
        version = train_version(home, dataset, report=report)
        registry.promote(version.model_id)
    report("Ready.")
    workspace = Workspace(dataset, version, _out_of_fold(dataset, version), tuple(notices))
    best = best_threshold(workspace.still_here.expected_sweep, Campaign())
    log.info(
        "Model in use.",
        extra={
            "model_id": version.model_id,
            "auc": version.metadata["metrics"]["auc"]["mean"],
            "customers": len(workspace.customers),
            "threshold": best.threshold,
            "expected_roi": best.roi,
        },
    )
    return workspace


def _customers(home: Path, version: Version | None, notices: list[str], report: Report) -> Dataset:
    """Those that the version was trained on, if they are still there; else the Telco sample, which is said."""
    if version is None or version.metadata["data"]["generated"]:
        return telco_dataset(home / "data", report)
    if version.metadata["data"]["sha256"] == telco_source.SHA256 and is_of_the_sample(version.schema):
        return telco_dataset(home / "data", report)
    dataset, name = customers_of(version, home), version.metadata["data"]["name"]
    if dataset is not None:
        return dataset
    if not is_of_the_sample(version.schema):
        raise ModelError(f"The version in use was trained on {name}, which is no longer in the data folder. Train again with it.")
    notices.append(
        f"The version in use was trained on {name}, which is no longer in the data folder. The customers shown "
        "are the Telco sample. Train again with that file to see its customers."
    )
    return telco_dataset(home / "data", report)


def _out_of_fold(dataset: Dataset, version: Version) -> npt.NDArray[np.float64]:
    """As saved with the version, or by the same protocol where it was trained on other customers."""
    if version.metadata["data"]["sha256"] == dataset.sha256 and len(version.out_of_fold) == len(dataset.customers):
        return version.out_of_fold
    model, once = candidate(version.metadata["name"], dataset.schema), cross_validation.Protocol(repeats=1)
    return np.asarray(cross_validation.cross_validate(model, dataset.customers, outcome(dataset), once, weight=dataset.weight)[0])


class Preparation(Job):
    """``open_workspace`` in the background: pages show its ``steps``, health its state."""

    def __init__(
        self,
        home: Path,
        report: Callable[[str], None] = lambda sentence: None,
        training: Literal["never", "first", "always"] = "always",
    ) -> None:
        super().__init__(lambda job: open_workspace(home, job.report, training), told=report)

    @property
    def workspace(self) -> Workspace | None:
        """Once it is finished, unless there is an ``error``."""
        result: Workspace | None = self.result
        return result
