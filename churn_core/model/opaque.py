"""Models that cannot be written down: each remembers the typical customer, so that its answers can be explained."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from churn_core.model.by_table import ByTable
from churn_core.model.protocol import Classifier
from churn_core.model.steady import LogOdds


class Opaque(ByTable, ClassifierMixin, BaseEstimator):
    """``estimator`` unchanged, and what a contribution is told against: ``typical_``, of each of ``columns`` the most frequent
    value among the training customers, of numbers the median.
    """

    def __init__(self, estimator: Classifier, columns: tuple[str, ...]) -> None:
        self.estimator, self.columns = estimator, columns

    def fit(self, customers: pd.DataFrame, y: Any) -> "Opaque":
        self.typical_ = {name: _typical(customers[name]) for name in self.columns}
        self.estimator_ = clone(self.estimator).fit(customers, y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, customers: pd.DataFrame) -> np.ndarray:
        check_is_fitted(self)
        probability: np.ndarray = self.estimator_.predict_proba(customers)
        return probability

    def predict(self, customers: pd.DataFrame) -> np.ndarray:
        likelier: np.ndarray = self.classes_[(self.predict_proba(customers)[:, 1] > 0.5).astype(int)]
        return likelier

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        return tuple((name,) for name in self.typical_)

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        """Log-odds of the typical customer, and what each column of ``typical_`` adds to them, (n, columns).

        The typical customer becomes this one column by column, forwards and backwards; a column's contribution is the
        mean of its two steps. They add up to the log-odds, whatever the model; of columns that act together each gets
        about half.
        """
        columns = list(self.typical_)
        typical = customers[columns].copy()
        for name, value in self.typical_.items():
            typical[name] = pd.Series(value, index=customers.index).astype(customers[name].dtype)
        start, added = self._log_odds(typical), np.zeros((len(customers), len(columns)))
        for order in (columns, columns[::-1]):
            on_the_way, before = typical.copy(), start
            for name in order:
                on_the_way[name] = customers[name]
                after = self._log_odds(on_the_way)
                added[:, columns.index(name)] += (after - before) / 2
                before = after
        return float(start[0]), added

    def _log_odds(self, customers: pd.DataFrame) -> np.ndarray:
        return LogOdds().transform(self.churn_probability(customers))


def _typical(values: pd.Series) -> Any:
    """The median of numbers (of 0 and 1 that is the more frequent), the most frequent of words; a plain value."""
    number = pd.api.types.is_numeric_dtype(values)
    typical = values.quantile(0.5, "lower") if number else values.mode().iloc[0]
    return getattr(typical, "item", lambda: typical)()
