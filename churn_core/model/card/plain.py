"""The plain card: one shape for each column and at most 12 rules, for any schema. Nothing in it is drawn: it learns the same again."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from churn_core.model.alike import Groups, joined
from churn_core.model.card.card import Card
from churn_core.model.card.check import PARTS, check
from churn_core.model.card.design import Design, parts
from churn_core.model.card.fitted import FittedCard
from churn_core.model.card.ridge import START, Fit, fit, information, newton, penalty
from churn_core.model.card.rules import booster
from churn_core.model.card.shape import Floats
from churn_core.model.card.terms import ColumnTerms, LevelTerms, NumberTerms
from churn_core.model.folds import dealt

_ENOUGH = 20_000  # customers from whom strengths and rules are learned; the coefficients are learned from all
_LINES = 40  # a card has at most
_IDLE = 0.02  # log-odds; a column whose effect moves less has no line
_PASSES, _STILL = 30, 1e-9  # over all customers at most, and the mean gradient at which they end
_NO_RULES = "Rules were not looked for: lightgbm cannot be used on this machine."


class PlainCard(FittedCard, ClassifierMixin, BaseEstimator):
    """Learned from the columns ``numbers`` and ``levels`` (categories and flags) of clean customers."""

    def __init__(self, numbers: tuple[str, ...], levels: tuple[str, ...]) -> None:
        self.numbers, self.levels = numbers, levels

    def fit(self, customers: pd.DataFrame, y: Any, groups: Groups | None = None) -> "PlainCard":
        """Learn. Rows of one of the ``groups``, (n,), and those that are alike are held out together."""
        left = np.asarray(y, dtype=float)
        marks = marks_of(customers[[*self.numbers, *self.levels]])
        spaced = np.lexsort((left, marks))[:: -(-len(left) // _ENOUGH)]  # whatever the order in which they come
        some, of_some = customers.iloc[spaced], left[spaced]
        alike = None if groups is None else groups[spaced]
        design, learned = shapes(some, of_some, columns_of(customers, self.numbers, self.levels), alike)
        part = dealt(of_some, PARTS, marks[spaced], together(marks, groups)[spaced])
        checked = check(some, of_some, part, design, learned, _LINES - len(design.columns), alike)
        if checked.rules:
            design = Design.of(some, design.columns, checked.rules)
            strengths = {**START, **learned.strengths}
            learned = fit(design.matrix(some), of_some, design.groups, strengths, learned.coefficients, alike)
        if len(of_some) < len(left):
            design, learned = on_all(customers, left, design, learned)  # so many that it cannot be too sure
        else:
            learned = checked.calibrated(learned)
        self.card_ = Card.centred(*design.lines(learned.coefficients), customers, () if booster() else (_NO_RULES,))
        self.classes_ = np.array([0, 1])
        return self


def together(marks: npt.NDArray[np.uint64], groups: Groups | None) -> Groups:
    """One number for those who are held out together, (n,): those of one of the ``groups``, and those with the same of the marks."""
    same = np.asarray(pd.factorize(marks)[0], dtype=np.int64)
    return same if groups is None else joined(np.unique(groups, return_inverse=True)[1], same)


def marks_of(customers: pd.DataFrame) -> npt.NDArray[np.uint64]:
    """A number for each customer, (n,), by which customers are put in an order of no meaning; those who are alike have the same."""
    marks: npt.NDArray[np.uint64] = pd.util.hash_pandas_object(customers, index=False).to_numpy()
    return marks


def columns_of(customers: pd.DataFrame, numbers: Sequence[str], levels: Sequence[str]) -> list[ColumnTerms]:
    """The terms of each column, in the order of the table; of a column that is the same for everybody none."""
    terms: list[ColumnTerms] = [NumberTerms.of(name, customers[name]) for name in numbers]
    terms += [LevelTerms.of(name, customers[name]) for name in levels]
    return [each for each in terms if each.groups]


def shapes(
    customers: pd.DataFrame, left: Floats, columns: Sequence[ColumnTerms], alike: Groups | None = None
) -> tuple[Design, Fit]:
    """The shapes of the columns that move anything, at most as many as a card has lines. Rows of one of ``alike``, (n,), are left out
    together where the strengths are chosen.
    """
    design = Design.of(customers, columns)
    Z = design.matrix(customers)
    learned = fit(Z, left, design.groups, together=alike)
    strength = design.strength(Z, learned.coefficients)
    strongest = set(np.argsort(-strength, kind="stable")[:_LINES].tolist())
    kept = [k for k in range(len(columns)) if strength[k] >= _IDLE and k in strongest]
    if len(kept) == len(columns):
        return design, learned
    design = Design.of(customers, [columns[k] for k in kept])
    Z = design.matrix(customers)
    return design, Fit(newton(Z, left, penalty(design.groups, learned.strengths)), learned.strengths)


def on_all(customers: pd.DataFrame, left: Floats, design: Design, learned: Fit) -> tuple[Design, Fit]:
    """The same lines with the coefficients of all customers: Newton's method in parts, with the curvature of the first pass."""
    design = Design.of(customers, design.columns, design.rules)
    weight, b = penalty(design.groups, learned.strengths), learned.coefficients
    factor: Any = None
    for _ in range(_PASSES):
        H, gradient = np.zeros((len(b), len(b))), -weight * b
        for part in parts(len(left)):
            Z = design.matrix(customers.iloc[part])
            p = expit(Z @ b)
            gradient += Z.T @ (left[part] - p)
            if factor is None:
                H += information(Z, p)
        factor = cho_factor(H + np.diag(weight + 1e-9)) if factor is None else factor
        b = b + cho_solve(factor, gradient)
        if np.abs(gradient).max() < _STILL * len(left):
            break
    return design, Fit(b, learned.strengths)
