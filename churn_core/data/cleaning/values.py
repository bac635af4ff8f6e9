"""One column of a raw table → its clean values; repairs and rejected rows go into the account."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from churn_core.data.cleaning.account import Account, plain_text, shown
from churn_core.data.nothing import is_no_total, is_nothing
from churn_core.data.numbers import Ambiguous, read_number
from churn_core.data.quality import AS_TEXT, MISSING, OUT_OF_RANGE, UNKNOWN, UNREADABLE, Kind
from churn_core.schema import Column, fold

_FLAG_WORDS = {"0": 0, "no": 0, "false": 0, "n": 0, "1": 1, "yes": 1, "true": 1, "y": 1}
# What tables call the outcome besides yes and no.
_OUTCOME_WORDS = {
    **dict.fromkeys(("churned", "churn", "left", "gone", "lost", "cancelled", "canceled", "terminated", "attrited customer"), 1),
    **dict.fromkeys(
        ("stayed", "stay", "not churned", "no churn", "retained", "active", "current", "existing customer", "joined"), 0
    ),
}
_MAY_DIFFER = {
    "Zs",
    "Pd",
    "Cf",
    "Cc",
    "Pc",
}  # kinds of signs: a word with more or fewer of these, or of full stops, brackets and the minus sign, is the same word
_LARGEST = {"whole": 2.0**53, "number": np.finfo(float).max}  # the largest that a table holds exactly; infinity is beyond
_NEGATIVE = re.compile(r"[-\u2010-\u2015\u2212]")
_CODE = re.compile(r"'?\+?([-\u2212]?[0-9])(?:[.,]0*)?(?:e[+-]?0+)?")  # a digit, possibly written as a decimal number
ROUNDED = 0.05  # of a unit; a whole number that is a little less is full: .33 years are four months, and days are whole
_PLAIN = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def _coded(values: pd.Series) -> tuple[npt.NDArray[np.intp], list[str]]:
    """The position of each value among the distinct words (n,), and these words; a missing value is the empty word. 1.0 becomes
    '1', so that floats can be flags.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = values.cat.codes.to_numpy(), values.cat.categories
    else:
        values = values.map(_word).astype("str") if values.dtype == "object" else values
        codes, distinct = pd.factorize(values)
    return codes, [*map(_word, distinct), ""]  # the code of a missing value is -1, so the last word


def _word(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else plain_text(value)


def _clean_text(values: pd.Series, column: Column, account: Account) -> npt.NDArray[np.object_]:
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.map(_word).astype("str")
    words = pc.utf8_trim_whitespace(pa.array(values, type=pa.large_string())).fill_null("")
    if column.role == "id":
        without_digits = words.filter(pc.invert(pc.match_substring_regex(words, "[0-9]"))).unique()  # most ids have digits
        nothing = [word for word in without_digits.to_pylist() if is_nothing(word)]
        nameless = pc.is_in(words, value_set=pa.array(nothing, type=pa.large_string()))
        account.nameless = nameless.to_numpy(zero_copy_only=False)
        words = pc.if_else(nameless, "", words)
    texts: npt.NDArray[np.object_] = words.to_numpy(zero_copy_only=False)
    return texts


def _clean_category(values: pd.Series, column: Column, account: Account) -> npt.NDArray[np.int8]:
    codes, words = _coded(values)
    meant = [_meaning(word, column) for word in words]
    spaces, letters, spelling = (np.zeros(len(words), dtype=bool) for _ in range(3))
    for i, (word, means) in enumerate(zip(words, meant, strict=True)):
        if means is not None and word != means:
            kind = letters if word.casefold() == means.casefold() else spaces if _folded(word) == _folded(means) else spelling
            kind[i] = True
    for what, kind in (
        ("stray spaces removed", spaces),
        ("letter case mended", letters),
        ("other spelling recognised", spelling),
    ):
        if kind.any():
            account.repair(column, what, kind[codes])
    _reject_words(codes, words, np.array([means is None for means in meant]), ", ".join(column.allowed), column, account)
    places = {value: place for place, value in enumerate(column.allowed)}
    position: npt.NDArray[np.int8] = np.array([-1 if means is None else places[means] for means in meant], dtype=np.int8)
    return position[codes]


def _meaning(word: str, column: Column) -> str | None:
    """The value that the word means; ``None`` if that would be a guess."""
    if word in column.values:
        return word
    folded = _folded(word)
    for known, value in (*zip(column.allowed, column.allowed, strict=True), *column.synonyms.items()):
        if _folded(known) == folded:
            return value
    code = _code(word)
    if code != folded and code in column.by_word:
        return column.by_word[code]
    stray = {character for character in word if not character.isalnum()} - set(".()\u2212")
    if {unicodedata.category(character) for character in stray} <= _MAY_DIFFER and not _NEGATIVE.match(folded):
        return column.by_word.get(fold(word))
    return None


def read_category(word: str, column: Column) -> str | None:
    """The allowed value that a word means in a category, in any spelling; ``None`` if it means none.

    >>> read_category(" FIBRE ", Column(name="net", label="Net", kind="category", allowed=("Fiber",), synonyms={"fibre": "Fiber"}))
    'Fiber'
    """
    return _meaning(word, column)


def _clean_flag(values: pd.Series, column: Column, account: Account) -> npt.NDArray[np.float64]:
    codes, words = _coded(values)
    meant = _meant_flags(words, column)
    if column.role != "target":  # words are usual for the target; any other flag stored as words is a repair
        spelt = np.array([means in (0, 1) and _code(word) != f"{means:g}" for word, means in zip(words, meant, strict=True)])
        account.repair(column, f"{column.word(1)}/{column.word(0)} read as 1/0", spelt[codes])
    allowed = ", ".join(dict.fromkeys(("0", "1", "No", "Yes", column.word(0), column.word(1))))
    _reject_words(codes, words, np.isnan(meant), allowed, column, account)
    return meant[codes]


def read_flags(values: pd.Series, column: Column) -> npt.NDArray[np.float64]:
    """1 or 0 for each value of a flag (n,) in any spelling; NaN for other values.

    >>> read_flags(pd.Series(["Yes", "0", "?", "gone"]), Column(name="left", label="Left", kind="flag", synonyms={"gone": "1"}))
    array([ 1.,  0., nan,  1.])
    """
    codes, words = _coded(values.reset_index(drop=True))
    return _meant_flags(words, column)[codes]


def written_codes(values: pd.Series) -> frozenset[str]:
    """Which of 1, -1 and 2 stand among the outcomes, and ``other`` if anything else does besides words for nothing."""
    return _codes_of(_coded(values.reset_index(drop=True))[1])


def _codes_of(words: list[str]) -> frozenset[str]:
    codes = {_code(word) for word in words if not is_nothing(word)}
    return frozenset({code if code in ("1", "-1", "2") else "other" for code in codes})


def coded_outcomes(codes: frozenset[str]) -> dict[str, int]:
    """What 1 and -1 mean as outcomes, by which ``written_codes`` stand together: -1 is 0 where there is nothing else besides 1, and
    1 is not understood where there is nothing else besides 2.

    >>> coded_outcomes(frozenset({"1", "-1"})), coded_outcomes(frozenset({"1", "2"})), coded_outcomes(frozenset({"1", "other"}))
    ({'1': 1, '-1': 0}, {}, {'1': 1})
    """
    if codes == {"1", "2"}:
        return {}
    return {"1": 1, "-1": 0} if codes <= {"1", "-1"} else {"1": 1}


def read_flag(value: object, column: Column) -> float:
    """``read_flags`` of one value."""
    return float(_meant_flags([_word(value)], column)[0])


def _meant_flags(words: list[str], column: Column) -> npt.NDArray[np.float64]:
    """1 or 0 for each word, NaN for other words."""
    known: dict[str, int] = {**_FLAG_WORDS}
    if column.role == "target":
        del known["1"]
        known |= _OUTCOME_WORDS | coded_outcomes(_codes_of(words))
    known |= {_folded(word): int(value) for word, value in column.synonyms.items()}
    return np.array([known.get(_folded(word), known.get(_code(word), np.nan)) for word in words], dtype=float)


def _code(word: str) -> str:
    """The digit that a word is, however many noughts follow its decimal mark; else the word, folded.

    >>> [_code(word) for word in ("1.00", " 0,0 ", "'1", "-1.0", "1.000e+00", "10", "Yes")]
    ['1', '0', '1', '-1', '1', '10', 'yes']
    """
    folded = _folded(word)
    digit = _CODE.fullmatch(folded)
    return folded if digit is None else digit[1].replace("\u2212", "-").replace("-0", "0")


def _reject_words(
    codes: npt.NDArray[np.intp], words: list[str], unknown: npt.NDArray[np.bool_], allowed: str, column: Column, account: Account
) -> None:
    blank = np.array([is_nothing(word) for word in words])
    kinds: tuple[tuple[npt.NDArray[np.bool_], Kind], ...] = ((unknown & blank, MISSING), (unknown & ~blank, UNKNOWN))
    for which, kind in kinds:
        if which.any() and (rows := which[codes]).any():
            written = np.array(words, dtype=object)[codes]
            account.reject(column, rows, lambda i: _unknown(words[codes[i]], allowed, column), kind, words=written)


def _unknown(word: str, allowed: str, column: Column) -> str:
    if column.kind == "flag" and _code(word) == "1":
        return f"{shown(word)} may mean either beside 2; write {column.word(1)} for each customer who left, else {column.word(0)}"
    return f"{shown(word)} is not one of {allowed}"


def _clean_number(values: pd.Series, column: Column, account: Account, factor: float = 1) -> npt.NDArray[np.float64]:
    """``factor``: how many of the column's unit one of the file's is; of a whole number only those that are full count."""
    numbers: npt.NDArray[np.float64]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers, blank, written = values.to_numpy(dtype=float, na_value=np.nan), values.isna().to_numpy(), values
    else:
        numbers, blank, written = _numbers_of_text(values, column, account)
        # In a file of text every number is text, which is no news; a column of text among columns of numbers is.
        if account.typed or (column.role == "total_charge" and blank.any()):
            account.repair(column, AS_TEXT, ~np.isnan(numbers))
        elif column.role == "total_charge":
            account.read_as_text = column, ~np.isnan(numbers)
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
    if column.role != "total_charge":
        account.reject(column, blank, lambda i: f"{_no_number(plain_text(written[i]))}; write {form}", MISSING)
    return numbers


def in_unit(factor: float) -> Callable[[pd.Series, Column, Account], npt.NDArray[np.float64]]:
    """The cleaner of a column of numbers that is in another unit, ``factor`` of the column's own."""
    return partial(_clean_number, factor=factor)


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
    words = pc.utf8_trim_whitespace(pa.array(values, type=pa.large_string()))
    words = words.fill_null("")
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
        for how in dict.fromkeys(how for _, how, _ in read if how):
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


CLEANERS = {
    "text": _clean_text,
    "category": _clean_category,
    "flag": _clean_flag,
    "whole": _clean_number,
    "number": _clean_number,
}


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
