"""Rows of a sheet as programs usually write them, read by a pattern: some times faster than by the XML parser."""

import re
from typing import Any, NamedTuple

from churn_core.data.reading.cell_values import CellValues
from churn_core.data.reading.xml_parts import with_line_ends

_PLAIN = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*"  # without what XML forbids, or gives another meaning
_TEXT = rf"{_PLAIN}(?:&(?:amp|lt|gt|quot|apos|#[0-9]{{1,7}}|#x[0-9A-Fa-f]{{1,6}});{_PLAIN})*"
_ATTRIBUTES = r'(?: [A-Za-z][\w:]*="[^"<>&\x00-\x1f\ufffe\uffff]*")*'
_ROW = re.compile(rf'<row r="([1-9]\d{{0,6}})"({_ATTRIBUTES})>', re.ASCII)
_HIDDEN = re.compile(r' hidden="(?:1|true)"')
_FORMULA = rf"<f{_ATTRIBUTES}(?:/>|>{_TEXT}</f>)(?=<v>[^<])"  # only one that has a value
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})(\d+)"(?: s="(\d+)")?(?: t="(\w+)")?'
    rf'(?:/>|>(?:(?:{_FORMULA})?<v>({_TEXT})</v>|<is><t(?: xml:space="preserve")?>({_TEXT})</t></is>)?</c>))',
    re.ASCII,
)
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_REFERENCE = re.compile(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(\w+));")


class PlainRow(NamedTuple):
    """A row: its number, its cells up to the last that has a value, and the work that it was: one for each cell."""

    line: int
    cells: list[Any]
    hidden: bool
    work: int


def plain_rows(xml: bytes, values: CellValues, columns: dict[str, int]) -> list[PlainRow] | None:
    """The rows of a piece of XML in UTF-8 that ends with a row; ``None`` if anything in it is written in another way, or is wrong.

    ``columns`` are those that a row may have, by their letters, from 0.
    """
    rows = []
    try:
        *pieces, rest = xml.decode().split("</row>")
        if rest:
            return None
        for piece in pieces:
            start = _ROW.match(piece)
            if start is None:
                return None
            cells = _cells(piece[start.end() :], start[1], values, columns)
            if cells is None:
                return None
            rows.append(PlainRow(int(start[1]), cells[0], _HIDDEN.search(start[2]) is not None, 1 + cells[1]))
    except (ValueError, KeyError):  # no UTF-8, no value, no column: the parser says what it is
        return None
    return rows


def _cells(xml: str, digits: str, values: CellValues, columns: dict[str, int]) -> tuple[list[Any], int] | None:
    found = _CELL.findall(xml)
    if not found:
        return None if xml else ([], 0)
    whole, letters, lines, styles, kinds, numbers, texts = zip(*found, strict=True)
    if sum(map(len, whole)) != len(xml) or lines.count(digits) != len(lines):
        return None
    if "&" in xml:
        numbers, texts = (tuple(_REFERENCE.sub(_meant, text) for text in those) for those in (numbers, texts))
    of = values.of
    row = [
        (with_line_ends(text) or None) if kind == "inlineStr" else of(kind, style, number) if number else None
        for style, kind, number, text in zip(styles, kinds, numbers, texts, strict=True)
    ]
    places = [columns[letter] for letter in letters]
    if places != list(range(len(places))):  # cells were left out
        if any(one >= other for one, other in zip(places, places[1:], strict=False)):
            return None
        by_place = dict(zip(places, row, strict=True))
        row = [by_place.get(place) for place in range(places[-1] + 1)]
    while row and row[-1] is None:
        row.pop()
    return row, len(found)


def _meant(reference: re.Match[str]) -> str:
    """The character of a reference. Raises ``ValueError`` for one that XML forbids, or that is a line end or another control."""
    decimal, hexadecimal, name = reference.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code < 0x20 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF):
        raise ValueError("no character that a cell of plain text has")
    return chr(code)
