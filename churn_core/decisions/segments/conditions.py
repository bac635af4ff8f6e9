"""One condition of a segment: who meets it, and what it says. A condition speaks of the columns of one schema."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.formats import count, listed, plain_number, price
from churn_core.schema import Column

Mask = npt.NDArray[np.bool_]
_MONEY = "money"  # how the unit of an amount begins


@dataclass(frozen=True, kw_only=True)
class Among:
    """The ``column``, a category or a flag, has one of the ``values``."""

    column: Column
    values: tuple[str | int, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The names of the columns that it speaks of."""
        return frozenset({self.column.name})

    def members(self, customers: pd.DataFrame) -> Mask:
        """Who meets it (n,)."""
        return np.asarray(customers[self.column.name].isin(self.values), dtype=bool)

    def in_words(self, currency: str = "") -> str:
        """In the words of the schema.

        >>> plan = Column(name="plan", label="Plan", kind="category", allowed=("basic", "plus", "gold"))
        >>> Among(column=plan, values=("basic",)).in_words(), Among(column=plan, values=("basic", "gold")).in_words()
        ('plan: basic', 'plan: basic or gold')
        """
        column = replace(self.column, typical="")
        if len(self.values) > 1 and not all(str(value) in column.phrases for value in self.values):
            return f"{_beginning(column)}: {_either(str(value) for value in self.values)}"
        return _either(column.phrase(value) for value in self.values)


@dataclass(frozen=True, kw_only=True)
class Between:
    """The number or date of the ``column`` lies over ``low`` and is at most ``high``; a blank lies nowhere."""

    column: Column
    low: float = -math.inf
    high: float = math.inf

    @property
    def columns(self) -> frozenset[str]:
        """The names of the columns that it speaks of."""
        return frozenset({self.column.name})

    def members(self, customers: pd.DataFrame) -> Mask:
        """Who meets it (n,)."""
        value = customers[self.column.name].to_numpy(dtype=float, na_value=np.nan)
        return np.asarray((value > self.low) & (value <= self.high), dtype=bool)

    def in_words(self, currency: str = "") -> str:
        """With the unit; amounts of money with the label of the ``currency``.

        >>> calls = Column(name="calls", label="Support calls", kind="whole", unit="calls")
        >>> [Between(column=calls, low=low, high=high).in_words() for low, high in ((2, 5), (-math.inf, 1), (4, 5), (5, math.inf))]
        ['support calls: 3 to 5', 'support calls: at most 1', 'support calls: 5', 'support calls: at least 6']
        >>> fee = Column(name="fee", label="Fee", kind="number", unit="money per month")
        >>> Between(column=fee, low=70, high=90).in_words("$"), Between(column=fee, low=70).in_words("$")
        ('fee over $70 up to $90', 'fee over $70')
        >>> visit = Column(name="visit", label="Last visit", kind="date", unit="months", seen_low=0.5)
        >>> Between(column=visit, high=1.02).in_words(), Between(column=replace(calls, seen_low=0.0, unit=""), high=0).in_words()
        ('last visit at most 1 month ago', 'support calls: 0')
        """
        column = self.column
        said = self._whole() if column.kind == "whole" else self._over_to(currency)
        is_one = said.split()[-1] == "1"
        if template := column.phrases.get("*"):
            return template.format(value=said, s="" if is_one else "s")
        is_said = not column.unit or column.unit.startswith(_MONEY) or column.unit.casefold() in column.label.casefold()
        unit = "" if is_said else f" {column.unit.removesuffix('s') if is_one else column.unit}"
        ago = " ago" if column.kind == "date" and column.role != "tenure" else ""
        return f"{_beginning(column)}{':' if column.kind == 'whole' else ''} {said}{unit}{ago}"

    def _whole(self) -> str:
        """A range of whole numbers by those within it; of an end that nobody lies beyond only the number is said."""
        least, most = self.low + 1, self.high
        if math.isfinite(most) and least <= self.column.seen_low == most:
            least = most
        if math.isfinite(least) and most >= self.column.seen_high == least:
            most = least
        if not math.isfinite(least):
            return f"at most {plain_number(most)}"
        if not math.isfinite(most):
            return f"at least {plain_number(least)}"
        return plain_number(most) if least == most else f"{plain_number(least)} to {plain_number(most)}"

    def _over_to(self, currency: str) -> str:
        low, high = (self._end(end, currency) for end in (self.low, self.high))
        if not math.isfinite(self.low):
            return f"at most {high}"
        return f"over {low}" if not math.isfinite(self.high) else f"over {low} up to {high}"

    def _end(self, end: float, currency: str) -> str:
        if self.column.unit.startswith(_MONEY):
            return price(end, currency)
        return count(end) if self.column.kind == "date" else plain_number(end)


@dataclass(frozen=True, kw_only=True)
class Blank:
    """The number or date of the ``column`` is not known."""

    column: Column

    @property
    def columns(self) -> frozenset[str]:
        """The names of the columns that it speaks of."""
        return frozenset({self.column.name})

    def members(self, customers: pd.DataFrame) -> Mask:
        """Who meets it (n,)."""
        return np.asarray(customers[self.column.name].isna(), dtype=bool)

    def in_words(self, currency: str = "") -> str:
        """
        >>> Blank(column=Column(name="age", label="Age", kind="whole")).in_words()
        'age: blank'
        """
        return f"{_beginning(self.column)}: blank"


@dataclass(frozen=True, kw_only=True)
class HowMany:
    """From ``least`` to ``most`` of several yes-or-no ``columns`` say yes, of a customer to whom they apply at all.

    ``yes`` and ``no``: by the name of each column the value that says so; any other means that it does not apply.
    """

    of: tuple[Column, ...]
    yes: Mapping[str, str]
    no: Mapping[str, str]
    least: int
    most: int

    @property
    def columns(self) -> frozenset[str]:
        """The names of the columns that it speaks of."""
        return frozenset(column.name for column in self.of)

    def members(self, customers: pd.DataFrame) -> Mask:
        """Who meets it (n,)."""
        has = sum((customers[name] == value).to_numpy(dtype=int) for name, value in self.yes.items())
        name = self.of[0].name
        applies = customers[name].isin([self.yes[name], self.no[name]]).to_numpy()
        return np.asarray(applies & (has >= self.least) & (has <= self.most), dtype=bool)

    def in_words(self, currency: str = "") -> str:
        """
        >>> tv, box = (Column(name=name, label=name, kind="category", allowed=("No", "Yes", "No TV")) for name in ("Film", "Sport"))
        >>> said = {"Film": "Yes", "Sport": "Yes"}, {"Film": "No", "Sport": "No"}
        >>> [HowMany(of=(tv, box), yes=said[0], no=said[1], least=least, most=most).in_words()
        ...  for least, most in ((0, 0), (0, 1), (1, 2), (2, 2))]
        ['none of film and sport', 'at most 1 of film and sport', 'at least 1 of film and sport', 'all of film and sport']
        """
        them = listed(_beginning(column) for column in self.of)
        if self.most == 0:
            return f"none of {them}"
        if self.least == len(self.of):
            return f"all of {them}"
        return f"at most {count(self.most)} of {them}" if self.least == 0 else f"at least {count(self.least)} of {them}"


Condition = Among | Between | Blank | HowMany


def _beginning(column: Column) -> str:
    """The label as it stands within a sentence; abbreviations keep their letters."""
    first, rest = column.label[:1], column.label[1:]
    return f"{first.lower()}{rest}" if not rest[:1].isupper() else column.label


def _either(parts: Iterable[str]) -> str:
    """``a, b or c``."""
    *others, last = parts
    return f"{', '.join(others)} or {last}" if others else last
