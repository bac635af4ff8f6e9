"""Who left, row by row, and whether there are enough customers to learn from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.label import labels_of
from churn_core.data.proposing.proposal import Target
from churn_core.data.proposing.raw_column import RawColumn
from churn_core.formats import count, counted

LEAST_CUSTOMERS = 200  # with an outcome; fewer show nothing that holds for others
LEAST_OF_EITHER = 30  # who left, and who stayed


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``usable`` (rows,) are those to learn from, ``left`` (rows,) those of them who left; ``new`` and ``without`` are counted."""

    usable: npt.NDArray[np.bool_]
    left: npt.NDArray[np.bool_]
    new: int = 0
    without: int = 0
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def outcome_of(target: Target | None, columns: list[RawColumn], answers: Answers, rows: int) -> Outcome:
    """The outcome of each row. Where no value is known to mean left, all rows are usable, and nobody is counted as having left."""
    everybody, nobody = np.ones(rows, dtype=bool), np.zeros(rows, dtype=bool)
    if target is None:
        few = _too_few(rows) if rows < LEAST_CUSTOMERS else ()
        return Outcome(usable=everybody, left=nobody, problems=few)
    column = next(each for each in columns if each.name == target.column)
    if target.filled:
        left = column.codes >= 0
        return Outcome(usable=everybody, left=left, problems=_problems(column, left, everybody))
    label = labels_of(column, answers.left)
    left, stayed, new = (_rows_of(column, which) for which in (label.left, label.stayed, label.new))
    if not (label.left or label.stayed) and column.distinct > 1:
        usable = (column.codes >= 0) & ~new
        return Outcome(usable=usable, left=nobody, new=int(new.sum()), without=int((column.codes < 0).sum()))
    usable = left | stayed
    without = int((~usable & ~new).sum())
    notes = []
    if new.any():
        notes.append(f"{counted(new.sum(), 'row')} with {shown(label.new[0])} joined only now: nothing is learnt from them.")
    if without:
        notes.append(f"{counted(without, 'row has', 'rows have')} no outcome that is known: nothing is learnt from them.")
    return Outcome(
        usable=usable,
        left=left,
        new=int(new.sum()),
        without=without,
        notes=tuple(notes),
        problems=_problems(column, left, usable),
    )


def _rows_of(column: RawColumn, levels: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    wanted = set(levels)
    return np.append([level in wanted for level in column.levels], False).astype(bool)[column.codes]


def _problems(column: RawColumn, left: npt.NDArray[np.bool_], usable: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    customers, gone = int(usable.sum()), int(left.sum())
    if not customers:
        return (f"No row has an outcome in {column.name}. Fill it in for each customer.",)
    if gone in (0, customers):
        what, missing = ("left", "stayed") if gone else ("stayed", "left")
        return (
            f"All {count(customers)} customers have {what} by {column.name}: there is nobody to compare them with. "
            f"Add customers who {missing}.",
        )
    fewest, who = min((gone, "left"), (customers - gone, "stayed"))
    few = (
        f"Only {counted(fewest, 'customer')} of {count(customers)} {who}; at least {LEAST_OF_EITHER} of either are needed. Add more.",
    )
    return (*(_too_few(customers) if customers < LEAST_CUSTOMERS else ()), *(few if fewest < LEAST_OF_EITHER else ()))


def _too_few(customers: int) -> tuple[str, ...]:
    return (
        f"Only {counted(customers, 'customer has', 'customers have')} an outcome; at least {LEAST_CUSTOMERS} are needed. Add more.",
    )
