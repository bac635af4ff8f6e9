"""Trees of xgboost or lightgbm on plain terms; and trees of lightgbm whose number and size the customers decide, calibrated."""

import importlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from churn_core.model.alike import Groups
from churn_core.model.by_table import ByTable
from churn_core.model.folds import dealt
from churn_core.model.newton import newton


class Boosted(ByTable, Pipeline):
    """A pipeline of ``terms`` (``Terms``) and ``model``, a booster; contributions are the library's own, along the trees'
    paths (Shapley values; Lundberg et al., Nature Machine Intelligence 2, 2020).
    """

    def fit(self, customers: pd.DataFrame, churned: Any, groups: Groups | None = None) -> "Boosted":
        """Learn. Rows of one of the ``groups`` (n,) stay together where the booster parts the customers."""
        parts = has_fit_parameter(self.named_steps["model"], "groups")
        super().fit(customers, churned, **({"model__groups": groups} if parts else {}))
        return self

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        return tuple(term.columns for term in self.named_steps["terms"].terms)

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        """Log-odds of the reference, which is the last column that the library gives, and what each term adds, (n, k)."""
        values, booster = self.named_steps["terms"].transform(customers), self.named_steps["model"]
        if hasattr(booster, "get_booster"):
            import xgboost  # only where a model of it is loaded

            added = booster.get_booster().predict(xgboost.DMatrix(values), pred_contribs=True).astype(float)
        else:
            added = booster.predict_proba(values, pred_contrib=True)
        return float(added[0, -1]), added[:, :-1]


class CrossValidatedLightGBM(ClassifierMixin, BaseEstimator):
    """lightgbm with the number and the size of the trees that parts of the training customers prefer that it was not fitted on; its
    log-odds are ``shift_`` + ``slope_`` · those of ``booster_``, as fits what it said of those parts (Platt 1999).
    """

    LEAVES, RATE, PARTS, SEED = (4, 16), 0.06, 5, 0
    MANY = 20_000  # customers; of more one part says enough
    MOST_TREES, PATIENCE = 1500, 40
    MORE = 1.15  # times as many trees for all customers as for a part of them

    def fit(self, values: npt.NDArray[np.float64], y: Any, groups: Groups | None = None) -> "CrossValidatedLightGBM":
        library, left = importlib.import_module("lightgbm"), np.asarray(y, dtype=float)
        part = dealt(left, self.PARTS, np.random.default_rng(self.SEED), groups)
        parts = [(np.flatnonzero(part != k), np.flatnonzero(part == k)) for k in range(self.PARTS)]
        parts = parts if len(left) <= self.MANY else parts[:1]
        tried = [self._held_out(library, values, left, parts, leaves) for leaves in self.LEAVES]
        best = min(range(len(tried)), key=lambda k: tried[k][0])
        _, rounds, log_odds, of_them = tried[best]
        data = library.Dataset(values, left)
        self.booster_ = library.train(self._settings(self.LEAVES[best]), data, max(10, round(rounds * self.MORE)))
        self.shift_, self.slope_ = _platt(log_odds, of_them)
        self.classes_ = np.array([0, 1])
        return self

    def _held_out(self, library: Any, values: Any, left: Any, parts: Any, leaves: int) -> tuple[float, float, Any, Any]:
        """Log loss, mean number of trees, log-odds and outcomes of the customers that were held out."""
        log_odds, trees = [], []
        for learn, check in parts:
            data = library.Dataset(values[learn], left[learn])
            held_out = library.Dataset(values[check], left[check], reference=data)
            stop = library.early_stopping(self.PATIENCE, verbose=False)
            model = library.train(self._settings(leaves), data, self.MOST_TREES, valid_sets=[held_out], callbacks=[stop])
            log_odds.append(model.predict(values[check], raw_score=True, num_threads=1))
            trees.append(model.best_iteration)
        said, happened = np.concatenate(log_odds), np.concatenate([left[check] for _, check in parts])
        loss = float((np.logaddexp(0.0, said) - happened * said).mean())
        return loss, float(np.mean(trees)), said, happened

    @staticmethod
    def _settings(leaves: int) -> dict[str, Any]:
        return {
            "objective": "binary",
            "learning_rate": CrossValidatedLightGBM.RATE,
            "num_leaves": leaves,
            "min_data_in_leaf": 30,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "feature_fraction": 0.6,
            "lambda_l2": 5.0,
            "num_threads": 1,
            "verbose": -1,
            "seed": CrossValidatedLightGBM.SEED,
            "deterministic": True,
            "force_row_wise": True,
        }

    def predict_proba(self, values: npt.NDArray[np.float64], pred_contrib: bool = False) -> npt.NDArray[np.float64]:
        """Probability to stay and to leave, (n, 2); with ``pred_contrib`` what each column adds to the log-odds, and last those of
        the reference, (n, k + 1), as lightgbm's own classifier.
        """
        if pred_contrib:
            added = np.asarray(self.booster_.predict(values, pred_contrib=True, num_threads=1), dtype=float)
            added *= self.slope_
            added[:, -1] += self.shift_
            return added
        log_odds = self.booster_.predict(values, raw_score=True, num_threads=1)
        churn = expit(self.shift_ + self.slope_ * log_odds)
        return np.column_stack([1 - churn, churn])


def _platt(log_odds: npt.NDArray[np.float64], left: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Shift and slope by which log-odds (n,) fit what happened; the mean probability is then the churn rate."""
    columns = np.column_stack([np.ones(len(left)), log_odds])
    as_it_is = np.array([0.0, 1.0])
    shift, slope = newton(columns, left, np.zeros(len(left)), as_it_is, np.array([0.0, 5.0]), as_it_is, steps=20)
    return float(shift), float(slope)
