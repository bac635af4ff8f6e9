"""Several models on the same customers: how well each predicts, and what each would decide and earn."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import brier_score_loss, log_loss

from churn_core.campaign.optimise import Outcome, at_threshold, best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep
from churn_core.data.dataset import Dataset
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.policies import customer_sweep, outcome_of
from churn_core.model.metrics import auc, calibration_error
from churn_core.model.registry import Version
from churn_core.schema import Schema


def side_by_side(
    customers: pd.DataFrame,
    churned: npt.NDArray[np.int64],
    probabilities: Mapping[str, npt.NDArray[np.float64]],
    plan: Plan,
    schema: Schema,
) -> pd.DataFrame:
    """One row per model of ``probabilities`` (name → (n,), from a model that had not seen these customers), under one plan.

    Columns: ``model``; ``auc``, ``log_loss``, ``brier``, ``calibration_error``; ``mean_probability`` (0–1); ``threshold``
    (the best by the model's own expectation; NaN: contact nobody), ``contacted``, ``expected_profit`` (its expectation of
    that list), ``realised_profit`` (what the same contacts earned, given who left), ``per_customer_contacted`` and
    ``per_customer_profit`` (realised, deciding customer by customer); money.
    """
    rows = []
    for name, p in probabilities.items():
        p = np.clip(p, 1e-12, 1 - 1e-12)  # a wrong certainty would make the log loss infinite
        expected, realised = (customer_sweep(customers, p, leaving, schema=schema) for leaving in (None, churned))
        best = best_threshold(expected, plan.campaign, plan.objective)
        each = outcome_of(customers, p, plan.campaign, churned, plan.objective, schema=schema)
        rows.append(
            {
                "model": name,
                "auc": auc(p, churned),
                "log_loss": log_loss(churned, p),
                "brier": brier_score_loss(churned, p),
                "calibration_error": calibration_error(p, churned),
                "mean_probability": float(p.mean()),
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


def unseen_probability(version: Version, dataset: Dataset) -> tuple[npt.NDArray[np.float64], bool]:
    """The version's probabilities of these customers (n,), and whether it was trained on them. If it was, these are its
    out-of-fold probabilities: in no case does a model predict a customer on whom it was fitted.
    """
    same = version.metadata["data"]["sha256"] == dataset.sha256 and len(version.out_of_fold) == len(dataset.customers)
    return (version.out_of_fold if same else churn_probability(version.model, dataset.customers)), same
