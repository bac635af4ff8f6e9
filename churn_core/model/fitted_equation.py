"""An equation as a model: log-odds = intercept + Σ coefficient · term. What a version that scores needs, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit

from churn_core.model.by_log_odds import ByLogOdds
from churn_core.model.columns import Columns, array_of
from churn_core.model.equation import Equation
from churn_core.model.evidence import Evidence
from churn_core.model.looked_up import steps_of
from churn_core.model.term import Term, looked_at, matrix
from churn_core.schema import Schema

_CHUNK = 50_000  # customers; a term of so many stays in the processor's cache
_TOLD = 0.04  # information; of a direction with less than that the standard error is above 5 on the log-odds, which is nothing
_OWN = 1e-3  # no unit; the share of a term in directions that are not told, above which it has no effect of its own


class FittedEquation(ByLogOdds):
    """The model that an equation is; what learns one is made of it and adds ``fit``.

    Known: ``intercept_``, ``coef_`` (k,), ``mean_`` and ``scale_`` (k,) of the ``terms``, ``classes_``.

    The terms are added in their own order: a BLAS product sums in another order for another number of rows, and a
    customer would not get the same bits alone and among a million.
    """

    card = None
    evidence: Evidence | None = None
    terms: tuple[Term, ...]
    coef_: np.ndarray
    mean_: np.ndarray
    scale_: np.ndarray
    intercept_: float
    C: float
    class_weight: Any
    resampler: Any

    @classmethod
    def of(cls, equation: Equation) -> Self:
        """The model of an equation that was kept; of a class that learns, one that can learn again."""
        model = cls.__new__(cls)
        model.terms, model.C, model.class_weight, model.resampler = equation.terms, equation.C, equation.class_weight, None
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
        self._check_it_has_learned()
        log_odds = np.full(len(customers), self.intercept_)
        for start in range(0, len(customers), _CHUNK):
            part = looked_at(self.terms, customers.iloc[start : start + _CHUNK])
            self._add_terms(part, log_odds[start : start + _CHUNK])
        return log_odds

    def _add_terms(self, customers: Columns, log_odds: np.ndarray) -> None:
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
        arrays = {name: array_of(columns[name]) for name in names}
        log_odds = np.full(len(next(iter(arrays.values()))), self.intercept_)
        self._add_terms(arrays, log_odds)
        churn: np.ndarray = expit(log_odds)
        return churn

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        """Log-odds of the average training customer, and what each term adds to them, (n, k): coefficient ·
        (term − its mean). Average + sum of a row = log-odds of that customer.
        """
        self._check_it_has_learned()
        added, columns = np.empty((len(customers), len(self.terms)), order="F"), looked_at(self.terms, customers)
        for k, term in enumerate(self.terms):
            added[:, k] = self.coef_[k] * (term.compute(columns) - self.mean_[k])
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

    def _check_it_has_learned(self) -> None:
        if not hasattr(self, "coef_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("This regression has not learned anything yet. Call fit(customers, churned) first.")
