"""A raw table → a proposal of what each of its columns is for."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.numbers import decimal_mark
from churn_core.data.proposing.answers import NOTHING_SAID, SAID, Answers, column_named
from churn_core.data.proposing.dictionary_line import describes_columns
from churn_core.data.proposing.identity import find_id
from churn_core.data.proposing.leaks import LEAK, SHOWN, auc_alone, named_like_a_leak
from churn_core.data.proposing.left_out import why_left_out
from churn_core.data.proposing.money import find_money
from churn_core.data.proposing.outcome import Outcome, outcome_of
from churn_core.data.proposing.proposal import (
    ColumnProposal,
    Confidence,
    Customers,
    Id,
    Money,
    Proposal,
    ProposedRole,
    Target,
    Tenure,
)
from churn_core.data.proposing.raw_column import ProposedKind, RawColumn, look_at
from churn_core.data.proposing.reading import read_unknown
from churn_core.data.proposing.sensitive import POSTAL_CODE, sensitive
from churn_core.data.proposing.target import find_target
from churn_core.data.proposing.tenure import find_tenure
from churn_core.data.proposing.total import is_total
from churn_core.data.proposing.twins import same_columns, twins
from churn_core.jobs import Report, silent

_TOLD_BY = 200  # rows; they show the decimal mark
_OF_WORDS, _OF_NUMBERS = ("category", "yes/no", "band"), ("number", "whole", "ordinal")
_MOST_VALUES = 1_000  # distinct values of a column that are kept

Floats = npt.NDArray[np.float64]


def propose_file(source: Path | bytes, answers: Answers = NOTHING_SAID, report: Report = silent) -> Proposal:
    """The proposal for a file of any kind that the product reads; ``answers`` are what somebody has said about it.

    Raises ``DataError`` if the file cannot be read, or an answer names what it does not have.
    """
    table = read_unknown(source, report)
    report("Looking at the columns")
    return propose(table.frame, answers, (*table.notices, *_unread(table.rejects)))


def propose(frame: pd.DataFrame, answers: Answers = NOTHING_SAID, notes: tuple[str, ...] = ()) -> Proposal:
    """The proposal for a raw table, cells of any types, one row per customer. ``notes`` are what its reader had to decide.

    >>> customers = pd.DataFrame({"customerID": range(500), "calls": np.arange(500) % 7, "churned": ["no", "no", "yes", "no"] * 125})
    >>> proposal = propose(customers)
    >>> proposal.target.left, proposal.id.column, [question.option for question in proposal.questions]
    (('yes',), 'customerID', ['--clv'])

    Raises ``DataError`` if an answer names a column or value that the table does not have.
    """
    decimal, said = _decimal(frame)
    notes = (*notes, *said)
    if describes_columns(frame, decimal):
        frame, notes = frame.iloc[1:], (*notes, "The first row below the names describes the columns; it is left out.")
    columns = [look_at(name, i, frame.iloc[:, i], decimal) for i, name in enumerate(frame.columns)]
    target, questions = find_target(columns, answers)
    outcome = outcome_of(target, columns, answers, len(frame))
    columns = [column.only(outcome.usable) for column in columns]
    others = [column for column in columns if target is None or column.name != target.column]
    found_id, group, asked = find_id(others, answers)
    questions += asked
    spoken_for = _spoken_for(answers, columns)
    out = _out(others, found_id, group, answers, spoken_for)
    aucs = _aucs([each for each in others if each.position not in out and not _is(found_id, each)], outcome)
    leaks = {each.position: reason for each in others if each.position in aucs and (reason := _leak(each, aucs, spoken_for))}
    kept = [each for each in others if each.position not in out | leaks and not _is(found_id, each)]
    money, asked = find_money(kept, answers)
    questions += asked
    tenure, asked = find_tenure([each for each in kept if not _is(money, each)], answers)
    questions += asked
    kept.sort(key=lambda each: (not (_is(money, each) or _is(tenure, each)), each.position))
    same = same_columns(kept)
    out |= {each.position: f"the same as {same[each.name]} in other words" for each in kept if each.name in same}
    rows = [_row(each, target, found_id, money, tenure, out, leaks, aucs, columns) for each in columns]
    exact, near = twins([each for each in columns if each.position not in out and not _is(found_id, each)])
    counted = Customers(
        rows=len(frame),
        usable=int(outcome.usable.sum()),
        left=int(outcome.left.sum()),
        new=outcome.new,
        without_outcome=outcome.without,
        twins=exact,
        near_twins=near,
    )
    return Proposal(
        columns=tuple(rows),
        target=target,
        id=found_id,
        money=money,
        tenure=tenure,
        group=group,
        customers=counted,
        decimal=decimal,
        notes=(*notes, *outcome.notes),
        problems=outcome.problems,
        questions=tuple(questions),
    )


def _decimal(frame: pd.DataFrame) -> tuple[str, tuple[str, ...]]:
    """The decimal mark. Where no number shows it, a point is taken for one, and that is said."""
    some = frame.head(_TOLD_BY)
    texts = (cell for i in range(some.shape[1]) for cell in some.iloc[:, i] if isinstance(cell, str))
    mark, told = decimal_mark(texts)
    return mark or ".", tuple(told) if mark else (
        "Numbers like 1.234 were read as 1.234, and not as 1234; no number shows which.",
    )


def _unread(rejects: pd.DataFrame) -> tuple[str, ...]:
    return (f"{len(rejects):,} lines could not be read as rows.",) if len(rejects) else ()


def _is(found: Target | Id | Money | Tenure | None, column: RawColumn) -> bool:
    return found is not None and found.column == column.name


def _spoken_for(answers: Answers, columns: list[RawColumn]) -> set[int]:
    """The positions of the columns that somebody gave a role."""
    named = [each for each in (answers.id, answers.charge, answers.clv_column, answers.tenure) if each]
    return {column_named(each, columns).position for each in named}


def _out(
    columns: list[RawColumn], found_id: Id | None, group: str | None, answers: Answers, spoken_for: set[int]
) -> dict[int, str]:
    """Position → why that column is left out. The columns that somebody named have their roles."""
    out = {column_named(each, columns).position: SAID for each in answers.leave_out}
    before = set[str]()
    for column in columns:
        reason = why_left_out(column, before)
        if column.name == group and not _is(found_id, column):
            reason = "several rows share it; they are kept together"
        if reason and column.position not in spoken_for and not (_is(found_id, column) and column.name not in before):
            out.setdefault(column.position, reason)
        before.add(column.name)
    return out


def _aucs(columns: list[RawColumn], outcome: Outcome) -> dict[int, float]:
    """Position → how well the column alone tells who left; nothing where nobody is known to have left, or to have stayed."""
    left = outcome.left[outcome.usable]
    if not left.any() or left.all():
        return {column.position: 0.5 for column in columns}
    return {column.position: auc_alone(column, left) for column in columns}


def _leak(column: RawColumn, aucs: dict[int, float], spoken_for: set[int]) -> str:
    if column.position in spoken_for:
        return ""
    auc = aucs[column.position]
    return f"it alone tells who left (AUC {auc:.3f})" if auc > LEAK else named_like_a_leak(column)


def _row(
    column: RawColumn,
    target: Target | None,
    found_id: Id | None,
    money: Money,
    tenure: Tenure | None,
    out: dict[int, str],
    leaks: dict[int, str],
    aucs: dict[int, float],
    columns: list[RawColumn],
) -> ColumnProposal:
    """The proposal for one column."""
    auc = aucs.get(column.position, 0.5)
    what = sensitive(column)
    role: ProposedRole = "feature"
    confidence: Confidence = "sure"
    reason = "nothing speaks against it"
    if column.position in out or column.position in leaks:
        role, reason = "left out", out.get(column.position) or leaks[column.position]
        confidence = "likely" if column.position in leaks else "sure"
    elif _is(target, column):
        role, confidence, reason = "target", target.confidence, target.reason  # type: ignore[union-attr]
    elif _is(found_id, column):
        role, confidence, reason = "id", found_id.confidence, found_id.reason  # type: ignore[union-attr]
    elif _is(money, column):
        role, confidence, reason = "charge" if money.kind == "charge" else "clv", money.confidence, money.reason
    elif _is(tenure, column):
        role, confidence, reason = "tenure", tenure.confidence, tenure.reason  # type: ignore[union-attr]
    elif what:
        role, confidence, reason = "sensitive", "likely", f"{what}: used only if you say so"
    elif is_total(column, columns, money, tenure):
        role, confidence, reason = "total", "likely", "about the charge times the tenure"
    elif auc > SHOWN:
        confidence, reason = "likely", f"it alone tells much about who left (AUC {auc:.3f}): was it known before?"
    kind: ProposedKind = "category" if what == POSTAL_CODE else column.kind
    known = column.values[~np.isnan(column.values)] if kind in _OF_NUMBERS else np.empty(0)
    return ColumnProposal(
        name=column.name,
        role=role,
        kind=kind,
        confidence=confidence,
        reason=reason,
        leak=column.position in leaks,
        auc=round(auc, 4) if auc > SHOWN else None,
        blank=column.rows - column.filled,
        values=column.present if kind in _OF_WORDS and column.distinct <= _MOST_VALUES else (),
        low=float(known.min()) if len(known) else None,
        high=float(known.max()) if len(known) else None,
    )
