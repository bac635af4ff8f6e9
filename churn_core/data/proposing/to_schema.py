"""A proposal → the schema by which the product reads, cleans and learns."""

import math
from dataclasses import replace
from typing import Any

from churn_core.data.proposing.currency import currency_said
from churn_core.data.proposing.languages import YES
from churn_core.data.proposing.proposal import ColumnProposal, Proposal, Target
from churn_core.data.proposing.raw_column import middle_of
from churn_core.data.proposing.words import as_spelt, spoken
from churn_core.errors import DataError
from churn_core.schema import BLANK, Column, Kind, Schema

_KINDS: dict[str, Kind] = {
    "number": "number",
    "whole": "whole",
    "ordinal": "whole",
    "band": "category",
    "category": "category",
    "date": "date",
}
_DAY = 12 / 365.25  # months
_MONTHS = {"months": 1.0, "days": _DAY, "weeks": 7 * _DAY, "years": 12.0, "start date": _DAY}  # of each unit of a tenure
_PER_MONTH = {"month": 1.0, "year": 1 / 12, "week": 1 / (7 * _DAY)}  # of a charge for each period
_OTHERS = "other"  # the value of words that no customer had in training
_LONGEST = 2.0**53  # the largest whole number that a table holds exactly
_NO_ID = ("customer", "customer_id", "row")  # what the id is called that a file without one may still get


def schema_of(proposal: Proposal, name: str) -> Schema:
    """The schema ``name`` of a table: its id, target, worth, tenure, total and features; sensitive columns where somebody said so.

    Raises ``DataError`` while the proposal has problems or questions.
    """
    refused = (*proposal.problems, *(f"{each.question} Say it with {each.option}." for each in proposal.questions))
    target, money = proposal.target, proposal.money
    if refused or target is None:
        raise DataError(" ".join(refused) or "No column says who left. Name it with --target.")
    used = {each.name for each in (*proposal.features, *proposal.used_sensitive)} | {money.column}
    columns = [_column(each, proposal) for each in proposal.columns if each.name in used]
    columns += [_target(proposal[target.column], target)]
    taken = {each.name for each in proposal.columns}
    who = proposal.id.column if proposal.id else next(each for each in (*_NO_ID, "".join(sorted(taken))) if each not in taken)
    columns.insert(
        0, Column(name=who, label=_label(who), kind="text", role="id", required=False, stated=_of_an_id(who, proposal))
    )
    if proposal.group is not None:
        group, stated = proposal.group, _of_an_id(proposal.group, proposal)
        columns.insert(1, Column(name=group, label=_label(group), kind="text", role="group", required=False, stated=stated))
    return Schema(
        name=name,
        columns=tuple(columns),
        clv=money.amount if money.kind == "fixed" else None,
        currency=currency_said(proposal.currency),
        window=proposal.window,
        decimal=proposal.decimal,
        twins_together=True,
        left_out={each.name: each.reason for each in proposal.columns if each.name not in {column.name for column in columns}},
    )


_TIME = "Time as a customer"  # what is counted in months and whose own name speaks of days, years or a date


def _of_an_id(name: str, proposal: Proposal) -> str:
    """As what files have an id, if not as text."""
    is_number = any(each.name == name and each.kind in ("number", "whole", "ordinal") for each in proposal.columns)
    return "a number" if is_number else ""


def _target(column: ColumnProposal, target: Target) -> Column:
    words = dict.fromkeys(target.left, "1") | dict.fromkeys(target.stayed, "0")
    return Column(
        name=column.name,
        label=_label(column.name),
        kind="flag",
        role="target",
        required=False,
        synonyms=words,
        filled=target.filled,
        neither=target.new,
    )


def _column(column: ColumnProposal, proposal: Proposal) -> Column:
    """One column that a model learns from, or by which a customer is worth something."""
    money, tenure = proposal.money, proposal.tenure
    plain = Column(name=column.name, label=_label(column.name), kind=_KINDS.get(column.kind, "category"))
    plain = _with_values(plain, column, proposal)
    if money.column == column.name and column.kind == "band":  # the middle of a band counts
        amounts = {value: middle_of(value) for value in column.values}
        words = {value: repr(amount) for value, amount in amounts.items() if not math.isnan(amount)}
        plain = Column(name=column.name, label=_label(column.name), kind="number", synonyms=words)
    elif money.column == column.name and plain.kind not in ("number", "whole"):
        raise DataError(f"{column.name} holds words, which are no amounts. Say one amount for all customers with --clv.")
    if money.column == column.name and money.kind == "charge":
        factor = _PER_MONTH[money.period or "month"]
        per = "" if factor == 1 else f"money per {money.period}"
        return _amount(plain, column, "monthly_charge", "money per month", per, factor)
    if money.column == column.name and money.kind == "clv":
        return _amount(plain, column, "clv", "money", "", 1.0)
    if tenure is not None and tenure.column == column.name and plain.kind != "category":
        factor = _MONTHS[tenure.unit]
        is_day = tenure.unit == "start date"
        if is_day and plain.kind != "date":  # the year in which it began
            plain = _with(plain, day_format="%Y", counted_to=proposal.day)
        says_another_unit = is_day or (factor != 1 and tenure.unit.rstrip("s") in plain.label.lower())
        return _with(
            plain,
            label=_TIME if says_another_unit else plain.label,
            role="tenure",
            kind="date" if is_day else "whole" if column.kind in ("whole", "ordinal") and factor in (1, 12) else "number",
            unit="months",
            stated="" if factor == 1 else "a date" if is_day else tenure.unit,
            factor=factor,
            low=-math.inf if is_day or (column.low or 0) < 0 else 0.0,
        )
    if column.role == "total" and proposal.has_a_total:
        return _with(plain, role="total_charge", unit="money", required=False, blanks=False, kind="number")
    if column.role == "sensitive":
        return _with(plain, group="person")
    return plain


def _amount(plain: Column, column: ColumnProposal, role: str, unit: str, stated: str, factor: float) -> Column:
    """A column of money. A customer whose worth is not known cannot be decided on, so a blank is no value there."""
    low = -math.inf if (column.low or 0) < 0 else 0.0
    return _with(plain, role=role, kind="number", unit=unit, stated=stated, factor=factor, low=low, blanks=False)


def _with_values(plain: Column, column: ColumnProposal, proposal: Proposal) -> Column:
    """The values that it can have."""
    if plain.kind == "date":
        return _with(plain, day_format=column.day_format, counted_to=proposal.day, unit="days", blanks=True)
    if plain.kind in ("number", "whole"):
        too_long = max(abs(column.low or 0), abs(column.high or 0)) > _LONGEST
        kind = "number" if too_long else plain.kind
        return _with(plain, kind=kind, blanks=True, suffix=column.suffix, thousands=column.thousands)
    if column.kind == "yes/no" and not column.blank:
        return _with(plain, kind="flag", synonyms={word: "1" if spoken(word) in YES else "0" for word in column.values})
    values = tuple(value for value in column.values if value not in (BLANK, _OTHERS))
    return _with(plain, allowed=(*values, BLANK, _OTHERS), blanks=True, others=_OTHERS)


def _with(column: Column, **changed: Any) -> Column:
    return replace(column, **changed)


def _label(name: str) -> str:
    return as_spelt(name).capitalize() or name
