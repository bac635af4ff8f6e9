"""One column of a raw table → its clean values; repairs and rejected rows go into the account."""

import re
import unicodedata
from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionArray

from churn_core.data.cleaning.account import Account, cut, shown
from churn_core.data.cleaning.day_values import clean_days
from churn_core.data.cleaning.number_values import clean_number
from churn_core.data.cleaning.words import coded, word_of
from churn_core.data.nothing import is_nothing
from churn_core.data.quality import MISSING, MOST_VALUES, UNKNOWN, Kind
from churn_core.schema import BLANK, Column, fold

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
_NEGATIVE = re.compile(r"[-\u2010-\u2015\u2212]")
_CODE = re.compile(r"'?\+?([-\u2212]?[0-9])(?:[.,]0*)?(?:e[+-]?0+)?")  # a digit, possibly written as a decimal number


def _clean_text(values: pd.Series, column: Column, account: Account) -> ExtensionArray:
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.map(word_of).astype("str")
    words = pc.utf8_trim_whitespace(pa.array(values, type=pa.large_string())).fill_null("")
    if column.role == "id":
        without_digits = words.filter(pc.invert(pc.match_substring_regex(words, "[0-9]"))).unique()  # most ids have digits
        nothing = [word for word in without_digits.to_pylist() if is_nothing(word)]
        nameless = pc.is_in(words, value_set=pa.array(nothing, type=pa.large_string()))
        account.nameless = nameless.to_numpy(zero_copy_only=False)
        words = pc.if_else(nameless, "", words)
    return pd.array(words, dtype="str")


def _clean_category(values: pd.Series, column: Column, account: Account) -> npt.NDArray[np.signedinteger]:
    codes, words = coded(values)
    meant = [_meaning(word, column) for word in words]
    blank = np.array([means is None and is_nothing(word) for word, means in zip(words, meant, strict=True)])
    unknown = np.array([means is None for means in meant]) & ~blank
    if column.blanks and blank.any():
        meant = [BLANK if is_blank else means for is_blank, means in zip(blank, meant, strict=True)]
        account.find(MISSING, column, "blank", f"used as {BLANK!r}", blank[codes])
    if column.others and unknown.any():
        meant = [column.others if is_unknown else means for is_unknown, means in zip(unknown, meant, strict=True)]
        written = Counter(cut(words[code]) for code in codes[unknown[codes]])
        done = f"used as {column.others!r}"
        account.find(UNKNOWN, column, "a word that is not known", done, unknown[codes], dict(written.most_common(MOST_VALUES)))
    spaces, letters, spelling = (np.zeros(len(words), dtype=bool) for _ in range(3))
    for i, (word, means) in enumerate(zip(words, meant, strict=True)):
        if means is not None and word != means and means not in (column.others, BLANK):
            kind = letters if word.casefold() == means.casefold() else spaces if _folded(word) == _folded(means) else spelling
            kind[i] = True
    for what, kind in (
        ("stray spaces removed", spaces),
        ("letter case mended", letters),
        ("other spelling recognised", spelling),
    ):
        if kind.any():
            account.repair(column, what, kind[codes])
    places = {value: place for place, value in enumerate(column.allowed)}
    fits = np.min_scalar_type(-max(len(column.allowed), 1))
    position: npt.NDArray[np.signedinteger] = np.array([-1 if means is None else places[means] for means in meant], dtype=fits)
    found = position[codes]
    if (found < 0).any():
        _reject_words(codes, words, position < 0, ", ".join(column.allowed), column, account)
    return found


def _meaning(word: str, column: Column) -> str | None:
    """The value that the word means; ``None`` if that would be a guess."""
    if word in column.values:
        return word
    folded = _folded(word)
    if folded in column.by_spelling:
        return column.by_spelling[folded]
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
    codes, words = coded(values)
    if column.filled:
        return (~np.array([is_nothing(word) for word in words])).astype(float)[codes]
    meant = _meant_flags(words, column)
    if column.neither:
        early = np.array([column.says_neither(word) for word in words])
        written = np.array(words, dtype=object)[codes]
        account.reject(column, early[codes], lambda i: f"{shown(words[codes[i]])} says neither left nor stayed", UNKNOWN, written)
        meant = np.where(early, -1.0, meant)
    if column.role != "target":  # words are usual for the target; any other flag in words that are not its own is a repair
        spelt = np.array(
            [
                means in (0, 1) and word not in column.synonyms and _code(word) != f"{means:g}"
                for word, means in zip(words, meant, strict=True)
            ]
        )
        account.repair(column, f"{column.word(1)}/{column.word(0)} read as 1/0", spelt[codes])
    allowed = ", ".join(dict.fromkeys(("0", "1", "No", "Yes", column.word(0), column.word(1))))
    _reject_words(codes, words, np.isnan(meant), allowed, column, account)
    return meant[codes]


def read_flags(values: pd.Series, column: Column) -> npt.NDArray[np.float64]:
    """1 or 0 for each value of a flag (n,) in any spelling; NaN for other values.

    >>> read_flags(pd.Series(["Yes", "0", "?", "gone"]), Column(name="left", label="Left", kind="flag", synonyms={"gone": "1"}))
    array([ 1.,  0., nan,  1.])
    """
    codes, words = coded(values.reset_index(drop=True))
    return _meant_flags(words, column)[codes]


def written_codes(values: pd.Series) -> frozenset[str]:
    """Which of 1, -1 and 2 stand among the outcomes, and ``other`` if anything else does besides words for nothing."""
    return _codes_of(coded(values.reset_index(drop=True))[1])


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
    return float(_meant_flags([word_of(value)], column)[0])


def _meant_flags(words: list[str], column: Column) -> npt.NDArray[np.float64]:
    """1 or 0 for each word, NaN for other words."""
    if column.filled:
        return np.array([not is_nothing(word) for word in words], dtype=float)
    known: dict[str, int] = {**_FLAG_WORDS}
    if column.role == "target":
        del known["1"]
        known |= _OUTCOME_WORDS | coded_outcomes(_codes_of(words))
    known |= {_folded(word): int(value) for word, value in column.synonyms.items()}
    read = [np.nan if column.says_neither(word) else known.get(_folded(word), known.get(_code(word), np.nan)) for word in words]
    return np.array(read, dtype=float)


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
    if not unknown.any():
        return
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


CLEANERS = {
    "text": _clean_text,
    "category": _clean_category,
    "flag": _clean_flag,
    "whole": clean_number,
    "number": clean_number,
    "date": clean_days,
}


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
