"""Workbooks made part by part, also such as no program would write."""

import io
import zipfile
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from churn_core.data.reading.reader import RawTable, TableReader
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SPACES = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_TYPES = {"worksheet": "worksheet+xml", "sharedStrings": "sharedStrings+xml", "styles": "styles+xml"}
SHEET, RELATED = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"

CUSTOMERS = generate(12, seed=3, schema=TELCO).astype("object")


def row(line: int, values: list, attributes: str = "") -> str:
    """A row of inline texts and of numbers."""
    cells = "".join(
        f'<c r="{get_column_letter(i)}{line}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        if isinstance(value, str)
        else f'<c r="{get_column_letter(i)}{line}"><v>{value}</v></c>'
        for i, value in enumerate(values, start=1)
        if value is not None and value == value
    )
    return f'<row r="{line}"{attributes}>{cells}</row>'


TABLE = "".join(row(line, values) for line, values in enumerate([list(CUSTOMERS), *CUSTOMERS.to_numpy().tolist()], start=1))
NEXT = len(CUSTOMERS) + 2  # the line below the table
OTHER = row(1, ["a", "b"]) + row(2, [1, 2])


def sheet(rows: str = TABLE, before: str = "", after: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet {SPACES}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def shared(inside: str) -> str:
    return f'<?xml version="1.0"?><sst {SPACES}>{inside}</sst>'


def relations(of: str) -> str:
    return f'<?xml version="1.0"?><Relationships {_PACKAGE}>{of}</Relationships>'


def relation(name: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"{more}/>'


def parts(
    *sheets: str, texts: str = "", styles: str = "", states: tuple[str, ...] = (), before: str = "", after: str = ""
) -> dict:
    """The parts of a workbook by name; ``states`` are attributes of the sheets, ``before`` and ``after`` stand beside their list."""
    sheets = sheets or (sheet(),)
    listed = [
        f'<sheet name="S{i}" sheetId="{i}" r:id="r{i}" {state}/>'
        for i, state in enumerate((*states, *[""] * (len(sheets) - len(states))), start=1)
    ]
    related = {f"r{i}": ("worksheet", f"worksheets/sheet{i}.xml", content) for i, content in enumerate(sheets, start=1)}
    related |= {"t": ("sharedStrings", "sharedStrings.xml", texts)} if texts else {}
    related |= {"s": ("styles", "styles.xml", styles)} if styles else {}
    overrides = "".join(
        f'<Override PartName="/xl/{target}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{_TYPES[kind]}"/>'
        for kind, target, _ in related.values()
    )
    return {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": relations(relation("b", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook {SPACES}>{before}<sheets>{"".join(listed)}</sheets>{after}</workbook>',
        "xl/_rels/workbook.xml.rels": relations("".join(relation(name, kind, at) for name, (kind, at, _) in related.items())),
        **{f"xl/{target}": content for _, target, content in related.values()},
    }


def packed(*of: dict | list, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a file; a name in several of the collections is there as often."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for collection in of:
            for name, content in collection.items():
                archive.writestr(name, content)
    return buffer.getvalue()


def read(content: bytes, report=lambda sentence, share=None: None) -> tuple[list[RawTable], list[str]]:
    """All parts, and the notices after the last."""
    with TableReader(content, TELCO, report=report) as reader:
        return list(reader), reader.notices
