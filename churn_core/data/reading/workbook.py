"""What a workbook says of itself: its sheets, which styles are dates, and the texts that its cells share."""

import datetime
import posixpath
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from churn_core.data.reading.archive import Archive
from churn_core.data.reading.xml_parts import BYTES, DEEPEST, LocalNames, XmlParser, damaged, elements, too_deep, with_line_ends
from churn_core.errors import DataError
from churn_core.formats import count

_OPENING = "Opening the Excel file"
_MOST_OF_IT = 64 * 2**20  # bytes of a part that describes the workbook
_MOST_ELEMENTS = 1_000_000  # of such a part
_MOST_SHEETS = 1_000
_MOST_OF_A_KIND = 100_000  # styles of cells, of which Excel allows 65,490; formats of numbers; relations
_LONGEST_FORMAT = 255  # characters; Excel's own limit
_MOST_SHARED = 192 * 2**20  # bytes of XML, and bytes in memory: the texts of all cells lie there together
_LONGEST_TEXT = 2**20  # bytes of XML; Excel's own are of at most 32,767 characters
_MOST_WORK = 10_000_000  # elements of the shared texts


@dataclass(frozen=True, kw_only=True)
class SheetEntry:
    """A sheet of cells (not of a chart): its name, the part of the archive, and whether Excel hides it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """``dates``: style of a cell → whether it is a duration (``True``) or a point in time; other styles are not there."""

    sheets: tuple[SheetEntry, ...]
    texts: list[str]
    dates: dict[str, bool]
    epoch: datetime.datetime


def open_workbook(archive: Archive) -> Workbook:
    """Raises ``DataError`` if the archive is no workbook, or is damaged or too large."""
    parts = dict(_relations(archive, "").values())
    part = parts.get("officeDocument", "xl/workbook.xml")
    if part not in archive or not part.lower().endswith(".xml") or part.lower().startswith(("word/", "ppt/")):
        raise DataError(
            "The file is a zip archive or a document, not a table. Unpack it, or save its table as CSV or Excel (.xlsx)."
        )
    related = _relations(archive, part)
    listed, epoch = list[SheetEntry](), WINDOWS_EPOCH
    for tag, attributes in _elements(archive, part, until="sheets"):
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epoch = MAC_EPOCH
        if tag == "sheet":
            relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            kind, target = related.get(relation, ("", ""))
            if kind == "worksheet" and target in archive:
                hidden = attributes.get("state", "visible") != "visible"
                listed.append(SheetEntry(name=attributes.get("name", ""), part=target, hidden=hidden))
            if len(listed) > _MOST_SHEETS:
                raise DataError(f"The Excel file has more than {count(_MOST_SHEETS)} sheets. Keep the one with the customers.")
    others = {kind: target for kind, target in related.values() if target in archive}
    return Workbook(
        sheets=tuple(listed),
        texts=_shared_texts(archive, others["sharedStrings"]) if "sharedStrings" in others else [],
        dates=_dates(archive, others["styles"]) if "styles" in others else {},
        epoch=epoch,
    )


def _elements(archive: Archive, part: str, until: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    archive.check(part, _MOST_OF_IT)
    yield from elements(archive.blocks(part, _OPENING), _MOST_ELEMENTS, until)


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Id of a relation of a part → its kind and the part that it leads to. One that leads out of the file leads nowhere."""
    folder, name = posixpath.split(part)
    described = posixpath.join(folder, "_rels", f"{name}.rels")
    found = {}
    for tag, attributes in _elements(archive, described) if described in archive else ():
        if tag == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (kind, target if target in archive else unquote(target))
            if len(found) > _MOST_OF_A_KIND:
                raise damaged("It has more parts than Excel allows")
    return found


def _dates(archive: Archive, part: str) -> dict[str, bool]:
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    dates, style, within = dict[str, bool](), 0, ""
    for tag, attributes in _elements(archive, part, until="cellXfs"):
        if tag in ("cellStyleXfs", "cellXfs"):
            within = tag
        elif tag == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "xf" and within == "cellXfs":
            code = formats.get(attributes.get("numFmtId", "0"), "")
            if len(code) <= _LONGEST_FORMAT and is_date_format(code):
                dates[str(style)] = is_timedelta_format(code)
            style += 1
        if max(style, len(formats)) > _MOST_OF_A_KIND:
            raise damaged("It has more styles of cells than Excel allows")
    return dates


def _shared_texts(archive: Archive, part: str) -> list[str]:
    """The texts in their order; each is the sum of its runs, without formats and without what is written above it."""
    archive.check(part, _MOST_SHARED)
    names, texts, pieces, runs = LocalNames(), list[str](), list[str](), list[str]()
    work = size = depth = 0
    phonetic = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal work, depth, phonetic
        work, depth = work + 1, depth + 1
        tag = names[name]
        if tag == "si":
            runs.clear()
        elif tag == "rPh":
            phonetic = True
        if depth > DEEPEST:
            raise too_deep()
        pieces.clear()

    def end(name: str) -> None:
        nonlocal size, depth, phonetic
        depth -= 1
        tag = names[name]
        if tag == "t" and not phonetic:
            runs.append("".join(pieces))
        elif tag == "rPh":
            phonetic = False
        elif tag == "si":
            text = with_line_ends("".join(runs)).replace("x005F_", "")
            texts.append(text)
            size += sys.getsizeof(text) + 8
        pieces.clear()

    parser, waiting, known = XmlParser(start, end, pieces.append), 0, 0
    for block in archive.blocks(part, _OPENING, is_stage=True):
        work += len(block) // BYTES
        parser.feed(block)
        waiting, known = waiting + len(block) if len(texts) == known else 0, len(texts)
        if size > _MOST_SHARED or work > _MOST_WORK or waiting > _LONGEST_TEXT:
            raise DataError(
                "The Excel file has too much text to be read. Leave out columns of long texts, split it into smaller files with "
                "the same header, or save it as CSV."
            )
    parser.feed(b"")
    return texts
