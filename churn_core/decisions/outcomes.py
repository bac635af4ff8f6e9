"""What a table says of what happened to its customers: who has left, and what could not be understood."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.cleaning.account import shown
from churn_core.data.cleaning.values import read_flags
from churn_core.data.columns import find_columns
from churn_core.data.nothing import is_nothing
from churn_core.formats import counted, listed
from churn_core.schema import Schema

_EXAMPLES = 3  # words; enough to recognise what was written


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """``left`` (n,): who has left, by any of the columns that say what happened; an outcome that is missing or not understood does
    not say so. ``unread``: how often each word was written that is neither; words for nothing do not count.
    """

    left: npt.NDArray[np.bool_]
    unread: Counter[str]


def read_outcomes(raw: pd.DataFrame, schema: Schema) -> Outcomes:
    """The outcomes of a raw table of customers.

    >>> from churn_core.schema.telco import TELCO
    >>> found = read_outcomes(pd.DataFrame({"Churn": ["Yes", "No", "", "perhaps"]}), TELCO)
    >>> found.left.tolist(), dict(found.unread)
    ([True, False, False, False], {'perhaps': 1})
    """
    left, unread = np.zeros(len(raw), dtype=bool), Counter[str]()
    for position in find_columns(raw.columns, schema).at.get(schema.target, ()):
        values = raw.iloc[:, position]
        flags = read_flags(values, schema[schema.target])
        left |= flags == 1
        words = Counter(values[np.isnan(flags)].dropna().astype(str).str.strip().tolist())
        unread.update({word: times for word, times in words.items() if not is_nothing(word)})
    return Outcomes(left=left, unread=unread)


def about_unread(unread: Counter[str], schema: Schema) -> tuple[str, ...]:
    """A sentence about what could not be understood, if anything."""
    if not unread:
        return ()
    examples = listed(shown(word) for word, _ in unread.most_common(_EXAMPLES))
    column = schema[schema.target]
    one = counted(unread.total(), "outcome")
    return (
        f"{one} could not be read ({examples}): counted as still here. Write {column.word(1)} for each customer who left, else "
        f"{column.word(0)}.",
    )
