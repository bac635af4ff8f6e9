"""How good probabilities are: measures of a vector against what happened, and the curves that show them."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

from churn_core import settings
from churn_core.campaign.uncertainty import Z
from churn_core.distributions import beta_quantile
from churn_core.model.by_chance import mean_distance
from churn_core.model.weights import Weight, repeated


def share_interval(hits: ArrayLike, trials: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The Jeffreys interval of a share: ``hits`` of ``trials``, arrays or numbers; 0–1. Brown, Cai & DasGupta 2001.

    >>> low, high = share_interval(0, 10)
    >>> float(low), round(float(high), 3)
    (0.0, 0.217)
    """
    hits, trials = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    tail = (1 - settings.CONFIDENCE) / 2
    low = np.where(hits == 0, 0.0, beta_quantile(tail, hits + 0.5, trials - hits + 0.5))
    high = np.where(hits == trials, 1.0, beta_quantile(1 - tail, hits + 0.5, trials - hits + 0.5))
    return low, high


def calibration_table(probability: ArrayLike, churned: ArrayLike, bins: int = settings.CALIBRATION_BINS) -> pd.DataFrame:
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


def calibration_error(probability: ArrayLike, churned: ArrayLike) -> float:
    """Expected calibration error: mean |mean probability − churn rate| over 15 equal-mass bins, weighted by size."""
    table = calibration_table(probability, churned)
    gaps = (table["mean_probability"] - table["churn_rate"]).abs()
    return float(np.average(gaps, weights=table["customers"]))


def calibration_noise(probability: ArrayLike, weight: Weight | None = None) -> float:
    """The calibration error that true probabilities would show by chance, on average: Σ over the bins of E|K − Σp|, divided by the
    number of customers, K being how many of a bin leave by chance. Exact, no draws; of customers with a ``weight`` (n,), who leave or
    stay as one, by the normal approximation √(2/π · Σ w²p(1 − p)).
    """
    p = np.asarray(probability, dtype=float)
    if weight is not None:
        rows = repeated(weight)
        parts = np.array_split(rows[np.argsort(p[rows], kind="stable")], settings.CALIBRATION_BINS)
        by_customer = [np.unique(part, return_counts=True) for part in parts]
        spread = [np.sqrt((times**2 * p[at] * (1 - p[at])).sum()) for at, times in by_customer]
        return float(np.sqrt(2 / np.pi) * np.sum(spread) / len(rows))
    p = np.sort(p)
    parts = np.array_split(p, settings.CALIBRATION_BINS)
    return float(sum(mean_distance(part) for part in parts if len(part)) / len(p))


def calibration_band(probability: ArrayLike, bins: int = settings.CALIBRATION_BINS) -> pd.DataFrame:
    """Where the churn rate of each equal-mass bin would lie by chance in 95 of 100 cases if the probabilities were true.
    Columns: ``mean_probability``, ``low``, ``high`` (0–1); a normal approximation with Σ p(1 − p) as the variance.
    """
    p = np.sort(np.asarray(probability, dtype=float))
    parts = [part for part in np.array_split(p, bins) if len(part)]
    mean = np.array([part.mean() for part in parts])
    half = Z * np.array([np.sqrt((part * (1 - part)).sum()) / len(part) for part in parts])
    return pd.DataFrame({"mean_probability": mean, "low": np.maximum(mean - half, 0), "high": np.minimum(mean + half, 1)})


def roc_table(probability: ArrayLike, churned: ArrayLike, points: int = 200) -> pd.DataFrame:
    """Columns: ``false_positive_rate``, ``true_positive_rate`` (0–1); about ``points`` rows, both ends included."""
    false_positive, true_positive, _ = roc_curve(churned, probability)
    keep = _thinned(len(false_positive), points)
    return pd.DataFrame({"false_positive_rate": false_positive[keep], "true_positive_rate": true_positive[keep]})


def precision_recall_table(probability: ArrayLike, churned: ArrayLike, points: int = 200) -> pd.DataFrame:
    """Columns: ``recall``, ``precision`` (0–1); about ``points`` rows, from everybody contacted to nobody."""
    precision, recall, _ = precision_recall_curve(churned, probability)
    keep = _thinned(len(recall), points)
    return pd.DataFrame({"recall": recall[keep], "precision": precision[keep]})


def gain_table(probability: ArrayLike, churned: ArrayLike, points: int = 200) -> pd.DataFrame:
    """Columns: ``contacted`` (share of customers, riskiest first), ``gain`` (share of all churners among them), ``lift``
    (their churn rate ÷ that of all; NaN where nobody is contacted).
    """
    ranked = np.asarray(churned, dtype=float)[np.argsort(-np.asarray(probability), kind="stable")]
    found = np.append(0.0, np.cumsum(ranked) / ranked.sum())
    keep = _thinned(len(found), points)
    contacted = keep / len(ranked)
    lift = np.divide(found[keep], contacted, out=np.full(len(keep), np.nan), where=contacted > 0)
    return pd.DataFrame({"contacted": contacted, "gain": found[keep], "lift": lift})


def _thinned(rows: int, points: int) -> np.ndarray:
    """Which of so many rows to keep: about ``points``, evenly, both ends among them."""
    return np.unique(np.linspace(0, rows - 1, points).astype(int))


def probability_distributions(probability: ArrayLike, churned: ArrayLike, width: float = 0.02) -> pd.DataFrame:
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


def auc(probability: ArrayLike, churned: ArrayLike) -> float:
    """The chance that a customer who left has a higher probability than one who stayed."""
    return float(roc_auc_score(churned, probability))


def at_threshold(probability: ArrayLike, churned: ArrayLike, threshold: float | None) -> dict[str, float]:
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


def top_share(probability: ArrayLike, churned: ArrayLike, share: float) -> dict[str, float]:
    """The riskiest ``share`` of the customers: ``gain`` (share of all churners among them) and ``lift`` (their churn
    rate ÷ the churn rate of all).
    """
    p, y = np.asarray(probability), np.asarray(churned, dtype=float)
    top = np.argsort(-p, kind="stable")[: max(round(share * len(p)), 1)]
    return {"gain": float(y[top].sum() / y.sum()), "lift": float(y[top].mean() / y.mean())}
