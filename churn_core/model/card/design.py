"""The terms of all columns side by side: a matrix to fit by, and from its coefficients back to the lines of a card."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.model.card.card import Line
from churn_core.model.card.joint import Condition, Rule
from churn_core.model.card.shape import Floats
from churn_core.model.card.terms import ColumnTerms, Group

CHUNK = 20_000  # customers; the matrix of more than so many never lies in memory


@dataclass(frozen=True)
class Design:
    """The terms of each column, then one for each rule. Standardised by ``mean`` and ``scale``, (k,): a penalty then means the same
    for all of them. A term that is the same for everybody is left out by an infinite scale.
    """

    columns: tuple[ColumnTerms, ...]
    rules: tuple[tuple[Condition, ...], ...]
    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, customers: pd.DataFrame, columns: Sequence[ColumnTerms], rules: Sequence[tuple[Condition, ...]] = ()) -> "Design":
        """The terms with the mean and the standard deviation that they have among ``customers``."""
        raw = cls(tuple(columns), tuple(rules), np.zeros(0), np.zeros(0))
        total = squares = np.zeros(len(raw.groups))
        shift = raw._raw(customers.iloc[:CHUNK]).mean(axis=0)  # squares are added near 0, where they keep their digits
        for part in parts(len(customers)):
            terms = raw._raw(customers.iloc[part]) - shift
            total, squares = total + terms.sum(axis=0), squares + (terms**2).sum(axis=0)
        mean = total / len(customers)
        scale = np.sqrt(np.maximum(squares / len(customers) - mean**2, 0.0))
        scale[scale < 1e-9 * np.maximum(np.abs(shift + mean), 1.0)] = np.inf
        return cls(raw.columns, raw.rules, mean + shift, scale)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The group of each term, (k,)."""
        of_rules: list[Group] = ["rule" for _ in self.rules]
        return (*(group for column in self.columns for group in column.groups), *of_rules)

    def _raw(self, customers: pd.DataFrame) -> Floats:
        terms = np.empty((len(customers), len(self.groups)), order="F")
        for column, (start, end) in zip(self.columns, self._spans(), strict=True):
            column.fill(customers[column.column], terms[:, start:end])
        for at, rule in enumerate(self.rules, start=terms.shape[1] - len(self.rules)):
            terms[:, at] = holds(rule, customers)
        return terms

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Where the terms of each column are."""
        start = 0
        for column in self.columns:
            end = start + len(column.groups)
            yield start, end
            start = end

    def matrix(self, customers: pd.DataFrame) -> Floats:
        """A column of ones, then the standardised terms of each customer, (n, 1 + k)."""
        Z = np.empty((len(customers), 1 + len(self.groups)), order="F")
        Z[:, 0] = 1.0
        np.subtract(self._raw(customers), self.mean, out=Z[:, 1:])
        Z[:, 1:] /= self.scale
        return Z

    def strength(self, Z: Floats, coefficients: Floats) -> Floats:
        """The standard deviation of what each column adds, (columns,)."""
        return np.array([(Z[:, 1 + a : 1 + b] @ coefficients[1 + a : 1 + b]).std() for a, b in self._spans()])

    def lines(self, coefficients: Floats) -> tuple[float, list[Line]]:
        """The base and the lines that these coefficients, (1 + k,), of the standardised terms are."""
        own = coefficients[1:] / self.scale
        base = float(coefficients[0] - own @ self.mean)
        lines: list[Line] = [
            column.shape(own[start:end].tolist()) for column, (start, end) in zip(self.columns, self._spans(), strict=True)
        ]
        effects = own[len(own) - len(self.rules) :].tolist()
        shares = self.mean[len(own) - len(self.rules) :].tolist()
        for rule, effect, share in zip(self.rules, effects, shares, strict=True):
            lines.append(Rule(conditions=rule, effect=effect, share=share))
        return base, lines


def holds(rule: Sequence[Condition], customers: pd.DataFrame) -> np.ndarray:
    """For which customers all conditions hold, (n,)."""
    held: np.ndarray = np.logical_and.reduce([condition.holds(customers) for condition in rule])
    return held


def parts(size: int) -> Iterator[slice]:
    """The customers a part at a time."""
    return (slice(start, start + CHUNK) for start in range(0, size, CHUNK))
