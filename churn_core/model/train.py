"""Customers → a registered version: cross-validated, fitted on everybody, described."""

import logging
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from churn_core import settings
from churn_core.campaign.after_save import tenure_curve
from churn_core.campaign.uncertainty import Z
from churn_core.data import telco_source as telco
from churn_core.data.dataset import Dataset, about_outcomes
from churn_core.errors import DataError
from churn_core.formats import counted, decimal
from churn_core.jobs import Report, silent
from churn_core.model import cross_validation, evaluate
from churn_core.model.alike import Groups, groups_of
from churn_core.model.candidates import ANY_SCHEMA, candidate
from churn_core.model.compare import packages
from churn_core.model.cross_validation import Protocol
from churn_core.model.evidence import Evidence
from churn_core.model.explain import explain
from churn_core.model.fitting import fitted
from churn_core.model.protocol import Model
from churn_core.model.registry import Registry
from churn_core.model.version import Version
from churn_core.model.weights import Weight, standing_for
from churn_core.schema import Schema

log = logging.getLogger(__name__)
_ENOUGH = 50_000  # customers whose reasons are held against what happened
MIN_CUSTOMERS = 200  # customers; fewer leave no fold with enough leavers to measure anything


def train(
    dataset: Dataset,
    registry: Registry,
    name: str = settings.PREFERRED_MODEL,
    report: Report = silent,
    attach: Callable[[npt.NDArray[np.float64]], Mapping[str, bytes]] = lambda out_of_fold: {},
) -> Version:
    """Evaluate the model by the protocol beside the plain one, fit it on all customers, register it.

    ``report(sentence, share)`` is told each step; what it raises ends the training, and nothing is registered. What ``attach``
    makes of the out-of-fold probabilities (n,) is kept with the version, by file name. Raises ``DataError`` where there are too
    few customers to learn from.
    """
    started = time.perf_counter()
    customers, churned, schema = dataset.customers, outcome(dataset), dataset.schema
    protocol, groups, weight = checked_by(name, len(customers)), groups_of(customers, schema), dataset.weight
    workers = min(os.cpu_count() or 1, protocol.folds)
    model = candidate(name, schema)
    sentence = f"Checking the model on customers it has not seen ({protocol.folds} × {protocol.repeats} folds) …"
    report(sentence, 0.0)

    def so_far(done: int) -> None:
        if done < protocol.rounds:
            report(sentence, done / (protocol.rounds + 1))

    held_out = cross_validation.cross_validate(model, customers, churned, protocol, groups, workers, so_far, weight)
    as_counted: Any = {"schema": schema, "groups": groups, "weight": weight}
    by_fold = evaluate.metrics_by_fold(held_out, customers, churned, protocol, **as_counted)
    if name == settings.PLAIN_MODEL:
        plain_held_out, plain_by_fold = held_out, by_fold
    else:
        plain = candidate(settings.PLAIN_MODEL, schema)
        plain_held_out = cross_validation.cross_validate(plain, customers, churned, protocol, groups, workers, weight=weight)
        plain_by_fold = evaluate.metrics_by_fold(plain_held_out, customers, churned, protocol, **as_counted)
    learned = np.arange(len(customers)) if weight is None else np.flatnonzero(weight)
    report(f"Training it on all {counted(len(learned), 'customer')} …", protocol.rounds / (protocol.rounds + 1))
    with threadpool_limits(1):  # as in each round; more threads would mostly wait for each other
        fitted(model, customers, churned, groups, weight)
    model.evidence = _evidence(model, dataset, churned, held_out[0], standing_for(learned, weight))
    measured, ahead = (
        evaluate.summary(held_out, by_fold, churned, weight),
        evaluate.paired_interval(by_fold["auc"] - plain_by_fold["auc"], protocol),
    )
    metadata = {
        "name": name,
        "data": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "rows": len(customers),
            "churn_rate": dataset.churn_rate,
            "generated": dataset.generated,
        },
        **({} if dataset.left_alone is None else {"left_alone": dataset.left_alone.as_dict()}),
        "protocol": protocol.as_json,
        "metrics": measured,
        **_one_of_each(held_out, churned, groups, weight),
        "plain_logistic": evaluate.summary(plain_held_out, plain_by_fold, churned, weight),
        "auc_minus_plain_logistic": ahead,
        "bar": evaluate.against_the_bar(measured, ahead) if dataset.sha256 == telco.SHA256 else [],
        **_equation(model, customers, weight is not None),
        **_tenure_curve(customers, churned, schema, weight),
        "packages": packages(),
        "seconds": round(time.perf_counter() - started, 2),
    }
    version = registry.save(model, held_out[0], metadata, dataset.schema, attach(held_out[0]))
    log.info(
        "Model trained.",
        extra={
            "model_id": version.model_id,
            "auc": measured["auc"]["mean"],
            "log_loss": measured["log_loss"]["mean"],
            "customers": len(customers),
            "seconds": metadata["seconds"],
        },
    )
    report(f"Version {version.model_id} is registered (AUC {decimal(measured['auc']['mean'], 4)}, cross-validated).", 1.0)
    return version


def checked_by(name: str, rows: int) -> Protocol:
    """The protocol by which training checks this candidate with so many customers. The candidates for any schema take longer to
    learn, so training checks them once; the comparison (``compare``) checks them as often as ``Protocol.of`` says.
    """
    return Protocol.of(rows, repeats=1 if name in ANY_SCHEMA else settings.REPEATS)


def _tenure_curve(customers: pd.DataFrame, churned: np.ndarray, schema: Schema, weight: Weight | None) -> dict[str, Any]:
    """How long customers stay, where the schema has a tenure: what a save is worth may be asked by it."""
    return {} if schema.tenure is None else {"tenure_curve": list(tenure_curve(customers[schema.tenure], churned, weight))}


def _one_of_each(held_out: np.ndarray, churned: np.ndarray, groups: Groups | None, weight: Weight | None) -> dict[str, Any]:
    """The measures without the rows that are alike an earlier one, where there are such rows."""
    if groups is None:
        return {}
    rows = int(groups.max()) + 1
    return {"one_of_each": {"rows": rows, **asdict(evaluate.for_one_of_each(held_out, churned, groups, weight))}}


def outcome(dataset: Dataset) -> np.ndarray:
    """Who churned, 0/1, checked to be enough to learn from without those who were contacted in a campaign."""
    churned: np.ndarray = dataset.customers[dataset.schema.target].to_numpy()
    learned = churned if dataset.weight is None else churned[dataset.weight > 0]
    fewest = int(min(learned.sum(), len(learned) - learned.sum()))
    if len(learned) < MIN_CUSTOMERS:
        few = f"{dataset.name} has {len(learned):,} usable customers; at least {MIN_CUSTOMERS} are needed."
    elif fewest < settings.FOLDS:
        few = (
            f"{dataset.name} needs customers who left and customers who stayed, at least {settings.FOLDS} of each; "
            f"{int(learned.sum()):,} of {len(learned):,} left."
        )
    else:
        return churned
    contacted = () if dataset.left_alone is None else (dataset.left_alone.in_words(),)
    raise DataError(" ".join((few, *contacted, *about_outcomes(dataset.quality, dataset.schema))))


def _evidence(model: Model, dataset: Dataset, churned: np.ndarray, out_of_fold: np.ndarray, learned: np.ndarray) -> Evidence:
    """What the customers that were ``learned`` from say of each reason; of very many a part says it as well."""
    some = learned[:: -(-len(learned) // _ENOUGH)]
    customers = dataset.customers.iloc[some]
    explanation = explain(model, customers, dataset.schema)
    return Evidence.of(explanation.effects, explanation.columns, customers, churned[some], out_of_fold[some], dataset.schema)


def _equation(model: Model, customers: pd.DataFrame, weighted: bool) -> dict[str, Any]:
    """The fitted equation, where there is one: log-odds = intercept + Σ coefficient · term, each term in its own unit. The penalty has
    shrunken each ``coefficient`` and its ``odds_ratio``; ``unpenalised`` is the odds ratio without it, and ``low`` and ``high`` the
    95 % interval of that. A term without an effect of its own has ``None``, and the interval of the shrunken odds ratio. No
    interval where none means something, as where customers were ``weighted``: one who counts ten times tells no more than one.
    """
    equation = model.equation
    if equation is None:
        return {}
    lines: list[dict[str, Any]] = [
        {"term": term.meaning, "unit": term.unit, "coefficient": coefficient, "odds_ratio": float(np.exp(coefficient))}
        for term, coefficient in zip(equation.terms, equation.coefficients, strict=True)
    ]
    free, shrunken = (None, None) if weighted else (model.unpenalised(customers), model.standard_errors(customers))
    if free is not None and shrunken is not None:
        for line, centre, error, instead in zip(lines, *(each.tolist() for each in (*free, shrunken)), strict=True):
            own = not math.isnan(centre)
            centre, half = (centre, Z * error) if own else (line["coefficient"], Z * instead)
            line |= {
                "unpenalised": math.exp(centre) if own else None,
                "low": math.exp(centre - half),
                "high": math.exp(centre + half),
            }
    return {"intercept": equation.intercept, "terms": lines}
