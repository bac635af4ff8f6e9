"""The values of some columns in words: each combination that there is once, however many customers have it."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from churn_core.model.columns import Columns, Values
from churn_core.schema import Schema


def coded(values: Values) -> tuple[np.ndarray, pd.Index]:
    """Which distinct value each customer has (n,), and the values, a blank number among them; of a category all that there can be."""
    if isinstance(values, pd.Categorical):
        return values.codes.astype(np.intp), values.categories
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    return codes, pd.Index(distinct)


def in_phrases(columns: Columns, schema: Schema, together: bool = False) -> tuple[np.ndarray, list[str]]:
    """Which phrase tells what each customer has in these columns, given by name (n,), and the phrases; ``together``: each of them
    says something of every column.
    """
    names = tuple(columns)
    codes, of_first = coded(columns[names[0]])
    if len(names) == 1:
        return codes, [_phrase(schema, names[0], value) for value in of_first.tolist()]
    if together:  # numbers among them, so that hardly two customers have the same
        said = [in_phrases({name: columns[name]}, schema) for name in names]
        words = ([phrases[i] for i in own.tolist()] for own, phrases in said)
        return np.arange(len(codes)), [" and ".join(each) for each in zip(*words, strict=True)]
    values: list[tuple[Any, ...]] = [(value,) for value in of_first.tolist()]
    for name in names[1:]:
        more, index = coded(columns[name])
        of_column = index.tolist()
        codes, both = pd.factorize(codes * len(of_column) + more)
        values = [(*values[i // len(of_column)], of_column[i % len(of_column)]) for i in both]
    return codes, [" and ".join(_phrases(names, each, schema)) for each in values]


def _phrases(names: tuple[str, ...], values: tuple[Any, ...], schema: Schema) -> list[str]:
    """The phrases of the columns of one reason: of several services those that the customer has, else that it has none."""
    pairs = list(zip(names, values, strict=True))
    has = [(name, value) for name, value in pairs if value == "Yes"]
    return list(dict.fromkeys(_phrase(schema, name, value) for name, value in (has or pairs)))


@lru_cache(maxsize=100_000, typed=True)  # of a number every value has words of its own, and a long file holds it many times
def _phrase(schema: Schema, name: str, value: Any) -> str:
    return schema[name].phrase(value)
