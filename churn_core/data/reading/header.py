"""The first lines of a text → the names of its columns and the dialect of its rows."""

import re
from collections import Counter
from dataclasses import dataclass

from churn_core.data.columns import find_columns
from churn_core.data.reading.dialect import Dialect, dialect_of
from churn_core.data.reading.foreign import refuse_foreign_text
from churn_core.errors import DataError
from churn_core.schema import Schema, fold

_MOST_COLUMNS = 2_000  # columns; a customer table has some dozens, and a line of millions takes minutes to split
_MOST_OF_NAMES = 100_000  # characters of all names together
_WITHIN = 10  # lines; a header below a title is looked for among them
_OF_A_TEXT = 4096  # characters; they show what kind of text it is
_IN_QUOTES = re.compile(rb'^"((?:[^"\n]|"")*)"(\r?)$', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Header:
    """The names of the columns, the dialect of the rows, and how many ``lines`` end with the header."""

    columns: list[str]
    dialect: Dialect
    lines: int


def find_header(text: str, ended: bool, schema: Schema) -> Header:
    """The header in the first line of ``text`` that is not empty; a line break in a name counts as a space. ``ended``: nothing
    follows the ``text``.

    Raises ``DataError`` if there are no names, a single one, too many, or a title above them.
    """
    lines = text.split("\n")
    filled = [i for i, line in enumerate(lines) if line.strip()]
    said = None
    if filled and re.fullmatch(r"sep=[,;\t|]", lines[filled[0]].strip("\r ")):
        said = Dialect(delimiter=lines[filled.pop(0)].strip("\r ")[4])  # what Excel writes for itself
    place = filled[0] if filled else 0
    fields, used, dialect = _names(lines, place, said, ended) if filled else (None, 0, Dialect())
    columns = [re.sub(r"\s*[\r\n]\s*", " ", cell.strip()) for cell in fields or ()]
    if not names_customers(columns, schema):
        refuse_foreign_text(text[:_OF_A_TEXT])
    if filled and fields is None:
        raise DataError("A quotation mark in the column names is not closed. Close it, or remove it.")
    if not any(columns):
        raise DataError("The file has no column names. Put them into the first line, separated by commas.")
    refuse_many(columns)
    if not names_customers(columns, schema):
        for i, line in enumerate(lines[place + 1 : place + 1 + _WITHIN], start=place + 2):
            if names_customers(dialect_of(line).values(line), schema):
                raise DataError(f"The column names are in line {i}, not in the first. Delete the lines above it.")
    if len(columns) == 1:
        raise _single(columns[0], schema)
    return Header(columns=columns, dialect=dialect, lines=place + used)


def _names(lines: list[str], place: int, said: Dialect | None, ended: bool) -> tuple[list[str] | None, int, Dialect]:
    """The names, how many lines they take, and the dialect, unless the file has ``said`` it."""
    whole = lines[place]
    for line in lines[place + 1 : place + _WITHIN] if whole.count('"') % 2 else ():
        whole += "\n" + line
        if line.count('"') % 2:
            dialect = said or dialect_of(whole)
            fields, used = dialect.row(lines, place, len(whole), ended)
            # A name that holds a separator and a line break has swallowed others, after a stray quotation mark.
            if fields and not any(dialect.delimiter in name and "\n" in name for name in fields):
                return fields, used, dialect
            break
    dialect = said or dialect_of(lines[place])
    return *dialect.row(lines, place, 2, ended), dialect


def _single(name: str, schema: Schema) -> DataError:
    """The error for a table of one column: what stands in it tells how it came about."""
    refuse_all_in_one([name], schema)
    if names_customers(name.split(" "), schema) or len(re.split(r"\s{2,}", name)) > 2:
        return DataError(
            "The columns are separated by spaces. Save the table as CSV, with commas, semicolons or tabs between the columns."
        )
    return DataError(
        "This is not a table of customers: its first line has a single column. Save it as CSV with commas, "
        "semicolons or tabs between the columns and the column names in the first line."
    )


def refuse_all_in_one(columns: list[str], schema: Schema) -> None:
    """Raises ``DataError`` if the first of the ``columns`` holds the names of all: a CSV file was opened by a program that
    expects another separator.
    """
    names = dialect_of(columns[0]).values(columns[0]) if columns and not any(columns[1:]) else []
    if names_customers(names, schema):
        raise DataError(
            "All values stand in the first column. In Excel, separate them (Data > Text to Columns), or import the CSV file "
            "(Data > From Text/CSV) instead of opening it; then save the table again."
        )


def in_quotes(text: str, schema: Schema) -> bool:
    """Whether the first line of ``text`` is in quotation marks as a whole, and holds the column names."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    names = Dialect().values(first)
    return len(names) == 1 and first.startswith('"') and names_customers(dialect_of(names[0]).values(names[0]), schema)


def out_of_quotes(block: bytes) -> bytes:
    """The lines without the quotation marks around each.

    >>> out_of_quotes(b'"a,b"\\r\\n"say ""hi"",c"\\n')
    b'a,b\\r\\nsay "hi",c\\n'
    """
    return _IN_QUOTES.sub(lambda line: line[1].replace(b'""', b'"') + line[2], block)


def refuse_many(columns: list[str]) -> None:
    """Raises ``DataError`` if there are more ``columns``, or longer names, than a table of customers has."""
    if len(columns) > _MOST_COLUMNS:
        raise DataError(f"The first line has more than {_MOST_COLUMNS:,} columns. Is it the header of a table of customers?")
    if sum(map(len, columns)) > _MOST_OF_NAMES:
        raise DataError(
            f"The column names have more than {_MOST_OF_NAMES:,} characters. Shorten them, or leave some columns out."
        )


def refuse_second_header(text: str, header: Header, schema: Schema) -> None:
    """Raises ``DataError`` if ``text``, which follows the header, begins with another line of names: it would be read as the
    first customer.
    """
    lines = [line for line in text.split("\n")[:_WITHIN] if line.strip()]
    if not lines or not names_customers(header.columns, schema):
        return  # a foreign table is refused later, for its missing columns
    fields, _ = header.dialect.row(lines, 0, len(header.columns), True)
    names = {fold(column.name) for column in schema.columns} | {fold(name) for name in header.columns}
    written = [fold(cell) for cell in fields or () if cell.strip()]  # a blank cell is no name, though a column may have none
    named = sum(cell in names and cell != "" for cell in written)
    if named > 2 and named > len(written) / 2:
        raise DataError("There are two lines of column names, one under the other. Delete one of them.")


def names_customers(names: list[str], schema: Schema) -> bool:
    """Whether the ``names`` are those of a table of customers; more than it can have are not looked at."""
    few = len(names) <= _MOST_COLUMNS and sum(map(len, names)) <= _MOST_OF_NAMES
    return few and find_columns(names, schema).are_customers(schema)


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
