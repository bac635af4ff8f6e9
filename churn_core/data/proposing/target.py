"""Which column says who left."""

import re

import numpy as np

from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.answers import SAID, Answers, column_named
from churn_core.data.proposing.label import Label, labels_of
from churn_core.data.proposing.languages import (
    NAMES_A_DETAIL,
    NAMES_AN_OUTCOME,
    NAMES_CHURN,
    NAMES_LEAVING,
    NAMES_ONLY_LEAVING,
    NAMES_STAYING,
    meaning,
)
from churn_core.data.proposing.proposal import Confidence, Question, Target
from churn_core.data.proposing.raw_column import RawColumn

_STATUS = re.compile(r"\b(status|estado|statut|stato)\b")
_LEAST = 1.5  # points; with less a column is no candidate
_LIKELY = 3.0  # points
_RIVALS = 0.6  # points between two candidates that are as good as each other
_MOST_WORDS = 5  # labels of an outcome: churned, left, stayed, …
_BLANK = (0.3, 0.995)  # share of blanks of a column that only those who left have


def find_target(columns: list[RawColumn], answers: Answers) -> tuple[Target | None, list[Question]]:
    """The column of the outcome with its labels, and what has to be asked about it; ``None`` if there is no such column."""
    if answers.target:
        column = column_named(answers.target, columns)
        if not answers.left and column.distinct and _only_of_leavers(column):
            return _filled(column, "sure", SAID), []
        label = labels_of(column, answers.left)
        return _as_target(column, label, label.confidence, SAID), _asked(column, label, [])
    ranked = sorted(((_points(each, i, len(columns)), -i, each) for i, each in enumerate(columns)), key=lambda r: r[:2])
    if ranked and ranked[-1][0] >= _LEAST:
        points, _, column = ranked[-1]
        label = labels_of(column, answers.left)
        rivals = [each for other, _, each in ranked[:-1] if other > points - _RIVALS and not _same(each, column)]
        by_name = _by_name(column, points, label)
        weakest: Confidence = max((by_name, label.confidence, _rivalled(rivals)), key=("sure", "likely", "ask").index)
        return _as_target(column, label, weakest, f"the name says so; {label.reason}"), _asked(column, label, rivals, by_name)
    dated = [each for each in columns if each.says(NAMES_LEAVING) and _only_of_leavers(each)]
    if dated:
        column = min(dated, key=lambda each: (each.kind != "date", "year" not in each.words, each.position))
        question = f"Has everybody left who has a value in {column.name}, and nobody else?"
        return _filled(column, "ask", "only some rows have it, under a name of leaving"), [
            Question(what="target", question=question, option="--target")
        ]
    asked = "Which column says who left? No name says so."
    return None, [Question(what="target", question=asked, option="--target")]


def _by_name(column: RawColumn, points: float, label: Label) -> Confidence:
    """How sure the name is that this is the outcome; labels like "churned" count as well."""
    if column.says(NAMES_A_DETAIL):
        return "ask"
    named = column.says(NAMES_CHURN) or NAMES_ONLY_LEAVING.fullmatch(column.words)
    if named or (label.spoken and (column.says(NAMES_AN_OUTCOME) or column.says(NAMES_LEAVING))):
        return "sure"
    return "likely" if points >= _LIKELY or label.spoken else "ask"


def _rivalled(rivals: list[RawColumn]) -> Confidence:
    return "ask" if rivals else "sure"


def _points(column: RawColumn, place: int, of: int) -> float:
    """How much speaks for a column: its name, its place, and labels that are known."""
    points = (
        4.0
        if column.says(NAMES_CHURN)
        else 3.0
        if column.says(NAMES_LEAVING)
        else 2.0
        if column.says(NAMES_AN_OUTCOME) or column.says(_STATUS)
        else 1.0
        if column.says(NAMES_STAYING)
        else 0.0
    )
    detail = column.says(NAMES_A_DETAIL)
    meant = [meaning(level)[0] for level in column.frequent(2 * _MOST_WORDS)]
    known = bool(meant) and all(meant)
    outcomes = {each for each in meant if each} - {"new"}
    labels = {label for label in meant if label} | {
        level for level, label in zip(column.frequent(len(meant)), meant, strict=True) if not label
    }
    one = len(labels) == 1 and points >= 2 and not detail and not _only_of_leavers(column)
    two = len(labels) == 2 and column.distinct <= 2 * _MOST_WORDS
    three = len(labels) == 3 and "new" in meant
    words = 2 < column.distinct <= _MOST_WORDS and len(outcomes) == 2 and not detail and points >= 2
    if not points or not (one or two or three or words) or (detail and not known):
        return 0.0
    blank = 1 - column.filled / max(column.rows, 1)
    bare = NAMES_CHURN.fullmatch(column.words) is not None
    credit = (place == of - 1) + (place <= 1) + known + bare
    return points + 0.5 * credit - 2.5 * detail - 3.0 * (blank > 0.5)


def _only_of_leavers(column: RawColumn) -> bool:
    """Whether it may hold something only for those who left: a date, a year, a mark."""
    blank = 1 - column.filled / max(column.rows, 1)
    mark = column.distinct == 1 and meaning(column.present[0])[0] == "left"
    return _BLANK[0] < blank < _BLANK[1] and (mark or column.kind == "date" or (column.is_number and column.distinct > 1)) and not (
        re.search(r"\b(reason|category|score|grund|motivo|motif|fee|amount|charge)\b", column.words)
    )  # fmt: skip


def _same(one: RawColumn, other: RawColumn) -> bool:
    """Whether two outcomes say the same of every row: one of them is a copy in other words."""
    return one.distinct == other.distinct and len(np.unique(np.stack([one.codes, other.codes]), axis=1).T) == len(
        np.unique(one.codes)
    )


def _filled(column: RawColumn, confidence: Confidence, reason: str) -> Target:
    return Target(column=column.name, filled=True, confidence=confidence, reason=reason)


def _as_target(column: RawColumn, label: Label, confidence: Confidence, reason: str) -> Target:
    return Target(column=column.name, left=label.left, stayed=label.stayed, new=label.new, confidence=confidence, reason=reason)


def _asked(column: RawColumn, label: Label, rivals: list[RawColumn], by_name: Confidence = "sure") -> list[Question]:
    asked = []
    if rivals or by_name == "ask":
        others = f", or {' or '.join(each.name for each in rivals)}" if rivals else ""
        question = f"Does {column.name} say who left{others}?"
        asked.append(Question(what="target", question=question, option="--target"))
    if label.confidence == "ask":
        words = ", ".join(map(shown, column.frequent(6)))
        asked.append(Question(what="left", question=f"Which value of {column.name} means left: {words}?", option="--left"))
    return asked
