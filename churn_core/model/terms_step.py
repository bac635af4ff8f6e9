"""Terms as the first step of a pipeline."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from churn_core.model.term import Term, matrix


class Terms(TransformerMixin, BaseEstimator):
    """``matrix`` as the first step of a pipeline. Learns nothing."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.terms = terms

    def fit(self, customers: pd.DataFrame, y: object = None) -> "Terms":
        return self

    def transform(self, customers: pd.DataFrame) -> np.ndarray:
        return matrix(self.terms, customers)

    def __sklearn_is_fitted__(self) -> bool:
        return True
