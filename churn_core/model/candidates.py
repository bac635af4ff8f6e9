"""The models that are compared: unfitted scikit-learn classifiers on clean customers, by name."""

import difflib
from collections.abc import Callable

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from churn_core.errors import ModelError
from churn_core.model.features import PlainTerms, TelcoTerms
from churn_core.schema import TELCO


class SteadyLogisticRegression(LogisticRegression):
    """Logistic regression whose answer for a customer does not depend on who else is in the batch.

    A BLAS product sums in another order for another number of rows; here the terms are added in their own
    order, so that one customer scored alone and among a million gets the same bits.
    """

    def decision_function(self, X) -> np.ndarray:
        X = np.asarray(X, dtype=float)
        log_odds = np.full(len(X), self.intercept_[0])
        for column, coefficient in zip(X.T, self.coef_[0], strict=True):
            log_odds += column * coefficient
        return log_odds

    def predict_proba(self, X) -> np.ndarray:
        churn = expit(self.decision_function(X))
        return np.column_stack([1 - churn, churn])


def _logistic() -> Pipeline:
    """The production candidate: 17 readable terms, standardised, L2, C = 1; no class weights, no resampling."""
    return Pipeline(
        [
            ("terms", TelcoTerms()),
            ("scale", StandardScaler()),
            ("logistic", SteadyLogisticRegression(C=1.0, max_iter=1000)),
        ]
    )


def _logistic_plain() -> Pipeline:
    """What everybody tries first: every feature, one-hot or scaled as it comes. The yardstick.

    The terms are centred before the fit, which changes no probability and makes each contribution one against
    the average customer.
    """
    numbers = [c.name for c in TELCO.inputs if c.kind in ("whole", "number", "flag")]
    categories = [c.name for c in TELCO.inputs if c.kind == "category"]
    encoder = OneHotEncoder(drop="if_binary", handle_unknown="ignore", sparse_output=False)
    terms = [("numbers", StandardScaler(), numbers), ("categories", encoder, categories)]
    return Pipeline(
        [
            ("terms", PlainTerms(terms, verbose_feature_names_out=False)),
            ("scale", StandardScaler(with_std=False)),
            ("logistic", SteadyLogisticRegression(C=1.0, max_iter=2000)),
        ]
    )


_BUILDERS: dict[str, Callable[[], Pipeline]] = {"logistic": _logistic, "logistic_plain": _logistic_plain}

NAMES = tuple(_BUILDERS)


def build(name: str) -> Pipeline:
    """A new, unfitted classifier; ``fit(X, y)`` and ``predict_proba(X)`` take clean customers, ``y`` is 0/1.

    Columns that a model does not use, the target among them, are ignored. Raises ``ModelError`` for a name that
    is not in ``NAMES``.

    >>> build("logistik")
    Traceback (most recent call last):
    churn_core.errors.ModelError: There is no model named 'logistik'. Did you mean 'logistic'? Known: logistic, logistic_plain.
    """
    if name not in _BUILDERS:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ModelError(f"There is no model named {name!r}.{hint} Known: {', '.join(NAMES)}.")
    return _BUILDERS[name]()
