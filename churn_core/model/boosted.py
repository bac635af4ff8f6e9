"""Trees of xgboost or lightgbm on plain terms."""

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from churn_core.model.by_table import ByTable


class Boosted(ByTable, Pipeline):
    """A pipeline of ``terms`` (``Terms``) and ``model``, a booster; contributions are the library's own, along the trees'
    paths (Shapley values; Lundberg et al., Nature Machine Intelligence 2, 2020).
    """

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
