"""Several models on the same customers: how well each predicts, and what each would decide and earn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.optimise import Outcome, at_threshold, best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep
from churn_core.data.dataset import Dataset
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.policies import customer_sweep, outcome_of
from churn_core.errors import ModelError
from churn_core.model.measures import Measures
from churn_core.model.registry import Version
from churn_core.model.trained_on import TrainedOn
from churn_core.schema import Schema


def side_by_side(
    customers: pd.DataFrame,
    churned: npt.NDArray[np.int64],
    probabilities: Mapping[str, npt.NDArray[np.float64]],
    plan: Plan,
    schema: Schema,
    measured: Mapping[str, Measures] | None = None,
) -> pd.DataFrame:
    """One row per model of ``probabilities`` (name → (n,), from a model that had not seen these customers), under one plan.
    ``measured``: the measures of those that were cross-validated on these customers; of all others they are taken at once.

    Columns: ``model``; ``auc``, ``log_loss``, ``brier``, ``calibration_error``; ``mean_probability`` (0–1); ``threshold``
    (the best by the model's own expectation; NaN: contact nobody), ``contacted``, ``expected_profit`` (its expectation of
    that list), ``realised_profit`` (what the same contacts earned, given who left), ``per_customer_contacted`` and
    ``per_customer_profit`` (realised, deciding customer by customer); money.
    """
    rows = []
    for name, p in probabilities.items():
        p = np.clip(p, 1e-12, 1 - 1e-12)  # a wrong certainty would make the log loss infinite
        expected, realised = (customer_sweep(customers, p, leaving, schema=schema) for leaving in (None, churned))
        measures = (measured or {}).get(name) or Measures.at_once(p, churned)
        best = best_threshold(expected, plan.campaign, plan.objective)
        each = outcome_of(customers, p, plan.campaign, churned, plan.objective, schema=schema)
        rows.append(
            {
                "model": name,
                "auc": measures.auc,
                "log_loss": measures.log_loss,
                "brier": measures.brier,
                "calibration_error": measures.calibration_error,
                "mean_probability": measures.mean_probability,
                "threshold": np.nan if best.threshold is None else best.threshold,
                "contacted": best.contacted,
                "expected_profit": best.expected_profit,
                "realised_profit": _realised(realised, best, plan),
                "per_customer_contacted": each.contacted,
                "per_customer_profit": each.expected_profit,
            }
        )
    return pd.DataFrame(rows)


def _realised(back_test: Sweep, best: Outcome, plan: Plan) -> float:
    return 0.0 if best.threshold is None else at_threshold(back_test, plan.campaign, best.threshold).expected_profit


@dataclass(frozen=True, kw_only=True, eq=False)
class Unseen:
    """What a version says of customers (n,) as if it had not seen them: ``probability``; ``seen``, who of them was in its training
    (``None``: that is not known any more), and ``out_of_fold``, who of these is answered by a model that was fitted without them.
    ``measures`` are those of MODELLING.md, *One definition*.
    """

    probability: npt.NDArray[np.float64]
    seen: npt.NDArray[np.bool_] | None
    out_of_fold: npt.NDArray[np.bool_]
    measures: Measures

    @property
    def are_others(self) -> bool:
        """Nobody of these customers was in its training."""
        return self.seen is not None and not self.seen.any()


def unseen_probability(version: Version, dataset: Dataset, trained_on: TrainedOn | None = None) -> Unseen:
    """Those of its training customers get their out-of-fold probability, whatever file they come in: a model predicts no customer on
    whom it was fitted, unless the customer's values have changed since. ``trained_on`` says who they are, ``None`` where nothing
    of them is left but the hash of their file. Raises ``ModelError`` where it is of another schema.
    """
    if version.schema.name != dataset.schema.name:
        raise ModelError(
            f"Version {version.model_id} is of the schema {version.schema.name} and says nothing of these customers, who are of "
            f"{dataset.schema.name}. Promote it without a comparison: python -m churn_core promote {version.model_id}"
        )
    customers, out_of_fold, data = dataset.customers, version.out_of_fold, version.metadata["data"]
    churned = customers[dataset.schema.target].to_numpy()
    n = len(customers)
    seen: npt.NDArray[np.bool_] | None
    if data["sha256"] == dataset.sha256 and len(out_of_fold) == n:
        seen, place = np.ones(n, dtype=bool), np.arange(n)
    elif trained_on is not None:
        seen, place = trained_on.find(customers, version.schema)
    else:
        seen, place = None, np.full(n, -1)
    matched = place >= 0
    probability = np.where(matched, out_of_fold[place], 0.0)
    if not matched.all():
        probability[~matched] = churn_probability(version.model, customers[~matched])
    if "metrics" in version.metadata and np.array_equal(np.sort(place), np.arange(len(out_of_fold))):
        measures = Measures.cross_validated(version.metadata["metrics"], data["churn_rate"])
    else:
        measures = Measures.at_once(probability, churned)
    return Unseen(probability=probability, seen=seen, out_of_fold=matched, measures=measures)
