"""Which column says who the customer is, and which rows belong to the same one."""

import re

from churn_core.data.proposing.answers import SAID, Answers, column_named
from churn_core.data.proposing.personal import is_counter, is_personal
from churn_core.data.proposing.proposal import Id, Question
from churn_core.data.proposing.raw_column import RawColumn

_WHO = (
    r"customer|client|account|subscri\w*|member|membership|user|loyalty|policy|contract|employee|household|donor|player|guest|tenant|merchant|policyholder|kunden?|vertrags?|mitglieds?|"
    r"clientes?|cuenta|contrato|socio|abonne|conta|assinante|utente|contratto"
)
_NUMBER = r"id|ids|no|nr|num|number|nummer|numero|key|code|codigo|codice|uuid|guid"
_NAMED = re.compile(rf"\b({_WHO})\b.*\b({_NUMBER})\b|\b({_NUMBER})\b.*\b({_WHO})\b|\bclientnum\b|\bmatricula\b")
_ANY_ID = re.compile(r"\b(id|ids|uuid|guid)\b")
_COUNTED = re.compile(r"\b(count|total|how many|sum|anzahl|of)\b")  # "number of accounts" numbers nobody
_NEARLY_ALL = 0.99  # share of the filled rows that has to differ
_MOST_BLANK = 0.05  # share of the rows
_SEVERAL = 0.001  # share of distinct values from which on a repeated id is one


def named_like_an_id(column: RawColumn) -> bool:
    """Whether the name is that of an id; numbers with decimals, days and flags are none.

    >>> import pandas as pd
    >>> from churn_core.data.proposing.raw_column import look_at
    >>> [named_like_an_id(look_at(name, 0, pd.Series(["a", "b"]), ".")) for name in ("KundenNr", "Number of accounts")]
    [True, False]
    """
    named = (column.says(_NAMED) or column.says(_ANY_ID)) and not column.says(_COUNTED)
    return named and not is_personal(column) and column.kind in ("whole", "ordinal", "category", "text")


def find_id(columns: list[RawColumn], answers: Answers) -> tuple[Id | None, str | None, list[Question]]:
    """The id; the column by which several rows belong to one customer, if any; and what has to be asked about them."""
    if answers.id:
        column = column_named(answers.id, columns)
        repeated = column.filled - column.distinct
        return Id(column=column.name, repeated=repeated, confidence="sure", reason=SAID), column.name if repeated else None, []
    if answers.no_id:
        return None, None, []
    named = [each for each in columns if named_like_an_id(each) and each.filled >= (1 - _MOST_BLANK) * each.rows]
    unique = [each for each in named if each.distinct >= _NEARLY_ALL * each.filled]
    shared = [each for each in named if each not in unique and _SEVERAL * each.filled < each.distinct < each.filled / 1.2]
    shared = [each for each in shared if each.says(_NAMED) and each.distinct > 20]
    chosen = min(unique, key=lambda each: (not each.says(_NAMED), each.position), default=None)
    if chosen is None:
        coded = [each for each in columns[:3] if each.name and _is_a_code(each)]
        if coded and not shared:
            return Id(column=coded[0].name, confidence="likely", reason="every row has another code of the same form"), None, []
    if shared:
        group = shared[0]
        question = f"{group.name} has {group.distinct:,} values in {group.filled:,} rows. Is every row a customer of its own" + (
            f", with {chosen.name}?" if chosen else "?"
        )
        asked = [Question(what="id", question=question, option="--id")]
        column, reason = chosen or group, f"{group.name} repeats: several rows may be one customer"
        return (
            Id(column=column.name, repeated=column.filled - column.distinct, confidence="ask", reason=reason),
            group.name,
            asked,
        )
    if chosen is None:
        return None, None, []
    repeated = chosen.filled - chosen.distinct
    return _unique(chosen, repeated), chosen.name if repeated else None, []


def _unique(column: RawColumn, repeated: int) -> Id:
    reason = "the name says so, and every row has another" if not repeated else "the name says so; a few rows repeat it"
    return Id(column=column.name, repeated=repeated, confidence="sure", reason=reason)


def _is_a_code(column: RawColumn) -> bool:
    """Letters and digits of one length, another in every row."""
    lengths = {len(level) for level in column.levels[:1000]}
    coded = all(re.search(r"\d", level) and " " not in level for level in column.levels[:1000])
    unique = column.filled == column.rows and column.distinct == column.filled > 1
    return unique and column.kind == "text" and len(lengths) <= 2 and coded and not is_personal(column) and not is_counter(column)
