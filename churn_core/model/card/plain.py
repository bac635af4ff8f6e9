"""The plain card: one shape for each column and at most 12 rules, for any schema. Nothing in it is drawn: it learns the same again."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from churn_core.model.card.card import Card
from churn_core.model.card.design import Design, holds, parts
from churn_core.model.card.fitted import FittedCard
from churn_core.model.card.ridge import START, Fit, fit, information, left_out_log_odds, log_loss, newton, penalty
from churn_core.model.card.rules import Conditions, booster, find
from churn_core.model.card.shape import Floats
from churn_core.model.card.terms import ColumnTerms, LevelTerms, NumberTerms

_ENOUGH = 20_000  # customers from whom strengths and rules are learned; the coefficients are learned from all
_LINES = 40  # a card has at most
_IDLE = 0.02  # log-odds; a column whose effect moves less has no line
_CHECKS, _CHECK_STEPS = 3, 4  # parts of the customers on whom rules found on the others are tried; Newton steps of a trial
_HELP = 0.001  # mean loss; rules that gain less there are left out
_PASSES, _STILL = 30, 1e-9  # over all customers at most, and the mean gradient at which they end
_NO_RULES = "Rules were not looked for: lightgbm cannot be used on this machine."


class PlainCard(FittedCard):
    """Learned from the columns ``numbers`` and ``levels`` (categories and flags) of clean customers."""

    def __init__(self, numbers: tuple[str, ...], levels: tuple[str, ...]) -> None:
        self.numbers, self.levels = numbers, levels

    def fit(self, customers: pd.DataFrame, y: Any) -> "PlainCard":
        left = np.asarray(y, dtype=float)
        spaced = slice(None, None, -(-len(left) // _ENOUGH))
        some, of_some = customers.iloc[spaced], left[spaced]
        design, learned = shapes(some, of_some, columns_of(customers, self.numbers, self.levels))
        rules = helpful_rules(some, of_some, design, learned)
        if rules:
            design = Design.of(some, design.columns, rules)
            learned = fit(design.matrix(some), of_some, design.groups, {**START, **learned.strengths})
        if len(of_some) < len(left):
            design, learned = on_all(customers, left, design, learned)
        self.card_ = Card.centred(*design.lines(learned.coefficients), customers, () if booster() else (_NO_RULES,))
        self.classes_ = np.array([0, 1])
        return self


def columns_of(customers: pd.DataFrame, numbers: Sequence[str], levels: Sequence[str]) -> list[ColumnTerms]:
    """The terms of each column, in the order of the table; of a column that is the same for everybody none."""
    terms: list[ColumnTerms] = [NumberTerms.of(name, customers[name]) for name in numbers]
    terms += [LevelTerms.of(name, customers[name]) for name in levels]
    return [each for each in terms if each.groups]


def shapes(customers: pd.DataFrame, left: Floats, columns: Sequence[ColumnTerms]) -> tuple[Design, Fit]:
    """The shapes of the columns that move anything, at most as many as a card has lines."""
    design = Design.of(customers, columns)
    Z = design.matrix(customers)
    learned = fit(Z, left, design.groups)
    strength = design.strength(Z, learned.coefficients)
    strongest = set(np.argsort(-strength, kind="stable")[:_LINES].tolist())
    kept = [k for k in range(len(columns)) if strength[k] >= _IDLE and k in strongest]
    if len(kept) == len(columns):
        return design, learned
    design = Design.of(customers, [columns[k] for k in kept])
    return design, fit(design.matrix(customers), left, design.groups, learned.strengths, searched=False)


def helpful_rules(customers: pd.DataFrame, left: Floats, design: Design, learned: Fit) -> list[Conditions]:
    """Rules that there is room for; none where rules that were found on some of the customers do not help with the others."""
    Z, weight = design.matrix(customers), penalty(design.groups, learned.strengths)
    log_odds = left_out_log_odds(Z, left, learned.coefficients, weight)
    rules = find(customers, left, log_odds, design.columns)[: _LINES - len(design.columns)]
    if not rules:
        return []
    part, gain = np.arange(len(left)) % _CHECKS, 0.0
    for held_out in (part == k for k in range(_CHECKS)):
        found = find(customers[~held_out], left[~held_out], log_odds[~held_out], design.columns)
        alone = newton(Z[~held_out], left[~held_out], weight, learned.coefficients, _CHECK_STEPS)
        both = np.column_stack([Z, *(_standardised(holds(rule, customers)) for rule in found)])
        weights, start = (np.append(each, np.full(len(found), value)) for each, value in ((weight, START["rule"]), (alone, 0.0)))
        beside = newton(both[~held_out], left[~held_out], weights, start, _CHECK_STEPS)
        for of, sign in ((Z @ alone, 1), (both @ beside, -1)):
            gain += sign * float(log_loss(of[held_out], left[held_out]).sum()) / len(left)
    return rules if gain > _HELP else []


def _standardised(held: np.ndarray) -> Floats:
    standardised: Floats = (held - held.mean()) / max(float(held.std()), 1e-9)
    return standardised


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
