"""How any candidate is fitted: what it is told of groups and weights."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.validation import has_fit_parameter

from churn_core.model.alike import Groups
from churn_core.model.protocol import Classifier
from churn_core.model.weights import Weight, repeated


def fitted(
    model: Classifier,
    customers: pd.DataFrame,
    churned: np.ndarray,
    groups: Groups | None = None,
    weight: Weight | None = None,
) -> Classifier:
    """``model``, fitted. The ``groups`` (n,) are told to those whose ``fit`` asks for them: they part the customers once more.

    So is the ``weight`` (n,). To the others a customer of weight 10 comes ten times; their parts hold the ten together, so that nobody
    is checked on a customer who was learned from, and what is learned does not bend to ten as it would to ten customers.
    """
    told: dict[str, Any] = {}
    if weight is not None:
        weighs = has_fit_parameter(model, "sample_weight")
        rows: npt.NDArray[np.intp] = np.flatnonzero(weight) if weighs else repeated(weight)
        told = {"sample_weight": weight[rows]} if weighs else {}
        groups = np.arange(len(weight))[rows] if groups is None else groups[rows]
        customers, churned = customers.iloc[rows], churned[rows]
    if has_fit_parameter(model, "groups"):
        told["groups"] = groups
    model.fit(customers, churned, **told)
    return model
