"""What may be wrong with a table of customers, whatever file it goes into.

A mutation says which customers it may have changed. All others must come out as they are in the clean file, or not at all.
"""

import functools
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

ROWS = 40
WORDS: list[Any] = [
    *("", " ", "NULL", "NaN", "#N/A", "-", "?", "None", "inf", "-Infinity", "1e400", "-1", "1201", "1e5", "0x10", "1_0", "1,234"),
    *("1.234", "1.234,50", "$1,2,3", "29,85", "12 months", "2026-01-02", "02/01/2026 13:00", "12:30", "\u0661\u0662", "\uff11"),
    *(
        "=cmd|' /C calc'!A0",
        "+1+1",
        "@SUM(A1)",
        "'",
        '"',
        '""',
        'a"b',
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a;b,c|d",
        "\ufeff",
        "\u202eabc",
    ),
    *("\U0001f600", "e\u0301", "Zo\xeb", "\u200b", "\x00", "\x1b[31m", "<script>x</script>", "![](http://evil.example)", "%s%n"),
    *("9" * 400, "9" * 60_000 + "x", "1,234" * 5_000, "x" * 300_000, "( " * 5_000, "no such word", "Yes", "True", "tenure"),
    *(True, False, None, 0, -1, 1.5, 1e308, 2**63, 10**30, [], {}, [1], {"a": 1}),
]
Mutation = Callable[["Case", random.Random], None]


@dataclass
class Case:
    """A table on its way into a file. ``touched``: ids of customers who may come out otherwise; ``None`` for all of them."""

    header: list[str]
    rows: list[list[Any]]
    format: str
    touched: set[str] | None = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    content: bytes = b""

    def touch(self, row: list[Any] | None) -> None:
        """This customer, or all of them, may come out otherwise."""
        if row is None:
            self.touched = None
        elif self.touched is not None and row:  # a row that another mutation emptied is nobody's
            self.touched.add(str(row[0]))


@functools.cache
def _frame() -> pd.DataFrame:
    return generate(ROWS, seed=14, schema=TELCO).astype(object)


def clean_table() -> tuple[list[str], list[list[Any]]]:
    """The header and the rows of the customers that everything begins with, to be changed at will."""
    return list(_frame()), _frame().to_numpy().tolist()


# The table


def hostile_cells(case: Case, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        row = rng.choice(case.rows)
        case.touch(row)
        row[rng.randrange(1, len(row))] = rng.choice(WORDS)


def hostile_column(case: Case, rng: random.Random) -> None:
    case.touch(None)
    at, word = rng.randrange(len(case.header)), rng.choice(WORDS)
    for row in case.rows:
        row[at] = word if rng.random() < 0.9 else row[at]


def other_spelling(case: Case, rng: random.Random) -> None:
    """Numbers and words in other writings that mean the same."""
    at = rng.randrange(1, len(case.header))
    case.rows[:] = [[_written(cell, rng) if i == at else cell for i, cell in enumerate(row)] for row in case.rows]


def _written(cell: Any, rng: random.Random) -> Any:
    text = str(cell)
    if isinstance(cell, int | float):
        return rng.choice((cell, text, f" {text} ", f"{float(cell)!r}" if isinstance(cell, int) else text + "0"))
    return rng.choice((text, f" {text}", f"{text}\u00a0", text.upper(), text.lower()))


def renamed_columns(case: Case, rng: random.Random) -> None:
    for i, name in enumerate(case.header):
        if rng.random() < 0.3:
            case.header[i] = rng.choice(
                (name.upper(), name.lower(), f" {name} ", f"\ufeff{name}", re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name))
            )


def hostile_name(case: Case, rng: random.Random) -> None:
    case.touch(None)
    case.header[rng.randrange(len(case.header))] = str(rng.choice(WORDS))


def reordered_columns(case: Case, rng: random.Random) -> None:
    order = [0, *rng.sample(range(1, len(case.header)), len(case.header) - 1)]
    case.header[:], case.rows[:] = [case.header[i] for i in order], [[row[i] for i in order] for row in case.rows]


def doubled_column(case: Case, rng: random.Random) -> None:
    at = rng.randrange(len(case.header))
    case.header.append(rng.choice((case.header[at], case.header[at].upper(), f"{case.header[at]}_")))
    for row in case.rows:
        row.append(row[at])
    if rng.random() < 0.4:
        case.touch(None)
        rng.choice(case.rows)[-1] = rng.choice(WORDS)


def dropped_column(case: Case, rng: random.Random) -> None:
    case.touch(None)
    at = rng.randrange(len(case.header))
    del case.header[at]
    for row in case.rows:
        del row[at]


def more_columns(case: Case, rng: random.Random) -> None:
    for number in range(rng.choice((1, 3, 30, 1000))):
        case.header.append(rng.choice(("", "Unnamed: 0", "note", f"c{number}", "churn_probability", "contact", "row", "problem")))
        for row in case.rows:
            row.append(rng.choice(("", 1, "x")))


def repeated_rows(case: Case, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 5, 200))):
        case.rows.insert(rng.randrange(len(case.rows)), list(rng.choice(case.rows)))


def ragged_rows(case: Case, rng: random.Random) -> None:
    row = rng.choice(case.rows)
    case.touch(row)
    if rng.random() < 0.5 and len(row) > 1:
        del row[rng.randrange(1, len(row)) :]
    else:
        row.extend([rng.choice(WORDS)] * rng.choice((1, 3, 3000)))


def rows_that_are_none(case: Case, rng: random.Random) -> None:
    """Titles, second headers, totals and empty rows."""
    what = rng.choice(
        ([], [""] * len(case.header), list(case.header), ["Total", *[""] * (len(case.header) - 1)], ["Report of May"])
    )
    for _ in range(rng.choice((1, 2, 300))):
        case.rows.insert(rng.choice((0, len(case.rows), rng.randrange(len(case.rows)))), list(what))


LAST = [ragged_rows, rows_that_are_none]  # what comes after them would find rows of another length
TABLE: list[Mutation] = [
    *(hostile_cells, hostile_cells, hostile_cells, hostile_column, other_spelling, renamed_columns, hostile_name),
    *(reordered_columns, doubled_column, dropped_column, more_columns, repeated_rows, *LAST),
]
