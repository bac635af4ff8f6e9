"""One number per clean customer: the term, and the matrix of several."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from churn_core.model.columns import Columns, arrays_of
from churn_core.model.functions import FUNCTIONS, known
from churn_core.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Term:
    """One number per customer. With ``value``: how many of ``columns`` hold it; else ``function`` of their numbers, one of
    ``FUNCTIONS`` by its name, with its ``parameter``.

    ``only``, a column and its value: the term is 0 for all others. Reasons are told by ``columns`` alone. ``unit`` says what
    one more of it is. All of it is JSON: an equation is stored with its terms.
    """

    name: str
    meaning: str
    columns: tuple[str, ...]
    value: str | int | None = None
    function: str = "as_it_is"
    parameter: float | None = None
    unit: str = "if so"
    only: tuple[str, str | int] | None = None

    def __post_init__(self) -> None:
        known(self.function)

    @cached_property
    def rests_on(self) -> tuple[str, ...]:
        """Every column that the term looks at, each once."""
        return tuple(dict.fromkeys((*self.columns, *(self.only or ())[:1])))

    def fits(self, schema: Schema) -> bool:
        """Whether customers of this schema have the columns, and can have the values."""
        held = [(name, self.value) for name in self.columns] + ([self.only] if self.only else [])
        return all(name in schema and _can_be(schema, name, value) for name, value in held)

    def compute(self, customers: pd.DataFrame | Columns) -> np.ndarray:
        """The term of each customer, float (n,); of a table, or of its columns by name."""
        if self.value is None:
            numbers = (np.asarray(customers[name], dtype=float) for name in self.columns)
            values = np.asarray(self._function(*numbers), dtype=float)
        else:
            values = np.asarray(customers[self.columns[0]] == self.value, dtype=float)
            for name in self.columns[1:]:
                values += np.asarray(customers[name] == self.value, dtype=float)
        if self.only is not None:
            values = values * np.asarray(customers[self.only[0]] == self.only[1], dtype=float)
        return values

    def compute_one(self, customer: Mapping[str, Any]) -> float:
        """The same for one customer, to the last bit, without the cost of a table."""
        if self.only is not None and customer[self.only[0]] != self.only[1]:
            return 0.0
        if self.value is None:
            return float(self._function(*[float(customer[name]) for name in self.columns]))
        if len(self.columns) == 1:
            return 1.0 if customer[self.columns[0]] == self.value else 0.0
        return float(sum([customer[name] == self.value for name in self.columns]))

    def _function(self, *numbers: Any) -> Any:
        compute = FUNCTIONS[self.function].compute
        return compute(*numbers) if self.parameter is None else compute(*numbers, self.parameter)


def _can_be(schema: Schema, name: str, value: str | int | None) -> bool:
    """Whether the column can hold ``value``; ``None``: any number."""
    column = schema[name]
    if value is None:
        return column.kind in ("whole", "number", "date", "flag")
    return value in column.allowed or (column.kind == "flag" and value in (0, 1))


def looked_at(terms: tuple[Term, ...], customers: pd.DataFrame) -> Columns:
    """The columns that the terms look at."""
    return arrays_of(customers, (name for term in terms for name in term.rests_on))


def matrix(terms: tuple[Term, ...], customers: pd.DataFrame) -> np.ndarray:
    """The terms of each clean customer, float (n, k), in the order of ``terms``."""
    values, columns = np.empty((len(customers), len(terms))), looked_at(terms, customers)
    for k, term in enumerate(terms):
        values[:, k] = term.compute(columns)
    return values
