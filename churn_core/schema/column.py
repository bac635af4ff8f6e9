"""One column of a customer table: its kind, its role, what its values may be, and its words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
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
