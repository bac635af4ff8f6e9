"""What a column can be for, in words, and what it means for the answers when somebody says so."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from churn_core.data.proposing.answers import Answers, Meant
from churn_core.data.proposing.proposal import ColumnProposal, ProposedRole
from churn_core.data.proposing.raw_column import ProposedKind
from churn_core.data.proposing.said_kinds import KINDS as SAYABLE

ROLES: dict[ProposedRole, str] = {
    "target": "says who left",
    "id": "says who it is",
    "charge": "what they pay",
    "clv": "lifetime value",
    "tenure": "time as a customer",
    "total": "total so far",
    "feature": "learn from it",
    "sensitive": "sensitive",
    "left out": "leave it out",
}
KINDS = {
    "number": "number",
    "whole": "whole number",
    "ordinal": "grade",
    "band": "band",
    "date": "date",
    "yes/no": "yes or no",
    "category": "category",
    "text": "text",
}
NUMBERS = ("number", "whole", "ordinal", "band")
_OUTCOMES = ("ordinal", "yes/no", "category", "date", "whole")
_NAMES = ("whole", "category", "text")


def is_named(answers: Answers, name: str) -> bool:
    """Whether somebody has said something about that column."""
    return name in _singles(answers).values() or name in answers.leave_out or name in dict(answers.columns)


def choices(column: ColumnProposal, answers: Answers) -> list[str]:
    """The roles that the column may be given, in words, its own first."""
    fits: list[ProposedRole] = [column.role]
    fits += ["target"] if column.kind in _OUTCOMES else []
    fits += ["id"] if column.kind in _NAMES else []
    fits += ["charge", "clv", "tenure"] if column.kind in NUMBERS else ["tenure"] if column.kind == "date" else []
    fits += ["feature"] if column.role == "left out" and column.kind != "text" and _holds_something(column) else []
    fits += ["left out"]
    back = ["as proposed"] if is_named(answers, column.name) else []
    return [*dict.fromkeys(ROLES[role] for role in fits), *back]


def _holds_something(column: ColumnProposal) -> bool:
    return bool(column.values or column.low is not None or column.day_format)


def corrected(answers: Answers, name: str, role: str) -> Answers:
    """The answers when the column ``name`` is said to be for ``role``, one of ``choices``."""
    before = without(answers, name)
    said: dict[str, dict[str, Any]] = {
        ROLES["target"]: {"target": name, "left": ""},
        ROLES["id"]: {"id": name, "no_id": False},
        ROLES["charge"]: {"charge": name, "charge_period": None, "clv": None, "clv_column": ""},
        ROLES["clv"]: {"clv_column": name, "charge": "", "charge_period": None, "clv": None},
        ROLES["tenure"]: {"tenure": name, "tenure_unit": None, "no_tenure": False},
        ROLES["feature"]: {"columns": (*before.columns, (name, "use"))},
        ROLES["left out"]: {"leave_out": (*before.leave_out, name)},
    }
    return replace(before, **said.get(role, {}))


def of_kind(answers: Answers, name: str, kind: ProposedKind) -> Answers:
    """The answers when the column ``name`` is said to be of that ``kind``, and so to be used."""
    said: Meant = next(meant for meant, each in SAYABLE.items() if each == kind)
    left_out = tuple(each for each in answers.leave_out if each != name)
    return replace(answers, leave_out=left_out, columns=(*_others(answers, name), (name, said)))


def _others(answers: Answers, *names: str) -> tuple[tuple[str, Meant], ...]:
    return tuple(each for each in answers.columns if each[0] not in names)


def without(answers: Answers, *names: str) -> Answers:
    """The answers without what they say about these columns."""
    changes: dict[str, Any] = {field: "" for field, named in _singles(answers).items() if named in names}
    follow: dict[str, dict[str, Any]] = {
        "target": {"left": ""},
        "charge": {"charge_period": None},
        "tenure": {"tenure_unit": None},
    }
    for field in list(changes):
        changes |= follow.get(field, {})
    left_out = tuple(each for each in answers.leave_out if each not in names)
    return replace(answers, **changes, leave_out=left_out, columns=_others(answers, *names))


def named(columns: Iterable[ColumnProposal], kinds: tuple[str, ...]) -> list[str]:
    """The names of the columns of these kinds, each once; a column without a name has none."""
    return list(dict.fromkeys(column.name for column in columns if column.kind in kinds and column.name))


def _singles(answers: Answers) -> dict[str, str]:
    columns = ("target", "id", "charge", "clv_column", "tenure")
    return {field: value for field in columns if (value := getattr(answers, field))}
