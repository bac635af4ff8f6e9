"""What programs and people put around a table of text: titles above its names, quotation marks around whole lines.

Both are told by the lines alone, so that they are found in a file whose columns nobody knows. A table that begins with its names, one
value for most columns, has neither.
"""

import re
from collections import Counter

from churn_core.data.reading.dialect import DELIMITERS, Dialect

_TOLD_BY = 200  # lines
_WITHIN = 10  # lines that hold something; the names stand among them
_LEAST_ROWS = 5  # lines of one width; fewer are no table
_MOST = 0.8  # share of the lines that have this width
_LEAST_WIDTH = 3  # values; a line of one value above rows of two may be a name that swallowed the other
_NAMED = 0.6  # share of the columns that have a name in the line of the names
_WHOLE = re.compile(r'"((?:[^"]|"")*)"')
_SAID = re.compile(r"sep=[,;\t|]")
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")


def lines_above(text: str) -> int:
    """How many lines stand above the names of the columns: titles and notes, of one value, or of two in a table of five or more.

    >>> rows = "id;plan;fee\\n" + "7;gold;10\\n" * 9
    >>> lines_above("Customers of May\\n\\n" + rows), lines_above(rows)
    (2, 0)
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")[:_TOLD_BY]]
    filled = [i for i, line in enumerate(lines) if line.strip()]
    if not filled or _SAID.fullmatch(lines[filled[0]].strip()):
        return 0
    found = _of_rows([lines[i] for i in filled[1:]])
    if any(_named(dialect.values(lines[filled[0]]), width) for dialect, width in found):
        return 0
    dialect, width = max(found, key=lambda each: each[1], default=(Dialect(), 0))
    if width < _LEAST_WIDTH:
        return 0
    most = 2 if width >= 5 else 1  # values of a note: "Exported on", the day
    for i in filled[:_WITHIN]:
        values = dialect.values(lines[i])
        if sum(1 for value in values if value.strip()) > most or lines[i].count('"') % 2:
            return i if _named(values, width) and not any(_NUMBER.fullmatch(value.strip()) for value in values) else 0
    return 0


def _named(values: list[str], width: int) -> bool:
    """Whether so many values are as many as a row has, most of them no blanks."""
    return len(values) == width and sum(1 for value in values if value.strip()) >= _NAMED * width


def _of_rows(lines: list[str]) -> list[tuple[Dialect, int]]:
    """Each dialect in which most lines have one width above 1, and this width: decimal commas look like separators."""
    found = []
    for delimiter in DELIMITERS:
        dialect = Dialect(delimiter=delimiter)
        width, rows = max(Counter(len(dialect.values(line)) for line in lines).items(), key=lambda each: each[1], default=(0, 0))
        if width > 1 and rows >= max(_LEAST_ROWS, _MOST * len(lines)):
            found.append((dialect, width))
    return found


def are_in_quotes(text: str) -> bool:
    """Whether each of the first lines is in quotation marks as a whole, and they hold values of a table.

    >>> are_in_quotes('"id,plan"\\n' + '"7,gold"\\n' * 9), are_in_quotes('"id","plan"\\n' + '"7","gold"\\n' * 9)
    (True, False)
    """
    lines = [line.strip("\r ") for line in text.split("\n")[:_TOLD_BY] if line.strip()]
    found = [_WHOLE.fullmatch(line) for line in lines]
    if len(lines) <= _LEAST_ROWS or not all(found):
        return False
    return bool(_of_rows([each[1].replace('""', '"') for each in found if each]))
