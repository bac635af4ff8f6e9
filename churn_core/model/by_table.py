"""Models that answer tables only: one customer, or some columns, are made a table for them; nothing is cleaned again."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from churn_core.model.evidence import Evidence
from churn_core.model.terms import features
from churn_core.schema import Column, Schema


class ByTable:
    """What such a model adds to ``predict_proba`` and ``contributions`` to be a ``Model``."""

    equation, card, rests_on = None, None, None
    evidence: Evidence | None = None
    predict_proba: Any
    contributions: Any

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        raise NotImplementedError

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(names[0] for names in self.told_by)

    def churn_probability(self, customers: pd.DataFrame) -> np.ndarray:
        probability: np.ndarray = self.predict_proba(customers)[:, 1]
        return probability

    def churn_probability_of(self, customer: Mapping[str, Any], schema: Schema) -> float:
        return float(self.churn_probability(_of_one(customer, schema))[0])

    def churn_probabilities_of(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> np.ndarray:
        return self.churn_probability(table(columns, schema))

    def contributions_of(self, customer: Mapping[str, Any], schema: Schema) -> Sequence[float]:
        added: list[float] = self.contributions(_of_one(customer, schema))[1][0].tolist()
        return added

    def probability_and_contributions_of(self, customer: Mapping[str, Any], schema: Schema) -> tuple[float, Sequence[float]]:
        return self.churn_probability_of(customer, schema), self.contributions_of(customer, schema)

    def standard_errors(self, customers: pd.DataFrame) -> None:
        return None

    def unpenalised(self, customers: pd.DataFrame) -> None:
        return None


def table(columns: Mapping[str, Sequence[Any]], schema: Schema) -> pd.DataFrame:
    """Clean customers, given as columns by name, as the table that cleaning makes of them. Ids and free text, which no model
    looks at, are left out.
    """
    return pd.DataFrame({column.name: _typed(columns[column.name], column) for column in features(schema)}, copy=False)


def _of_one(customer: Mapping[str, Any], schema: Schema) -> pd.DataFrame:
    return table({name: [value] for name, value in customer.items()}, schema)


def _typed(values: Sequence[Any], column: Column) -> Any:
    if column.kind == "category":
        return pd.Categorical(values, dtype=column.dtype)
    whole = column.kind == "flag" or (column.kind == "whole" and not column.blanks)
    return np.asarray(values, dtype=np.int64 if whole else float)
