"""How good, and how we know: the protocol of MODELLING.md.

The held-out probabilities come from ``cross_validation``.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from churn_core import settings
from churn_core.campaign.economics import Campaign, break_even_probability
from churn_core.campaign.optimise import per_customer
from churn_core.campaign.worth import worth_of
from churn_core.model.alike import Groups, first_of_each
from churn_core.model.cross_validation import PROTOCOL, Protocol
from churn_core.model.measures import Measures
from churn_core.model.metrics import calibration_error, calibration_noise
from churn_core.model.weights import Weight, repeated, standing_for
from churn_core.schema import Schema

METRICS = ("auc", "average_precision", "log_loss", "brier", "calibration_error")

# The parameters at which MODELLING.md reports profit; CLV is 12 monthly charges.
CAMPAIGNS = {
    "10/.3": Campaign(retention_cost=10, success_rate=0.30, clv_months=12),
    "25/.3": Campaign(retention_cost=25, success_rate=0.30, clv_months=12),
    "50/.15": Campaign(retention_cost=50, success_rate=0.15, clv_months=12),
    "100/.3": Campaign(retention_cost=100, success_rate=0.30, clv_months=12),
}

# Whom to contact: without a model, and by its probabilities.
SIMPLE = ("nobody", "everybody", "two-field rule", "oracle")
BY_PROBABILITY = ("threshold 0.5", "global break-even", "per-customer break-even")
RULE = BY_PROBABILITY[-1]  # the rule that is decided by

# The bar for the production model on the Telco customers (MODELLING.md): measure → (least, most).
BAR = {
    "auc": (0.849, None),
    "auc_minus_plain_logistic_low": (0.0, None),
    "brier": (None, 0.1335),
    "log_loss": (None, 0.412),
    "pooled_calibration_error": (None, 0.015),
    "abs_mean_probability_minus_churn_rate": (None, 0.005),
    "profit 10/.3": (62_800, None),
    "profit 25/.3": (52_900, None),
    "profit 50/.15": (11_000, None),
    "profit 100/.3": (22_000, None),
}


def metrics_by_fold(
    probabilities: np.ndarray,
    customers: pd.DataFrame,
    churned: np.ndarray,
    protocol: Protocol = PROTOCOL,
    *,
    schema: Schema,
    groups: Groups | None = None,
    weight: Weight | None = None,
) -> pd.DataFrame:
    """One row per held-out fold. Columns: ``METRICS`` (without unit) and ``c/γ policy`` for each of ``CAMPAIGNS`` and
    ``BY_PROBABILITY``: money per 1,000 customers that contacting by that policy really earned on the fold. Each counts by ``weight``.
    """
    worth = worth_of(customers, schema, None)
    rows = []
    for i, (_, held_out) in enumerate(protocol.splits(churned, groups, weight)):
        held_out = standing_for(held_out, weight)
        p, y = probabilities[i // protocol.folds, held_out], churned[held_out]
        row = {
            "auc": roc_auc_score(y, p),
            "average_precision": average_precision_score(y, p),
            "log_loss": log_loss(y, p),
            "brier": brier_score_loss(y, p),
            "calibration_error": calibration_error(p, y),
        }
        for name, campaign in CAMPAIGNS.items():
            clv = worth.clv(campaign)[held_out]
            earned = campaign.success_rate * clv * y - campaign.retention_cost  # by contacting each of them
            contacts = (p >= 0.5, p >= break_even_probability(clv.mean(), campaign))
            for policy, contact in zip(BY_PROBABILITY[:2], contacts, strict=True):
                row[f"{name} {policy}"] = 1000 * float(earned[contact].sum()) / len(y)
            row[f"{name} {RULE}"] = 1000 * per_customer(p, clv, campaign, leaving=y).expected_profit / len(y)
        rows.append(row)
    return pd.DataFrame(rows)


def simple_policies(
    customers: pd.DataFrame,
    churned: np.ndarray,
    protocol: Protocol = PROTOCOL,
    *,
    schema: Schema,
    groups: Groups | None = None,
    weight: Weight | None = None,
) -> dict[str, dict[str, float]]:
    """What needs no model, on the same folds: campaign → policy of ``SIMPLE`` → money per 1,000 customers. The oracle
    contacts exactly those who leave and are worth it; a schema without a rule of thumb has no ``two-field rule``.
    """
    worth, rule = worth_of(customers, schema, None), schema.rule and schema.rule.members(customers).to_numpy()
    folds = [standing_for(held_out, weight) for _, held_out in protocol.splits(churned, groups, weight)]
    table = {}
    for name, campaign in CAMPAIGNS.items():
        earned = campaign.success_rate * worth.clv(campaign) * churned - campaign.retention_cost
        earnings = (0 * earned, earned, None if rule is None else earned * rule, np.maximum(earned, 0))
        by_policy = {policy: each for policy, each in zip(SIMPLE, earnings, strict=True) if each is not None}
        table[name] = {policy: float(np.mean([1000 * each[fold].mean() for fold in folds])) for policy, each in by_policy.items()}
    return table


def summary(
    probabilities: np.ndarray, by_fold: pd.DataFrame, churned: np.ndarray, weight: Weight | None = None
) -> dict[str, Any]:
    """The metrics of one model as JSON values: mean and standard deviation over the folds, and what is pooled."""
    noise = calibration_noise(probabilities[0], weight)
    if weight is not None:
        rows = repeated(weight)
        probabilities, churned = probabilities[:, rows], churned[rows]
    return {
        **{name: {"mean": float(by_fold[name].mean()), "sd": float(by_fold[name].std())} for name in METRICS},
        "pooled_calibration_error": float(np.mean([calibration_error(p, churned) for p in probabilities])),
        "calibration_noise": noise,
        "mean_probability_minus_churn_rate": float(probabilities.mean() - churned.mean()),
        "profit_per_1000": {
            name: {policy: float(by_fold[f"{name} {policy}"].mean()) for policy in BY_PROBABILITY} for name in CAMPAIGNS
        },
    }


def for_one_of_each(
    probabilities: np.ndarray, churned: np.ndarray, groups: Groups | None, weight: Weight | None = None
) -> Measures:
    """The measures on the first row of each group: what twins of earlier rows add to them is left out. The mean over the repeats
    of ``probabilities`` (repeats, n).
    """
    one = standing_for(np.flatnonzero(first_of_each(groups, len(churned))), weight)
    each = [asdict(Measures.at_once(p[one], churned[one])) for p in probabilities]
    return Measures(**{name: float(np.mean([values[name] for values in each])) for name in each[0]})


def paired_interval(difference_by_fold: Any, protocol: Protocol = PROTOCOL) -> dict[str, float]:
    """Mean difference over the folds with the Nadeau–Bengio corrected 95 % interval (Machine Learning 52, 2003).

    The folds of a repeated cross-validation share training customers, so the variance is multiplied by
    1/J + 1/(folds − 1) instead of 1/J.
    """
    d = np.asarray(difference_by_fold, dtype=float)
    se = np.sqrt((1 / len(d) + 1 / (protocol.folds - 1)) * d.var(ddof=1))
    half = float(student.ppf(1 - (1 - settings.CONFIDENCE) / 2, len(d) - 1) * se)
    return {"mean": float(d.mean()), "low": float(d.mean()) - half, "high": float(d.mean()) + half}


def against_the_bar(measured: dict[str, Any], auc_minus_plain_logistic: dict[str, float]) -> list[dict[str, Any]]:
    """Each line of ``BAR`` with the value of ``measured`` (a ``summary``): ``what``, ``value``, ``least``, ``most``, ``met``."""
    values = {
        "auc_minus_plain_logistic_low": auc_minus_plain_logistic["low"],
        "abs_mean_probability_minus_churn_rate": abs(measured["mean_probability_minus_churn_rate"]),
        "pooled_calibration_error": measured["pooled_calibration_error"],
        **{name: measured[name]["mean"] for name in ("auc", "brier", "log_loss")},
        **{f"profit {name}": by_policy[RULE] for name, by_policy in measured["profit_per_1000"].items()},
    }
    return [
        {
            "what": what,
            "value": values[what],
            "least": least,
            "most": most,
            "met": (least is None or values[what] >= least) and (most is None or values[what] <= most),
        }
        for what, (least, most) in BAR.items()
    ]
