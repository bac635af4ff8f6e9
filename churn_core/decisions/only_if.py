"""Who meets the rule of an offer: a condition on a column of the customers, in a file as it came or after cleaning."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.offers.rule import EQUAL, Rule
from churn_core.data.cleaning.account import Account, shown
from churn_core.data.cleaning.taken import together
from churn_core.data.cleaning.values import CLEANERS, read_category, read_flag
from churn_core.data.cleaning.words import coded, word_of
from churn_core.data.columns import find_columns
from churn_core.data.numbers import Ambiguous, read_number
from churn_core.errors import CampaignError
from churn_core.formats import listed
from churn_core.schema import BLANK, Column, Schema, fold

Mask = npt.NDArray[np.bool_]

_COMPARE: Mapping[str, Callable[[Any, float], Any]] = {
    "=": np.equal,
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
}
_SHOWN = 12  # names of columns, or values, that a sentence lists
_YES_NO = Column(name="", label="", kind="flag")  # words for yes and no in a column of which no schema says anything


def may_get(offers: Sequence[Offer], customers: pd.DataFrame | Mapping[str, Sequence[Any]], schema: Schema) -> Mask:
    """Which clean customers, a table or its columns by name, each offer is for; (J, n).

    Raises ``CampaignError`` for a rule on a column or value that is not there.
    """
    rows = len(customers) if isinstance(customers, pd.DataFrame) else len(next(iter(customers.values())))
    return _each(offers, rows, lambda rule: _of_clean(rule, customers, schema))


def may_get_in_file(offers: Sequence[Offer], raw: pd.DataFrame, schema: Schema, decimal: str = ".") -> Mask:
    """Which customers of a file as it came each offer is for; (J, n). A column that the schema does not know may be meant too.

    ``decimal``: the decimal mark of the file's numbers. Raises ``CampaignError`` as ``may_get``.
    """
    return _each(offers, len(raw), lambda rule: _of_raw(rule, raw, schema, decimal))


def check_rules(offers: Sequence[Offer], schema: Schema) -> None:
    """Raises ``CampaignError`` for a rule that the customers of the schema cannot meet or fail: see ``may_get``."""
    may_get(offers, pd.DataFrame({column.name: [] for column in schema.inputs}), schema)


def _each(offers: Sequence[Offer], n: int, meets: Callable[[Rule], Mask]) -> Mask:
    allowed = np.ones((len(offers), n), dtype=bool)
    for j, offer in enumerate(offers):
        if offer.rule is not None:
            try:
                allowed[j] = meets(offer.rule)
            except CampaignError as error:
                raise CampaignError(f"Offer '{offer.name}': {error}") from error
    return allowed


def _of_clean(rule: Rule, customers: pd.DataFrame | Mapping[str, Sequence[Any]], schema: Schema) -> Mask:
    name = _named(rule, [column.name for column in schema.inputs], schema)
    return _compared(pd.Series(customers[name]), rule, schema[name])


def _of_raw(rule: Rule, raw: pd.DataFrame, schema: Schema, decimal: str) -> Mask:
    names = [str(name).strip() for name in raw.columns]
    found = find_columns(raw.columns, schema)
    of_schema = next(iter(find_columns([rule.column], schema).at), None)
    if of_schema in found.at:
        column = schema[of_schema]
        return _compared(_cleaned(together(raw, found.at[of_schema], column, decimal), column, decimal), rule, column)
    return _of_words(raw.iloc[:, names.index(_named(rule, names, None))], rule, decimal)


def _named(rule: Rule, names: Sequence[str], schema: Schema | None) -> str:
    """The column that the rule is about, however it is spelt."""
    known = None if schema is None else next(iter(find_columns([rule.column], schema).at), None)
    folded = [name for name in names if fold(name) == fold(rule.column)]
    name = known if known in names else rule.column if rule.column in names else folded[0] if len(folded) == 1 else None
    if name is None:
        raise CampaignError(
            f"There is no column {rule.column!r}, on which the rule {str(rule)!r} rests. Use one of {_few(names)}."
        )
    return name


def _cleaned(values: pd.Series, column: Column, decimal: str) -> pd.Series:
    """The values of a column of a raw table as clean customers have them; what cannot be read is blank and meets no rule."""
    account = Account(rows=len(values), labels=values.index, typed=False, decimal=decimal)
    clean = pd.Series(np.asarray(CLEANERS[column.kind](values.reset_index(drop=True), column, account)))
    if column.kind == "category":
        clean = pd.Series([None if code < 0 else column.allowed[code] for code in clean], dtype=object)
    return clean.mask(account.bad)


def _compared(values: pd.Series, rule: Rule, column: Column) -> Mask:
    """Whether clean values of a column of the schema meet the rule; (n,)."""
    if column.kind in ("whole", "number", "date"):
        return np.asarray(_COMPARE[rule.relation](values.to_numpy(dtype=float), _number(rule)), dtype=bool)
    if rule.relation != EQUAL:
        raise CampaignError(f"{column.name} holds no numbers, so {str(rule)!r} cannot be told. Write {column.name}=… instead.")
    if column.kind == "category":
        allowed = [*column.allowed, *([BLANK] if column.blanks and BLANK not in column.allowed else [])]
        wanted = rule.value if rule.value in allowed else read_category(rule.value, column)
        if wanted is None:
            raise CampaignError(f"{column.name} has no value {rule.value!r}. Use one of {_few(allowed)}.")
        return np.asarray(values.astype(object) == wanted, dtype=bool)
    if column.kind == "flag":
        flag = read_flag(rule.value, column)
        if math.isnan(flag):
            words = dict.fromkeys((column.word(1), column.word(0), "1", "0"))
            raise CampaignError(f"{column.name} has no value {rule.value!r}. Use one of {_few(list(words))}.")
        return np.asarray(values.to_numpy(dtype=float) == flag, dtype=bool)
    return np.asarray(values.map(_word) == _word(rule.value), dtype=bool)


def _of_words(values: pd.Series, rule: Rule, decimal: str) -> Mask:
    """Whether the values of a column of which no schema says anything meet the rule: numbers as numbers, words as words."""
    codes, words = coded(values.reset_index(drop=True))
    meant = [_meaning(word, decimal) for word in words]
    if rule.relation == EQUAL:
        wanted = _meaning(rule.value, ".")
        return np.array([means == wanted for means in meant], dtype=bool)[codes]
    limit, compare = _number(rule), _COMPARE[rule.relation]
    return np.array([isinstance(means, float) and bool(compare(means, limit)) for means in meant], dtype=bool)[codes]


def _meaning(word: str, decimal: str) -> float | str:
    """What a word means, so that 1, 1.0, Yes and true are one value; a number, or the word in one spelling."""
    try:
        return read_number(word, decimal)[0]
    except Ambiguous:
        return _word(word)
    except ValueError:
        flag = read_flag(word, _YES_NO)
        return _word(word) if math.isnan(flag) else flag


def _word(value: object) -> str:
    return " ".join(word_of(value).split()).casefold()


def _number(rule: Rule) -> float:
    try:
        return read_number(rule.value)[0]
    except ValueError:
        raise CampaignError(
            f"The rule {str(rule)!r} compares with {shown(rule.value)}, which is not a number. Write one like 12."
        ) from None


def _few(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= _SHOWN else f"{', '.join(names[:_SHOWN])} …"
