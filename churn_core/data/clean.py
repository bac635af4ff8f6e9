"""Raw customers → clean customers. Pure: no file, no network; the raw table is not changed."""

import difflib
from collections import defaultdict

import numpy as np
import pandas as pd

from churn_core.data.quality import QualityReport, Repair, no_rejects
from churn_core.errors import DataError
from churn_core.schema import TELCO, Column, Schema

_FLAG_WORDS = {"0": 0, "no": 0, "false": 0, "n": 0, "0.0": 0, "1": 1, "yes": 1, "true": 1, "y": 1, "1.0": 1}


def clean(raw: pd.DataFrame, schema: Schema = TELCO) -> tuple[pd.DataFrame, QualityReport]:
    """The customers of ``raw`` as the schema describes them, and the account of what was done.

    The frame has the schema's columns in the schema's order (the target only if ``raw`` has it), numbers as
    numbers, flags and the target as 0/1, categories as pandas categories, and keeps the row labels of ``raw``.
    Repaired and counted: stray spaces and letter case in categories; flags as words; numbers stored as text;
    a blank total charge, which becomes tenure × monthly charge. A row with a value that cannot be mended
    without guessing is left out and named in the report. Columns that the schema does not know are dropped.

    Raises ``DataError`` if there are no rows, or a required column is missing or there twice.

    >>> from churn_core.data.synthetic import generate
    >>> raw = generate(50, seed=1)
    >>> raw["Contract"] = raw["Contract"].str.upper() + " "
    >>> customers, report = clean(raw)
    >>> (report.rows, report.kept, [(r.column, r.count) for r in report.repairs if r.column == "Contract"])
    (50, 50, [('Contract', 50)])
    """
    raw = raw.rename(columns=lambda name: str(name).strip())
    _check_columns(raw, schema)
    account = _Account(rows=len(raw), typed=any(pd.api.types.is_numeric_dtype(kind) for kind in raw.dtypes))
    cleaned: dict[str, pd.Series] = {}
    for column in schema.columns:
        if column.name in raw:
            values = raw[column.name].reset_index(drop=True)
        elif column.role in ("id", "total_charge"):
            values = pd.Series(pd.NA, index=range(len(raw)), dtype="object")
        else:
            continue  # a target that is not there: these customers are to be scored
        cleaned[column.name] = _CLEANERS[column.kind](values, column, account)
    frame = pd.DataFrame(cleaned)
    _fill_total_charge(frame, schema, account)
    _name_the_nameless(frame, raw.index, schema)
    frame.index = raw.index
    kept = frame[~account.bad]
    whole = {c.name: "int64" for c in schema.columns if c.kind in ("whole", "flag") and c.name in kept}
    kept = kept.astype(whole)
    return kept, QualityReport(
        rows=len(raw),
        kept=len(kept),
        repairs=account.counted_repairs(),
        warnings=_warnings(kept, schema),
        rejects=account.rejects(raw.index),
    )


class _Account:
    """What happens to each row while its columns are cleaned, one after the other.

    ``typed``: the table came with numbers as numbers, so that a column of words is worth telling.
    """

    def __init__(self, rows: int, typed: bool) -> None:
        self.typed = typed
        self.bad = np.zeros(rows, dtype=bool)
        self._problems: defaultdict[int, list[str]] = defaultdict(list)
        self._repairs: list[tuple[Column, str, np.ndarray]] = []

    def repair(self, column: Column, what: str, rows) -> None:
        """The values of ``column`` in ``rows`` (mask) were mended."""
        self._repairs.append((column, what, np.asarray(rows, dtype=bool)))

    def reject(self, column: Column, rows, why) -> None:
        """``rows`` (mask) cannot be used: ``why`` is a sentence, or makes one from the position."""
        rows = np.asarray(rows, dtype=bool)
        self.bad |= rows
        for position in np.flatnonzero(rows):
            self._problems[position].append(f"{column.name}: {why(position) if callable(why) else why}")

    def counted_repairs(self) -> tuple[Repair, ...]:
        """Of the rows that are kept; a repair in a row that is rejected helped nobody."""
        counts = [(column, what, int((rows & ~self.bad).sum())) for column, what, rows in self._repairs]
        return tuple(Repair(column=column.name, what=what, count=count) for column, what, count in counts if count)

    def rejects(self, labels: pd.Index) -> pd.DataFrame:
        if not self._problems:
            return no_rejects()
        return pd.DataFrame(
            [(labels[i], "; ".join(self._problems[i])) for i in sorted(self._problems)], columns=["row", "problem"]
        )


def _check_columns(raw: pd.DataFrame, schema: Schema) -> None:
    twice = sorted(set(raw.columns[raw.columns.duplicated()]) & {c.name for c in schema.columns})
    if twice:
        raise DataError(f"Column {_listed(twice)} is there more than once. Keep one of them.")
    missing = [c.name for c in schema.columns if c.required and c.name not in raw]
    if missing:
        unknown = [name for name in raw.columns if name not in schema]
        by_folded = {name.casefold(): name for name in unknown}
        hints = []
        for name in missing:
            near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
            if near:
                hints.append(f"Is {by_folded[near[0]]!r} meant to be '{name}'?")
        raise DataError(
            f"Missing required columns: {_listed(missing)}. "
            + (" ".join(hints) + " " if hints else "")
            + f"A customer table has the columns {', '.join(c.name for c in schema.inputs if c.required)}."
        )
    if raw.empty:
        raise DataError("There are no customers: the table has a header and no rows. Add a row for each customer.")


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _shown(value: object) -> str:
    text = str(value).strip()
    if not text:
        return "blank"
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _words(values: pd.Series) -> pd.Series:
    """Values as text, missing ones as the empty string; 1.0 reads '1', so that a float column of flags is one."""
    return values.map(lambda v: str(int(v)) if isinstance(v, float) and v.is_integer() else _text(v))


def _text(value: object) -> str:
    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)


def _clean_text(values: pd.Series, column: Column, account: _Account) -> pd.Series:
    return _words(values).str.strip().astype("object")


def _clean_category(values: pd.Series, column: Column, account: _Account) -> pd.Series:
    words = _words(values)
    known = {_folded(allowed): allowed for allowed in column.allowed}
    meaning = {word: known.get(_folded(word)) for word in words.unique()}
    respelt = {word for word, means in meaning.items() if means is not None and word != means}
    letters = {word for word in respelt if word.casefold() == meaning[word].casefold()}
    account.repair(column, "stray spaces removed", words.isin(respelt - letters))
    account.repair(column, "letter case mended", words.isin(letters))
    _reject_words(words, meaning, ", ".join(column.allowed), column, account)
    return pd.Series(pd.Categorical(words.map(meaning), categories=list(column.allowed)))


def _clean_flag(values: pd.Series, column: Column, account: _Account) -> pd.Series:
    words = _words(values)
    meaning = {word: _FLAG_WORDS.get(_folded(word)) for word in words.unique()}
    if column.role != "target":  # the target is words by custom; any other flag stored as words is a repair
        spelt = {word for word, means in meaning.items() if means is not None and word != str(means)}
        account.repair(column, "Yes/No read as 1/0", words.isin(spelt))
    _reject_words(words, meaning, "0, 1, No, Yes", column, account)
    return words.map(meaning).astype("float64")


def _reject_words(words: pd.Series, meaning: dict, allowed: str, column: Column, account: _Account) -> None:
    unknown = words.isin({word for word, means in meaning.items() if means is None})
    account.reject(column, unknown, lambda position: f"{_shown(words[position])} is not one of {allowed}")


def _clean_number(values: pd.Series, column: Column, account: _Account) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers, blank = values.astype("float64"), values.isna()
        text = pd.Series(False, index=values.index)
    else:
        words = values.map(lambda v: _text(v).strip())  # True stays a word: it is no number
        numbers = pd.to_numeric(words.where(words != ""), errors="coerce").astype("float64")
        blank = words == ""
        text = ~blank & numbers.isna()
        # In a file of text every number is text; a column that nobody would take for numbers is worth telling.
        if account.typed or (column.role == "total_charge" and blank.any()):
            account.repair(column, "numbers stored as text, read as numbers", numbers.notna())
    form = "a whole number" if column.kind == "whole" else "a number like 70.35, without units or thousands separators"
    account.reject(column, text, lambda position: f"{_shown(values[position])} is not a number; write {form}")
    outside = numbers.notna() & ~numbers.between(column.low, column.high)
    limits = f"is not between {column.low:,g} and {column.high:,.0f} {column.unit}".strip()
    account.reject(column, outside, lambda position: f"{_shown(values[position])} {limits}")
    if column.kind == "whole":
        uneven = numbers.notna() & ~outside & (numbers % 1 != 0)
        account.reject(column, uneven, lambda position: f"{_shown(values[position])} is not a whole number")
    if column.role != "total_charge":
        account.reject(column, blank, f"blank; write {form}")
    return numbers


_CLEANERS = {
    "text": _clean_text,
    "category": _clean_category,
    "flag": _clean_flag,
    "whole": _clean_number,
    "number": _clean_number,
}


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()


def _fill_total_charge(frame: pd.DataFrame, schema: Schema, account: _Account) -> None:
    """A blank total charge is tenure × monthly charge: 0 for a customer who has just joined."""
    total = next((c for c in schema.columns if c.role == "total_charge"), None)
    if total is None:
        return
    computed = frame[schema.tenure] * frame[schema.monthly_charge]
    blank = frame[total.name].isna() & computed.notna()
    account.repair(total, f"blank, set to {schema.tenure} × {schema.monthly_charge}", blank)
    frame[total.name] = frame[total.name].fillna(computed)


def _name_the_nameless(frame: pd.DataFrame, labels: pd.Index, schema: Schema) -> None:
    """A customer without an id is called by the row."""
    nameless = frame[schema.id] == ""
    frame.loc[nameless, schema.id] = "row " + labels.astype(str).to_numpy()[nameless.to_numpy()]


def _warnings(kept: pd.DataFrame, schema: Schema) -> tuple[str, ...]:
    again = int(kept[schema.id].duplicated().sum())
    if not again:
        return ()
    return (f"{again:,} rows repeat a {schema.id} that came before; each row is treated as a customer of its own.",)
