"""Raw customers → clean customers. Pure: no file, no network; the raw table is not changed."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from churn_core.data.cleaning.account import Account, plain_text, shown
from churn_core.data.columns import find_columns, renamed
from churn_core.data.numbers import NO_VALUE, Ambiguous, read_number
from churn_core.data.quality import (
    AS_TEXT,
    CONTRADICTION,
    EXAMPLES,
    MISSING,
    OUT_OF_RANGE,
    UNKNOWN,
    UNREADABLE,
    QualityReport,
    repeats,
)
from churn_core.errors import DataError
from churn_core.schema import Column, Schema, fold

_FLAG_WORDS = {"0": 0, "no": 0, "false": 0, "n": 0, "0.0": 0, "1": 1, "yes": 1, "true": 1, "y": 1, "1.0": 1}
_MAY_DIFFER = set(" \t\n\r-_–.()\u00a0\u2003\u200b\ufeff")  # what may be more or less in a word without making it another
_PLAIN = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_FAR = 0.5  # share of the larger; of 7,043 Telco customers the total is at most 0.36 from tenure × charge
_FAR_MONTHS = 3  # monthly charges; in the first months a single fee is more than half of the total


def clean(raw: pd.DataFrame, schema: Schema, decimal: str = ".", is_part: bool = False) -> tuple[pd.DataFrame, QualityReport]:
    """The customers of ``raw`` as the schema describes them, and the account of what was done.

    The frame has the schema's columns in the schema's order (the target only if ``raw`` has it), numbers as
    numbers, flags and the target as 0/1, categories as pandas categories, and keeps the row labels of ``raw``.
    Columns are found by their names however they are spelt, or by an alias (``find_columns``). Repaired and counted: stray
    spaces, letter case and other spellings in categories; flags as words; numbers stored as text, with decimal commas,
    thousands separators or a currency sign; a blank total charge, which becomes tenure × monthly charge. A row with a value
    that cannot be mended without guessing is left out and named in the report. Rows that contradict themselves are kept as
    they are and reported. Columns that the schema does not know are dropped. ``decimal``: how numbers are written in the file
    this is a part of, "." or ",", "" where that cannot be told. Of a part of a file (``is_part``) customers that are there
    again are not looked for: most of them would be in other parts.

    Raises ``DataError`` if there are no rows, or a required column is missing or there twice with different values.

    >>> from churn_core.data.synthetic import generate
    >>> from churn_core.schema.telco import TELCO
    >>> raw = generate(50, seed=1, schema=TELCO)
    >>> raw["Contract"] = raw["Contract"].str.upper() + " "
    >>> customers, report = clean(raw, TELCO)
    >>> (report.rows, report.kept, [(r.column, r.count) for r in report.repairs if r.column == "Contract"])
    (50, 50, [('Contract', 50)])
    """
    labels, found = raw.index, find_columns(raw.columns, schema)
    raw = renamed(raw, found, schema)
    if raw.empty:
        raise DataError("There are no customers: the table has a header and no rows. Add a row for each customer.")
    typed = any(pd.api.types.is_numeric_dtype(kind) for kind in raw.dtypes)
    account = Account(rows=len(raw), labels=labels, typed=typed, decimal=decimal)
    cleaned: dict[str, np.ndarray] = {}  # a category is the position among those allowed
    for column in schema.columns:
        if column.name in raw:
            cleaned[column.name] = _CLEANERS[column.kind](raw[column.name].reset_index(drop=True), column, account)
        elif column.role in ("id", "total_charge") or column.kind == "text":
            nothing = pd.Series(pd.NA, index=range(len(raw)), dtype="object")
            cleaned[column.name] = _CLEANERS[column.kind](nothing, column, account)
    _fill_total_charge(cleaned, schema, account)
    if not is_part:
        _find_repeated(cleaned[schema.id], schema, account)
    _name_the_nameless(cleaned[schema.id], account)
    _find_contradictions(cleaned, schema, account)
    if account.bad.any():
        keep = ~account.bad
        labels, cleaned = labels[keep], {name: values[keep] for name, values in cleaned.items()}
    finished = {name: _finished(values, schema[name], labels) for name, values in cleaned.items()}
    return pd.DataFrame(finished, index=labels, copy=False), QualityReport(
        rows=len(raw),
        kept=len(labels),
        repairs=account.counted_repairs(),
        notes=found.notices,
        rejects=account.rejects(),
        found=tuple(account.found),
        seen={name: _the_one(values, schema[name]) for name, values in cleaned.items()},
        untold=account.untold(),
    )


def _coded(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Which distinct word each value is (n,), and the words; missing ones are the empty string. 1.0 reads '1', so that a
    float column of flags is one.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = values.cat.codes.to_numpy(), values.cat.categories
    else:
        values = values.map(_word).astype("str") if values.dtype == "object" else values
        codes, distinct = pd.factorize(values)
    return codes, [*map(_word, distinct), ""]  # the code of a missing value, -1, is the last one


def _word(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else plain_text(value)


def _clean_text(values: pd.Series, column: Column, account: Account) -> np.ndarray:
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.map(_word).astype("str")
    words = pc.utf8_trim_whitespace(pa.array(values, type=pa.large_string())).fill_null("")
    if column.role == "id":
        account.nameless = pc.equal(words, "").to_numpy(zero_copy_only=False)
    return words.to_numpy(zero_copy_only=False)


def _clean_category(values: pd.Series, column: Column, account: Account) -> np.ndarray:
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
    return np.array([places.get(means, -1) for means in meant], dtype=np.int8)[codes]


def _meaning(word: str, column: Column) -> str | None:
    """The value that is meant; ``None`` where it would be a guess."""
    if word in column.values:
        return word
    folded = _folded(word)
    for value in column.allowed:
        if _folded(value) == folded:
            return value
    stray = {character for character in word if not character.isalnum()}
    if stray <= _MAY_DIFFER and not folded.startswith("-"):
        return column.by_word.get(fold(word))
    return None


def _clean_flag(values: pd.Series, column: Column, account: Account) -> np.ndarray:
    codes, words = _coded(values)
    meant = _meant_flags(words, column)
    if column.role != "target":  # the target is words by custom; any other flag stored as words is a repair
        spelt = np.array([means in (0, 1) and word != f"{means:g}" for word, means in zip(words, meant, strict=True)])
        account.repair(column, f"{column.word(1)}/{column.word(0)} read as 1/0", spelt[codes])
    allowed = ", ".join(dict.fromkeys(("0", "1", "No", "Yes", column.word(0), column.word(1))))
    _reject_words(codes, words, np.isnan(meant), allowed, column, account)
    return meant[codes]


def read_flags(values: pd.Series, column: Column) -> npt.NDArray[np.float64]:
    """1 or 0 of each value of a flag (n,), however it is written; NaN where it is neither.

    >>> read_flags(pd.Series(["Yes", "0", "?", "gone"]), Column(name="left", label="Left", kind="flag", synonyms={"gone": "1"}))
    array([ 1.,  0., nan,  1.])
    """
    codes, words = _coded(values.reset_index(drop=True))
    return _meant_flags(words, column)[codes]


def _meant_flags(words: list[str], column: Column) -> npt.NDArray[np.float64]:
    """1 or 0 of each word, NaN where it is neither."""
    own = {_folded(word): int(value) for word, value in column.synonyms.items()}
    known = _FLAG_WORDS | own
    return np.array([known.get(_folded(word), np.nan) for word in words], dtype=float)


def _reject_words(
    codes: np.ndarray, words: list[str], unknown: np.ndarray, allowed: str, column: Column, account: Account
) -> None:
    blank = np.array([not word.strip() for word in words])
    for which, kind in ((unknown & blank, MISSING), (unknown & ~blank, UNKNOWN)):
        if which.any() and (rows := which[codes]).any():
            written = np.array(words, dtype=object)[codes]
            account.reject(
                column, rows, lambda i, written=written: f"{shown(written[i])} is not one of {allowed}", kind, words=written
            )


def _clean_number(values: pd.Series, column: Column, account: Account) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers, blank, written = values.to_numpy(dtype=float, na_value=np.nan), values.isna().to_numpy(), values
    else:
        numbers, blank, written = _numbers_of_text(values, column, account)
        # In a file of text every number is text; a column that nobody would take for numbers is worth telling.
        if account.typed or (column.role == "total_charge" and blank.any()):
            account.repair(column, AS_TEXT, ~np.isnan(numbers))
        elif column.role == "total_charge":
            account.read_as_text = column, ~np.isnan(numbers)
    form = "a whole number" if column.kind == "whole" else "a number like 70.35, without units"
    outside = (numbers < column.low) | (numbers > column.high)
    limits = f"is not between {column.low:,g} and {column.high:,.0f} {column.unit}".strip()
    account.reject(column, outside, lambda i: f"{shown(written[i])} {limits}", OUT_OF_RANGE, words=written)
    if column.kind == "whole":
        uneven = ~outside & (numbers != np.floor(numbers)) & ~np.isnan(numbers)
        account.reject(column, uneven, lambda i: f"{shown(written[i])} is not a whole number", UNREADABLE, words=written)
    if column.role != "total_charge":
        account.reject(column, blank, f"blank; write {form}", MISSING)
    return numbers


def _numbers_of_text(values: pd.Series, column: Column, account: Account) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    """The numbers (NaN: blank or rejected), which values are blank (n,), and the values as words. Most files write numbers
    plainly, and those are read all at once; the others word by word.
    """
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.astype("object").map(plain_text).astype("str")  # True stays a word: it is no number
    words = pc.utf8_trim_whitespace(pa.array(values, type=pa.large_string()))
    blank = pc.equal(words, "").to_numpy(zero_copy_only=False)
    filled = pc.if_else(pc.equal(words, ""), None, words)
    try:
        if account.decimal != ".":
            raise pa.ArrowInvalid("each has to be looked at")
        numbers = pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False)
        if not (np.isfinite(numbers) | blank).all():
            raise pa.ArrowInvalid("inf and nan are no numbers")
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
        why = {position: read[code][2] for position, code in zip(positions, codes, strict=True) if read[code][2]}
        refused = np.zeros(len(values), dtype=bool)
        refused[list(why)] = True
        account.reject(column, refused, lambda i: why[i], UNREADABLE, words=values)
        if column.role == "total_charge":
            blank = blank.copy()
            blank[positions[np.isnan(numbers[positions]) & ~refused[positions]]] = True
    return numbers, blank, values


def _one_number(word: str, column: Column, decimal: str) -> tuple[float, str, str]:
    """The number of a word, how it was written if not plainly, and why it is none."""
    if column.role == "total_charge" and word.removeprefix("'").casefold() in NO_VALUE:
        return np.nan, "", ""
    form = "a whole number" if column.kind == "whole" else "a number like 70.35, without units"
    try:
        return *read_number(word, decimal), ""
    except Ambiguous as ambiguous:
        return np.nan, "", f"{shown(word)} {ambiguous}; write {form}"
    except ValueError:
        return np.nan, "", f"{shown(word)} is not a number; write {form}"


_CLEANERS = {
    "text": _clean_text,
    "category": _clean_category,
    "flag": _clean_flag,
    "whole": _clean_number,
    "number": _clean_number,
}


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()


def _fill_total_charge(cleaned: dict[str, np.ndarray], schema: Schema, account: Account) -> None:
    """A blank total charge is tenure × monthly charge: 0 for a customer who has just joined."""
    total = next((c for c in schema.columns if c.role == "total_charge"), None)
    if total is None:
        return
    charged, monthly = cleaned[total.name], cleaned[schema.monthly_charge]
    computed = cleaned[schema.tenure] * monthly
    blank = np.isnan(charged) & ~np.isnan(computed) & ~account.bad
    what = f"set to {schema.tenure} × {schema.monthly_charge}"
    account.repair(total, f"blank, {what}", blank)
    account.find(MISSING, total, "blank", what, blank)
    far = np.abs(charged - computed) > np.maximum(_FAR * np.maximum(charged, computed), _FAR_MONTHS * monthly)
    what = f"far from {schema.tenure} × {schema.monthly_charge}"
    account.find(CONTRADICTION, total, what, "used as it is", far & ~account.bad)
    cleaned[total.name] = np.where(np.isnan(charged), computed, charged)


def _find_contradictions(cleaned: dict[str, np.ndarray], schema: Schema, account: Account) -> None:
    """What builds on a service is there without it, or is said to lack a service that is there."""
    whole = ~account.bad
    for column in schema.columns:
        if not column.needs:
            continue
        needed = schema[column.needs]
        nothing = [value if needed.kind == "flag" else needed.allowed.index(str(value)) for value in needed.nothing]
        lacks = np.isin(cleaned[column.needs], nothing)
        says = cleaned[column.name] == column.allowed.index(column.without)
        if ((lacks != says) & whole).any():
            without = f"{column.needs} is {_or(needed.nothing)}, and it is not '{column.without}'"
            account.find(CONTRADICTION, column, without, "scored as it is", lacks & ~says & whole)
            with_it = f"'{column.without}', and {column.needs} is not {_or(needed.nothing)}"
            account.find(CONTRADICTION, column, with_it, "scored as it is", ~lacks & says & whole)


def _or(values: tuple[str | int, ...]) -> str:
    return " or ".join(map(str, values))


def _name_the_nameless(ids: np.ndarray, account: Account) -> None:
    """A customer without an id is called by the row."""
    if account.nameless.any():
        ids[account.nameless] = "row " + account.labels.astype(str).to_numpy()[account.nameless].astype(object)


def _find_repeated(ids: np.ndarray, schema: Schema, account: Account) -> None:
    again, named = np.zeros(len(ids), dtype=bool), ~account.nameless & ~account.bad
    again[named] = pd.Series(ids[named], dtype="object").duplicated()
    if again.any():
        rows = tuple(account.labels[i] for i in np.flatnonzero(again)[:EXAMPLES])
        account.found.append(repeats(schema.id, int(again.sum()), rows))


def _finished(values: np.ndarray, column: Column, labels: pd.Index):
    """The column as it stands in a table of clean customers."""
    if column.kind == "category":
        return pd.Categorical.from_codes(values, dtype=column.dtype)
    if column.kind == "text":
        return pd.Series(values, index=labels, dtype="object", copy=False)
    return values.astype(np.int64) if column.kind in ("whole", "flag") else values


def _the_one(values: np.ndarray, column: Column) -> object:
    """The value that all have; ``None`` where they differ."""
    if column.kind == "text" or not len(values) or not (values == values[0]).all():
        return None  # that an id repeats is found elsewhere
    if column.kind == "category":
        return column.allowed[values[0]]
    return int(values[0]) if column.kind in ("whole", "flag") else float(values[0])
