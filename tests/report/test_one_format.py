"""No file that is taken along holds two formats of one number: the page, the slides, and the list with its first sheet."""

import html
import re
from io import BytesIO

import pytest
from pptx import Presentation

from churn_core.report.document import KINDS
from tests.numbers import malformed, two_formats
from tests.report.test_memo import OFFERS

SOURCE = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
TABLE, ROW = re.compile(r"<table.*?</table>", re.DOTALL), re.compile(r"<tr.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
PLANS = {
    "usual": {},
    "full": {"retention_cost": 12.5, "margin": 0.8, "annual_discount": 0.08, "fixed_cost": 3000, "budget": 20_000, "min_roi": 2},
    "offers": {"offers": OFFERS},
}


def lines(ending: str, content: bytes) -> list[str]:
    """What a file says, line by line, and each cell with its headings; what a slider would write is left out with its script."""
    return _of_page(content.decode()) if ending == ".html" else _of_slides(content)


def _of_page(source: str) -> list[str]:
    shown = SOURCE.sub("", source)
    tables = [[CELL.findall(row) for row in ROW.findall(table)] for table in TABLE.findall(shown)]
    texts = [*TAG.sub("\n", TABLE.sub("", shown)).splitlines(), *(text for table in tables for text in _with_headings(table))]
    return [html.unescape(TAG.sub("", text)) for text in texts if text.strip()]


def _of_slides(content: bytes) -> list[str]:
    told = []
    for slide in Presentation(BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                told += [paragraph.text for paragraph in shape.text_frame.paragraphs]
            if shape.has_table:
                told += _with_headings([[cell.text for cell in row.cells] for row in shape.table.rows])
    return told


def _with_headings(rows: list[list[str]]) -> list[str]:
    return [f"{heading}, {row[0]}: {cell}" for row in rows for heading, cell in zip(rows[0], row, strict=False)]


@pytest.mark.parametrize("values", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("ending", KINDS)
def test_a_memo_writes_each_number_in_the_format_of_its_kind_and_no_number_in_two(memo, ending, values):
    texts = lines(ending, KINDS[ending].write(memo(**values)))
    assert len(texts) > 10
    assert [fault for text in texts for fault in malformed(text)] + two_formats(texts) == []
