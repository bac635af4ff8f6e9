"""What a table says of what happened to its customers: who has left, and what could not be understood."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.cleaning.account import shown
from churn_core.data.cleaning.taken import together
from churn_core.data.cleaning.values import coded_outcomes, read_flags, written_codes
from churn_core.data.columns import find_columns
from churn_core.data.nothing import is_nothing
from churn_core.errors import DataError
from churn_core.formats import count, counted, short_percent
from churn_core.schema import Schema

_EXAMPLES = 3  # words; enough to recognise what was written


@dataclass(frozen=True, kw_only=True)
class Unread:
    """The outcomes of ``rows`` customers that say nothing: ``words`` that are not understood and how often each was written, and
    how many are ``blank``. ``codes`` are the digits that were written, by which 1, -1 and 2 are understood; ``a + b`` is of both.
    """

    rows: int = 0
    words: Counter[str] = field(default_factory=Counter)
    blank: int = 0
    codes: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """Customers whose outcome is not known."""
        return self.words.total() + self.blank

    def __add__(self, other: "Unread") -> "Unread":
        """Raises ``DataError`` if the digits of the one mean something else beside those of the other."""
        codes = self.codes | other.codes
        for part in (self.codes, other.codes):
            if any(coded_outcomes(part).get(code) != coded_outcomes(codes).get(code) for code in part):
                raise DataError(
                    "The outcomes are 1, -1 or 2 alone in one part of the file and stand beside others in another part, so they may "
                    "mean something else there. Write Yes for each customer who left, else No."
                )
        return Unread(rows=self.rows + other.rows, words=self.words + other.words, blank=self.blank + other.blank, codes=codes)

    def in_words(self) -> str:
        """Their number, their share and examples.

        >>> Unread(rows=400, words=Counter(unknown=75), blank=25).in_words()
        "100 of 400 outcomes (25%) could not be read ('unknown', blank)"
        """
        examples = [shown(word) for word, _ in self.words.most_common(_EXAMPLES)] + ([shown("")] if self.blank else [])
        share = short_percent(self.number / self.rows)
        return f"{count(self.number)} of {counted(self.rows, 'outcome')} ({share}) could not be read ({', '.join(examples)})"


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """``churned`` (n,): 1 who has left, 0 who has not, NaN where it is not known; ``None`` where no column tells it. ``unread``: those
    that say nothing.
    """

    churned: npt.NDArray[np.float64] | None
    unread: Unread
    left: npt.NDArray[np.bool_]


def read_outcomes(raw: pd.DataFrame, schema: Schema) -> Outcomes:
    """The outcomes of a raw table of customers. Raises ``DataError`` if two columns tell different ones.

    >>> from churn_core.schema.telco import TELCO
    >>> found = read_outcomes(pd.DataFrame({"Churn": ["Yes", "No", "", "perhaps"]}), TELCO)
    >>> found.left.tolist(), dict(found.unread.words), found.unread.blank
    ([True, False, False, False], {'perhaps': 1}, 1)
    """
    at = find_columns(raw.columns, schema).at.get(schema.target)
    if at is None:
        return Outcomes(churned=None, unread=Unread(), left=np.zeros(len(raw), dtype=bool))
    column = schema[schema.target]
    values = together(raw, at, column)
    churned = read_flags(values, column)
    words = Counter(values[np.isnan(churned)].dropna().astype(str).str.strip().tolist())
    neither = sum(times for word, times in words.items() if column.says_neither(word))
    unread = Counter({word: times for word, times in words.items() if not (is_nothing(word) or column.says_neither(word))})
    return Outcomes(
        churned=churned,
        unread=Unread(
            rows=len(raw),
            words=unread,
            blank=int(np.isnan(churned).sum()) - unread.total() - neither,
            codes=written_codes(values),
        ),
        left=churned == 1,
    )


def about_unread(unread: Unread, schema: Schema) -> tuple[str, ...]:
    """A sentence about what could not be understood, if anything."""
    if not unread.number:
        return ()
    column = schema[schema.target]
    mend = f"Write {column.word(1)} for each customer who left, else {column.word(0)}."
    return (f"{unread.in_words()}: counted as still here. {mend}",)
