"""A raw table → a proposal of what each of its columns is for."""

from pathlib import Path

import pandas as pd

from churn_core import formats
from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.answers import NOTHING_SAID, SAID, Answers, Meant, column_named
from churn_core.data.proposing.currency import currency_said
from churn_core.data.proposing.day import day_of
from churn_core.data.proposing.identity import find_id
from churn_core.data.proposing.leaks import LEAK, named_like_a_leak
from churn_core.data.proposing.left_out import why_left_out
from churn_core.data.proposing.looked import Looked, look
from churn_core.data.proposing.money import find_money
from churn_core.data.proposing.outcome import Outcome, outcome_of
from churn_core.data.proposing.proposal import (
    Customers,
    Id,
    Money,
    Proposal,
    Target,
    Tenure,
)
from churn_core.data.proposing.raw_column import RawColumn
from churn_core.data.proposing.reading import read_unknown
from churn_core.data.proposing.rows import Findings
from churn_core.data.proposing.said_kinds import as_said
from churn_core.data.proposing.target import find_target
from churn_core.data.proposing.tenure import find_tenure
from churn_core.data.proposing.total import is_total
from churn_core.data.proposing.twins import same_columns, twins
from churn_core.errors import DataError
from churn_core.jobs import Report, silent


def propose_file(source: Path | bytes, answers: Answers = NOTHING_SAID, report: Report = silent) -> Proposal:
    """The proposal for a file of any kind that the product reads; ``answers`` are what somebody has said about it.

    Raises ``DataError`` if the file cannot be read, or an answer names what it does not have.
    """
    table = read_unknown(source, report)
    report("Looking at the columns")
    return propose(table.frame, answers, (*table.notices, *unread_in_words(table.rejects)))


def propose(frame: pd.DataFrame, answers: Answers = NOTHING_SAID, notes: tuple[str, ...] = ()) -> Proposal:
    """The proposal for a raw table, cells of any types, one row per customer. ``notes`` are what its reader had to decide.

    >>> customers = pd.DataFrame({"customerID": range(500), "calls": [2, 0, 1, 5] * 125, "churned": ["no", "no", "yes", "no"] * 125})
    >>> proposal = propose(customers)
    >>> proposal.target.left, proposal.id.column, [question.option for question in proposal.questions]
    (('yes',), 'customerID', ['--clv'])

    Raises ``DataError`` if an answer names a column or value that the table does not have.
    """
    return propose_looked(look(frame), answers, notes)


def propose_looked(table: Looked, answers: Answers = NOTHING_SAID, notes: tuple[str, ...] = ()) -> Proposal:
    """``propose`` for a table that was looked at before: after each correction only what follows from it is done again."""
    _refuse_both(answers)
    notes, whole = (*notes, *table.notes), as_said(table.columns, answers)
    meant = {column_named(name, whole).position: each for name, each in answers.columns}
    dropped = {column_named(each, whole).position for each in answers.leave_out} | _where(meant, "leave out")
    out = _without_a_name_of_their_own(whole) | dict.fromkeys(dropped, SAID)
    columns = [column for column in whole if column.position not in out]
    target, questions = find_target(columns, answers)
    outcome = outcome_of(target, columns, answers, table.rows)
    whole = [column.only(outcome.usable) for column in whole]
    columns = [column for column in whole if column.position not in out and not _is(target, column)]
    found_id, group, asked = find_id(columns, answers)
    questions += asked
    columns = [column for column in columns if not _is(found_id, column)]
    used = frozenset(meant) - dropped
    spoken_for = _spoken_for(answers, columns) | used
    out |= _out(columns, group, spoken_for)
    columns = [column for column in columns if column.position not in out]
    aucs = _aucs(table, columns, outcome)
    leaks = {column.position: _leak(column, aucs) for column in columns if column.position not in spoken_for}
    leaks = {position: reason for position, reason in leaks.items() if reason}
    kept = [column for column in columns if column.position not in leaks]
    money, asked = find_money(kept, answers)
    questions += asked
    tenure, asked = find_tenure([column for column in kept if not _is(money, column)], answers)
    questions += asked
    same = same_columns(sorted(kept, key=lambda column: not (_is(money, column) or _is(tenure, column))))
    out |= {position: reason for position, reason in same.items() if position not in spoken_for}
    exact, near = twins([column for column in columns if column.position not in out] + _only(target, whole))
    findings = Findings(
        target=target,
        id=found_id,
        money=money,
        tenure=tenure,
        out=out,
        leaks=leaks,
        aucs=aucs,
        totals={column.position for column in kept if is_total(column, kept, money, tenure)},
        used=frozenset(column_named(each, whole).position for each in answers.sensitive) | used,
        said=used,
    )
    day, said = day_of([column for column in kept if column.position not in out], tenure, answers)
    notes = (*notes, *said)
    return Proposal(
        columns=tuple(findings.row(column) for column in whole),
        target=target,
        id=found_id,
        money=money,
        tenure=tenure,
        group=group,
        customers=Customers(
            rows=table.rows,
            usable=int(outcome.usable.sum()),
            left=int(outcome.left.sum()),
            new=outcome.new,
            without_outcome=outcome.without,
            twins=exact,
            near_twins=near,
        ),
        decimal=table.decimal,
        day=day,
        currency=currency_said(answers.currency),
        window=answers.window,
        notes=(*notes, *outcome.notes),
        problems=outcome.problems,
        questions=tuple(questions),
    )


def _refuse_both(answers: Answers) -> None:
    """Raises ``DataError`` where a column is named of which somebody says that there is none."""
    for what, named, none in (("id", answers.id, answers.no_id), ("tenure", answers.tenure, answers.no_tenure)):
        if named and none:
            raise DataError(f"--{what} names {shown(named)}, and --no-{what} says that there is none. Leave one of them out.")


def _where(meant: dict[int, Meant], what: Meant) -> set[int]:
    return {position for position, each in meant.items() if each == what}


def unread_in_words(rejects: pd.DataFrame) -> tuple[str, ...]:
    """A sentence about the lines that are no rows, if there are any."""
    return (f"{len(rejects):,} lines could not be read as rows.",) if len(rejects) else ()


def _is(found: Target | Id | Money | Tenure | None, column: RawColumn) -> bool:
    return found is not None and found.column == column.name


def _only(found: Target | None, columns: list[RawColumn]) -> list[RawColumn]:
    return [column for column in columns if _is(found, column)][:1]


def _without_a_name_of_their_own(columns: list[RawColumn]) -> dict[int, str]:
    """Position → why no schema could find that column by its name."""
    first = {column.name: column.position for column in reversed(columns)}
    return {
        column.position: "its name stands in the file twice" if column.name else "it has no name"
        for column in columns
        if not column.name or first[column.name] != column.position
    }


def _spoken_for(answers: Answers, columns: list[RawColumn]) -> set[int]:
    """The positions of the columns that somebody gave a role."""
    named = [each for each in (answers.charge, answers.clv_column, answers.tenure) if each]
    return {column_named(each, columns).position for each in named}


def _out(columns: list[RawColumn], group: str | None, spoken_for: set[int]) -> dict[int, str]:
    """Position → why that column is left out. The columns that somebody named have their roles."""
    shared = {column.position: "several rows share it; they are kept together" for column in columns if column.name == group}
    reasons = {column.position: why_left_out(column) for column in columns if column.position not in spoken_for}
    return {position: reason for position, reason in reasons.items() if reason} | shared


def _aucs(table: Looked, columns: list[RawColumn], outcome: Outcome) -> dict[int, float]:
    """Position → how well the column alone tells who left; nothing where nobody is known to have left, or to have stayed."""
    left = outcome.left[outcome.usable]
    if not left.any() or left.all():
        return {column.position: 0.5 for column in columns}
    return table.aucs(columns, outcome)


def _leak(column: RawColumn, aucs: dict[int, float]) -> str:
    auc = aucs[column.position]
    return f"it alone tells who left (AUC {formats.decimal(auc, 3)})" if auc > LEAK else named_like_a_leak(column)
