"""What somebody has said about the table; it goes before every guess."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.proposal import Period, TenureUnit
from churn_core.data.proposing.raw_column import RawColumn
from churn_core.data.proposing.words import words_of
from churn_core.errors import DataError

SAID = "you said so"
Meant = Literal["number", "whole", "date", "yes-no", "category", "use", "leave out"]  # what somebody may say of a column


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Empty where nothing was said. Each field is the option of the same name: ``target``, ``id``, ``charge``, ``clv_column`` and
    ``tenure`` name columns, ``left`` is a value of the target, ``clv`` one amount of money for each customer. ``sensitive`` are
    columns that may be used although they are, ``currency`` is a label for amounts, ``window`` the months within which those who left
    did so, and ``day`` (YYYY-MM-DD) the one to which dates count. ``no_id`` and ``no_tenure`` say that there is no such column.

    ``columns`` are pairs of a column and what it is: of a kind, to be used although something speaks against it (a leak, a column
    about people, one that would be left out), or to be left out. A column of a kind that was said is used.
    """

    target: str = ""
    left: str = ""
    id: str = ""
    no_id: bool = False
    charge: str = ""
    charge_period: Period | None = None
    clv: float | None = None
    clv_column: str = ""
    tenure: str = ""
    no_tenure: bool = False
    tenure_unit: TenureUnit | None = None
    columns: tuple[tuple[str, Meant], ...] = ()
    leave_out: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    currency: str = ""
    window: float | None = None
    day: str = ""


NOTHING_SAID = Answers()


def column_named(name: str, columns: list[RawColumn]) -> RawColumn:
    """The column that somebody named, however it is spelt. Raises ``DataError`` with the nearest if there is none."""
    for column in columns:
        if column.name == " ".join(name.split()):
            return column
    for column in columns:
        if column.words == words_of(name):
            return column
    near = get_close_matches(name, [column.name for column in columns], n=3, cutoff=0)
    raise DataError(f"The file has no column {shown(name)}. Its nearest are {', '.join(map(shown, near))}.")
