"""What a term adds to the log-odds of one customer, looked up: it rests on a few columns, and most customers have values there that
somebody else had before.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from churn_core.model.term import Term

_KEPT = 1_000  # values of the columns of one term that are remembered: words are few, numbers may be any number


class Steps:
    """One term with its coefficient and its mean among the training customers."""

    __slots__ = ("_coefficient", "_known", "_mean", "_term", "_values")

    def __init__(self, term: Term, coefficient: float, mean: float) -> None:
        self._term, self._coefficient, self._mean = term, coefficient, mean
        self._values, self._known = itemgetter(*term.rests_on), dict[Any, tuple[float, float]]()

    def of(self, customer: Mapping[str, Any]) -> tuple[float, float]:
        """coefficient · term, and coefficient · (term − its mean), of one clean customer."""
        values = self._values(customer)
        known = self._known.get(values)
        if known is None:
            term = self._term.compute_one(customer)
            known = self._coefficient * term, self._coefficient * (term - self._mean)
            if len(self._known) < _KEPT:
                self._known[values] = known
        return known


_steps: WeakKeyDictionary[Any, tuple[np.ndarray, list[Steps]]] = WeakKeyDictionary()  # by model: a model is stored without it


def steps_of(model: object, terms: tuple[Term, ...], coefficients: np.ndarray, means: np.ndarray) -> list[Steps]:
    """Those of a fitted model, as long as it is not fitted again."""
    kept = _steps.get(model)
    if kept is None or kept[0] is not coefficients:
        numbers = zip(terms, coefficients.tolist(), means.tolist(), strict=True)
        _steps[model] = kept = coefficients, [Steps(*each) for each in numbers]
    return kept[1]
