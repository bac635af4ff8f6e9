"""Rows that are read by a pattern: which text it takes, and what it leaves to the parser."""

import io

import pytest

from churn_core.data.reading.archive import Archive
from churn_core.data.reading.cell_values import CellValues
from churn_core.data.reading.plain_rows import plain_rows
from churn_core.data.reading.workbook import open_workbook
from churn_core.jobs import silent
from tests.data.reading.workbooks import packed, parts, sheet


def by_pattern(written: str):
    content = packed(parts(sheet("")))
    values = CellValues(open_workbook(Archive(io.BytesIO(content), len(content), silent)))
    return plain_rows(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{written}</t></is></c></row>'.encode(), values, {"A": 0})


@pytest.mark.parametrize(
    "written, meant",
    [("Zo&#235;", "Zoë"), ("&#x20AC;5", "€5"), ("&#38;lt;", "&lt;"), ("&amp;#235;", "&#235;"), ("&#128512;", "😀")],
)
def test_a_character_by_its_number_is_read_by_the_pattern(written, meant):
    """As openpyxl writes text beside ASCII where lxml is installed."""
    (found,) = by_pattern(written)
    assert found.cells == [meant]


@pytest.mark.parametrize("written", ["&#8;", "&#13;", "&#xD800;", "&#xFFFF;", "&#9999999;"])
def test_a_number_that_no_plain_text_has_is_left_to_the_parser(written):
    assert by_pattern(written) is None
