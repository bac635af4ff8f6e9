"""The cells of a workbook: each value with its type as openpyxl gives it, each row with its line."""

import datetime
import io
import warnings
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.data.reading import archive as archive_of
from churn_core.data.reading import sheet_rows as rows_of
from churn_core.data.reading.archive import Archive
from churn_core.data.reading.plain_rows import plain_rows
from churn_core.data.reading.sheet_rows import SheetRows
from churn_core.data.reading.workbook import open_workbook
from churn_core.errors import DataError
from churn_core.jobs import silent
from tests.data.reading.workbooks import CUSTOMERS, RELATED, SHEET, SPACES, TABLE, packed, parts, read, row, shared, sheet


def ours(content: bytes) -> list[tuple[int, list]]:
    archive = Archive(io.BytesIO(content), len(content), silent)
    book = open_workbook(archive)
    return [(line, cells) for line, cells, _, _ in SheetRows(archive, book.sheets[0].part, book, "Reading")]


def of_openpyxl(content: bytes) -> list[tuple[int, list]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        page.reset_dimensions()
        rows = [(line, list(cells)) for line, cells in enumerate(page.iter_rows(values_only=True), start=1)]
    for _, cells in rows:
        while cells and cells[-1] is None:
            cells.pop()
    return [(line, cells) for line, cells in rows if any(cell is not None and str(cell).strip() for cell in cells)]


def typed(rows: list[tuple[int, list]]) -> list:
    return [(line, [(type(cell), cell) for cell in cells]) for line, cells in rows]


def saved(rows: list[list], edit=lambda sheet: None, **of_book) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for name, value in of_book.items():
        setattr(book, name, value)
    for values in rows:
        book.active.append(values)
    edit(book.active)
    book.save(buffer)
    return buffer.getvalue()


MOMENT = datetime.datetime(2026, 5, 1, 13, 45, 30)
RICH = [
    [1, 0, -7, 12345678901234, 1.5, -0.25, 1e-300, 1e300, True, False],
    ["text", " spaces ", "a\nb", "Zoë 😀", "&<>\"'", "=1+1", "#N/A", "#REF!", "1", "TRUE"],
    [MOMENT, MOMENT.date(), MOMENT.time(), datetime.timedelta(hours=30), datetime.datetime(1900, 1, 15), None, None, "last"],
    [],
    [None, None, 3],
    ["  "],
]


def styled(page) -> None:
    for at, number_format in {
        "A1": "0%",
        "B1": '"days" 0',
        "C1": "[Red]0.00",
        "D1": "0.00E+00",
        "E1": "#,##0.00 [$€-407]",
    }.items():
        page[at].number_format = number_format
    page["A9"], page["A9"].number_format = 45_000.75, "yyyy-mm-dd hh:mm"
    page["B9"], page["B9"].number_format = 0.5, "h:mm"
    page["C9"], page["C9"].number_format = 1.25, "[h]:mm:ss"
    page["D9"], page["D9"].number_format = 1e10, "yyyy"  # beyond any date
    page["E9"], page["E9"].number_format = 30, "d.m.yy"  # before the leap day that 1900 did not have
    page.merge_cells("A10:C11")
    page["A10"] = "merged"


@pytest.mark.parametrize(
    "epoch", [openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH], ids=["1900", "1904"]
)
def test_every_kind_of_value_comes_with_its_type(epoch):
    content = saved(RICH, styled, epoch=epoch)
    assert typed(ours(content)) == typed(of_openpyxl(content))
    assert len(ours(content)) == 6


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).filter(
        lambda text: not text.startswith("=")
    ),
    st.datetimes(datetime.datetime(1901, 1, 1), datetime.datetime(2100, 1, 1)),
    st.times(),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(values, max_size=6), max_size=6))
def test_whatever_is_written_is_read(rows):
    content = saved(rows)
    assert typed(ours(content)) == typed(of_openpyxl(content))


DATES = f'<styleSheet {SPACES}><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>'
TEXTS = shared(
    "<si><t>first</t></si>"
    '<si><t xml:space="preserve"> kept </t></si>'
    "<si><r><rPr><b/></rPr><t>bold</t></r><r><t> and not</t></r></si>"
    "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
    "<si/><si><t/></si>"
    "<si><t>a_x005F_x000D_b</t></si><si><t>a_x000D_b</t></si>"
    "<si><t>&#65;&amp;<![CDATA[<b>]]></t></si>"
)
CELLS = {
    "shared texts": "".join(f'<c t="s"><v>{i}</v></c>' for i in range(9)) + "<c><v>1</v></c>",
    "inline texts": '<c t="inlineStr"><is><t>plain</t></is></c><c t="inlineStr"><is><r><t>ri</t></r><r><rPr/><t>ch</t></r></is></c>'
    '<c t="inlineStr"><is><t xml:space="preserve"> x </t><rPh sb="0" eb="1"><t>above</t></rPh></is></c><c t="inlineStr"/>'
    '<c t="inlineStr"><is><t>last</t></is></c>',
    "formulas": '<c><f>1+1</f><v>2</v></c><c t="str"><f>A1</f><v>text</v></c><c t="b"><f>TRUE()</f><v>1</v></c>'
    '<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><f>1+1</f></c><c t="str"><f>A1</f><v></v></c><c><f t="shared" si="0"/><v>7.5</v></c>',
    "errors": "".join(f'<c t="e"><v>{error}</v></c>' for error in ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!")),
    "numbers": "".join(f"<c><v>{number}</v></c>" for number in ("0", "-0", "1.0", "1E3", "1e-7", "12345678901234567890", " 5 ")),
    "bool": '<c t="b"><v>1</v></c><c t="b"><v>0</v></c>',
    "dates": '<c s="1"><v>45000</v></c><c s="1"><v>45000.5</v></c><c s="1"><v>0.25</v></c><c s="2"><v>1.5</v></c>'
    '<c s="1"><v>59</v></c>'
    '<c s="1"><v>61</v></c><c s="1"><v>99999999999</v></c><c s="7"><v>1</v></c><c s="0"><v>45000</v></c>',
    "dates of ISO": '<c t="d"><v>2026-05-01</v></c><c t="d"><v>2026-05-01T10:11:12</v></c><c t="d"><v>10:11:12</v></c>',
    "places": '<c r="C2"><v>3</v></c><c><v>4</v></c><c r="G2" t="inlineStr"><is><t>g</t></is></c><c r="H2"/><c r="SF2"><v>500</v></c>',
    "spaces between tags": '\n <c r="A2" >\n <v>1</v>\n </c>\n <c r="B2" t="inlineStr">\n <is>\n <t>b</t>\n </is>\n </c>\n',
    "comments": "<c><!-- no --><v>1<!-- no -->2</v></c><?no target?>",
}


@pytest.mark.parametrize("name", CELLS)
def test_cells_are_read_however_they_are_written(name):
    content = packed(parts(sheet(f'<row r="2">{CELLS[name]}</row>'), texts=TEXTS, styles=DATES))
    assert typed(ours(content)) == typed(of_openpyxl(content))
    assert ours(content)[0][0] == 2


def test_cells_out_of_their_order_stand_where_they_say():
    content = packed(parts(sheet('<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>')))
    assert ours(content) == [(1, [1, 2, 3])]


def test_rows_without_a_number_count_on():
    cell, placed = "<c><v>1</v></c>", '<c r="A10"><v>1</v></c>'
    rows = f'<row>{cell}</row><row/><row>{cell}</row><row r="9">{cell}</row><row>{placed}</row>'
    content = packed(parts(sheet(rows)))
    assert ours(content) == of_openpyxl(content) == [(1, [1]), (3, [1]), (9, [1]), (10, [1])]


def test_a_wrong_dimension_hides_nothing():
    content = packed(parts(sheet(before='<dimension ref="A1:B2"/>')))
    assert len(ours(content)) == len(CUSTOMERS) + 1


def prefixed(text: str) -> str:
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        text = text.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>").replace(f"</{tag}>", f"</x:{tag}>")
    return text.replace("xmlns=", "xmlns:x=")


def strict(content: str) -> str:
    for of, name in (("spreadsheetml/2006", "spreadsheetml"), ("officeDocument/2006", "officeDocument")):
        content = content.replace(f"http://schemas.openxmlformats.org/{of}/", f"http://purl.oclc.org/ooxml/{name}/")
    return content


def encoded(encoding: str) -> bytes:
    return sheet().replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)


PLAIN = parts()
FORMATS = (
    "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 20_000 + "</mergeCells><hyperlinks>" + "<hyperlink/>" * 20_000 + "</hyperlinks>"
)


def leading_to(start: str) -> dict:
    return PLAIN | {RELATED: PLAIN[RELATED].replace("worksheets/", start)}


SAME = {
    "prefixed names": PLAIN | {SHEET: prefixed(sheet())},
    "strict OOXML": {name: strict(content) for name, content in PLAIN.items()},
    "UTF-16": PLAIN | {SHEET: encoded("utf-16")},
    "ISO 8859-1": PLAIN | {SHEET: encoded("iso-8859-1")},
    "a mark of the byte order": PLAIN | {SHEET: b"\xef\xbb\xbf" + sheet().encode()},
    "no list of types": {name: content for name, content in PLAIN.items() if "Types" not in name},
    "names in other letter case": {name.replace("sheet1", "Sheet1"): content for name, content in PLAIN.items()},
    "a target from the root": leading_to("/xl/worksheets/"),
    "a target with dots": leading_to("../xl/./worksheets/"),
    "a workbook in another folder": {
        name.replace("xl/", "book/"): content.replace("xl/", "book/") if name == "_rels/.rels" else content
        for name, content in PLAIN.items()
    },
    "thousands of merged cells and links": parts(sheet(after=FORMATS)),
    "a hundred thousand defined names": parts(after="<definedNames>" + "<definedName/>" * 100_000 + "</definedNames>"),
    "pictures and parts of no kind": PLAIN | {"xl/media/image1.png": b"\x89PNG", "docProps/": b"", "custom.xml": "<!DOCTYPE x>"},
}


@pytest.mark.parametrize("name", SAME)
def test_a_workbook_may_be_written_in_many_ways(name):
    assert ours(packed(SAME[name])) == ours(packed(PLAIN))


@pytest.mark.parametrize("block", [1, 7, 100])
def test_where_the_xml_is_cut_into_blocks_changes_nothing(block, monkeypatch):
    rows = [f"<row>{CELLS[name]}</row>" for name in ("numbers", "inline texts", "formulas", "comments", "shared texts")]
    content = packed(parts(sheet("".join(rows)), texts=TEXTS, styles=DATES))
    whole = typed(ours(content))
    monkeypatch.setattr(archive_of, "_SMALLEST_BLOCK", block)
    monkeypatch.setattr(archive_of, "_BLOCK", block)
    assert typed(ours(content)) == whole


DAMAGED = {
    "a number that is none": ("<c><v>abc</v></c>", "Cell A1 of the sheet holds 'abc' where a number should be"),
    "a number with a low line": ("<c><v>1_0</v></c>", "where a number should be"),
    "a text that is not there": ('<c t="s"><v>99</v></c>', "Cell A1 of the sheet has a text that the file does not hold"),
    "a negative number of a text": ('<c t="s"><v>-1</v></c>', "a text that the file does not hold"),
    "a date that is none": ('<c t="d"><v>soon</v></c>', "where a date should be"),
    "a cell twice": ('<c r="B1"><v>1</v></c><c r="B1"><v>2</v></c>', "Cell B1 of the sheet is there twice"),
    "a cell of another row": ('<c r="A7"><v>1</v></c>', "A cell of row 1 says that it is 'A7'"),
    "a cell without a place": ('<c r="??"><v>1</v></c>', "says that it is"),
    "a cell within a cell": ("<c><c><v>1</v></c></c>", "lie within each other"),
    "a row within a row": ("<row><c><v>1</v></c></row>", "lie within each other"),
    "a tag that is not closed": ("<c><v>1</v>", "damaged"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_contradicts_itself_is_called_damaged_with_the_cell(name):
    cells, sentence = DAMAGED[name]
    with pytest.raises(DataError, match=sentence) as refused:
        ours(packed(parts(sheet(f'<row r="1">{cells}</row>'), texts=TEXTS)))
    assert "damaged. Save it again" in str(refused.value)


@pytest.mark.parametrize("rows", [row(5, ["a"]) + row(3, ["b"]), row(5, ["a"]) + row(5, ["b"])], ids=["backward", "repeated"])
def test_rows_in_no_order_are_called_damaged_and_none_is_lost(rows):
    with pytest.raises(DataError, match=r"Row \d of the sheet comes after row 5"):
        ours(packed(parts(sheet(rows))))


# Rows that are written as usual are read by a pattern, others by the XML parser: it may not matter which.

DATED = "".join(
    f'<row r="{i}" spans="1:9"{more}><c r="A{i}" t="inlineStr"><is><t>Zoë {i}</t></is></c><c r="B{i}" s="1"><v>{45_000 + i}</v></c>'
    f'<c r="C{i}" t="s"><v>{i % 9}</v></c><c r="D{i}" s="2"/><c r="F{i}"><f>A1</f><v>{i / 2}</v></c></row>'
    for i, more in enumerate(["", ' hidden="1"', "", ' ht="15" customHeight="1"', ' hidden="0"'] * 4, start=1)
)
SNIPPETS = [
    *("<!--", "-->", "<![CDATA[", "]]>", "<?x?>", "&amp;", "&#65;", "\r", "\x01", "'", '"', " ", "<", ">", "/", "=", "0", "1"),
    *("<row>", "</row>", "<c/>", "<v>", "</v>", "<f>1</f>", '<row r="99"/>', ' hidden="1"', "</sheetData>", ' t="e"', "\ufffe"),
]


def outcome(content: bytes) -> tuple:
    try:
        return "read", typed(ours(content))
    except DataError as error:
        return "refused", str(error)


def changed_somewhere(text: str, random: Random) -> str:
    for _ in range(random.choice([1, 1, 2, 3])):
        at, snippet = random.randrange(len(text)), random.choice(SNIPPETS)
        text = text[:at] + snippet + text[at + random.choice([0, 0, 1, 5]) :]
    return text


@pytest.mark.parametrize("seed", range(150))
def test_the_pattern_and_the_parser_agree_whatever_the_xml_is(seed, monkeypatch):
    xml = changed_somewhere(sheet(DATED), Random(seed)) if seed else sheet(DATED)
    content = packed(parts(xml, texts=TEXTS, styles=DATES))
    monkeypatch.setattr(archive_of, "_SMALLEST_BLOCK", 400)
    monkeypatch.setattr(archive_of, "_BLOCK", 400)
    by_pattern = outcome(content)
    monkeypatch.setattr(rows_of, "plain_rows", lambda *arguments: None)
    assert outcome(content) == by_pattern


USUAL = [[1, 0.5, "text", "Zoë & <Ada>", MOMENT, True, None, "last"], ["a", None, 3]]


@pytest.mark.parametrize(
    "content", [saved(USUAL * 50), packed(parts(sheet(DATED), texts=TEXTS, styles=DATES))], ids=["openpyxl", "texts"]
)
def test_what_programs_usually_write_is_read_by_the_pattern(content, monkeypatch):
    read_by_pattern = []

    def counted(*arguments):
        rows = plain_rows(*arguments)
        read_by_pattern.extend(rows or ())
        return rows

    monkeypatch.setattr(archive_of, "_SMALLEST_BLOCK", 2_000)
    monkeypatch.setattr(archive_of, "_BLOCK", 2_000)
    monkeypatch.setattr(rows_of, "plain_rows", counted)
    rows = ours(content)
    assert len(read_by_pattern) > len(rows) / 3
    assert typed(rows) == typed(of_openpyxl(content))


def test_entities_are_the_same_in_both_ways(monkeypatch):
    texts = "<is><t>&amp;lt; &lt;&gt; &quot;&apos; &amp;amp;quot;</t></is>"
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t="inlineStr">{texts}</c><c r="B{i}" t="str"><f>A1&amp;"x"</f><v>&lt;x</v></c></row>'
        for i in range(1, 90)
    )
    content = packed(parts(sheet(rows)))
    monkeypatch.setattr(archive_of, "_SMALLEST_BLOCK", 2_000)
    assert ours(content) == of_openpyxl(content)


LATIN = f'<?xml version="1.0" encoding="iso-8859-1"?>{sheet(DATED).partition("?>")[2]}'.encode()  # UTF-8, which it says it is not


def test_text_has_the_encoding_that_the_xml_declares():
    assert ours(packed(parts(texts=TEXTS) | {SHEET: LATIN}))[0][1][0] == "ZoÃ« 1"


def test_the_customers_of_a_workbook_have_their_lines():
    (table,), _ = read(packed(parts(sheet(TABLE.replace('<row r="9"', '<row r="9" ht="20"')))))
    assert list(table.frame.index) == list(range(2, len(CUSTOMERS) + 2))
    assert table.frame.to_numpy().tolist() == CUSTOMERS.to_numpy().tolist()
