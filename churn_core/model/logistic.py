"""Logistic regression that stays an equation."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression

from churn_core.model.fitted_equation import FittedEquation
from churn_core.model.term import Term, matrix
from churn_core.model.weights import repeated


class TermLogisticRegression(FittedEquation, ClassifierMixin, BaseEstimator):
    """L2 logistic regression on ``terms``, standardised for the fit, kept in each term's own unit.

    ``class_weight`` as in scikit-learn; ``resampler`` (imbalanced-learn) changes the standardised training customers.
    """

    def __init__(self, terms: tuple[Term, ...], C: float = 1.0, class_weight: Any = None, resampler: Any = None) -> None:
        self.terms, self.C, self.class_weight, self.resampler = terms, C, class_weight, resampler

    def fit(self, customers: pd.DataFrame, y: Any, sample_weight: Any = None) -> "TermLogisticRegression":
        """Learn. ``sample_weight`` (n,), > 0: how many customers each stands for."""
        values, y, weight = matrix(self.terms, customers), np.asarray(y), sample_weight
        self.mean_ = np.average(values, axis=0, weights=weight)
        deviation = values - self.mean_
        self.scale_ = values.std(axis=0) if weight is None else np.sqrt(np.average(deviation**2, axis=0, weights=weight))
        # What is the same for everybody tells nobody apart; its standard deviation can be rounding noise instead of 0.
        self.scale_[np.ptp(values, axis=0) == 0] = 1.0
        values = deviation / self.scale_
        if self.resampler is not None:
            if weight is not None:  # it knows no weights
                rows, weight = repeated(weight), None
                values, y = values[rows], y[rows]
            values, y = clone(self.resampler).fit_resample(values, y)
        elif weight is not None:
            # The penalty is meant for so many independent customers as the weighted ones tell as much as (Kish 1965).
            weight = weight * weight.sum() / (weight**2).sum()
        fitted = LogisticRegression(
            C=self.C, class_weight=self.class_weight, solver="newton-cholesky", tol=1e-8, max_iter=100
        ).fit(values, y, weight)
        self.classes_ = fitted.classes_
        self.coef_ = fitted.coef_[0] / self.scale_
        self.intercept_ = float(fitted.intercept_[0] - self.coef_ @ self.mean_)
        return self
