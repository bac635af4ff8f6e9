"""The parts of a slide: title and footer, lines of text, charts that can be edited, tables that have room."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from churn_core.charts.theme import LIGHT
from churn_core.formats import visible

WIDE, HIGH = Inches(13.333), Inches(7.5)
LEFT, TOP, INNER, BODY = Inches(0.6), Inches(1.6), Inches(12.1), Inches(5.1)
HALF = Inches(4.9)
_TABLE, _COLUMNS, _SIZES = Inches(4.1), (0.31, 0.37, 0.32), (12, 11, 10, 9, 8, 7)  # the most that a table is high; shares; points
_BARS_BEGIN = (
    f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    '<c:x val="0.3"/><c:y val="0.1"/><c:w val="0.69"/><c:h val="0.88"/></c:manualLayout></c:layout>'
)
_TITLE_ONLY = 5  # the place of this layout in the library's own template


def add_slide(deck: Any, title: str, below: str) -> Any:
    """A slide with its sentence on top and, ``below``, on what it rests."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    place = slide.shapes.title
    place.left, place.top, place.width, place.height = LEFT, Inches(0.35), INNER, Inches(1.15)
    frame = place.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    write(frame.paragraphs[0], title, 24, bold=True)
    write_lines(slide, [below], Inches(6.85), Inches(0.5), size=10)
    return slide


def write_lines(
    slide: Any, texts: Sequence[str], top: int, height: int, size: int = 14, left: int = LEFT, width: int = INNER
) -> None:
    """Texts one below the other; empty ones are left out."""
    texts = [text for text in texts if text]
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = True
    for i, text in enumerate(texts):
        write(frame.paragraphs[0] if i == 0 else frame.add_paragraph(), text, size)


def write(paragraph: Any, text: str, size: int, bold: bool = False) -> None:
    """A text of any origin, in points."""
    paragraph.text = visible(text)
    paragraph.font.size, paragraph.font.bold, paragraph.font.color.rgb = Pt(size), bold, color_of(LIGHT.text)
    paragraph.alignment = 1  # left


def bars(
    slide: Any, rows: Sequence[tuple[str, float]], labels: Sequence[str], colors: Sequence[str], alt: str, name: str
) -> None:
    """A bar for each row, the first on top, with its amount in words beside it."""
    data = CategoryChartData()
    data.categories = [visible(category) for category, _ in rows]
    data.add_series(name, [float(value) for _, value in rows])
    chart = add_chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, alt, height=Inches(3.9))
    chart.has_legend = False
    without_value_axis(chart)
    chart.category_axis.tick_labels.font.size = Pt(14)
    series = chart.plots[0].series[0]
    chart.plots[0].gap_width = 60
    for i, color in enumerate(colors):
        fill(series.points[i], color)
    label_points(series, labels)


def add_chart(slide: Any, kind: Any, data: Any, alt: str, height: int, width: int = INNER) -> Any:
    """A chart below the title; ``alt`` says what it shows."""
    frame = slide.shapes.add_chart(kind, LEFT, TOP, width, height, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", visible(alt))  # what a screen reader says; the library has no name for it
    chart = frame.chart
    chart.has_title = False
    chart.font.size, chart.font.color.rgb = Pt(12), color_of(LIGHT.text)
    return chart


def without_value_axis(chart: Any) -> None:
    """Bars say their number themselves; the first stands on top, its name at the left even of a loss."""
    chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    chart.category_axis.format.line.color.rgb = color_of(LIGHT.quiet)


def room_for_names(chart: Any) -> None:
    """The bars begin where long names at their left have had room; the library has no name for it."""
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    area.insert(0, parse_xml(_BARS_BEGIN))


def label_points(series: Any, labels: Sequence[str], size: int = 14, position: Any = XL_LABEL_POSITION.OUTSIDE_END) -> None:
    """What stands beside each point, in words."""
    for i, text in enumerate(labels):
        label = series.points[i].data_label
        label.has_text_frame = True
        label.text_frame.text = visible(text)
        label.text_frame.word_wrap = False
        label.text_frame.paragraphs[0].font.size = Pt(size)
        label.position = position


def name_axis(axis: Any, title: str, code: str) -> None:
    """An axis with its title and the code of its numbers."""
    axis.has_title = True
    axis.axis_title.text_frame.text = title
    axis.axis_title.text_frame.paragraphs[0].font.size = Pt(12)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = code, False
    axis.format.line.color.rgb = color_of(LIGHT.quiet)
    if axis.has_major_gridlines:
        axis.major_gridlines.format.line.color.rgb = color_of(LIGHT.grid)


def add_table(slide: Any, rows: Sequence[Sequence[str]], left: int, width: int) -> int:
    """A table with the largest letters with which it has room; returns where it ends."""
    widths = [int(width * share) for share in _COLUMNS]
    size = next((size for size in _SIZES if sum(_heights(rows, widths, size)) <= _TABLE), _SIZES[-1])
    heights = _heights(rows, widths, size)
    table = slide.shapes.add_table(len(rows), len(rows[0]), left, TOP, width, sum(heights)).table
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    for i, row in enumerate(rows):
        table.rows[i].height = heights[i]
        for j, text in enumerate(row):
            cell = table.cell(i, j)
            cell.margin_top = cell.margin_bottom = Pt(2)
            write(cell.text_frame.paragraphs[0], text, size, bold=i == 0)
            cell.fill.solid()
            cell.fill.fore_color.rgb = color_of(LIGHT.grid if i == 0 else "#FFFFFF")
    return int(TOP + sum(heights) + Inches(0.1))


def _heights(rows: Sequence[Sequence[str]], widths: Sequence[int], size: int) -> list[int]:
    """How high the rows are with letters of ``size`` points, which are about half as wide as they are high."""
    lines = [
        max(ceil(len(text) * 0.46 * size / (wide / Pt(1) - 16)) for text, wide in zip(row, widths, strict=True)) for row in rows
    ]
    return [int(Pt(1.2 * size * max(each, 1) + 5)) for each in lines]


def fill(part: Any, color: str) -> None:
    """One colour for a series or a point, of a loss too."""
    part.format.fill.solid()
    part.format.fill.fore_color.rgb = color_of(color)
    part.invert_if_negative = False


def money_code(currency: str, most: float) -> str:
    """How an axis writes money, as Excel says it: in thousands or millions where there are many."""
    label = f'"{currency}"' if currency.isprintable() and '"' not in currency else ""
    code = f'{label}0.0,,"M"' if most >= 3_000_000 else f'{label}#,##0,"K"' if most >= 10_000 else f"{label}#,##0"
    return f"[=0]{label}0;{code}"


def color_of(color: str) -> RGBColor:
    """``#0E8A74`` as the library takes it."""
    return RGBColor(*bytes.fromhex(color.removeprefix("#")))


def known(value: float) -> float | None:
    """A number for a chart, which leaves out what is not known."""
    return None if np.isnan(value) else value
