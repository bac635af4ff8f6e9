"""What a term may do with the numbers of its columns, by name. To add a function: one line in ``FUNCTIONS``.

A function takes the numbers of the term's columns in their order, and then the term's ``parameter`` where it has one; a number of
one customer, or an array of many. It must give the same bits for both.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from churn_core.errors import ModelError


class Function(NamedTuple):
    """What is computed, and what that means in words."""

    compute: Callable[..., Any]
    meaning: str


FUNCTIONS = {
    "as_it_is": Function(np.positive, "the number itself"),
    "years": Function(lambda months: months / 12, "months as years"),
    "log1p": Function(np.log1p, "log(1 + number)"),
    "at_most": Function(lambda number, most: number <= most, "1 up to the parameter, else 0"),
    "or_typical": Function(
        lambda number, typical: np.where(np.isnan(number), typical, number), "the parameter where it is blank"
    ),
    "is_blank": Function(np.isnan, "1 where it is blank, else 0"),
    "product": Function(np.multiply, "two numbers multiplied"),
}


def known(name: str) -> str:
    """The name of a function that there is. Raises ``ModelError`` for another one.

    >>> known("logp1")
    Traceback (most recent call last):
    churn_core.errors.ModelError: There is no function 'logp1' for a term. Known: as_it_is (the number itself), ...
    """
    if name not in FUNCTIONS:
        all_of_them = ", ".join(f"{each} ({function.meaning})" for each, function in FUNCTIONS.items())
        raise ModelError(f"There is no function {name!r} for a term. Known: {all_of_them}.")
    return name
