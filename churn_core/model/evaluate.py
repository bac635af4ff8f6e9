"""How good, and how we know: the protocol of MODELLING.md, and the curves that show it.

Everything that learns is inside the pipeline and is fitted anew on each training part; the same folds serve
every candidate, so that differences can be paired.
"""

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn.base import clone
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve
from sklearn.model_selection import RepeatedStratifiedKFold

from churn_core import settings
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import per_customer
from churn_core.data.describe import share_interval
from churn_core.schema import TELCO, Schema

METRICS = ("auc", "average_precision", "log_loss", "brier", "calibration_error")

# The parameters at which MODELLING.md reports profit; CLV is 12 monthly charges.
CAMPAIGNS = {
    "10/.3": Campaign(retention_cost=10, success_rate=0.30, clv_months=12),
    "25/.3": Campaign(retention_cost=25, success_rate=0.30, clv_months=12),
    "50/.15": Campaign(retention_cost=50, success_rate=0.15, clv_months=12),
    "100/.3": Campaign(retention_cost=100, success_rate=0.30, clv_months=12),
}


def cross_validate(model, customers: pd.DataFrame, churned: np.ndarray, repeats: int = settings.REPEATS) -> np.ndarray:
    """Held-out probabilities by the protocol, shape (repeats, n): row r holds every customer once, predicted by a
    model fitted on the other folds of repeat r. Fewer repeats are the first ones of more.
    """
    probabilities = np.empty((repeats, len(customers)))
    for i, (train, held_out) in enumerate(_folds(churned, repeats)):
        fitted = clone(model).fit(customers.iloc[train], churned[train])
        probabilities[i // settings.FOLDS, held_out] = fitted.predict_proba(customers.iloc[held_out])[:, 1]
    return probabilities


def _folds(churned: np.ndarray, repeats: int = settings.REPEATS):
    protocol = RepeatedStratifiedKFold(n_splits=settings.FOLDS, n_repeats=repeats, random_state=settings.SEED)
    return protocol.split(np.zeros(len(churned)), churned)


def metrics_by_fold(probabilities: np.ndarray, customers: pd.DataFrame, churned, schema: Schema = TELCO) -> pd.DataFrame:
    """One row per held-out fold. Columns: ``auc``, ``average_precision``, ``log_loss``, ``brier``,
    ``calibration_error`` (all without unit) and ``profit c/γ``: money per 1,000 customers that contacting by each
    customer's own break-even really earned on the fold.
    """
    charge = customers[schema.monthly_charge].to_numpy()
    rows = []
    for i, (_, held_out) in enumerate(_folds(churned)):
        p, y = probabilities[i // settings.FOLDS, held_out], churned[held_out]
        row = {
            "auc": roc_auc_score(y, p),
            "average_precision": average_precision_score(y, p),
            "log_loss": log_loss(y, p),
            "brier": brier_score_loss(y, p),
            "calibration_error": calibration_error(p, y),
        }
        for name, campaign in CAMPAIGNS.items():
            earned = per_customer(p, campaign.clv(charge[held_out]), campaign, leaving=y).expected_profit
            row[f"profit {name}"] = 1000 * earned / len(y)
        rows.append(row)
    return pd.DataFrame(rows)


def summary(probabilities: np.ndarray, by_fold: pd.DataFrame, churned) -> dict:
    """The metrics of one model as JSON values: mean and standard deviation over the folds, and what is pooled."""
    return {
        **{name: {"mean": float(by_fold[name].mean()), "sd": float(by_fold[name].std())} for name in METRICS},
        "pooled_calibration_error": float(np.mean([calibration_error(p, churned) for p in probabilities])),
        "calibration_noise": calibration_noise(probabilities[0]),
        "mean_probability_minus_churn_rate": float(probabilities.mean() - churned.mean()),
        "profit_per_1000_per_customer": {name: float(by_fold[f"profit {name}"].mean()) for name in CAMPAIGNS},
    }


def paired_interval(difference_by_fold) -> dict:
    """Mean difference over the folds with the Nadeau–Bengio corrected 95 % interval (Machine Learning 52, 2003).

    The folds of a repeated cross-validation share training customers, so the variance is multiplied by
    1/J + 1/(folds − 1) instead of 1/J.
    """
    d = np.asarray(difference_by_fold, dtype=float)
    se = np.sqrt((1 / len(d) + 1 / (settings.FOLDS - 1)) * d.var(ddof=1))
    half = float(student.ppf(1 - (1 - settings.CONFIDENCE) / 2, len(d) - 1) * se)
    return {"mean": float(d.mean()), "low": float(d.mean()) - half, "high": float(d.mean()) + half}


def calibration_table(probability, churned, bins: int = settings.CALIBRATION_BINS) -> pd.DataFrame:
    """Equal-mass bins of the probability. Columns: ``customers`` (count), ``mean_probability``, ``churn_rate``,
    ``low``, ``high`` (95 % interval of the churn rate; all 0–1).
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(churned, dtype=float)
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    parts = [part for part in parts if len(part)]
    customers = np.array([len(part) for part in parts])
    hits = np.array([y[part].sum() for part in parts])
    low, high = share_interval(hits, customers)
    return pd.DataFrame(
        {
            "customers": customers,
            "mean_probability": [p[part].mean() for part in parts],
            "churn_rate": hits / customers,
            "low": low,
            "high": high,
        }
    )


def calibration_error(probability, churned) -> float:
    """Expected calibration error: mean |mean probability − churn rate| over 15 equal-mass bins, weighted by size."""
    table = calibration_table(probability, churned)
    gaps = (table["mean_probability"] - table["churn_rate"]).abs()
    return float(np.average(gaps, weights=table["customers"]))


def calibration_noise(probability, draws: int = 200) -> float:
    """The calibration error that true probabilities would show by chance: its mean over outcomes drawn from them."""
    p = np.sort(np.asarray(probability, dtype=float))
    happened = np.random.default_rng(settings.SEED).random((draws, len(p))) < p
    parts = np.array_split(np.arange(len(p)), settings.CALIBRATION_BINS)
    gaps = [np.abs(happened[:, part].mean(axis=1) - p[part].mean()) * len(part) for part in parts if len(part)]
    return float(np.sum(gaps, axis=0).mean() / len(p))


def roc_table(probability, churned, points: int = 200) -> pd.DataFrame:
    """Columns: ``false_positive_rate``, ``true_positive_rate`` (0–1); about ``points`` rows, both ends included."""
    false_positive, true_positive, _ = roc_curve(churned, probability)
    keep = np.unique(np.linspace(0, len(false_positive) - 1, points).astype(int))
    return pd.DataFrame({"false_positive_rate": false_positive[keep], "true_positive_rate": true_positive[keep]})


def gain_table(probability, churned, points: int = 200) -> pd.DataFrame:
    """Columns: ``contacted`` (share of customers, riskiest first), ``gain`` (share of all churners among them)."""
    ranked = np.asarray(churned, dtype=float)[np.argsort(-np.asarray(probability), kind="stable")]
    found = np.append(0.0, np.cumsum(ranked) / ranked.sum())
    keep = np.unique(np.linspace(0, len(ranked), points).astype(int))
    return pd.DataFrame({"contacted": keep / len(ranked), "gain": found[keep]})


def probability_distributions(probability, churned, width: float = 0.02) -> pd.DataFrame:
    """How the probabilities of churned and stayed customers are spread. Columns: ``low``, ``high`` (bin, 0–1),
    ``churned``, ``stayed`` (customers in the bin).
    """
    p, y = np.asarray(probability), np.asarray(churned)
    edges = np.linspace(0, 1, round(1 / width) + 1)
    return pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "churned": np.histogram(p[y == 1], edges)[0],
            "stayed": np.histogram(p[y == 0], edges)[0],
        }
    )


def auc(probability, churned) -> float:
    """The chance that a customer who left has a higher probability than one who stayed."""
    return float(roc_auc_score(churned, probability))


def at_threshold(probability, churned, threshold: float | None) -> dict:
    """What a threshold (``None``: contact nobody) finds and what it costs in attention: ``contacted``, ``found``
    (churners among them), ``missed``, ``in_vain`` (contacted who would have stayed), and ``precision``, ``recall`` (0–1).
    """
    p, y = np.asarray(probability), np.asarray(churned)
    contact = p >= (np.inf if threshold is None else threshold)
    found, contacted = int(y[contact].sum()), int(contact.sum())
    return {
        "contacted": contacted,
        "found": found,
        "missed": int(y.sum()) - found,
        "in_vain": contacted - found,
        "precision": found / contacted if contacted else 0.0,
        "recall": found / max(int(y.sum()), 1),
    }


def top_share(probability, churned, share: float) -> dict:
    """The riskiest ``share`` of the customers: ``gain`` (share of all churners among them) and ``lift`` (their churn
    rate ÷ the churn rate of all).
    """
    p, y = np.asarray(probability), np.asarray(churned, dtype=float)
    top = np.argsort(-p, kind="stable")[: max(round(share * len(p)), 1)]
    return {"gain": float(y[top].sum() / y.sum()), "lift": float(y[top].mean() / y.mean())}
