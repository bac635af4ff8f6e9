"""What the training customers say of each reason: a model can have an effect where nobody ever left, and words must not repeat it.

Customers with the same words are a group. Numbers are grouped by twentieths; a number that the schema has words of its own for, or
whose customers leave much more or less often than their neighbours, is a group of its own, and so are those without a number. What
columns do together is grouped by how much it is. Of each group it is counted how many
left, and how many would have left by chance by the model without this effect (the held-out log-odds minus the effect). More, beyond
chance: the data say that it raises the risk of comparable customers; fewer, beyond chance: that it lowers it. Anything else is said
by the model alone.
"""

import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from churn_core.model.by_chance import chance_of_so_few, chance_of_so_many
from churn_core.model.columns import Columns, arrays_of
from churn_core.schema import Column, Schema

_CHANCE = 0.05  # one-sided; what is likelier than this by chance is no evidence
_ALONE = 0.01  # a number whose neighbours are so unlikely to be like it is a group of its own
_GROUPS, _FEWEST = 20, 50  # groups of a number at most, and customers of each at least (of 200 customers four groups)
_BLANK = sys.float_info.max  # an edge that no number reaches: behind it are those without one
_FARTHEST = 50.0  # log-odds; no model is that far off
_CERTAIN = 1e-9  # a probability of 0 or 1 has no log-odds, so it counts as this far from it


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """``edges``: by number column, where its groups but the first begin, and by reason that is named after several columns, where the
    groups of its effects do. ``directions``: by reason, of each group of customers (the
    groups of its columns crossed, the last column running fastest) 1 where they leave more often than the model says without this
    reason, −1 less often, 0 neither beyond chance.
    """

    edges: Mapping[str, Sequence[float]]
    directions: Mapping[str, Sequence[int]]

    @classmethod
    def of(
        cls,
        effects: pd.DataFrame,
        told_by: Mapping[str, tuple[str, ...]],
        customers: pd.DataFrame,
        churned: np.ndarray,
        probability: np.ndarray,
        schema: Schema,
    ) -> "Evidence":
        """From training customers: what each reason adds to their log-odds (n, reasons), the columns that it is told by, who left,
        and what a model that had not seen them says, (n,).
        """
        edges = {
            name: _edges(schema[name], customers[name].to_numpy(), churned)
            for name in dict.fromkeys(name for reason, names in told_by.items() if reason in schema for name in names)
            if schema[name].kind not in ("category", "flag")
        }
        edges |= {reason: _edges_of_effects(effects[reason].to_numpy()) for reason in told_by if reason not in schema}
        held_out = _centred(logit(np.clip(probability, _CERTAIN, 1 - _CERTAIN)), churned)
        empty = cls(edges=edges, directions={})
        directions = {}
        for reason, names in told_by.items():
            own = effects[reason].to_numpy()
            groups = empty._groups_of(reason, own, arrays_of(customers, names), schema)
            without = expit(held_out - own)
            together = [len(edges[reason]) + 1] if reason not in schema else [empty._size(schema[name]) for name in names]
            says = [0] * int(np.prod(together))
            for group in np.unique(groups[groups >= 0]).tolist():
                inside = groups == group
                says[group] = _direction(without[inside], int(churned[inside].sum()))
            directions[reason] = says
        return cls(edges=edges, directions=directions)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Evidence":
        """The evidence whose fields were written as JSON, every number of it of its kind."""
        return cls(
            edges={name: [float(edge) for edge in edges] for name, edges in value["edges"].items()},
            directions={name: [int(each) for each in says] for name, says in value["directions"].items()},
        )

    def supports(self, reason: str, effects: np.ndarray, columns: Columns, schema: Schema) -> np.ndarray:
        """Whether the training customers say of each of these effects (m,) what the model says; ``columns``: what the reason is told
        by, of a customer with each.
        """
        groups = self._groups_of(reason, effects, columns, schema)
        says = np.append(np.array(self.directions[reason], dtype=int), 0)[groups]  # the last is for what nobody had in training
        supported: np.ndarray = np.sign(effects) * says > 0
        return supported

    def raises(
        self, reason: str, columns: tuple[str, ...], customer: Mapping[str, Any], schema: Schema, effect: float = 0.0
    ) -> bool:
        """Whether the training customers say of one customer's values in the columns of a reason that they raise the risk; ``effect``:
        what the reason adds, by which one that is named after several columns is looked up.
        """
        if reason not in schema:
            return self.directions[reason][bisect_right(self.edges[reason], effect)] > 0
        group = 0
        for name in columns:
            column, value = schema[name], customer[name]
            if name in self.edges:
                if value != value and not self._knows_blanks(name):
                    return False
                code = bisect_right(self.edges[name], value)
            elif column.kind == "category":
                if value not in column.values:
                    return False
                code = column.allowed.index(value)
            else:
                code = int(value)
            group = group * self._size(column) + code
        return self.directions[reason][group] > 0

    def _size(self, column: Column) -> int:
        """How many groups there are of a column."""
        return len(self.edges[column.name]) + 1 if column.name in self.edges else len(column.allowed) or 2

    def _knows_blanks(self, name: str) -> bool:
        """Whether there were training customers without this number."""
        return _BLANK in self.edges[name][-1:]

    def _groups_of(self, reason: str, effects: np.ndarray, columns: Columns, schema: Schema) -> np.ndarray:
        """The group of each customer for a reason, (n,): by its effects where several columns name it, else by its columns."""
        if reason in schema:
            return self._groups(columns, schema)
        groups: np.ndarray = np.searchsorted(self.edges[reason], effects, side="right")
        return groups

    def _groups(self, columns: Columns, schema: Schema) -> np.ndarray:
        """The group of each customer, (n,); −1 for a value that no customer can have."""
        groups, known = np.zeros(1, dtype=int), np.ones(1, dtype=bool)
        for name, values in columns.items():
            column = schema[name]
            if name in self.edges:
                numbers = np.asarray(values, dtype=float)
                codes = np.searchsorted(self.edges[name], numbers, side="right")
                if not self._knows_blanks(name):
                    codes = np.where(np.isnan(numbers), -1, codes)
            elif column.kind == "category":
                codes = (
                    values.codes.astype(int)
                    if isinstance(values, pd.Categorical) and values.dtype == column.dtype
                    else pd.Index(column.allowed).get_indexer(values)
                )
            else:
                codes = np.asarray(values, dtype=int)
            groups, known = groups * self._size(column) + codes, known & (codes >= 0)
        return np.where(known, groups, -1)


def _centred(log_odds: np.ndarray, churned: np.ndarray) -> np.ndarray:
    """The log-odds moved together until as many leave by them as left: models with class weights say too much of everybody."""
    from scipy.optimize import brentq  # takes as long to load as pandas, and only those who learn need it

    left = float(np.mean(churned))
    moved: np.ndarray = log_odds + brentq(lambda shift: float(expit(log_odds + shift).mean()) - left, -_FARTHEST, _FARTHEST)
    return moved


def _direction(without: np.ndarray, left: int) -> int:
    """1 if more left than by chance with these probabilities, −1 if fewer."""
    if left > without.sum():
        return int(chance_of_so_many(without, left) <= _CHANCE)
    return -int(chance_of_so_few(without, left) <= _CHANCE)


def _edges(column: Column, numbers: np.ndarray, churned: np.ndarray) -> list[float]:
    """Where the groups of a number begin, but for the first; those without a number are the last."""
    from scipy.stats import binom  # as ``brentq``

    blank = np.isnan(numbers)
    if blank.any():
        return [*_edges(column, numbers[~blank], churned[~blank]), _BLANK]
    many = max(min(_GROUPS, len(numbers) // _FEWEST), 1)
    edges = np.unique(np.quantile(numbers, np.arange(1, many) / many, method="higher")) if len(numbers) else np.empty(0)
    values, of_value = np.unique(numbers, return_inverse=True)
    count, left = np.bincount(of_value), np.bincount(of_value, weights=churned)
    group = np.searchsorted(edges, values, side="right")
    others, others_left = (np.bincount(group, weights=each)[group] - each for each in (count, left))
    rate = np.divide(others_left, others, out=np.zeros(len(values)), where=others > 0)
    tail = np.minimum(binom.cdf(left, count, rate), binom.sf(left - 1, count, rate))
    unlike = tail < np.where(left == 0, _CHANCE, _ALONE)  # that nobody ever left is soon worth a group of its own
    alone = set(values[(others >= count) & unlike].tolist()) | _with_words(column)
    after = (value + 1 if column.kind == "whole" else float(np.nextafter(value, np.inf)) for value in alone)
    return sorted({*edges.tolist(), *alone, *after})


def _edges_of_effects(effects: np.ndarray) -> list[float]:
    """Where the groups of what columns do together begin, but for the first: each effect where there are few, else twentieths."""
    distinct = np.unique(effects)
    if len(distinct) > _GROUPS:
        distinct = np.unique(np.quantile(effects, np.arange(_GROUPS) / _GROUPS, method="higher"))
    edges: list[float] = distinct[1:].tolist()
    return edges


def _with_words(column: Column) -> set[float]:
    """The numbers that the schema has words of their own for."""
    words: set[float] = set()
    for value in column.phrases:
        try:
            words.add(float(value))
        except ValueError:
            continue  # "*", any number
    return words
