"""The first lines of a text → the names of its columns and the dialect of its rows."""

import re
from collections import Counter
from dataclasses import dataclass

from churn_core.data.columns import find_columns
from churn_core.data.reading.dialect import Dialect, dialect_of
from churn_core.errors import DataError
from churn_core.schema import Schema, fold

_MOST_COLUMNS = 2_000  # columns; a customer table has some dozens, and a line of millions takes minutes to split
_WITHIN = 10  # lines; a header below a title is looked for among them


@dataclass(frozen=True, kw_only=True)
class Header:
    """The names of the columns, the dialect of the rows, and how many ``lines`` end with the header."""

    columns: list[str]
    dialect: Dialect
    lines: int


def find_header(text: str, ended: bool, schema: Schema) -> Header:
    """The header in the first line of ``text`` that is not empty. ``ended``: nothing follows the ``text``.

    Raises ``DataError`` if there are no names, a single one, too many, or a title above them.
    """
    lines = text.split("\n")
    filled = [i for i, line in enumerate(lines) if line.strip()]
    dialect = Dialect()
    if filled and re.fullmatch(r"sep=[,;\t|]", lines[filled[0]].strip("\r ")):
        dialect = Dialect(delimiter=lines[filled.pop(0)].strip("\r ")[4])  # what Excel writes for itself
    elif filled:
        dialect = dialect_of(lines[filled[0]])
    place = filled[0] if filled else 0
    fields, used = dialect.row(lines, place, 2, ended) if filled else (None, 0)
    if fields is None or not any(cell.strip() for cell in fields):
        raise DataError("The file has no column names. Put them into the first line, separated by commas.")
    columns = [cell.strip() for cell in fields]
    if len(columns) > _MOST_COLUMNS:
        raise DataError(f"The first line has more than {_MOST_COLUMNS:,} columns. Is it the header of a table of customers?")
    if not _names_customers(columns, schema):
        for i, line in enumerate(lines[place + 1 : place + 1 + _WITHIN], start=place + 2):
            if _names_customers(dialect_of(line).values(line), schema):
                raise DataError(f"The column names are in line {i}, not in the first. Delete the lines above it.")
    if len(columns) == 1:
        raise DataError(
            "This is not a table of customers: its first line has a single column. Save it as CSV with commas, "
            "semicolons or tabs between the columns and the column names in the first line."
        )
    return Header(columns=columns, dialect=dialect, lines=place + used)


def refuse_second_header(text: str, header: Header, schema: Schema) -> None:
    """Raises ``DataError`` if ``text``, which follows the header, begins with another line of names: it would be read as the
    first customer.
    """
    lines = [line for line in text.split("\n")[:_WITHIN] if line.strip()]
    if not lines or not _names_customers(header.columns, schema):
        return  # a foreign table is refused later, for its missing columns
    fields, _ = header.dialect.row(lines, 0, len(header.columns), True)
    names = {fold(column.name) for column in schema.columns} | {fold(name) for name in header.columns}
    if fields and len(fields) > 2 and sum(fold(cell) in names for cell in fields) > len(fields) / 2:
        raise DataError("There are two lines of column names, one under the other. Delete one of them.")


def _names_customers(names: list[str], schema: Schema) -> bool:
    return {column.name for column in schema.columns if column.required} <= set(find_columns(names, schema).at)


def empty_at_the_end(rows: list[list[str]], width: int) -> int:
    """How many empty values without a name end each row, as some programs write them; ``width`` values have a name. A row with
    another number of values has been shifted, by a separator inside a value.

    >>> empty_at_the_end([["a", "b", ""], ["c", "d", ""]], width=2)
    1
    """
    rows = [fields for fields in rows if len(fields) >= width and any(map(str.strip, fields))]
    usual = Counter(map(len, rows)).most_common(1)[0][0] if rows else width
    extras = [any(map(str.strip, fields[width:])) for fields in rows if len(fields) == usual]
    return usual - width if sum(extras) <= len(extras) / 2 else 0
