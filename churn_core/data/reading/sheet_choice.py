"""Which sheet of a workbook holds the customers."""

from dataclasses import dataclass

from churn_core.data.columns import find_columns
from churn_core.data.reading.archive import Archive
from churn_core.data.reading.sheet_rows import SheetRow, SheetRows
from churn_core.data.reading.workbook import SheetEntry, Workbook
from churn_core.errors import DataError
from churn_core.formats import counted
from churn_core.schema import Schema

_HEADER_WITHIN = 10  # rows; a header below a title is looked for among them
_FIRST_LINES = 1_000  # of a sheet; its table begins among them
_WORK = 500_000  # in one sheet
_WORK_IN_ALL = 5_000_000


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A sheet that holds something: its first rows, and whether their first names customers."""

    entry: SheetEntry
    head: list[SheetRow]
    customers: bool


def choose_sheet(archive: Archive, book: Workbook, schema: Schema, notices: list[str]) -> SheetEntry:
    """The first sheet whose header names customers, else the first that is not empty; one that Excel hides comes after the others.

    ``notices`` say which one is read if there are several, and how many hidden ones are not. Raises ``DataError`` if all are
    empty, if the header is not the first row, or if no sheet names customers and one of them cannot be looked into.
    """
    sheets, errors = _looked_into(archive, book, schema)
    if errors and not any(sheet.customers for sheet in sheets):
        raise errors[0]
    if not sheets:
        raise DataError("The Excel file is empty. Put the customers on its first sheet, with a header row.")
    chosen = min(sheets, key=lambda sheet: (not sheet.customers, sheet.entry.hidden))  # the first of the best
    entry = chosen.entry
    if len(book.sheets) > 1:
        which = "first" if entry is book.sheets[0] else "one with the customers"
        hidden = "hidden " if entry.hidden else ""
        notices.append(f"Only the {hidden}sheet {entry.name[:40]!r} of the Excel file is read, the {which}.")
    unread = sum(sheet.entry.hidden and sheet is not chosen for sheet in sheets)
    if unread:
        told = counted(unread, "hidden sheet of the Excel file holds", "hidden sheets of the Excel file hold")
        notices.append(f"{told} values and {'is' if unread == 1 else 'are'} not read.")
    for row in chosen.head[1:]:
        if _names_customers(row, schema):
            raise DataError(f"The column names are in row {row.line} of the sheet, not in the first. Delete the rows above it.")
    return entry


def _looked_into(archive: Archive, book: Workbook, schema: Schema) -> tuple[list[_Sheet], list[DataError]]:
    """The sheets that hold something, and what is wrong with others. A fault matters only if the customers are nowhere else."""
    sheets, errors, work = list[_Sheet](), list[DataError](), 0
    for entry in book.sheets:
        if work > _WORK_IN_ALL:
            errors.append(
                DataError("The Excel file has more sheets than are looked into. Keep the one with the customers alone.")
            )
            break
        rows, head = SheetRows(archive, entry.part, book, "Looking for the sheet of the customers", most=_WORK), list[SheetRow]()
        try:
            for row in rows:
                if row.line > _FIRST_LINES or len(head) == _HEADER_WITHIN:
                    break
                head.append(row)
        except DataError as error:
            errors.append(error)
            head = []
        work += rows.work
        if not head and rows.work > _WORK:
            errors.append(
                DataError(
                    f"The sheet {entry.name[:40]!r} begins with masses of formats or empty cells. Delete them, or save it as CSV."
                )
            )
        if head:
            sheets.append(_Sheet(entry=entry, head=head, customers=_names_customers(head[0], schema)))
    return sheets, errors


def _names_customers(row: SheetRow, schema: Schema) -> bool:
    return find_columns([str(cell) for cell in row.cells], schema).are_customers(schema)
