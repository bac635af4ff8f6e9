"""A search for settings inside the training customers; what it found answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV

from churn_core.model.card.card import Card
from churn_core.model.equation import Equation
from churn_core.model.evidence import Evidence
from churn_core.model.protocol import Model
from churn_core.schema import Schema


class Tuned(GridSearchCV):
    """scikit-learn's search; as a ``Model`` it is the best one it found, fitted on all training customers."""

    best_estimator_: Model

    @property
    def equation(self) -> Equation | None:
        return self.best_estimator_.equation

    @property
    def card(self) -> Card | None:
        return self.best_estimator_.card

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.best_estimator_.reasons

    @property
    def rests_on(self) -> tuple[tuple[str, ...], ...] | None:
        return self.best_estimator_.rests_on

    @property
    def evidence(self) -> Evidence | None:
        return self.best_estimator_.evidence

    @evidence.setter
    def evidence(self, evidence: Evidence) -> None:
        self.best_estimator_.evidence = evidence

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        return self.best_estimator_.told_by

    def churn_probability(self, customers: pd.DataFrame) -> np.ndarray:
        return self.best_estimator_.churn_probability(customers)

    def churn_probability_of(self, customer: Mapping[str, Any], schema: Schema) -> float:
        return self.best_estimator_.churn_probability_of(customer, schema)

    def churn_probabilities_of(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> np.ndarray:
        return self.best_estimator_.churn_probabilities_of(columns, schema)

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        return self.best_estimator_.contributions(customers)

    def contributions_of(self, customer: Mapping[str, Any], schema: Schema) -> Sequence[float]:
        return self.best_estimator_.contributions_of(customer, schema)

    def probability_and_contributions_of(self, customer: Mapping[str, Any], schema: Schema) -> tuple[float, Sequence[float]]:
        return self.best_estimator_.probability_and_contributions_of(customer, schema)

    def standard_errors(self, customers: pd.DataFrame) -> np.ndarray | None:
        return self.best_estimator_.standard_errors(customers)

    def unpenalised(self, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray] | None:
        return self.best_estimator_.unpenalised(customers)
