"""Workbooks that no table needs: whatever they hold, reading ends soon in a table or in a sentence that says the mend."""

import random
import struct
import zipfile

import pytest

from churn_core.data.reading import archive, excel, sheet_choice, sheet_rows, workbook
from churn_core.data.reading.reader import read_table
from churn_core.errors import DataError, Stopped
from churn_core.schema.telco import TELCO
from tests.data.reading.workbooks import (
    CUSTOMERS,
    NEXT,
    OTHER,
    RELATED,
    SHEET,
    SPACES,
    TABLE,
    packed,
    parts,
    read,
    relation,
    relations,
    row,
    shared,
    sheet,
)

NOISE = {"xl/media/noise.bin": random.Random(0).randbytes(400_000)}  # with it a file may unpack to 80 MB
MANY = 1_000_000
MOST_BLOCKS = 250  # of at most 128 KB of XML that are read before a file is refused
LAUGHS = "<!DOCTYPE lolz [<!ENTITY lol 'lol'>" + "".join(
    f"<!ENTITY lol{i} '{f'&lol{i - 1};' * 10}'>" if i > 1 else "<!ENTITY lol1 '&lol;'>" for i in range(1, 10)
)


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    """The limits are as large as takes seconds; a tenth of them shows the same."""
    for module, name in (
        (sheet_rows, "_MOST_EMPTY"),
        (sheet_choice, "_WORK"),
        (sheet_choice, "_WORK_IN_ALL"),
        (workbook, "_MOST_ELEMENTS"),
        (workbook, "_MOST_WORK"),
        (workbook, "_MOST_OF_A_KIND"),
        (workbook, "_MOST_SHARED"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name) // 10)


def below(rows: str, before: str = "") -> dict:
    return parts(sheet(TABLE + rows, before=before))


def in_row(cells: str, line: int = NEXT) -> dict:
    return below(f'<row r="{line}">{cells}</row>')


def styled(inside: str) -> dict:
    return parts(styles=f"<styleSheet {SPACES}>{inside}</styleSheet>")


def changed(**parts_by_name: str) -> dict:
    return parts() | {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts_by_name.items()}


EMPTY = "millions of empty cells after row .* Delete the empty rows"
WIDE = r"Row \d+ of the sheet has more than 500 columns .* Delete what is far to the right of the table"
LONG = "more than 64 KB of text, far more than a customer has. Leave out its long texts"
DEEP = "more than 100 elements deep.*Save it again"
TAG = "A tag of its XML has no end, or its tags have thousands of names.*Save it again"
TEXT = "too much text.*Leave out columns of long texts"
REFUSED = {
    "a row far below Excel's last": (
        lambda: in_row("<c><v>1</v></c>", 99_999_999_999),
        "99,999,999,999; no Excel file has more than 1,048,576",
    ),
    "a row just below Excel's last": (
        lambda: in_row("<c><v>1</v></c>", 1_048_577),
        "1,048,577; no Excel file .* Delete what is far below",
    ),
    "a row with a number of megabytes": (lambda: below(f'<row r="{"9" * MANY}"/>'), "no Excel file"),
    "a row with a number that is none": (lambda: below('<row r="-5"/>'), "A row of the sheet has the number '-5'.*Save it again"),
    "rows beyond Excel's last that count on": (lambda: below('<row r="1048576"/><row/>'), "1,048,577; no Excel file"),
    "a cell in Excel's last column": (lambda: in_row(f'<c r="XFD{NEXT}"><v>1</v></c>'), rf"\(cell XFD{NEXT}\). Delete"),
    "a cell beyond it": (lambda: in_row(f'<c r="XFE{NEXT}"><v>1</v></c>'), "XFE.* far to the right of any that Excel has. Save"),
    "a cell with a name of megabytes": (lambda: in_row(f'<c r="{"Z" * MANY}"><v>1</v></c>'), f"{TAG}|says that it is"),
    "a row of a million empty cells": (lambda: in_row("<c/>" * MANY), WIDE),
    "a row of 501 cells": (lambda: in_row("<c><v>1</v></c>" * 501), rf"\(cell SG{NEXT}\)"),
    "rows of empty cells": (lambda: below(("<row>" + "<c/>" * 10_000 + "</row>") * 100), EMPTY),
    "rows of empty cells below a table that is none of customers": (
        lambda: parts(sheet(OTHER + ("<row>" + "<c/>" * 10_000 + "</row>") * 100)),
        EMPTY + "|begins with masses",
    ),
    "a sheet of empty cells alone": (
        lambda: parts(sheet(("<row>" + "<c/>" * 10_000 + "</row>") * 30)),
        "begins with masses of .* Delete",
    ),
    "masses of formats before the rows": (
        lambda: parts(sheet(before="<cols>" + "<col/>" * MANY + "</cols>")),
        "begins with masses of",
    ),
    "hidden columns again and again": (
        lambda: parts(sheet(before="<cols>" + '<col min="1" max="500" hidden="1"/>' * 50_000 + "</cols>")),
        "begins with masses",
    ),
    "elements without a meaning": (lambda: below("<x/>" * MANY), EMPTY),
    "megabytes of comments": (lambda: below("<!---->" * (5 * MANY)), EMPTY),
    "megabytes of spaces": (lambda: below(" " * (30 * MANY)), EMPTY),
    "a formula of megabytes": (lambda: in_row(f"<c><f>{'A' * 30 * MANY}</f><v>1</v></c>"), EMPTY),
    "a long text": (lambda: in_row(f'<c t="inlineStr"><is><t>{"x" * 70_000}</t></is></c>'), LONG),
    "a text of megabytes": (lambda: in_row(f'<c t="inlineStr"><is><t>{"x" * 30 * MANY}</t></is></c>'), LONG),
    "a text of a million pieces": (lambda: in_row(f'<c t="inlineStr"><is>{"<r><t>x</t></r>" * MANY}</is></c>'), LONG),
    "long texts in many cells of a row": (
        lambda: parts(
            sheet(TABLE + "<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>"), texts=shared(f"<si><t>{'x' * 5_000}</t></si>")
        ),
        LONG,
    ),
    "elements within each other": (lambda: below("<a>" * MANY), DEEP),
    "cells within each other": (lambda: in_row("<c>" * MANY), "lie within each other.*Save it again"),
    "formats within each other before the rows": (lambda: below("", before="<a>" * MANY), DEEP),
    "sheets within each other": (lambda: changed(xl__workbook_xml="<workbook>" + "<a>" * MANY), DEEP),
    "shared texts within each other": (lambda: parts(texts=shared("<si>" * MANY)), DEEP),
    "an attribute of megabytes": (lambda: below(f'<row a="{"x" * 30 * MANY}"/>'), TAG),
    "a comment of megabytes": (lambda: below(f"<!--{'x' * 30 * MANY}-->"), TAG),
    "a tag without an end": (lambda: below("<row " + " " * 30 * MANY), TAG),
    "a million names of elements": (lambda: below("", before="".join(f"<x{i}/>" for i in range(100_000))), TAG),
    "a million attributes": (lambda: below("", before="<x " + " ".join(f"a{i}=''" for i in range(100_000)) + "/>"), TAG),
    "millions of shared texts": (lambda: parts(texts=shared("<si/>" * MANY)), TEXT),
    "a shared text of megabytes": (lambda: parts(texts=shared(f"<si><t>{'x' * 5 * MANY}</t></si>")), TEXT),
    "a shared text of a million pieces": (lambda: parts(texts=shared(f"<si>{'<r/>' * MANY}</si>")), TEXT),
    "shared texts that take a multiple of their size in memory": (
        lambda: parts(texts=shared(f"<si><t>{'x' * 9_000}\U0001f600</t></si>" * 1_000)),
        TEXT,
    ),
    "more shared text than is read": (
        lambda: parts(texts=shared(f"<si><t>{'x' * 9_000}</t></si>" * 3_000)),
        "unpacks to .* Split it",
    ),
    "a million styles": (
        lambda: styled("<cellXfs>" + '<xf numFmtId="14"/>' * MANY + "</cellXfs>"),
        "more styles of cells .*Save it again",
    ),
    "a million formats of numbers": (
        lambda: styled("".join(f'<numFmt numFmtId="{i}" formatCode="yy"/>' for i in range(100_000))),
        "more styles of cells than Excel allows",
    ),
    "elements without end in the styles": (lambda: styled("<x/>" * MANY), "far more than a workbook has.*Save it again"),
    "thousands of sheets": (lambda: parts(*[sheet(OTHER)] * 1_001), "more than 1,000 sheets. Keep the one with the customers"),
    "many sheets of masses": (
        lambda: parts(*[sheet(OTHER + ("<row>" + "<c/>" * 9_000 + "</row>") * 9)] * 30),
        "more sheets than are looked into. Keep",
    ),
    "relations without end": (
        lambda: changed(**{RELATED: relations("".join(relation(f"q{i}", "x", "y") for i in range(20_000)))}),
        "more parts than Excel allows",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_table_needs_is_refused_before_much_of_it_is_read(name):
    content, sentence = REFUSED[name]
    told = []
    with pytest.raises(DataError, match=sentence) as refused:
        read(packed(content(), NOISE), report=lambda said, share=None: told.append(said))
    assert len(told) < MOST_BLOCKS
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [*parts(texts=shared("<si/>"), styles=f"<styleSheet {SPACES}></styleSheet>")][1:])
def test_entities_are_refused_in_every_part_and_encoding(part, encoding):
    whole = parts(texts=shared("<si/>"), styles=f"<styleSheet {SPACES}></styleSheet>")
    _, _, root = whole[part].rpartition("?>")
    start = root.index(">") + 1
    bomb = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}]>{root[:start]}&lol9;{root[start:]}'
    with pytest.raises(DataError, match="defines XML entities, which no table needs. Save it again"):
        read(packed(whole | {part: bomb.encode(encoding)}))


TITLE = f'<c t="inlineStr"><is><t>a{" " * 30_000}b</t></is></c></row>'
READ = {
    "a header of tens of thousands of spaces": (lambda: parts(sheet(TABLE.replace("</row>", TITLE, 1))), len(CUSTOMERS)),
    "a stray cell in Excel's last row": (lambda: below(row(1_048_576, ["x"])), len(CUSTOMERS) + 1),
    "a stray format in Excel's last column": (lambda: in_row(f'<c r="XFD{NEXT}" s="1"/>'), len(CUSTOMERS)),
    "a hundred thousand empty rows": (lambda: below("<row/>" * (MANY // 10)), len(CUSTOMERS)),
    "a million merged cells": (lambda: parts(sheet(after="<mergeCell/>" * MANY)), len(CUSTOMERS)),
    "a format of a megabyte": (
        lambda: styled(
            f'<numFmt numFmtId="200" formatCode="{"[" * 900_000}"/><cellXfs>' + '<xf numFmtId="200"/>' * 5_000 + "</cellXfs>"
        ),
        len(CUSTOMERS),
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_only_odd_is_read(name):
    content, rows = READ[name]
    tables, _ = read(packed(content(), NOISE))
    assert sum(len(table.frame) for table in tables) == rows


# The archive


def with_directory(offset: int, form: str, value: int) -> bytes:
    """The workbook with another value in what the archive's directory says of the sheet."""
    content = bytearray(packed(parts()))
    start = content.rfind(SHEET.encode()) - 46
    content[start + offset : start + offset + struct.calcsize(form)] = struct.pack(form, value)
    return bytes(content)


ARCHIVES = {
    "an encrypted part": (with_directory(8, "<H", 1), "encrypted. Open it in Excel, remove the password"),
    "a size that lies below": (with_directory(24, "<I", 100), "damaged"),
    "a size that lies above": (with_directory(24, "<I", 4 * 10**9), "unpacks to .* Split it"),
    "a packed size that lies": (with_directory(20, "<I", 100), "damaged"),
    "a part at the place of another": (with_directory(42, "<I", 0), "damaged"),
    "a wrong checksum": (with_directory(16, "<I", 1), "damaged"),
    "an unusual packing": (packed(parts(), method=zipfile.ZIP_LZMA), "packed in a way that Excel does not use. Save it again"),
    "a hundred thousand entries": (packed(parts(), {f"empty/{i}": "" for i in range(100_000)}), "tens of thousands of files"),
    "no sheet": (packed({name: part for name, part in parts().items() if name != SHEET}), "The Excel file is empty"),
    "a sheet outside": (packed(changed(**{RELATED: relations(relation("r1", "worksheet", "../../../etc/passwd"))})), "is empty"),
    "a sheet on the web": (
        packed(changed(**{RELATED: relations(relation("r1", "worksheet", "http://127.0.0.1/s.xml", ' TargetMode="External"'))})),
        "is empty",
    ),
    "a chart alone": (packed(changed(**{RELATED: relations(relation("r1", "chartsheet", "worksheets/sheet1.xml"))})), "is empty"),
    "a document": (
        packed({"_rels/.rels": relations(relation("a", "officeDocument", "word/document.xml")), "word/document.xml": "<w/>"}),
        "document.* Save its table as CSV or Excel",
    ),
    "a binary workbook": (
        packed({"_rels/.rels": relations(relation("a", "officeDocument", "xl/workbook.bin")), "xl/workbook.bin": "x"}),
        "binary Excel workbook .*save it as .xlsx|not a table",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_lies_is_refused_with_the_mend(name):
    content, sentence = ARCHIVES[name]
    with pytest.raises(DataError, match=sentence):
        read(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", RELATED])
def test_a_part_that_is_there_twice_is_refused_because_programs_differ_in_which_they_take(name):
    with pytest.raises(DataError, match="is there twice.*Save it again"):
        read(packed(parts(), {name: parts(sheet(OTHER))[name]}))


# Progress and Stop


def test_reading_tells_what_it_does_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr(excel, "_ROWS", 3)
    monkeypatch.setattr(archive, "_SMALLEST_BLOCK", 500)
    monkeypatch.setattr(archive, "_BLOCK", 500)
    told = []
    content = packed(parts(), method=zipfile.ZIP_STORED)
    read_table(content, TELCO, report=lambda said, share=None: told.append((said, share)))
    said = [sentence for sentence, share in told if share is None]
    assert said[0] == "Opening the file" and said.count("Reading the Excel file") > 10
    shares = [share for _, share in told if share is not None]
    assert len(shares) > 3 and shares == sorted(shares) and shares[-1] <= 1


def test_reading_stops_whenever_it_is_asked():
    content = packed(parts(sheet(OTHER), sheet(TABLE + "<row/>" * 50_000), texts=shared("<si/>"), styles="<styleSheet/>"))
    told = []
    read(content, report=lambda said, share=None: told.append(said))
    assert len(set(told)) == 4
    for last in range(len(told)):
        asked = iter(range(last))

        def report(said, share=None, asked=asked):
            if next(asked, None) is None:
                raise Stopped("Stopped.")

        with pytest.raises(Stopped):
            read(content, report=report)
