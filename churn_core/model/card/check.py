"""What a fit is worth on customers that it has not seen: whether its rules help there, and how much too sure of itself it is.

A fifth of the customers is held out five times. The shapes alone and the shapes with rules, found and fitted on the others, say
what they think of them; a straight line from these log-odds to the outcomes (Platt 1999) says how far the fit has to be pulled
back. It is pulled back before it becomes a card, so a card is calibrated and stays a sum. Smaller parts would take longer; larger
ones leave fits on so few customers that they are surer of themselves than the one on all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from churn_core.model.alike import Groups
from churn_core.model.card.design import Design, holds
from churn_core.model.card.ridge import START, Fit, left_out_log_odds, log_loss, newton, penalty
from churn_core.model.card.rules import Conditions, find
from churn_core.model.card.shape import Floats

PARTS, _STEPS = 5, 6  # parts that are held out in turn, and Newton steps of a fit without one


@dataclass(frozen=True)
class Checked:
    """The rules that help, and the line ``shift`` + ``slope`` · log-odds that is right on customers who were held out."""

    rules: tuple[Conditions, ...]
    shift: float
    slope: float

    def calibrated(self, learned: Fit) -> Fit:
        """The fit pulled back onto the line: on customers it was not fitted on as many then leave as it expects."""
        intercept, *others = (learned.coefficients * self.slope).tolist()
        return Fit(np.array([intercept + self.shift, *others]), learned.strengths)


def check(
    customers: pd.DataFrame,
    left: Floats,
    part: npt.NDArray[np.int64],
    design: Design,
    learned: Fit,
    most: int,
    alike: Groups | None = None,
) -> Checked:
    """At most so many rules, none where rules that were found on some of the customers do not help with the others. The customers of
    each ``part``, (n,), are held out together, and rows of one of ``alike``, (n,), where one customer is left out of the fit.
    """
    Z, weight = design.matrix(customers), penalty(design.groups, learned.strengths)
    unexplained = left_out_log_odds(Z, left, learned.coefficients, weight, alike)
    rules = find(customers, left, unexplained, design.columns)[:most]
    alone, beside = np.empty(len(left)), np.empty(len(left))
    for held_out in (part == k for k in range(PARTS)):
        there, of_there = ~held_out, left[~held_out]
        shapes = newton(Z[there], of_there, weight, learned.coefficients, _STEPS)
        alone[held_out] = Z[held_out] @ shapes
        if rules:
            found = find(customers[there], of_there, unexplained[there], design.columns)[:most]
            both = np.column_stack([Z, *_standardised(found, customers)])
            weights, start = np.append(weight, np.full(len(found), START["rule"])), np.append(shapes, np.zeros(len(found)))
            beside[held_out] = both[held_out] @ newton(both[there], of_there, weights, start, _STEPS)
    without = line(alone, left)
    if rules:
        with_rules = line(beside, left)
        if _loss(beside, left, with_rules) < _loss(alone, left, without):
            return Checked(tuple(rules), *with_rules)
    return Checked((), *without)


def _standardised(rules: Sequence[Conditions], customers: pd.DataFrame) -> list[Floats]:
    """For whom each rule holds, (n,), moved to a mean of 0 and a standard deviation of 1."""
    held = (holds(rule, customers) for rule in rules)
    return [(each - each.mean()) / max(float(each.std()), 1e-9) for each in held]


def line(log_odds: Floats, left: Floats) -> tuple[float, float]:
    """The shift and the slope by which log-odds fit the outcomes best; nothing is made surer than it was, or turned round."""
    slope = float(np.clip(newton(np.column_stack([np.ones(len(left)), log_odds]), left, np.zeros(2))[1], 0.0, 1.0))
    return shift_to(slope * log_odds, left), slope


def shift_to(log_odds: Floats, left: Floats) -> float:
    """What has to be added to the log-odds for as many to leave by them as left."""
    shift = 0.0
    for _ in range(30):
        p = expit(shift + log_odds)
        step = float((left - p).sum() / (p * (1 - p)).sum())
        shift += step
        if abs(step) < 1e-10:
            break
    return shift


def _loss(log_odds: Floats, left: Floats, by: tuple[float, float]) -> float:
    return float(log_loss(by[0] + by[1] * log_odds, left).sum())
