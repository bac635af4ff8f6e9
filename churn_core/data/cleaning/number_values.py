"""A column of numbers of a raw table → its clean values; repairs and rejected rows go into the account."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from churn_core.data.cleaning.account import Account, plain_text, shown
from churn_core.data.nothing import is_no_total, is_nothing
from churn_core.data.numbers import COMMA, Ambiguous, read_number, without_unit
from churn_core.data.quality import AS_TEXT, MISSING, OUT_OF_RANGE, UNREADABLE, UNSEEN
from churn_core.formats import plain_number
from churn_core.schema import Column

_LARGEST = {"whole": 2.0**53, "number": np.finfo(float).max}  # the largest that a table holds exactly; infinity is beyond
ROUNDED = 0.05  # of a unit; a whole number that is a little less is full: .33 years are four months, and days are whole
_PLAIN = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def clean_number(values: pd.Series, column: Column, account: Account, factor: float = 1) -> npt.NDArray[np.float64]:
    """``factor``: how many of the column's unit one of the file's is; of a whole number only those that are full count."""
    numbers: npt.NDArray[np.float64]
    factor *= column.factor
    if column.synonyms or column.suffix or column.thousands:
        values = values.map(lambda value: number_meant(value, column))
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers, blank, written = values.to_numpy(dtype=float, na_value=np.nan), values.isna().to_numpy(), values
    else:
        numbers, blank, written = _numbers_of_text(values, column, account)
        if account.typed:  # in a file of text every number is text, which is no news; a column of text among numbers is
            account.find(AS_TEXT, column, "numbers stored as text", "read as numbers", ~np.isnan(numbers))
    form = "a whole number" if column.kind == "whole" else "a number like 70.35, without units"
    if factor != 1:
        numbers = numbers * factor
        numbers = np.floor(numbers + ROUNDED) if column.kind == "whole" else numbers
    outside = (numbers < column.low) | (numbers > column.high) | (np.abs(numbers) > _LARGEST[column.kind])
    account.reject(
        column, outside, lambda i: f"{shown(written[i])} {out_of_range(numbers[i], column)}", OUT_OF_RANGE, words=written
    )
    if column.kind == "whole":
        uneven = ~outside & (numbers != np.floor(numbers)) & ~np.isnan(numbers)
        account.reject(column, uneven, lambda i: f"{shown(written[i])} is not a whole number", UNREADABLE, words=written)
    if column.blanks:
        account.find(MISSING, column, "blank", "used as it is", blank)
    elif column.role != "total_charge":
        account.reject(column, blank, lambda i: f"{_no_number(plain_text(written[i]))}; write {form}", MISSING)
    find_unseen(numbers, column, account)
    return numbers


def number_meant(value: object, column: Column) -> object:
    """The number that a word of the column stands for, as text, without what its files write behind each number and between thousands;
    any other value as it is.

    >>> number_meant("1,250 GB", Column(name="data", label="Data", kind="number", suffix="GB", thousands=","))
    '1250'
    """
    if not isinstance(value, str):
        return value
    word = " ".join(value.split())
    if word in column.synonyms:
        return column.synonyms[word]
    return without_unit(word, column.suffix, column.thousands) if column.suffix or column.thousands else value


def find_unseen(numbers: npt.NDArray[np.float64], column: Column, account: Account) -> None:
    """Numbers beyond those that were seen in training."""
    beyond = ((numbers < column.seen_low) | (numbers > column.seen_high)) & ~account.bad
    if beyond.any():
        seen = f"{plain_number(column.seen_low)} to {plain_number(column.seen_high)}"
        account.find(UNSEEN, column, f"beyond what was seen in training ({seen})", "used as it is", beyond)


def in_unit(factor: float) -> Callable[[pd.Series, Column, Account], npt.NDArray[np.float64]]:
    """The cleaner of a column of numbers that is in another unit, ``factor`` of the column's own."""
    return partial(clean_number, factor=factor)


def is_in_range(number: float, column: Column) -> bool:
    """Whether the schema allows this number and a table can hold it; NaN is in no range."""
    return column.low <= number <= column.high and abs(number) <= _LARGEST[column.kind]


def out_of_range(number: float, column: Column) -> str:
    """Why a number is not in the range of its column.

    >>> out_of_range(-1, Column(name="age", label="Age", kind="whole", low=0, high=130, unit="years"))
    'is not between 0 and 130 years'
    >>> out_of_range(-1, Column(name="visits", label="Visits", kind="whole", low=0))
    'is below 0'
    """
    low, high = f"{column.low:,.12g}", f"{column.high:,.12g}"
    if np.isfinite([column.low, column.high]).all():
        limits = f"is not between {low} and {high} {column.unit}"
    elif number < column.low:
        limits = f"is below {low} {column.unit}"
    elif number > column.high:
        limits = f"is above {high} {column.unit}"
    else:
        limits = "is too large" if np.isfinite(number) else "is not a finite number"
    return limits.strip()


def _numbers_of_text(
    values: pd.Series, column: Column, account: Account
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], pd.Series]:
    """The numbers (NaN: blank or rejected), which values are blank (n,), and the values as text. Plain numbers, the usual case,
    are read in one step, the others word by word.
    """
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.astype("object").map(plain_text).astype("str")  # True stays text: it is not a number
    words = pa.array(values, type=pa.large_string())
    if account.decimal == "." and (plain := _plain_numbers(words)) is not None:
        return plain, np.zeros(len(plain), dtype=bool), values
    words = pc.utf8_trim_whitespace(words).fill_null("")
    blank = pc.equal(words, "").to_numpy(zero_copy_only=False)
    filled = pc.if_else(pc.equal(words, ""), None, words)
    try:
        if account.decimal != ".":
            raise pa.ArrowInvalid("a decimal comma needs a look at each word")
        numbers = pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False)
        if not (np.isfinite(numbers) | blank).all():
            raise pa.ArrowInvalid("inf and nan are not numbers here")
        return numbers, blank, values
    except pa.ArrowInvalid:
        pass
    plain = pc.match_substring_regex(filled, _PLAIN).fill_null(False)
    plain = pc.and_(plain, account.decimal == ".")
    numbers = pc.cast(pc.if_else(plain, filled, None), pa.float64()).to_numpy(zero_copy_only=False).copy()
    rest = ~plain.to_numpy(zero_copy_only=False) & ~blank
    codes, distinct = pd.factorize(words.filter(pa.array(rest)).to_pandas())
    read = [_one_number(word, column, account.decimal) for word in distinct]
    positions = np.flatnonzero(rest)
    if len(positions):
        numbers[positions] = np.array([number for number, _, _ in read], dtype=float)[codes]
        plain_here = COMMA if account.decimal == "," else ""  # the mark of the file is read as it stands
        for how in dict.fromkeys(how for _, how, _ in read if how not in ("", plain_here)):
            mended = np.zeros(len(values), dtype=bool)
            mended[positions] = np.array([h == how for _, h, _ in read])[codes]
            account.repair(column, how, mended)
        why = {int(position): read[code][2] for position, code in zip(positions, codes, strict=True) if read[code][2]}
        refused = np.zeros(len(values), dtype=bool)
        refused[list(why)] = True
        account.reject(column, refused, lambda i: why[i], UNREADABLE, words=values)
        blank = blank.copy()
        blank[positions[np.isnan(numbers[positions]) & ~refused[positions]]] = True
    return numbers, blank, values


def _plain_numbers(words: pa.Array) -> npt.NDArray[np.float64] | None:
    """The numbers if each word is one and nothing else, the usual case; ``None`` otherwise."""
    if words.null_count:
        return None
    try:
        numbers: npt.NDArray[np.float64] = pc.cast(words, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _one_number(word: str, column: Column, decimal: str) -> tuple[float, str, str]:
    """The number in a word (NaN: nothing or unreadable), how it was written if not plainly, and why it cannot be read."""
    if is_nothing(word) or (column.role == "total_charge" and is_no_total(word)):
        return np.nan, "", ""
    form = "a whole number" if column.kind == "whole" else "a number like 70.35, without units"
    try:
        return *read_number(word, decimal), ""
    except Ambiguous as ambiguous:
        return np.nan, "", f"{shown(word)} {ambiguous}; write {form}"
    except ValueError:
        return np.nan, "", f"{_no_number(word)}; write {form}"


def _no_number(word: str) -> str:
    return f"{shown(word)} is not a number" if word.strip() else "blank"
