"""What belongs to a version besides its model: its schema, the file it was trained on, who was in it, what the watch compares with."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.plan import Plan
from churn_core.data import left_alone, telco_source
from churn_core.data.dataset import Dataset, kept_dataset, telco_dataset
from churn_core.data.left_alone import LeftAlone
from churn_core.errors import ModelError
from churn_core.model.registry import Registry, Version
from churn_core.model.trained_on import FILE, TrainedOn
from churn_core.model.weights import standing_for
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.reference import CHARGES, SUMMARY, Reference
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO
from churn_core.storage.company import company_of

if TYPE_CHECKING:
    from churn_core.model.measures import Measures

_TELL = 1_000  # customers at the beginning of a part; they tell whether it is of those that the version was trained on
_MOST = 0.5  # share of them


def schema_in_use(home: Path) -> Schema:
    """The schema of the version in production, see ``Registry.schema_in_use``."""
    return Registry(home / "models").schema_in_use()


def is_of_the_sample(schema: Schema) -> bool:
    """Whether it is the schema of the Telco sample, perhaps as an earlier program wrote it."""
    return company_of(schema) == company_of(TELCO)


def customers_of(version: Version, home: Path) -> Dataset | None:
    """The customers that a version was trained on; ``None`` where their file is not in the data folder any more."""
    data = version.metadata["data"]
    if data["generated"] or (data["sha256"] == telco_source.SHA256 and is_of_the_sample(version.schema)):
        return telco_dataset(home / "data")
    dataset, weights = (
        kept_dataset(home / "data", data["sha256"], data["name"], version.schema),
        version.attachment(left_alone.FILE),
    )
    if dataset is None or weights is None or dataset.left_alone is not None:
        return dataset
    return dataset.with_left_alone(LeftAlone.loads(weights, version.metadata["left_alone"]))


def trained_on(version: Version, customers: Callable[[], Dataset | None]) -> TrainedOn | None:
    """Who a version was trained on, as kept with it, or made of ``customers``, which is asked only if nothing is kept; ``None``
    where they are at hand in neither form.
    """
    kept = version.attachment(FILE)
    if kept is not None:
        return TrainedOn.loads(kept, len(version.out_of_fold))
    dataset = customers()
    if dataset is None or dataset.sha256 != version.metadata["data"]["sha256"]:
        return None
    made = TrainedOn.of(dataset.customers, version.schema)
    return made if len(made.ids) == len(version.out_of_fold) else None


def measures_of(version: Version, dataset: Dataset, probability: npt.ArrayLike) -> "Measures":
    """The measures of a version on customers of whom it says ``probability`` (n,): those of its cross-validation where it was
    trained on them.
    """
    from churn_core.model.measures import Measures  # scikit-learn's, which scoring does without

    data, customers = version.metadata["data"], dataset.customers
    if data["sha256"] == dataset.sha256 and len(version.out_of_fold) == len(customers):
        return Measures.cross_validated(version.metadata["metrics"], data["churn_rate"])
    alone = standing_for(np.arange(len(customers)), dataset.weight)
    return Measures.at_once(np.asarray(probability)[alone], customers[dataset.schema.target].to_numpy()[alone])


def watch_of(version: Version, reference: Reference, plan: Plan, threshold: float | None = None) -> Watch:
    """The watch over a version. Customers that it was trained on are judged by their out-of-fold probabilities, unless it is an
    equation, which bends to nobody.
    """
    kept = version.attachment(FILE)
    if kept is None or version.model.equation is not None:
        return Watch(reference, plan, threshold)
    known = TrainedOn.loads(kept, len(version.out_of_fold))

    def honest(customers: pd.DataFrame, said: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        some = customers.iloc[:_TELL]
        if some.empty or known.find(some, version.schema)[0].mean() < _MOST:
            return said
        place = known.find(customers, version.schema)[1]
        return np.where(place >= 0, version.out_of_fold[place], said)

    return Watch(reference, plan, threshold, honest)


def reference_of(version: Version, customers: Callable[[], Dataset | None]) -> Reference:
    """The customers that a version was trained on, as the watch needs them: kept with the version, or made of ``customers``,
    which is asked only if nothing is kept.

    Raises ``ModelError`` where they are at hand in neither form.
    """
    kept = {name: version.attachment(name) for name in (SUMMARY, CHARGES)}
    files = {name: content for name, content in kept.items() if content is not None}
    if len(files) == len(kept):
        return Reference.from_files(files, version.out_of_fold, version.schema)
    dataset = customers()
    if dataset is None or dataset.sha256 != version.metadata["data"]["sha256"]:
        raise ModelError(
            "The customers that the version in use was trained on are no longer in the data folder, so there is nothing to "
            "compare with. Train again with that file."
        )
    return Reference.of(dataset.customers, version.out_of_fold, version.schema, dataset.weight)
