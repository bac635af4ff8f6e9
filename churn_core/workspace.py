"""What the product runs on: customers, a model in production, and honest probabilities; made on the first start."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from churn_core.campaign.sweep import Sweep
from churn_core.data.dataset import Dataset, telco_dataset
from churn_core.errors import ChurnError, ModelError
from churn_core.model import evaluate
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
        return evaluate.calibration_error(self.probability, self.churned), evaluate.calibration_noise(self.probability)


def open_workspace(home: Path, report: Callable[[str], None] = lambda sentence: None) -> Workspace:
    """Get the data, and the production version; what is not there yet is fetched and trained.

    A production version that cannot be used (damaged, another scikit-learn, trained on generated customers while
    real ones are at hand) is left where it is, a new one is trained and promoted, and a notice says so.
    """
    dataset = telco_dataset(home / "data", report)
    registry = Registry(home / "models")
    version, notices = None, [dataset.notice] if dataset.notice else []
    try:
        model_id = registry.production_id()
        version = registry.load(model_id) if model_id else None
        if version and version.metadata["data"]["generated"] and not dataset.generated:
            version = None
            notices.append("The version in use was trained on generated customers. A new one was trained on the real ones.")
    except ModelError as error:
        notices.append(f"{str(error).split('. ')[0]}. A new version was trained and is in use.")
    if version is None:
        version = train(dataset, registry, report=report)
        registry.promote(version.model_id)
    report("Ready.")
    return Workspace(dataset, version, _out_of_fold(dataset, version), tuple(notices))


def _out_of_fold(dataset: Dataset, version: Version) -> np.ndarray:
    """As saved with the version, or by the same protocol where it was trained on other customers."""
    if version.metadata["data"]["sha256"] == dataset.sha256 and len(version.out_of_fold) == len(dataset.customers):
        return version.out_of_fold
    return evaluate.cross_validate(version.model, dataset.customers, outcome(dataset), repeats=1)[0]


class Preparation:
    """``open_workspace`` in the background, for those who wait for it: pages show its ``steps``, health its state.

    Exactly one of ``workspace`` and ``error`` is set once ``finished`` is.
    """

    def __init__(self, home: Path, report: Callable[[str], None] = lambda sentence: None) -> None:
        self.steps: list[str] = []
        self.workspace: Workspace | None = None
        self.error: str = ""
        self.finished = threading.Event()
        self._home, self._report = home, report

    def start(self) -> "Preparation":
        threading.Thread(target=self._run, name="preparation", daemon=True).start()
        return self

    def _run(self) -> None:
        try:
            self.workspace = open_workspace(self._home, self._step)
        except ChurnError as error:
            self.error = str(error)
        except OSError as error:  # a full disk, a folder that may not be written
            self.error = (
                f"The state folder cannot be used ({error.strerror or error}). Point CHURN_HOME to a folder that can be written."
            )
        except Exception:  # whatever it is, those who wait must not wait for ever
            self.error = "Starting failed for a reason that the console shows. Please report it."
            traceback.print_exc()
        finally:
            self.finished.set()

    def _step(self, sentence: str) -> None:
        self.steps.append(sentence)
        self._report(sentence)
