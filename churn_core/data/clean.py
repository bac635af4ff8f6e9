"""Raw customers → clean customers. Pure: no file, no network; the raw table is not changed."""

import difflib
from collections import defaultdict

import numpy as np
import pandas as pd

from churn_core.data.quality import QualityReport, Repair
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
    problems: defaultdict[int, list[str]] = defaultdict(list)
    repairs: list[Repair] = []
    cleaned: dict[str, pd.Series] = {}
    for column in schema.columns:
        if column.name in raw:
            values = raw[column.name].reset_index(drop=True)
        elif column.role in ("id", "total_charge"):
            values = pd.Series(pd.NA, index=range(len(raw)), dtype="object")
        else:
            continue  # a target that is not there: these customers are to be scored
        cleaned[column.name] = _CLEANERS[column.kind](values, column, problems, repairs)
    frame = pd.DataFrame(cleaned)
    _fill_total_charge(frame, schema, repairs)
    _name_the_nameless(frame, raw.index, schema)
    bad = np.zeros(len(frame), dtype=bool)
    bad[list(problems)] = True
    frame.index = raw.index
    rejects = pd.DataFrame([(raw.index[i], "; ".join(problems[i])) for i in sorted(problems)], columns=["row", "problem"])
    kept = frame[~bad]
    whole = {c.name: "int64" for c in schema.columns if c.kind in ("whole", "flag") and c.name in kept}
    kept = kept.astype(whole)
    return kept, QualityReport(
        rows=len(raw), kept=len(kept), repairs=tuple(repairs), warnings=_warnings(kept, schema), rejects=rejects
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
                hints.append(f"is '{by_folded[near[0]]}' meant to be '{name}'?")
        raise DataError(
            f"Missing required columns: {_listed(missing)}. "
            + (" ".join(hints).capitalize() + " " if hints else "")
            + f"A customer table has the columns {', '.join(c.name for c in schema.inputs if c.required)}."
        )
    if raw.empty:
        raise DataError("There are no customers: the table has a header and no rows. Add a row for each customer.")


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _shown(value: object) -> str:
    text = str(value).strip()
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _words(values: pd.Series) -> pd.Series:
    """Values as text, missing ones as the empty string; 1.0 reads '1' so that a float column of flags is one."""
    return values.map(lambda v: "" if pd.isna(v) else str(int(v)) if isinstance(v, float) and v.is_integer() else str(v))


def _clean_text(values, column: Column, problems, repairs) -> pd.Series:
    return _words(values).str.strip().astype("object")


def _clean_category(values, column: Column, problems, repairs) -> pd.Series:
    words = _words(values)
    known = {_folded(allowed): allowed for allowed in column.allowed}
    meaning = {word: known.get(_folded(word)) for word in words.unique()}
    spaces = {w for w, m in meaning.items() if m is not None and w != m and " ".join(w.split()).casefold() != w.casefold()}
    letters = {w for w, m in meaning.items() if m is not None and w != m} - spaces
    _count(repairs, column, "stray spaces removed", words.isin(spaces).sum())
    _count(repairs, column, "letter case mended", words.isin(letters).sum())
    allowed = ", ".join(column.allowed)
    _reject(words, {w for w, m in meaning.items() if m is None}, f"is not one of {allowed}", column, problems)
    return pd.Series(pd.Categorical(words.map(meaning), categories=list(column.allowed)))


def _clean_flag(values, column: Column, problems, repairs) -> pd.Series:
    words = _words(values)
    meaning = {word: _FLAG_WORDS.get(_folded(word)) for word in words.unique()}
    spelt = {w for w, m in meaning.items() if m is not None and w != str(m)}
    if column.role != "target":  # the target is words by custom; a flag stored as words is a repair
        _count(repairs, column, "Yes/No read as 1/0", words.isin(spelt).sum())
    _reject(words, {w for w, m in meaning.items() if m is None}, "is not one of 0, 1, No, Yes", column, problems)
    return words.map(meaning).astype("float64")


def _clean_number(values, column: Column, problems, repairs) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers, blank = values.astype("float64"), values.isna()
        text = pd.Series(False, index=values.index)
    else:
        words = values.map(lambda v: "" if pd.isna(v) else str(v).strip())  # True stays a word: it is no number
        numbers = pd.to_numeric(words.where(words != ""), errors="coerce").astype("float64")
        blank = words == ""
        text = ~blank & numbers.isna()
        if (blank | text).any():
            _count(repairs, column, "numbers stored as text, read as numbers", numbers.notna().sum())
    form = "a whole number" if column.kind == "whole" else "a number like 70.35, without units or thousands separators"
    outside = numbers.notna() & ~numbers.between(column.low, column.high)
    uneven = numbers.notna() & ~outside & (numbers % 1 != 0) & (column.kind == "whole")
    limits = f"is not between {column.low:,g} and {column.high:,g} {column.unit}".strip()
    for wrong, why in ((text, f"is not a number; write {form}"), (outside, limits), (uneven, "is not a whole number")):
        for position in np.flatnonzero(wrong):
            problems[position].append(f"{column.name}: {_shown(values[position])} {why}")
    if column.role != "total_charge":
        for position in np.flatnonzero(blank):
            problems[position].append(f"{column.name}: blank; write {form}")
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


def _count(repairs: list[Repair], column: Column, what: str, count: int) -> None:
    if count:
        repairs.append(Repair(column=column.name, what=what, count=int(count)))


def _reject(words: pd.Series, wrong: set[str], why: str, column: Column, problems) -> None:
    for position in np.flatnonzero(words.isin(wrong)):
        word = words[position]
        shown = "blank" if not word.strip() else _shown(word)
        problems[position].append(f"{column.name}: {shown} {why}")


def _fill_total_charge(frame: pd.DataFrame, schema: Schema, repairs: list[Repair]) -> None:
    """A blank total charge is tenure × monthly charge: 0 for a customer who has just joined."""
    total = next((c for c in schema.columns if c.role == "total_charge"), None)
    if total is None:
        return
    computed = frame[schema.tenure] * frame[schema.monthly_charge]
    blank = frame[total.name].isna() & computed.notna()
    _count(repairs, total, f"blank, set to {schema.tenure} × {schema.monthly_charge}", blank.sum())
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
