"""Models that are a sum: their log-odds of leaving say everything else."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit


class ByLogOdds:
    """What ``decision_function`` and ``classes_`` of such a model are to who asks for probabilities."""

    classes_: Any

    def decision_function(self, customers: pd.DataFrame) -> np.ndarray:
        """The log-odds of leaving, (n,)."""
        raise NotImplementedError

    def churn_probability(self, customers: pd.DataFrame) -> np.ndarray:
        churn: np.ndarray = expit(self.decision_function(customers))
        return churn

    def predict_proba(self, customers: pd.DataFrame) -> np.ndarray:
        """Probability to stay and to leave, (n, 2)."""
        churn = self.churn_probability(customers)
        return np.column_stack([1 - churn, churn])

    def predict(self, customers: pd.DataFrame) -> np.ndarray:
        """The likelier outcome of each customer, (n,)."""
        likelier: np.ndarray = self.classes_[(self.decision_function(customers) > 0).astype(int)]
        return likelier
