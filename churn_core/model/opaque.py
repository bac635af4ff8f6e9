"""Models that cannot be written down: each remembers the typical customer, so that its answers can be explained."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from churn_core.model.logistic import LogOdds
from churn_core.schema.telco import TELCO


class Opaque(ClassifierMixin, BaseEstimator):
    """``estimator`` unchanged, and what a contribution is told against: ``typical_``, of each feature the most frequent
    value among the training customers, of numbers the median.
    """

    def __init__(self, estimator) -> None:
        self.estimator = estimator

    def fit(self, customers: pd.DataFrame, y) -> "Opaque":
        self.typical_ = {}
        for column in (c for c in TELCO.inputs if c.role != "id"):
            values = customers[column.name]
            typical = values.quantile(0.5, "lower") if column.kind in ("whole", "number") else values.mode().iloc[0]
            self.typical_[column.name] = getattr(typical, "item", lambda word=typical: word)()
        self.estimator_ = clone(self.estimator).fit(customers, y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, customers: pd.DataFrame) -> np.ndarray:
        check_is_fitted(self)
        return self.estimator_.predict_proba(customers)

    def predict(self, customers: pd.DataFrame) -> np.ndarray:
        return self.classes_[(self.predict_proba(customers)[:, 1] > 0.5).astype(int)]

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
        start, added = _log_odds(self, typical), np.zeros((len(customers), len(columns)))
        for order in (columns, columns[::-1]):
            on_the_way, before = typical.copy(), start
            for name in order:
                on_the_way[name] = customers[name]
                after = _log_odds(self, on_the_way)
                added[:, columns.index(name)] += (after - before) / 2
                before = after
        return float(start[0]), added


def _log_odds(model: Opaque, customers: pd.DataFrame) -> np.ndarray:
    return LogOdds().transform(model.predict_proba(customers)[:, 1])
