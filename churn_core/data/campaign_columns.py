"""What a file says of a campaign: who was treated, who was reached, what it cost, who left; columns that no customer table has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.data.campaign_cells import Values, accepted_in, amounts_in, days_in, flags_in, probabilities_in, unread_of
from churn_core.data.cleaning.account import plain_text
from churn_core.data.cleaning.taken import together
from churn_core.data.cleaning.values import read_flags
from churn_core.data.columns import find_columns
from churn_core.errors import DataError
from churn_core.schema import Column, Schema


def _flag(name: str, ones: str, zeros: str, *aliases: str) -> Column:
    words = dict.fromkeys(ones.split(", "), "1") | dict.fromkeys(zeros.split(", "), "0")
    return Column(name=name, label=name, kind="flag", required=False, synonyms=words, aliases=aliases)


_TREATED_WORDS = "treated, treatment, contacted, called, call, test, mailed, true, t"
_CONTROL_WORDS = (
    "control, held, held out, hold out, holdout, left alone, not contacted, not called, do not call, untreated, none, false, c"
)
_ARMS = (  # the first that a file has says who was treated
    _flag("arm", _TREATED_WORDS, _CONTROL_WORDS, "campaign arm", "experiment arm", "test group"),
    _flag("treated", _TREATED_WORDS, _CONTROL_WORDS, "was treated", "is treated", "treatment", "contacted", "was contacted"),
    _flag(
        "control_group", _CONTROL_WORDS.replace("false, ", "") + ", true", _TREATED_WORDS.replace("true, ", "") + ", false",
        "control", "is control", "in control", "held out", "holdout", "hold out", "left alone",
    ),
)  # fmt: skip
_LEFT = _flag(
    "left", "left, churned, gone, cancelled, canceled, lost, true", "stayed, stay, active, still here, kept, retained, false",
    "outcome", "has left", "churned", "churn", "left the company", "cancelled", "canceled",
)  # fmt: skip
_REACHED = _flag("reached", "reached, true", "not reached, no answer, false", "was reached", "answered", "spoken to")
_COST = Column(name="cost", label="cost", kind="number", required=False, aliases=("costs", "contact cost", "spend", "spent"))
_OFFER = Column(
    name="offer", label="offer", kind="text", required=False, aliases=("offer accepted", "accepted", "incentive given")
)
_PROBABILITY = Column(name="churn_probability", label="churn_probability", kind="number", required=False)
_CLV = Column(name="clv", label="clv", kind="number", required=False, aliases=("lifetime value", "customer lifetime value"))
_LEFT_ON = Column(
    name="left_on",
    label="left_on",
    kind="text",
    required=False,
    aliases=("left at", "leaving date", "churn date", "cancelled on"),
)
# Each is looked for as the only column of a schema; the same one for all parts of a file, so that it is looked for once.
_ALONE = {
    column.name: Schema(name="", columns=(column,))
    for column in (*_ARMS, _LEFT, _REACHED, _COST, _OFFER, _PROBABILITY, _CLV, _LEFT_ON)
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Arms:
    """``treated`` (n,): 1 contacted, 0 left alone, NaN where it is not said; the ``column`` that says so; ``unread`` cells."""

    treated: Values
    column: str
    unread: Counter[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignColumns:
    """The rows of a file that came back after a campaign (n,). ``left`` and ``reached`` are 1, 0 or NaN; ``cost`` money, ``offer``
    money or 1/0 accepted, ``left_on`` days since 1970; NaN where nothing is written. A column that is not there is ``None``.
    """

    ids: list[str]
    left: Values
    outcome: str
    unread: Counter[str]
    arms: Arms | None
    reached: Values | None
    cost: Values | None
    offer: Values | None
    left_on: Values | None


@dataclass(frozen=True, kw_only=True, eq=False)
class ListColumns:
    """What a file says of the list that was worked through (n,): ``churn_probability`` 0–1 and ``worth``, money per month or, if
    ``for_life``, a lifetime value; NaN where nothing is written, ``None`` where there is no such column.
    """

    churn_probability: Values | None
    worth: Values | None
    for_life: bool


def read_arms(raw: pd.DataFrame, schema: Schema) -> Arms | None:
    """Who of a raw table of customers was treated; ``None`` where no column says so. A column of the schema is not meant.

    Raises ``DataError`` where more than half of such a column cannot be understood.

    >>> from churn_core.schema.telco import TELCO
    >>> read_arms(pd.DataFrame({"control_group": ["True", "False", ""]}), TELCO).treated
    array([ 0.,  1., nan])
    """
    names = [str(name) for name in raw.columns]
    known = {at for positions in find_columns(names, schema).at.values() for at in positions}
    for column in _ARMS:
        at = _at(names, column, known)
        if at is None:
            continue
        flags, unread = flags_in(raw, at, column)
        treated = 1 - flags if column.name == "control_group" else flags
        return Arms(treated=treated, column=names[at[0]].strip(), unread=unread)
    return None


def says_who_was_treated(name: str, words: Sequence[str]) -> bool:
    """Whether a column of this name with these words is that of a campaign, as ``contacts`` writes it: nothing to learn from.

    >>> says_who_was_treated("Arm", ("treated", "control")), says_who_was_treated("arm", ("left", "right"))
    (True, False)
    """
    column = next((each for each in _ARMS if each.name == name.strip().casefold()), None)
    return column is not None and not np.isnan(read_flags(pd.Series(words, dtype=object), column)).any()


def names_outcomes(names: list[str], schema: Schema) -> bool:
    """Whether these columns say of each customer who left.

    >>> from churn_core.schema.telco import TELCO
    >>> names_outcomes(["customerID", "left"], TELCO), names_outcomes(["name", "value"], TELCO)
    (True, False)
    """
    known = find_columns(names, schema).at
    return schema.id in known and (schema.target in known or any(_at(names, each) is not None for each in (_LEFT, _LEFT_ON)))


def read_campaign(raw: pd.DataFrame, schema: Schema) -> CampaignColumns:
    """The columns of a campaign in a raw table.

    Raises ``DataError`` where the ids or the outcome are missing, and where more than half of a column cannot be understood.
    """
    names = [str(name) for name in raw.columns]
    found = find_columns(names, schema)
    at = found.at.get(schema.id)
    if at is None:
        raise DataError(
            f"The file has no column {schema.id!r}, so nobody can be found on the list. Add the customers' ids as on the list."
        )
    ids = together(raw, at, schema[schema.id])
    left, outcome, unread = _outcome(raw, names, schema)
    left_on = days_in(raw, _at(names, _LEFT_ON))
    if left is None and left_on is None:
        raise DataError(
            "The file does not say who left. Add a column 'left' with 1 for each customer who left and 0 for each who stayed."
        )
    return CampaignColumns(
        ids=[plain_text(each) for each in ids],
        left=np.full(len(raw), np.nan) if left is None else left,
        outcome=outcome,
        unread=unread,
        arms=read_arms(raw, schema),
        reached=_flags_of(raw, names, _REACHED),
        cost=amounts_in(raw, _at(names, _COST), "cost"),
        offer=accepted_in(raw, _at(names, _OFFER)),
        left_on=left_on,
    )


def read_list(raw: pd.DataFrame, schema: Schema) -> ListColumns:
    """The columns of a list that was not drawn here: a column ``clv`` is for life, else customers are worth what the schema goes by.

    Raises ``DataError`` where a value is no number, and for a probability above 1.
    """
    names = [str(name) for name in raw.columns]
    worth, for_life = _worth(raw, names, schema)
    return ListColumns(churn_probability=probabilities_in(raw, _at(names, _PROBABILITY)), worth=worth, for_life=for_life)


def _at(names: list[str], column: Column, taken: frozenset[int] | set[int] = frozenset()) -> tuple[int, ...] | None:
    """Where a file has the column; its first spelling only."""
    at = find_columns(names, _ALONE[column.name]).at.get(column.name, ())
    return tuple(each for each in at if each not in taken)[:1] or None


def _outcome(raw: pd.DataFrame, names: list[str], schema: Schema) -> tuple[Values | None, str, Counter[str]]:
    """Who left, the column that says so, and what could not be read: a column ``left``, else the outcome of the schema."""
    of_schema, target = find_columns(names, schema).at.get(schema.target), schema[schema.target]
    at = _at(names[:], _LEFT)
    if at is not None and (of_schema is None or names[at[0]].strip().casefold() in ("left", "outcome")):
        flags, unread = flags_in(raw, at, _LEFT)
        return flags, names[at[0]].strip(), unread
    if of_schema is None:
        return None, "", Counter()
    values = together(raw, of_schema, target)
    flags = read_flags(values, target)
    return flags, schema.target, unread_of(values, flags, target, names[of_schema[0]].strip())


def _flags_of(raw: pd.DataFrame, names: list[str], column: Column) -> Values | None:
    at = _at(names, column)
    return None if at is None else flags_in(raw, at, column)[0]


def _worth(raw: pd.DataFrame, names: list[str], schema: Schema) -> tuple[Values | None, bool]:
    """What each customer is worth: a column ``clv``, else what the schema goes by."""
    at = _at(names, _CLV)
    if at is not None:
        return amounts_in(raw, at, "lifetime value"), True
    name = schema.monthly_charge or schema.clv_column
    at = None if name is None else find_columns(names, schema).at.get(name)
    return amounts_in(raw, at, "charge"), schema.monthly_charge is None
