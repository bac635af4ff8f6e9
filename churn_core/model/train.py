"""Customers → a registered version: cross-validated, fitted on everybody, described."""

import platform
import time
from collections.abc import Callable
from importlib.metadata import version as package_version

import numpy as np
from sklearn.pipeline import Pipeline

from churn_core import settings
from churn_core.data.dataset import Dataset
from churn_core.errors import DataError
from churn_core.model import evaluate
from churn_core.model.candidates import build
from churn_core.model.registry import Registry, Version
from churn_core.schema import TELCO

MIN_CUSTOMERS = 200  # customers; fewer leave no fold with enough leavers to measure anything
_PACKAGES = ("scikit-learn", "pandas", "numpy", "joblib")


def train(
    dataset: Dataset,
    registry: Registry,
    name: str = settings.PREFERRED_MODEL,
    report: Callable[[str], None] = lambda sentence: None,
) -> Version:
    """Evaluate the model by the protocol beside the plain one, fit it on all customers, register it.

    ``report`` is told each step in a sentence. Raises ``DataError`` where there are too few customers to learn from.
    """
    started = time.perf_counter()
    customers, churned = dataset.customers, outcome(dataset)
    model = build(name)
    report(f"Checking the model on customers it has not seen ({settings.FOLDS} × {settings.REPEATS} folds) …")
    held_out = evaluate.cross_validate(model, customers, churned)
    by_fold = evaluate.metrics_by_fold(held_out, customers, churned)
    plain_held_out = (
        held_out if name == settings.PLAIN_MODEL else evaluate.cross_validate(build(settings.PLAIN_MODEL), customers, churned)
    )
    plain_by_fold = evaluate.metrics_by_fold(plain_held_out, customers, churned)
    report(f"Training it on all {len(customers):,} customers …")
    model.fit(customers, churned)
    metadata = {
        "name": name,
        "data": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "rows": len(customers),
            "churn_rate": float(churned.mean()),
            "generated": dataset.generated,
        },
        "protocol": {"folds": settings.FOLDS, "repeats": settings.REPEATS, "seed": settings.SEED},
        "metrics": evaluate.summary(held_out, by_fold, churned),
        "plain_logistic": evaluate.summary(plain_held_out, plain_by_fold, churned),
        "auc_minus_plain_logistic": evaluate.paired_interval(by_fold["auc"] - plain_by_fold["auc"]),
        **_equation(model),
        "packages": {"python": platform.python_version(), **{name: package_version(name) for name in _PACKAGES}},
        "seconds": round(time.perf_counter() - started, 2),
    }
    version = registry.save(model, held_out[0], metadata)
    report(f"Version {version.model_id} is registered (AUC {metadata['metrics']['auc']['mean']:.4f}, cross-validated).")
    return version


def outcome(dataset: Dataset) -> np.ndarray:
    """Who churned, 0/1, checked to be enough to learn from."""
    churned = dataset.customers[TELCO.target].to_numpy()
    if len(churned) < MIN_CUSTOMERS:
        raise DataError(f"{dataset.name} has {len(churned):,} usable customers; at least {MIN_CUSTOMERS} are needed.")
    fewest = int(min(churned.sum(), len(churned) - churned.sum()))
    if fewest < settings.FOLDS:
        raise DataError(
            f"{dataset.name} needs customers who left and customers who stayed, at least {settings.FOLDS} of each; "
            f"{int(churned.sum()):,} of {len(churned):,} left."
        )
    return churned


def _equation(model: Pipeline) -> dict:
    """The fitted equation: log-odds = intercept + Σ coefficient · term, each term in its own unit."""
    terms, scale, logistic = (model.named_steps[name] for name in ("terms", "scale", "logistic"))
    subtracted, divided = terms.units_of_terms
    weights = logistic.coef_[0] / (1.0 if scale.scale_ is None else scale.scale_)
    coefficients = weights / divided
    return {
        "intercept": float(logistic.intercept_[0] - weights @ scale.mean_ - coefficients @ subtracted),
        "terms": [
            {"term": str(name), "coefficient": float(c), "odds_ratio": float(np.exp(c))}
            for name, c in zip(terms.get_feature_names_out(), coefficients, strict=True)
        ],
    }
