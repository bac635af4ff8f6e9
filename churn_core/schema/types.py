"""What a customer table is, as a value: columns, kinds, roles, allowed values, ranges.

Nothing in the core spells a column name but the schemas themselves and the terms of a model written for one of them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from churn_core.formats import MINUS, counted, plain_number


def fold(words: str) -> str:
    """Only what tells words apart: letters and digits, in lower case.

    >>> fold(" Month-to_Month ")
    'monthtomonth'
    """
    return "".join(character for character in words.casefold() if character.isalnum())


Kind = Literal["text", "category", "flag", "whole", "number", "date"]
Role = Literal["id", "target", "tenure", "monthly_charge", "total_charge", "clv", "group", "feature"]
Group = Literal["", "account", "service", "person"]
BLANK = "blank"  # the value of a category that a blank cell becomes, where the schema takes blanks


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a customer table.

    ``kind`` says how it is read: ``text`` as it is; ``category`` one of ``allowed``; ``flag`` 0/1 or No/Yes,
    kept as 0/1; ``whole`` and ``number`` between ``low`` and ``high``, in ``unit``; ``date`` as written in ``day_format``, kept as
    the time from it to the day ``counted_to`` (YYYY-MM-DD), in ``unit``.
    ``role`` says what it is for: ``clv`` is the lifetime value of a customer, rows with the same value of a ``group`` belong to one
    customer. ``phrases`` turns a value (or ``"*"``: any) into words that a retention agent
    can use. ``needs`` names the flag or category that a customer must have (it is not one of its ``nothing``) for this
    category to exist at all, and ``without`` the value that it then holds. ``offers`` are the values that the company can
    offer to a customer. ``aliases`` are other names that files give the column, ``units`` what may stand in brackets behind
    a name without changing a value, ``conversions`` other units → how many of ``unit`` one of them is, and ``synonyms``
    other words for a value (of a flag: for ``"1"`` or ``"0"``, of a number: for its digits); letter case and punctuation never
    matter in any of them.

    ``stated`` is the unit in which files have it, and one of that is ``factor`` of ``unit``; empty and 1 where both are the same. An
    id that is ``stated`` as a number is taken as one too. ``suffix`` is what files write behind each
    number (``%``), ``thousands`` what they write between thousands where it could be taken for a decimal mark.
    With ``blanks`` a blank cell is a value like others (NaN of a number, ``BLANK`` of a category), and ``others`` is the value that a
    word becomes which is none of ``allowed``; without them such a row is rejected. ``typical``, ``seen_low`` and ``seen_high`` are
    what the customers had that a model learnt from. Of a target, ``filled`` says that whoever has any value there has left, and
    ``neither`` are words for customers of whom nothing is known yet.
    """

    name: str
    label: str
    kind: Kind
    role: Role = "feature"
    group: Group = ""
    allowed: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    unit: str = ""
    required: bool = True
    phrases: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    without: str = ""
    offers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    conversions: Mapping[str, float] = field(default_factory=dict)
    synonyms: Mapping[str, str] = field(default_factory=dict)
    stated: str = ""
    factor: float = 1.0
    suffix: str = ""
    thousands: str = ""
    day_format: str = ""
    counted_to: str = ""
    blanks: bool = False
    others: str = ""
    typical: str = ""
    seen_low: float = float("-inf")
    seen_high: float = float("inf")
    filled: bool = False
    neither: tuple[str, ...] = ()

    @cached_property
    def values(self) -> frozenset[str]:
        """``allowed``, to look things up in."""
        return frozenset(self.allowed)

    @cached_property
    def dtype(self) -> pd.CategoricalDtype:
        """What pandas calls a category of these values."""
        return pd.CategoricalDtype(list(self.allowed))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name of the column, folded."""
        return frozenset(fold(name) for name in (self.name, self.label, *self.aliases))

    @cached_property
    def by_word(self) -> dict[str, str]:
        """Every word for a value, folded → the value, one of ``allowed``."""
        return {fold(word): value for word, value in self.synonyms.items()} | {fold(value): value for value in self.allowed}

    @cached_property
    def by_spelling(self) -> dict[str, str]:
        """Every word for a value, with single spaces and in lower case → the value; of a word for two the first of ``allowed``."""
        words = (*zip(self.allowed, self.allowed, strict=True), *self.synonyms.items())
        return {" ".join(word.split()).casefold(): value for word, value in reversed(words)}

    @cached_property
    def nothing(self) -> tuple[str | int, ...]:
        """The values by which a customer does not have this: 0, ``No`` and ``without``.

        >>> Column(name="sauna", label="Sauna", kind="flag").nothing
        (0,)
        """
        return (0,) if self.kind == "flag" else tuple(value for value in self.allowed if value in ("No", self.without))

    def word(self, flag: int) -> str:
        """What files write for 1 or 0 of a flag: the first synonym for it, else ``Yes`` or ``No``.

        >>> Column(name="left", label="Left", kind="flag", synonyms={"cancelled": "1"}).word(1)
        'cancelled'
        """
        return next((word for word, meant in self.synonyms.items() if meant == str(flag)), "Yes" if flag else "No")

    def says_neither(self, word: object) -> bool:
        """Whether a word of the target says that nothing is known of the customer yet.

        >>> Column(name="state", label="State", kind="flag", role="target", neither=("Joined",)).says_neither(" joined ")
        True
        """
        return bool(self.neither) and fold(str(word)) in {fold(each) for each in self.neither}

    def spoken(self, flag: int) -> str:
        """What people say for 1 or 0 of a flag: the word of files, or ``Yes`` and ``No`` where that is a digit.

        >>> Column(name="active", label="Active", kind="flag", synonyms={"1": "1", "0": "0"}).spoken(1)
        'Yes'
        """
        word = self.word(flag)
        return ("Yes" if flag else "No") if word.replace(".", "").isdigit() else word

    def phrase(self, value: object) -> str:
        """``value`` in words: ``"month-to-month contract"``, ``"tenure 3 months"``."""
        words = self.phrases.get(str(value), self.phrases.get("*"))
        if words is None:
            return self._plain_phrase(value)
        return words.format(value=value, s="" if value == 1 else "s")

    def _plain_phrase(self, value: object) -> str:
        """Label and value, and beside another value the typical one: ``"support calls: 5 (typical 1)"``."""
        shown, usual = _shown(value), self.typical
        if self.kind == "flag":
            shown = self.spoken(int(value))  # type: ignore[call-overload]
        elif self.kind == "date":
            shown, usual = self._passed(shown), self._passed(usual)
        typical = f" (typical {usual})" if usual and usual != shown else ""
        return f"{self.label[:1].lower()}{self.label[1:]}: {shown}{typical}"

    def _passed(self, shown: str) -> str:
        """How long ago a date is, which is what a clean customer has of it; a blank stays one.

        >>> Column(name="start", label="Start", kind="date", unit="months", typical="48").phrase(35.98)
        'start: 36 months ago (typical 48 months ago)'
        """
        number = shown.replace(",", "").replace(MINUS, "-")
        if not self.unit or not number.removeprefix("-").replace(".", "").isdigit():
            return shown
        passed = counted(abs(round(float(number))), self.unit.removesuffix("s"))
        return f"in {passed}" if number.startswith("-") else f"{passed} ago"


def _shown(value: object) -> str:
    """A value of a clean customer in words; a number with at most four digits of it."""
    if isinstance(value, (float, np.floating)):
        return BLANK if math.isnan(value) else plain_number(float(value))
    return str(value)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Customers worth a look of their own, compared with the ``rest`` of a wider group.

    ``where`` and ``within`` map a column to the values it may have; all columns must match.
    """

    name: str
    definition: str
    rest: str
    within: Mapping[str, tuple[str, ...]]
    where: Mapping[str, tuple[str, ...]]

    def members(self, customers: pd.DataFrame) -> pd.Series:
        """True for each customer of the segment."""
        return _matches(customers, self.within) & _matches(customers, self.where)

    def others(self, customers: pd.DataFrame) -> pd.Series:
        """True for each customer of the wider group that is not in the segment."""
        return _matches(customers, self.within) & ~self.members(customers)


def _matches(customers: pd.DataFrame, wanted: Mapping[str, tuple[str, ...]]) -> pd.Series:
    matched = pd.Series(True, index=customers.index)
    for column, values in wanted.items():
        matched &= customers[column].isin(values)
    return matched


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema:
    """The columns of one company's customer table, in their usual order, its segments, and the ``rule`` of thumb by which
    one would choose whom to contact without a model.

    What a customer is worth is said by the column of the monthly charge, by one of lifetime values (role ``clv``), or by one
    amount for all, ``clv`` in money. ``currency`` is written beside amounts. ``window`` months is the time within which those who
    left did so; ``None`` where nobody has said. ``decimal`` is the decimal mark of the file that the columns were proposed for: a
    customer whose numbers do not show one is taken to have it; empty where there was no such file. With ``twins_together`` rows that
    agree in everything but the id stay in one fold of a cross-validation, as those of one ``group`` do. ``left_out`` are columns of
    the file that are not used → the reason.
    """

    name: str
    columns: tuple[Column, ...]
    segments: tuple[Segment, ...] = ()
    rule: Segment | None = None
    clv: float | None = None
    currency: str = ""
    window: float | None = None
    decimal: str = ""
    twins_together: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def exact_names(self) -> frozenset[str]:
        """The names that stand for one column of the file and no other: those of the columns, and of what is left out."""
        return frozenset(self._by_name) | frozenset(self.left_out)

    @cached_property
    def _by_role(self) -> dict[str, str]:
        return {column.role: column.name for column in reversed(self.columns)}

    def named(self, role: Role) -> str:
        """The name of the one column with ``role``; ``KeyError`` where the schema has none."""
        if role not in self._by_role:
            raise KeyError(f"the schema {self.name} has no column with the role {role}")
        return self._by_role[role]

    @property
    def id(self) -> str:
        return self.named("id")

    @property
    def target(self) -> str:
        return self.named("target")

    @property
    def tenure(self) -> str | None:
        """``None`` where the schema has none."""
        return self._by_role.get("tenure")

    @property
    def monthly_charge(self) -> str | None:
        """``None`` where customers are worth something else, see ``clv``."""
        return self._by_role.get("monthly_charge")

    @property
    def total_charge(self) -> str | None:
        """``None`` where the schema has none: it repeats what tenure and monthly charge say."""
        return self._by_role.get("total_charge")

    @property
    def tenure_and_charge(self) -> tuple[str, str]:
        """Both names of a schema with a total charge, which is about their product. Raises ``KeyError`` where one is missing."""
        return self.named("tenure"), self.named("monthly_charge")

    @property
    def clv_column(self) -> str | None:
        """The column of lifetime values, ``None`` where the schema has none."""
        return self._by_role.get("clv")

    @property
    def group(self) -> str | None:
        """The column by which several rows belong to one customer, if there is one."""
        return self._by_role.get("group")

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """Every column but the target: what a customer to be scored consists of."""
        return tuple(column for column in self.columns if column.role != "target")

    @cached_property
    def to_score(self) -> "Schema":
        """The same without the outcome: what happened is never used to say what will."""
        return replace(self, columns=self.inputs)

    @property
    def day(self) -> str:
        """The day (YYYY-MM-DD) to which dates are counted; empty where the schema has none."""
        return next((column.counted_to for column in self.columns if column.counted_to), "")

    def on_day(self, day: str) -> "Schema":
        """The same with dates counted to that day (YYYY-MM-DD)."""
        columns = (replace(column, counted_to=day) if column.counted_to else column for column in self.columns)
        return self if day == self.day else replace(self, columns=tuple(columns))

    @property
    def of_a_file(self) -> bool:
        """Whether the columns were proposed for a file: what stands around the table in such a file is left out, and said."""
        return bool(self.decimal)

    @property
    def yes_no(self) -> tuple[Column, ...]:
        """What a customer has or has not: the columns whose values include Yes and No, flags too."""
        return tuple(c for c in self.inputs if c.kind == "flag" or {"Yes", "No"} <= set(c.allowed))

    def grouped(self, group: str) -> tuple[Column, ...]:
        """The categories and flags of one group (``account``, ``service``, ``person``), for pages."""
        return tuple(column for column in self.columns if column.group == group and column.kind in ("category", "flag"))
