"""What rests on a few values of one customer, looked up: most customers have there what somebody before them had."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from churn_core.model.term import Term

Found = TypeVar("Found")
Steps = list[tuple[Callable[[Any], Any], dict[Any, tuple[float, float]], "LookedUp[tuple[float, float]]"]]

_KEPT = 1_000  # values that are remembered: words are few, numbers may be any number


class LookedUp(Generic[Found]):
    """``found(customer)``, which looks at nothing but these ``columns`` of a clean customer; worked out once for the same values."""

    __slots__ = ("_found", "known", "values")

    def __init__(self, columns: Sequence[str], found: Callable[[Mapping[str, Any]], Found]) -> None:
        self.values, self.known, self._found = itemgetter(*columns), dict[Any, Found](), found

    def of(self, customer: Mapping[str, Any]) -> Found:
        """That of one customer."""
        values = self.values(customer)
        known = self.known.get(values)
        if known is None:
            known = self._found(customer)
            if len(self.known) < _KEPT:
                self.known[values] = known
        return known


_steps: WeakKeyDictionary[Any, tuple[np.ndarray, Steps]] = WeakKeyDictionary()  # by model: a model is stored without it


def steps_of(model: object, terms: tuple[Term, ...], coefficients: np.ndarray, means: np.ndarray) -> Steps:
    """Of each term of a fitted model coefficient · term, and coefficient · (term − its mean): as the values that it rests on, what is
    known of them, and what works out the others. It is kept as long as the model is not fitted again.
    """
    kept = _steps.get(model)
    if kept is None or kept[0] is not coefficients:
        steps = [
            LookedUp(term.rests_on, _step(term, *numbers))
            for term, *numbers in zip(terms, coefficients.tolist(), means.tolist(), strict=True)
        ]
        _steps[model] = kept = coefficients, [(each.values, each.known, each) for each in steps]
    return kept[1]


def _step(term: Term, coefficient: float, mean: float) -> Callable[[Mapping[str, Any]], tuple[float, float]]:
    def step(customer: Mapping[str, Any]) -> tuple[float, float]:
        value = term.compute_one(customer)
        return coefficient * value, coefficient * (value - mean)

    return step
