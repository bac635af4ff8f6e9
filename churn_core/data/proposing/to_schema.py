"""A proposal → the schema by which the product reads, cleans and learns, as far as a schema can say it today."""

from churn_core.data.proposing.languages import NO, YES
from churn_core.data.proposing.proposal import ColumnProposal, Money, Proposal, Target, Tenure
from churn_core.data.proposing.words import spoken, words_of
from churn_core.errors import DataError
from churn_core.schema import Column, Kind, Role, Schema
from churn_core.schema.types import Group

_ROLES: dict[str, Role] = {"charge": "monthly_charge", "tenure": "tenure", "total": "total_charge"}
_KINDS: dict[str, Kind] = {
    "number": "number",
    "whole": "whole",
    "ordinal": "whole",
    "band": "category",
    "category": "category",
    "text": "text",
}


def schema_of(proposal: Proposal, name: str, with_sensitive: bool = False) -> Schema:
    """The schema ``name`` of a table: its id, target, charge, tenure, total and features; sensitive columns only ``with_sensitive``.

    Raises ``DataError`` while the proposal has problems or questions, and with everything that a schema cannot say.
    """
    refused = (*proposal.problems, *(f"{each.question} Say it with {each.option}." for each in proposal.questions))
    target = proposal.target
    if refused or target is None:
        raise DataError(" ".join(refused) or "No column says who left. Name it with --target.")
    used = [each for each in proposal.columns if each.role in ("id", "target") or each in proposal.features]
    used += [each for each in proposal.sensitive if with_sensitive]
    unsaid = [
        *_unsaid(target, proposal.money, proposal.tenure),
        *(_unsaid_kind(each) for each in used if _is_a_feature_of_days(each)),
    ]
    if unsaid:
        raise DataError(f"No schema can say yet that {'; that '.join(unsaid)}.")
    used.sort(key=proposal.columns.index)
    return Schema(name=name, columns=tuple(_column(each, target) for each in used))


def _unsaid(target: Target, money: Money, tenure: Tenure | None) -> list[str]:
    """What today's schema has no role for."""
    said = []
    if target.filled:
        said.append(f"everybody with a value in {target.column} has left: add a column of yes and no")
    if money.kind != "charge":
        said.append("there is no charge per month")
    elif money.period != "month":
        said.append(f"{money.column} is paid per {money.period}: convert it to a month")
    if tenure is None:
        said.append("there is no tenure")
    elif tenure.unit != "months":
        said.append(f"{tenure.column} is in {tenure.unit}: convert it to months")
    return said


def _is_a_feature_of_days(column: ColumnProposal) -> bool:
    return column.role in ("feature", "sensitive") and column.kind == "date"


def _unsaid_kind(column: ColumnProposal) -> str:
    return f"{column.name} is a date: leave it out with --leave-out"


def _column(column: ColumnProposal, target: Target) -> Column:
    label = words_of(column.name).capitalize()
    if column.role == "target":
        words = dict.fromkeys(target.left, "1") | dict.fromkeys(target.stayed, "0")
        return Column(name=column.name, label=label, kind="flag", role="target", required=False, synonyms=words)
    if column.role == "id":
        return Column(name=column.name, label=label, kind="text", role="id", required=False)
    if column.kind == "yes/no":
        words = {word: "1" if spoken(word) in YES else "0" for word in column.values if spoken(word) in YES | NO}
        return Column(name=column.name, label=label, kind="flag", synonyms=words)
    kind = _KINDS[column.kind]
    role = _ROLES.get(column.role, "feature")
    low = float("-inf") if column.low is None or column.low < 0 else 0.0
    unit = {"tenure": "months", "monthly_charge": "money per month", "total_charge": "money"}.get(role, "")
    if kind == "category" and not column.values:  # more words than a model could learn
        kind = "text"
    allowed = column.values if kind == "category" else ()
    required = role != "total_charge"
    group: Group = "person" if column.role == "sensitive" else ""
    low = low if kind in ("whole", "number") else float("-inf")
    return Column(
        name=column.name, label=label, kind=kind, role=role, group=group, allowed=allowed, low=low, unit=unit, required=required
    )
