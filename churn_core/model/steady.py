"""A logistic regression on top of other models: their log-odds, added in their own order."""

from typing import Any

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression

_CERTAIN = 1e-6  # no unit; a probability of 0 or 1 has no log-odds, so it counts as this far from it


class SteadyLogisticRegression(LogisticRegression):
    """scikit-learn's, for a matrix (n, k), with the columns added in their own order, as ``TermLogisticRegression`` adds its terms."""

    def decision_function(self, X: Any) -> np.ndarray:
        X = np.asarray(X, dtype=float)
        log_odds = np.full(len(X), self.intercept_[0])
        for column, coefficient in zip(X.T, self.coef_[0], strict=True):
            log_odds += column * coefficient
        return log_odds

    def predict_proba(self, X: Any) -> np.ndarray:
        churn = expit(self.decision_function(X))
        return np.column_stack([1 - churn, churn])


class LogOdds(TransformerMixin, BaseEstimator):
    """Probabilities → log-odds, which is what a logistic regression on top of other models adds up. Learns nothing."""

    def fit(self, X: Any, y: Any = None) -> "LogOdds":
        return self

    def transform(self, X: Any) -> np.ndarray:
        log_odds: np.ndarray = logit(np.clip(np.asarray(X, dtype=float), _CERTAIN, 1 - _CERTAIN))
        return log_odds

    def __sklearn_is_fitted__(self) -> bool:
        return True
