"""One column of a raw table, looked at once: its values, each in one spelling, and what it is made of."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.dates import days_of, format_of
from churn_core.data.nothing import is_nothing
from churn_core.data.numbers import are_thousands, read_number, suffix_of, without_unit
from churn_core.data.proposing.languages import NO, YES
from churn_core.data.proposing.words import plain, spoken, words_of

ProposedKind = Literal["number", "whole", "ordinal", "band", "date", "yes/no", "category", "text"]
Floats = npt.NDArray[np.float64]

_LONGEST_NAME = 200  # characters that are looked at; rules would take their square
_FEW = 10  # whole numbers; as many are an ordinal
_NEARLY_ALL = 0.98  # share of the distinct values that has to be numbers
_BANDS = range(3, 31)  # distinct values
_MOST_OF_BANDS = 0.6  # share that are ranges; the others may be "none" or the first of them
_TEXTS = 50  # distinct values; more of them, different in half of the rows, are text
_DAYS_TOLD_BY = 300  # most frequent values; they show the format of days
_TOLD_BY = 200  # values that show whether the others can be read
_MANY_CODES = 0.05  # share of the distinct values; a tenth of evenly spread codes of one length begin with a nought
_CODE = re.compile(r"0\d+")
_NUMBERS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_BAND = re.compile(
    r"\d\D{0,12}(-|–|—|\b(to|bis|a|ate|und|and|y|et|e)\b)\D{0,4}\d|[<>≤≥+]|"
    r"\b(under|over|below|above|up to|less|more|older|younger|unter|uber|bis|ab|menos|mas|moins|plus|menor|maior|meno|piu)\b"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class RawColumn:
    """``codes`` (rows,) point into ``levels``, the distinct values as text; −1 is blank. ``numbers`` (levels,) are NaN for what
    is no number. ``name`` is the file's own, ``words`` what rules look at, ``position`` its place in the table, ``said`` the kind
    that somebody said it is, ``suffix`` what stands behind each number, ``thousands`` what between its thousands.
    """

    name: str
    words: str
    position: int
    codes: npt.NDArray[np.int64]
    levels: tuple[str, ...]
    numbers: Floats
    said: ProposedKind | None = None
    suffix: str = ""
    thousands: str = ""

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many rows hold each level (levels,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels))

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The levels that occur, the most frequent first."""
        return self.frequent(len(self.levels))

    def frequent(self, most: int) -> tuple[str, ...]:
        """The first so many of ``present``."""
        return tuple(self.levels[i] for i in np.argsort(-self.counts, kind="stable")[: min(most, self.distinct)])

    @cached_property
    def distinct(self) -> int:
        return int((self.counts > 0).sum())

    @property
    def rows(self) -> int:
        return len(self.codes)

    @cached_property
    def filled(self) -> int:
        """Rows that hold something."""
        return int(self.counts.sum())

    @cached_property
    def values(self) -> Floats:
        """The number, or the day, of each row (rows,); NaN where there is none. A band counts with its middle."""
        of_level = self.numbers
        if self.kind == "date":
            of_level = days_of(self.levels, str(self._date))
        elif self.kind == "band":
            of_level = np.array([middle_of(level) for level in self.levels])
        return np.append(of_level, np.nan)[self.codes]

    @property
    def day_format(self) -> str:
        """How its dates are written; empty where it holds none."""
        return self._date or "" if self.kind == "date" else ""

    @cached_property
    def _date(self) -> str | None:
        return format_of(self.frequent(_DAYS_TOLD_BY))

    @cached_property
    def whole(self) -> bool:
        """Whether all of its numbers are whole."""
        known = self.numbers[(self.counts > 0) & ~np.isnan(self.numbers)]
        return len(known) > 0 and bool((known % 1 == 0).all())

    @cached_property
    def kind(self) -> ProposedKind:
        """What it is made of: as somebody said, else told by the distinct values."""
        if self.said is not None:
            return self.said
        if self.distinct <= len(YES | NO):
            said = {spoken(level) for level in self.present}
            if said <= YES | NO and said & YES and said & NO:
                return "yes/no"
        read = ~np.isnan(self.numbers[self.counts > 0])
        if len(read) and read.mean() >= _NEARLY_ALL:
            if self.distinct > _FEW and self._date == "%Y%m%d":
                return "date"
            return "number" if not self.whole else "whole" if self.distinct > _FEW else "ordinal"
        if self.distinct and self._date is not None:
            return "date"
        if self.distinct in _BANDS and _are_bands(self.present):
            return "band"
        return "text" if self.distinct > max(_TEXTS, self.filled / 2) else "category"

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "whole", "ordinal")

    def only(self, rows: npt.NDArray[np.bool_]) -> "RawColumn":
        """The same column in some of the rows."""
        return self if rows.all() else replace(self, codes=self.codes[rows])

    def of_kind(self, kind: ProposedKind) -> "RawColumn":
        """The same column as one of this kind."""
        return replace(self, said=kind)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the name holds what the pattern looks for."""
        return pattern.search(self.words) is not None


def look_at(name: object, position: int, values: pd.Series, decimal: str, shown: bool = False) -> RawColumn:
    """Look at the cells of one column, of any types. ``decimal`` is the decimal mark of the file, ``shown``: whether a number
    shows it.
    """
    try:
        first, found = pd.factorize(values)
    except TypeError:  # lists and the like
        first, found = pd.factorize(values.map(str, na_action="ignore"))
    texts = np.array([_text(value) for value in np.asarray(found, dtype=object)], dtype=object)
    merged, levels = pd.factorize(texts)  # "Yes" and "Yes ", 1 and 1.0
    numbers, suffix, thousands = _numbers(levels, decimal), "", ""
    if _are_codes(levels):
        numbers = np.full(len(levels), np.nan)
    elif len(levels) > _FEW and np.isnan(numbers).mean() > 1 - _NEARLY_ALL:
        suffix, thousands = _written(levels, decimal, shown)
        if suffix or thousands:
            numbers = _numbers([without_unit(level, suffix, thousands) for level in levels], decimal)
    nothing = np.zeros(len(levels), dtype=bool)
    for i in np.flatnonzero(np.isnan(numbers)):
        nothing[i] = is_nothing(levels[i])
    kept = np.where(nothing, -1, np.cumsum(~nothing) - 1)
    codes = np.append(kept[merged] if len(levels) else merged, -1)[first].astype(np.int64)
    written = " ".join(str(name).split())
    return RawColumn(
        name=written,
        words=words_of(written[:_LONGEST_NAME]),
        position=position,
        codes=codes,
        levels=tuple(levels[~nothing]),
        numbers=numbers[~nothing],
        suffix=suffix,
        thousands=thousands,
    )


def _are_codes(levels: Sequence[str]) -> bool:
    """Whether they are codes of digits: many begin with a nought that no number has."""
    coded = [level for level in levels if _CODE.fullmatch(level)]
    return len(coded) >= _MANY_CODES * len(levels) and len(coded) > 1


def _written(levels: Sequence[str], decimal: str, shown: bool) -> tuple[str, str]:
    """What stands behind each number, and between its thousands, of columns that are no numbers without."""
    words = [level for level in levels if not is_nothing(level)]
    suffix = suffix_of(words)
    words = [without_unit(word, suffix, "") for word in words]
    other = "," if decimal == "." else "."
    return suffix, other if shown and are_thousands(words, decimal) else ""


def _text(value: Any) -> str:
    """One spelling of a cell: single spaces, whole numbers without decimals, days without a midnight."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return str(value.date())
    return str(value)


def _numbers(levels: Sequence[str], decimal: str) -> Floats:
    """The number that each text is (n,); NaN for words. Plain ones are read at once, the others by the product's own rules."""
    read = np.full(len(levels), np.nan)
    if decimal != ",":
        read = pd.to_numeric(pd.Series(list(levels), dtype="str"), errors="coerce").to_numpy(dtype=np.float64, copy=True)
        read[~np.isfinite(read)] = np.nan
    left = np.flatnonzero(np.isnan(read))
    few = [_number(levels[i], decimal) for i in left[:_TOLD_BY]]
    if np.isnan(few).sum() <= len(few) / 2:
        few += [_number(levels[i], decimal) for i in left[_TOLD_BY:]]
    read[left[: len(few)]] = few
    return read


def _number(text: str, decimal: str) -> float:
    try:
        return read_number(text, decimal)[0]
    except ValueError:
        return np.nan


def middle_of(text: str) -> float:
    """The middle of a range of numbers, or its one number; NaN without any."""
    found = [float(each.replace(",", "")) for each in _NUMBERS.findall(text)[:2]]
    return float(np.mean(found)) if found else np.nan


def _are_bands(levels: Sequence[str]) -> bool:
    """Whether the texts are ranges of numbers, like "$7.00 - $7.99", "30-39 years" and "under 20"."""
    known = [middle for level in levels if _BAND.search(plain(level)) and not np.isnan(middle := middle_of(level))]
    return len(known) >= _MOST_OF_BANDS * len(levels)
