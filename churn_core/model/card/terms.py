"""What a column is learned by: some terms, fitted with everything else, and afterwards merged into one shape.

A number has a line (in log(1 + x) where it is skewed and never negative), hinges at 5 quantiles, steps at 11, and an indicator for
blanks, for a value that more than a tenth of the customers have, and for each value where there are 8 or fewer. A category or flag has
an indicator for each level; its rare levels are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from churn_core.model.card.shape import Curve, Floats, Levels, coded

Group = Literal["level", "line", "shape", "step", "rule"]  # terms of a group are penalised alike

_KNOTS, _STEPS = 5, 12  # hinges, and parts between the steps
_FEW_VALUES = 8  # up to so many distinct numbers each has a term of its own
_SPIKE = 0.1  # share of the customers with one number, from which it has a term of its own
_SKEWED = 1.5  # no unit; skewness above which a number counts by its logarithm
_RARE, _MOST_LEVELS = 20, 25  # customers of a level, and levels, that have a term of their own
_FEWEST, _FEWEST_OTHERS = 10, 5  # customers with a value, or without a number; and with a rare level
_SHOWN = 40  # numbers at most at which a curve is remembered to have been seen


@dataclass(frozen=True, kw_only=True)
class NumberTerms:
    """The terms of a number column, in the order: blank, line, exact, hinges, steps. ``centre`` stands for a number that is blank,
    so that the blank term is what being unknown adds. ``groups``: of each term.
    """

    column: str
    log: bool
    centre: float
    groups: tuple[Group, ...]
    blank: bool
    line: bool
    exact: tuple[float, ...]
    hinges: tuple[float, ...]
    steps: tuple[float, ...]
    seen: tuple[tuple[float, float], ...]
    blanks: float

    @classmethod
    def of(cls, column: str, values: Any) -> "NumberTerms":
        """What the training customers' values ask for."""
        numbers = np.asarray(values, dtype=float)
        known = numbers[~np.isnan(numbers)]
        distinct, counts = np.unique(known, return_counts=True)
        blanks = len(numbers) - len(known)
        exact: list[float] = []
        hinges = steps = np.empty(0)
        if 2 < len(distinct) <= _FEW_VALUES:
            exact = distinct[counts >= _FEWEST].tolist()
        elif len(distinct) > 2:
            rest, of_rest = distinct, counts
            if counts.max() > _SPIKE * len(known):
                spike = int(counts.argmax())
                exact = [float(distinct[spike])]
                rest, of_rest = np.delete(distinct, spike), np.delete(counts, spike)
            hinges = np.unique(_quantiles(rest, of_rest, (np.arange(_KNOTS) + 0.5) / _KNOTS))
            steps = np.unique(_quantiles(rest, of_rest, np.arange(1, _STEPS) / _STEPS))
        blank, line = blanks >= _FEWEST, len(distinct) > 1
        of_exact: Group = "shape" if len(distinct) <= _FEW_VALUES else "level"
        groups: list[Group] = ["level"] * blank
        groups += ["line" if len(distinct) > 2 else "level"] * line
        groups += [of_exact] * len(exact) + ["shape"] * len(hinges) + ["step"] * len(steps)
        return cls(
            column=column,
            log=len(distinct) > 2 and bool(distinct[0] >= 0) and _skewness(distinct, counts) > _SKEWED,
            centre=float(_quantiles(distinct, counts, np.array([0.5]))[0]) if len(known) else 0.0,
            groups=tuple(groups),
            blank=blank,
            line=line,
            exact=tuple(exact),
            hinges=tuple(hinges.tolist()),
            steps=tuple(steps.tolist()),
            seen=_seen(distinct, counts, len(numbers)),
            blanks=blanks / max(len(numbers), 1),
        )

    def _z(self, numbers: Any) -> Any:
        return np.log1p(np.maximum(numbers, 0.0)) if self.log else numbers

    def fill(self, values: Any, terms: Floats) -> None:
        """The terms of each customer into ``terms``, (n, k)."""
        numbers = np.asarray(values, dtype=float)
        unknown = np.isnan(numbers)
        numbers = np.where(unknown, self.centre, numbers)
        z, at = self._z(numbers), 0
        if self.blank:
            terms[:, at], at = unknown, at + 1
        if self.line:
            terms[:, at], at = z, at + 1
        for value in self.exact:
            terms[:, at], at = numbers == value, at + 1
        for knot in self.hinges:
            terms[:, at], at = np.maximum(z - self._z(knot), 0.0), at + 1
        for step in self.steps:
            terms[:, at], at = numbers > step, at + 1

    def shape(self, coefficients: Sequence[float]) -> Curve:
        """The terms with their coefficients, (k,), as one curve."""
        left = iter(coefficients)
        of_blank = next(left) if self.blank else 0.0
        of_line = next(left) if self.line else 0.0
        of_exact = [next(left) for _ in self.exact]
        of_hinge = {knot: next(left) for knot in self.hinges}
        of_step = {step: next(left) for step in self.steps}
        edges = sorted({*self.hinges, *self.steps})
        constants, slopes = [0.0], [of_line]
        for edge in edges:
            bend, jump = of_hinge.get(edge, 0.0), of_step.get(edge, 0.0)
            constants.append(constants[-1] + jump - bend * float(self._z(edge)))
            slopes.append(slopes[-1] + bend)
        smooth = Curve(column=self.column, edges=tuple(edges), constants=tuple(constants), slopes=tuple(slopes), log=self.log)
        exact = tuple(
            (value, smooth.effect_of({self.column: value}) + added) for value, added in zip(self.exact, of_exact, strict=True)
        )
        curve = Curve(
            column=self.column,
            edges=smooth.edges,
            constants=smooth.constants,
            slopes=smooth.slopes,
            log=self.log,
            exact=exact,
            seen=self.seen,
            blanks=self.blanks,
        )
        at_centre = curve.effect_of({self.column: self.centre})
        return curve.with_blank(at_centre + of_blank)


@dataclass(frozen=True, kw_only=True)
class LevelTerms:
    """The indicators of a category or a flag: one for each of ``levels``, and one for all others where ``others``."""

    column: str
    levels: tuple[str | int, ...]
    others: bool
    shares: tuple[float, ...]

    @classmethod
    def of(cls, column: str, values: Any) -> "LevelTerms":
        """What the training customers' values ask for: the frequent levels, most frequent first."""
        codes, levels = coded(values)
        counts = np.bincount(codes[codes >= 0], minlength=len(levels))
        frequent = sorted(range(len(levels)), key=lambda i: (-counts[i], str(levels[i])))[:_MOST_LEVELS]
        kept = [i for i in frequent if counts[i] >= _RARE]
        shares = counts[kept] / max(len(codes), 1)
        others = len(codes) - int(counts[kept].sum())
        return cls(
            column=column,
            levels=tuple(levels[i] for i in kept),
            others=others >= _FEWEST_OTHERS,
            shares=(*shares.tolist(), others / max(len(codes), 1)),
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return tuple("level" for _ in range(len(self.levels) + self.others))

    def fill(self, values: Any, terms: Floats) -> None:
        """The terms of each customer into ``terms``, (n, k)."""
        codes, levels = coded(values)
        place = {level: i for i, level in enumerate(self.levels)}
        column = np.array([place.get(level, len(place)) for level in levels] + [len(place)])[codes]
        for i in range(terms.shape[1]):
            terms[:, i] = column == i

    def shape(self, coefficients: Sequence[float]) -> Levels:
        """The terms with their coefficients, (k,), as one shape; a level that nobody had is as the average one."""
        shares = self.shares
        average = float(np.dot(coefficients, shares[: len(coefficients)])) / max(sum(shares[: len(coefficients)]), 1e-12)
        return Levels(
            column=self.column,
            levels=tuple(zip(self.levels, coefficients, strict=False)),
            other=coefficients[-1] if self.others else average,
            shares=shares,
        )


ColumnTerms = NumberTerms | LevelTerms


def _quantiles(distinct: Floats, counts: npt.NDArray[np.intp], shares: Floats) -> Floats:
    """The numbers that hold these shares of the customers; each of them is a number that somebody has."""
    ends = np.cumsum(counts)
    at = np.floor(shares * (ends[-1] - 1)).astype(int)
    quantiles: Floats = distinct[np.searchsorted(ends, at, side="right")]
    return quantiles


def _skewness(distinct: Floats, counts: npt.NDArray[np.intp]) -> float:
    mean = np.average(distinct, weights=counts)
    deviations = distinct - mean
    variance = np.average(deviations**2, weights=counts)
    return float(np.average(deviations**3, weights=counts) / variance**1.5) if variance > 0 else 0.0


def _seen(distinct: Floats, counts: npt.NDArray[np.intp], size: int) -> tuple[tuple[float, float], ...]:
    """Some of the numbers, the least and the greatest among them, and the share of customers up to each."""
    if not len(distinct):
        return ()
    numbers = distinct
    if len(distinct) > _SHOWN:
        numbers = np.unique(_quantiles(distinct, counts, np.arange(_SHOWN) / (_SHOWN - 1)))
    up_to = np.cumsum(counts)[np.searchsorted(distinct, numbers)]
    shares = np.diff(up_to, prepend=0) / size
    return tuple(zip(numbers.tolist(), shares.tolist(), strict=True))
