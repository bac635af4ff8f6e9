"""Logistic regression that stays an equation: log-odds = intercept + Σ coefficient · term."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from churn_core.model.by_log_odds import ByLogOdds
from churn_core.model.equation import Equation
from churn_core.model.evidence import Evidence
from churn_core.model.looked_up import steps_of
from churn_core.model.term import Term, matrix
from churn_core.model.weights import repeated
from churn_core.schema import Schema

_CHUNK = 50_000  # customers; a term of so many stays in the processor's cache
_TOLD = 0.04  # information; of a direction with less than that the standard error is above 5 on the log-odds, which is nothing
_OWN = 1e-3  # no unit; the share of a term in directions that are not told, above which it has no effect of its own


class TermLogisticRegression(ByLogOdds, ClassifierMixin, BaseEstimator):
    """L2 logistic regression on ``terms``, standardised for the fit, kept in each term's own unit.

    Learned: ``intercept_``, ``coef_`` (k,), ``mean_`` and ``scale_`` (k,) of the terms, ``classes_``.
    ``class_weight`` as in scikit-learn; ``resampler`` (imbalanced-learn) changes the standardised training customers.

    The terms are added in their own order: a BLAS product sums in another order for another number of rows, and a
    customer would not get the same bits alone and among a million.
    """

    card = None
    evidence: Evidence | None = None

    def __init__(self, terms: tuple[Term, ...], C: float = 1.0, class_weight: Any = None, resampler: Any = None) -> None:
        self.terms, self.C, self.class_weight, self.resampler = terms, C, class_weight, resampler

    def fit(self, customers: pd.DataFrame, y: Any, sample_weight: Any = None) -> "TermLogisticRegression":
        """Learn. ``sample_weight`` (n,), > 0: how many customers each stands for."""
        from sklearn.linear_model import LogisticRegression  # takes as long to load as all that uses a fitted model

        values, y, weight = matrix(self.terms, customers), np.asarray(y), sample_weight
        self.mean_ = np.average(values, axis=0, weights=weight)
        deviation = values - self.mean_
        self.scale_ = values.std(axis=0) if weight is None else np.sqrt(np.average(deviation**2, axis=0, weights=weight))
        # What is the same for everybody tells nobody apart; its standard deviation can be rounding noise instead of 0.
        self.scale_[np.ptp(values, axis=0) == 0] = 1.0
        values = deviation / self.scale_
        if self.resampler is not None:
            if weight is not None:  # it knows no weights
                rows, weight = repeated(weight), None
                values, y = values[rows], y[rows]
            values, y = clone(self.resampler).fit_resample(values, y)
        elif weight is not None:
            # The penalty is meant for so many independent customers as the weighted ones tell as much as (Kish 1965).
            weight = weight * weight.sum() / (weight**2).sum()
        fitted = LogisticRegression(
            C=self.C, class_weight=self.class_weight, solver="newton-cholesky", tol=1e-8, max_iter=100
        ).fit(values, y, weight)
        self.classes_ = fitted.classes_
        self.coef_ = fitted.coef_[0] / self.scale_
        self.intercept_ = float(fitted.intercept_[0] - self.coef_ @ self.mean_)
        return self

    @classmethod
    def of(cls, equation: Equation) -> "TermLogisticRegression":
        """The fitted regression that an equation was."""
        model = cls(equation.terms, C=equation.C, class_weight=equation.class_weight)
        model.classes_ = np.array([0, 1])
        model.coef_, model.mean_, model.scale_ = map(np.array, (equation.coefficients, equation.means, equation.scales))
        model.intercept_, model.evidence = equation.intercept, equation.evidence
        return model

    @property
    def equation(self) -> Equation:
        return Equation(
            terms=self.terms,
            coefficients=tuple(self.coef_.tolist()),
            means=tuple(self.mean_.tolist()),
            scales=tuple(self.scale_.tolist()),
            intercept=self.intercept_,
            C=self.C,
            class_weight=self.class_weight,
            resampled=self.resampler is not None,
            evidence=self.evidence,
        )

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        return tuple(term.columns for term in self.terms)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(term.columns[0] for term in self.terms)

    @property
    def rests_on(self) -> tuple[tuple[str, ...], ...]:
        return tuple(term.rests_on for term in self.terms)

    def decision_function(self, customers: pd.DataFrame) -> np.ndarray:
        """The log-odds of leaving, (n,)."""
        check_is_fitted(self)
        log_odds = np.full(len(customers), self.intercept_)
        for start in range(0, len(customers), _CHUNK):
            self._add_terms(customers.iloc[start : start + _CHUNK], log_odds[start : start + _CHUNK])
        return log_odds

    def _add_terms(self, customers: pd.DataFrame | Mapping[str, np.ndarray], log_odds: np.ndarray) -> None:
        for term, coefficient in zip(self.terms, self.coef_, strict=True):
            log_odds += coefficient * term.compute(customers)

    def churn_probability_of(self, customer: Mapping[str, Any], schema: Schema | None = None) -> float:
        """Of one clean customer, a mapping; no table is made, so no schema is needed."""
        log_odds = self.intercept_
        for term, coefficient in zip(self.terms, self.coef_.tolist(), strict=True):
            log_odds += coefficient * term.compute_one(customer)
        return float(expit(log_odds))

    def churn_probabilities_of(self, columns: Mapping[str, Sequence[Any]], schema: Schema | None = None) -> np.ndarray:
        """Of some clean customers, given as columns by name, (n,), without making a table."""
        names = dict.fromkeys(name for term in self.terms for name in term.rests_on)
        arrays = {name: _array(columns[name]) for name in names}
        log_odds = np.full(len(next(iter(arrays.values()))), self.intercept_)
        self._add_terms(arrays, log_odds)
        churn: np.ndarray = expit(log_odds)
        return churn

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        """Log-odds of the average training customer, and what each term adds to them, (n, k): coefficient ·
        (term − its mean). Average + sum of a row = log-odds of that customer.
        """
        check_is_fitted(self)
        added = np.empty((len(customers), len(self.terms)), order="F")
        for k, term in enumerate(self.terms):
            added[:, k] = self.coef_[k] * (term.compute(customers) - self.mean_[k])
        return float(self.intercept_ + self.coef_ @ self.mean_), added

    def contributions_of(self, customer: Mapping[str, Any], schema: Schema | None = None) -> list[float]:
        """A row of ``contributions``, of one clean customer."""
        parts = zip(self.terms, self.coef_.tolist(), self.mean_.tolist(), strict=True)
        return [coefficient * (term.compute_one(customer) - mean) for term, coefficient, mean in parts]

    def probability_and_contributions_of(
        self, customer: Mapping[str, Any], schema: Schema | None = None
    ) -> tuple[float, list[float]]:
        """Both from the same terms, each worked out once."""
        log_odds, added = self.intercept_, list[float]()
        for values, known, looked_up in steps_of(self, self.terms, self.coef_, self.mean_):
            step, by = known.get(values(customer)) or looked_up.of(customer)
            log_odds += step
            added.append(by)
        return float(expit(log_odds)), added

    def standard_errors(self, customers: pd.DataFrame) -> np.ndarray | None:
        """Of each shrunken coefficient, (k,), in its term's unit: from the curvature of the penalised likelihood, (ZᵀWZ + I/C)⁻¹
        with W = p(1 − p); what another sample of as many customers would change, the terms taken as given. They say nothing of
        how far the penalty has moved it (``unpenalised``). ``None`` where customers were weighted or invented: they would pretend
        to come from customers who were never there.
        """
        if not self.equation.is_of_real_customers:
            return None
        curvature = self._information(customers) + np.diag(np.append(0.0, np.full(len(self.terms), 1 / self.C)))
        errors: np.ndarray = np.sqrt(np.diag(np.linalg.inv(curvature))[1:]) / self.scale_
        return errors

    def unpenalised(self, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray] | None:
        """Each coefficient as it were without the penalty, (k,), and its standard error, (k,), in the term's unit: one step of
        Newton's method from the shrunken ones, b + (ZᵀWZ)⁻¹ b/C. NaN where the term has no effect of its own: other terms say
        the same, or too few customers have it. ``None`` where ``standard_errors`` are.
        """
        if not self.equation.is_of_real_customers:
            return None
        values, vectors = np.linalg.eigh(self._information(customers))
        told = values > _TOLD
        inverse = vectors[:, told] / values[told] @ vectors[:, told].T
        shrunken = self.coef_ * self.scale_
        coefficients = shrunken + (inverse @ np.append(0.0, shrunken / self.C))[1:]
        own = (vectors[:, ~told] ** 2).sum(axis=1)[1:] < _OWN
        errors = np.sqrt(np.diag(inverse)[1:])
        return np.where(own, coefficients / self.scale_, np.nan), np.where(own, errors / self.scale_, np.nan)

    def _information(self, customers: pd.DataFrame) -> np.ndarray:
        """ZᵀWZ of the standardised terms behind a column of ones, (k + 1, k + 1)."""
        p = self.churn_probability(customers)
        z = np.column_stack([np.ones(len(p)), (matrix(self.terms, customers) - self.mean_) / self.scale_])
        information: np.ndarray = (z * (p * (1 - p))[:, None]).T @ z
        return information


def _array(values: Sequence[Any]) -> np.ndarray:
    """An array of Python's own words is made and compared in a quarter of the time that one of NumPy's fixed width takes."""
    words = len(values) > 0 and isinstance(values[0], str)
    return np.fromiter(values, object, len(values)) if words else np.asarray(values)
