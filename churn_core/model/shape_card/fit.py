"""The shape card: for each column a shape, up to 15 tables of two columns (of many customers 25) and a few rules; close to boosted
trees, and holds none.

In this order it learns shapes and strong rules of a plain card; pairs of columns; tables, by boosting on parts of the customers; how
much tables and plain card count; rules on what both leave unexplained. What hardly moves anything has no line.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin

from churn_core.model.alike import Groups
from churn_core.model.card.card import Card, Line
from churn_core.model.card.design import Design
from churn_core.model.card.fitted import FittedCard
from churn_core.model.card.joint import Rule
from churn_core.model.card.plain import columns_of, shapes
from churn_core.model.card.ridge import START, Fit, fit, left_out_log_odds, penalty
from churn_core.model.newton import Values
from churn_core.model.shape_card.codes import coded, codes_of
from churn_core.model.shape_card.grow import grown
from churn_core.model.shape_card.lines import lines
from churn_core.model.shape_card.pairs import pairs_worth_a_table
from churn_core.model.shape_card.rules import Rules, holds, rules_beyond
from churn_core.model.shape_card.stack import weights

_ENOUGH = 50_000  # customers that a card is learned from; only its base is that of all
_LINES, _IDLE = 40, 0.02  # lines at most; log-odds, and a line whose effect moves less is left out
_STRONG, _SURELY = 8, 30.0  # rules that no pair of columns can say, and χ² that each must reach
_LATE, _LIKELY = 4, 16.0  # rules on what is left in the end
_FEWEST_PAIRS = 4  # tables for which there are lines, however many columns there are


@dataclass(frozen=True)
class _Pace:
    """How finely it learns: parts of the customers, codes of a number, tables at most, learning rate. Our choice."""

    parts: int
    codes: int
    pairs: int
    rate: float


_FEW, _MANY = 4_000, 20_000  # customers; of few more parts are taken, many can tell more groups and tables apart, and take longer
_OF_FEW, _USUAL, _OF_MANY = _Pace(8, 40, 15, 0.1), _Pace(5, 40, 15, 0.1), _Pace(3, 64, 25, 0.2)


class ShapeCard(FittedCard, ClassifierMixin, BaseEstimator):
    """Learned from the columns ``numbers`` and ``levels`` (categories and flags) of clean customers; nothing in it is drawn."""

    def __init__(self, numbers: tuple[str, ...], levels: tuple[str, ...]) -> None:
        self.numbers, self.levels = numbers, levels

    def fit(self, customers: pd.DataFrame, y: Any, groups: Groups | None = None) -> "ShapeCard":
        """Learn. Rows of one of the ``groups``, (n,), are in one part where customers are parted."""
        everybody = np.asarray(y, dtype=float)
        size = min(_ENOUGH, len(everybody))
        spaced = np.arange(size) * len(everybody) // size
        some, left = customers.iloc[spaced], everybody[spaced]
        pace = _OF_FEW if size < _FEW else _OF_MANY if size > _MANY else _USUAL
        codes = codes_of(some, self.numbers, self.levels, left, pace.codes)
        alike = None if groups is None else groups[spaced]
        of_a_kind = 1.0 if alike is None else size / len(np.unique(alike))  # rows; χ² is so many times as high by chance
        design, learned, said = _plain(some, left, self.numbers, self.levels, alike)
        strong = rules_beyond(said, some, left, codes, most=_STRONG, least=_SURELY * of_a_kind).conditions
        if strong:
            design, learned, said = _with_rules(some, left, design, learned, strong, alike)

        of_each = coded(some, codes)
        flags = [holds(conditions, some).astype(np.int64) for conditions in strong]
        all_codes, sizes = np.column_stack([of_each, *flags]), [each.size for each in codes] + [2] * len(strong)
        most = min(pace.pairs, max(_FEWEST_PAIRS, _LINES - len(sizes) - _LATE))
        pairs = pairs_worth_a_table(all_codes, left, len(codes), most)
        tables, held_out, steadier = grown(all_codes, sizes, left, pairs, pace.parts, pace.rate, alike)
        for column, each in enumerate(codes):
            if each.unknown is not None and not (of_each[:, column] == each.unknown).any():
                tables.silence(column, each.unknown)

        shift, of_tables, of_card = weights(held_out, said, left)
        stacked = shift + of_tables * held_out + of_card * said
        late = rules_beyond(stacked, some, left, codes, most=_LATE, least=_LIKELY * of_a_kind)
        shift += late.shift + _of_a_mean(stacked + late.log_odds(some), of_tables**2 * steadier)
        shift += float(logit(everybody.mean()) - logit(left.mean()))
        base, plain = design.lines(learned.coefficients)
        together = lines(codes, strong, tables, of_tables, tuple(plain), of_card)
        base = shift + of_tables * tables.base + of_card * base
        card = _trimmed(Card.centred(base, [*together, *_as_lines(late, some)], some))
        self.card_, self.classes_ = card, np.array([0, 1])
        return self


def _plain(
    customers: pd.DataFrame, left: Values, numbers: tuple[str, ...], levels: tuple[str, ...], alike: Groups | None
) -> tuple[Design, Fit, Values]:
    """The shapes of a plain card, and what it would say of each customer if it had not seen the customer, (n,)."""
    design, learned = shapes(customers, left, columns_of(customers, numbers, levels), alike)
    return design, learned, _left_out(customers, left, design, learned, alike)


def _with_rules(
    customers: pd.DataFrame, left: Values, design: Design, learned: Fit, rules: tuple[Any, ...], alike: Groups | None
) -> tuple[Design, Fit, Values]:
    """The same with rules."""
    design = Design.of(customers, design.columns, rules)
    learned = fit(design.matrix(customers), left, design.groups, {**START, **learned.strengths}, together=alike)
    return design, learned, _left_out(customers, left, design, learned, alike)


def _left_out(customers: pd.DataFrame, left: Values, design: Design, learned: Fit, alike: Groups | None) -> Values:
    weight = penalty(design.groups, learned.strengths)
    return left_out_log_odds(design.matrix(customers), left, learned.coefficients, weight, alike)


def _as_lines(rules: Rules, customers: pd.DataFrame) -> list[Line]:
    return [
        Rule(conditions=conditions, effect=effect, share=float(holds(conditions, customers).mean()))
        for conditions, effect in zip(rules.conditions, rules.effects, strict=True)
    ]


def _trimmed(card: Card) -> Card:
    """The card with its strongest lines; each is told against the average, so the base stays."""
    strongest = sorted(range(len(card.lines)), key=lambda k: -card.lines[k].strength)[:_LINES]
    kept = {k for k in strongest if card.lines[k].strength >= _IDLE}
    return replace(card, lines=tuple(line for k, line in enumerate(card.lines) if k in kept))


def _of_a_mean(log_odds: Values, less_variance: Values) -> float:
    """What is added to log-odds that vary less by chance than ``log_odds`` (n,), by so much, so that as many are expected to leave: to
    second order, Σ ½ p(1 − p)(1 − 2p) · variance ÷ Σ p(1 − p).
    """
    p = expit(log_odds)
    slope = p * (1 - p)
    return float((0.5 * slope * (1 - 2 * p) * less_variance).sum() / slope.sum())
