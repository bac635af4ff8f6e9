"""What a cell of Excel says → its value."""

from typing import Any

from openpyxl.utils.datetime import from_excel, from_ISO8601

from churn_core.data.reading.workbook import Workbook
from churn_core.data.reading.xml_parts import with_line_ends

TRUE = ("1", "true")
_DIGITS = 30  # of a whole number; a longer one is a float, as nobody counts so far


class CellValues:
    """The values of the cells of a workbook: numbers, text, bool and dates with their types; errors are their text."""

    def __init__(self, book: Workbook) -> None:
        self._texts, self._dates, self._epoch = book.texts, book.dates, book.epoch

    def of(self, kind: str, style: str, text: str) -> Any:
        """The value of a cell of the ``kind`` (its attribute ``t``) and ``style`` (``s``).

        Raises ``ValueError`` with what the cell fails to hold.
        """
        if kind == "s":
            index = text.strip()
            if index.isdecimal() and len(index) < _DIGITS and int(index) < len(self._texts):
                return self._texts[int(index)]
            raise ValueError("has a text that the file does not hold")
        if kind in ("n", ""):
            return self._number(style, text)
        if kind == "b":
            return text.strip() in TRUE
        return _of_iso(text) if kind == "d" else with_line_ends(text)  # text, of a formula too, and errors

    def _number(self, style: str, text: str) -> Any:
        try:
            whole = len(text) < _DIGITS and not ("." in text or "E" in text or "e" in text)
            value = int(text) if whole else float(text)
        except ValueError:
            value = None
        if value is None or "_" in text:
            raise ValueError(f"holds {text[:20]!r} where a number should be")
        if style not in self._dates:
            return value
        try:
            return from_excel(value, self._epoch, timedelta=self._dates[style])
        except (OverflowError, ValueError):
            return "#VALUE!"  # as Excel shows it


def _of_iso(text: str) -> Any:
    try:
        return from_ISO8601(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"holds {text[:20]!r} where a date should be") from error
