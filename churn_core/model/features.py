"""Clean customers → numbers: the 17 readable terms of the Telco model, and the plain one-hot encoding.

One honest non-linearity (tenure twice: years, and log months) brings a logistic model level with the best that
was measured on these columns (MODELLING.md). Gender and partner add nothing; charges are functions of the
services and of tenure, so they are kept for the money and not for the score.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.utils.validation import check_is_fitted


@dataclass(frozen=True, kw_only=True)
class Term:
    """One number per customer: ``compute(customers)`` from ``columns``; ``meaning`` in words."""

    name: str
    meaning: str
    columns: tuple[str, ...]
    compute: Callable[[pd.DataFrame], np.ndarray]


def _is(column: str, value: object) -> Callable[[pd.DataFrame], np.ndarray]:
    return lambda customers: (customers[column] == value).to_numpy(dtype=float)


def _term(name: str, meaning: str, column: str, value: object) -> Term:
    return Term(name=name, meaning=meaning, columns=(column,), compute=_is(column, value))


def _streaming(customers: pd.DataFrame) -> np.ndarray:
    return _is("StreamingTV", "Yes")(customers) + _is("StreamingMovies", "Yes")(customers)


TERMS = (
    Term(
        name="tenure_years",
        meaning="Tenure in years",
        columns=("tenure",),
        compute=lambda customers: customers["tenure"].to_numpy(dtype=float) / 12,
    ),
    Term(
        name="log_tenure",
        meaning="log(1 + tenure in months)",
        columns=("tenure",),
        compute=lambda customers: np.log1p(customers["tenure"].to_numpy(dtype=float)),
    ),
    _term("one_year", "One-year contract", "Contract", "One year"),
    _term("two_year", "Two-year contract", "Contract", "Two year"),
    _term("fibre", "Fibre internet", "InternetService", "Fiber optic"),
    _term("no_internet", "No internet service", "InternetService", "No"),
    _term("online_security", "Online security", "OnlineSecurity", "Yes"),
    _term("tech_support", "Tech support", "TechSupport", "Yes"),
    _term("online_backup", "Online backup", "OnlineBackup", "Yes"),
    _term("device_protection", "Device protection", "DeviceProtection", "Yes"),
    Term(
        name="streaming_services",
        meaning="Number of streaming services",
        columns=("StreamingTV", "StreamingMovies"),
        compute=_streaming,
    ),
    _term("electronic_check", "Pays by electronic check", "PaymentMethod", "Electronic check"),
    _term("paperless_billing", "Paperless billing", "PaperlessBilling", "Yes"),
    _term("senior", "Senior citizen", "SeniorCitizen", 1),
    _term("multiple_lines", "Multiple lines", "MultipleLines", "Yes"),
    _term("phone_service", "Phone service", "PhoneService", "Yes"),
    _term("dependents", "Dependents", "Dependents", "Yes"),
)


class TelcoTerms(TransformerMixin, BaseEstimator):
    """Clean customers (n rows) → the terms, float (n, 17), in the order of ``TERMS``. Learns nothing."""

    def fit(self, customers: pd.DataFrame, y=None) -> "TelcoTerms":
        self.n_features_in_ = customers.shape[1]
        return self

    def transform(self, customers: pd.DataFrame) -> np.ndarray:
        check_is_fitted(self)
        return np.column_stack([term.compute(customers) for term in TERMS])

    def get_feature_names_out(self, input_features=None) -> np.ndarray:
        return np.array([term.meaning for term in TERMS], dtype=object)

    @property
    def columns_of_terms(self) -> list[tuple[str, ...]]:
        """The columns that each term is computed from; terms of the same columns are explained together."""
        return [term.columns for term in TERMS]

    @property
    def units_of_terms(self) -> tuple[np.ndarray, np.ndarray]:
        """What each term had subtracted, and was divided by, to become what ``transform`` gives: nothing, and 1."""
        return np.zeros(len(TERMS)), np.ones(len(TERMS))


class PlainTerms(ColumnTransformer):
    """Clean customers → every feature as it comes: numbers standardised, categories one-hot. The yardstick's terms."""

    @property
    def columns_of_terms(self) -> list[tuple[str, ...]]:
        """As in ``TelcoTerms``."""
        (_, _, numbers), (_, encoder, categories) = self.transformers_[:2]
        widths = [len(encoder.categories_[i]) - (encoder.drop_idx_[i] is not None) for i in range(len(categories))]
        return [(name,) for name in numbers] + [(n,) for n, width in zip(categories, widths, strict=True) for _ in range(width)]

    @property
    def units_of_terms(self) -> tuple[np.ndarray, np.ndarray]:
        """As in ``TelcoTerms``: numbers are standardised, categories are 0 and 1."""
        scaler, width = self.transformers_[0][1], len(self.columns_of_terms)
        rest = width - len(scaler.mean_)
        return np.append(scaler.mean_, np.zeros(rest)), np.append(scaler.scale_, np.ones(rest))
