"""Clean customers → numbers: the readable terms of the Telco model, the plain encoding, and both for other learners.

One honest non-linearity (tenure twice: years, and log months) brings a logistic model level with the best that
was measured on these columns (MODELLING.md); two terms more let it count differently without a contract. Gender
and partner add nothing; charges are functions of the services and of tenure, so they are kept for the money and
not for the score.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from churn_core.schema import Column
from churn_core.schema.telco import TELCO


@dataclass(frozen=True, kw_only=True)
class Term:
    """One number per customer. With ``value``: how many of ``columns`` hold it; else ``function`` of their numbers.

    ``only``, a column and its value: the term is 0 for all others. Reasons are told by ``columns`` alone. ``unit`` says what
    one more of it is.
    """

    name: str
    meaning: str
    columns: tuple[str, ...]
    value: str | int | None = None
    function: Callable = np.positive
    unit: str = "if so"
    only: tuple[str, str | int] | None = None

    def compute(self, customers: pd.DataFrame | Mapping[str, np.ndarray]) -> np.ndarray:
        """The term of each customer, float (n,); of a table, or of its columns by name."""
        if self.value is None:
            numbers = (np.asarray(customers[name], dtype=float) for name in self.columns)
            values = np.asarray(self.function(*numbers), dtype=float)
        else:
            values = sum(np.asarray(customers[name] == self.value, dtype=float) for name in self.columns)
        if self.only is not None:
            values = values * np.asarray(customers[self.only[0]] == self.only[1], dtype=float)
        return values

    def compute_one(self, customer: Mapping[str, object]) -> float:
        """The same for one customer, to the last bit, without the cost of a table."""
        if self.only is not None and customer[self.only[0]] != self.only[1]:
            return 0.0
        if self.value is None:
            return float(self.function(*[float(customer[name]) for name in self.columns]))
        if len(self.columns) == 1:
            return 1.0 if customer[self.columns[0]] == self.value else 0.0
        return float(sum([customer[name] == self.value for name in self.columns]))


def _years(months):
    return months / 12


def _first_month(months):
    return months <= 1


def _term(name: str, meaning: str, column: str, value: str | int = "Yes") -> Term:
    return Term(name=name, meaning=meaning, columns=(column,), value=value)


_MONTH_TO_MONTH = ("Contract", "Month-to-month")

TERMS = (
    Term(name="tenure_years", meaning="Tenure in years", columns=("tenure",), function=_years, unit="per year"),
    Term(name="log_tenure", meaning="log(1 + tenure in months)", columns=("tenure",), function=np.log1p, unit="per × 2.7"),
    Term(
        name="monthly_tenure",
        meaning="Tenure in years, if month-to-month",
        columns=("tenure",),
        function=_years,
        unit="per year",
        only=_MONTH_TO_MONTH,
    ),
    Term(
        name="monthly_first",
        meaning="First month, if month-to-month",
        columns=("tenure",),
        function=_first_month,
        only=_MONTH_TO_MONTH,
    ),
    _term("one_year", "One-year contract", "Contract", "One year"),
    _term("two_year", "Two-year contract", "Contract", "Two year"),
    _term("fibre", "Fibre internet", "InternetService", "Fiber optic"),
    _term("no_internet", "No internet service", "InternetService", "No"),
    _term("online_security", "Online security", "OnlineSecurity"),
    _term("tech_support", "Tech support", "TechSupport"),
    _term("online_backup", "Online backup", "OnlineBackup"),
    _term("device_protection", "Device protection", "DeviceProtection"),
    Term(
        name="streaming_services",
        meaning="Number of streaming services",
        columns=("StreamingTV", "StreamingMovies"),
        value="Yes",
        unit="for each",
    ),
    _term("electronic_check", "Pays by electronic check", "PaymentMethod", "Electronic check"),
    _term("paperless_billing", "Paperless billing", "PaperlessBilling"),
    _term("senior", "Senior citizen", "SeniorCitizen", 1),
    _term("multiple_lines", "Multiple lines", "MultipleLines"),
    _term("phone_service", "Phone service", "PhoneService"),
    _term("dependents", "Dependents", "Dependents"),
)


def _plain(column: Column) -> tuple[Term, ...]:
    """A number as it is; of a category one term for each value, of two values only the second."""
    if column.kind != "category":
        unit = "if so" if column.kind == "flag" else "for each"
        return (Term(name=column.name, meaning=column.label, columns=(column.name,), unit=unit),)
    values = column.allowed if len(column.allowed) > 2 else column.allowed[1:]
    return tuple(_term(f"{column.name}={value}", f"{column.label}: {value}", column.name, value) for value in values)


_FEATURES = tuple(column for column in TELCO.inputs if column.role != "id")
PLAIN_TERMS = tuple(term for column in _FEATURES for term in _plain(column))
_NUMBERS = tuple(column for column in _FEATURES if column.kind in ("whole", "number"))

POLYNOMIAL_TERMS = PLAIN_TERMS + tuple(
    Term(name=f"{a.name}*{b.name}", meaning=f"{a.label} × {b.label}", columns=(a.name, b.name), function=np.multiply)
    for a, b in combinations_with_replacement(_NUMBERS, 2)
)


def matrix(terms: tuple[Term, ...], customers: pd.DataFrame) -> np.ndarray:
    """The terms of each clean customer, float (n, k), in the order of ``terms``."""
    values = np.empty((len(customers), len(terms)))
    for k, term in enumerate(terms):
        values[:, k] = term.compute(customers)
    return values


class Terms(TransformerMixin, BaseEstimator):
    """``matrix`` as the first step of a pipeline. Learns nothing."""

    def __init__(self, terms: tuple[Term, ...] = PLAIN_TERMS) -> None:
        self.terms = terms

    def fit(self, customers: pd.DataFrame, y=None) -> "Terms":
        return self

    def transform(self, customers: pd.DataFrame) -> np.ndarray:
        return matrix(self.terms, customers)

    def __sklearn_is_fitted__(self) -> bool:
        return True
