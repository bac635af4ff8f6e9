"""The memo as four slides of PowerPoint: one sentence as the title of each, and charts that can be edited.

Charts hold unrounded numbers; what is written beside their bars is rounded as everywhere.
"""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

import numpy as np
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_AXIS_CROSSES, XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from churn_core.charts.theme import LIGHT
from churn_core.formats import counted, money, percent, visible
from churn_core.report import why
from churn_core.report.memo import Memo
from churn_core.report.same_bytes import with_fixed_dates

_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_LEFT, _TOP, _INNER, _BODY = Inches(0.6), Inches(1.6), Inches(12.1), Inches(5.1)
_TITLE_ONLY = 5  # the place of this layout in the library's own template


def to_pptx(memo: Memo) -> bytes:
    """The file. The same memo gives the same bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDE, _HIGH
    _what_to_do(deck, memo)
    _how_the_list_was_found(deck, memo)
    _why(deck, memo)
    _how_sure(deck, memo)
    properties, at = deck.core_properties, datetime.combine(memo.day, time())
    properties.title, properties.author, properties.subject = (
        f"Decision memo, {memo.day.isoformat()}",
        "Whom to keep",
        memo.headline[:255],
    )
    properties.last_modified_by, properties.revision = "Whom to keep", 1
    properties.created = properties.modified = at
    written = BytesIO()
    deck.save(written)
    return with_fixed_dates(written.getvalue(), at)


def _what_to_do(deck: Any, memo: Memo) -> None:
    """The recommendation, and what each choice earns."""
    slide = _slide(deck, memo, memo.headline)
    rows = list(memo.policies.itertuples())
    labels = [money(row.expected_profit, memo.currency) for row in rows]
    colors = [LIGHT.chosen if row.policy == memo.chosen else LIGHT.quiet for row in rows]
    told = "; ".join(f"{row.policy}: {label}" for row, label in zip(rows, labels, strict=True))
    _bars(
        slide, [(row.policy, row.expected_profit) for row in rows], labels, colors, f"Expected profit. {told}", "Expected profit"
    )
    _lines(slide, [memo.range_, *memo.notes], _TOP + Inches(4.2), Inches(1.2))


def _how_the_list_was_found(deck: Any, memo: Memo) -> None:
    """The profit curve; of several offers what each of them brings."""
    if memo.curve is None:
        _offers(deck, memo)
        return
    best = memo.recommended.best
    if best.threshold is None or memo.plateau is None:
        title = "No threshold pays"
    else:
        low, high = (percent(each) for each in memo.plateau)
        title = f"Profit is highest at a threshold of {percent(best.threshold)}; from {low} to {high} it is within 1% of the best"
    slide, curve = _slide(deck, memo, title), memo.curve[memo.curve["threshold"].notna()]
    data = XyChartData()
    line = data.add_series("Expected profit")
    for threshold, profit in zip(curve["threshold"], curve["expected_profit"], strict=True):
        line.add_data_point(float(threshold), float(profit))
    if best.threshold is not None:
        data.add_series("Best threshold").add_data_point(best.threshold, best.expected_profit)
    chart = _chart(slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, title, height=_BODY)
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _axis(chart.category_axis, "Threshold (churn probability)", "0%")
    chart.category_axis.minimum_scale, chart.category_axis.maximum_scale = 0, 1
    _axis(chart.value_axis, "Expected profit", _money_code(memo, curve["expected_profit"].abs().max()))
    series = list(chart.plots[0].series)
    series[0].smooth = False
    series[0].format.line.color.rgb, series[0].format.line.width = _color(LIGHT.chosen), Pt(2.5)
    for dot in series[1:]:
        dot.marker.style, dot.marker.size = XL_MARKER_STYLE.CIRCLE, 11
        dot.marker.format.fill.solid()
        dot.marker.format.fill.fore_color.rgb = _color(LIGHT.chosen)


def _offers(deck: Any, memo: Memo) -> None:
    offers = memo.recommended.offers
    given = [] if offers is None else [each for each in offers.per_offer if each.contacts.number]
    best = max(given, key=lambda each: each.contacts.profit, default=None)
    title = "No offer earns what it costs" if best is None else f"{best.offer.name} brings most of the profit of the offers"
    slide = _slide(deck, memo, title)
    labels = [f"{money(each.contacts.profit, memo.currency)}, {counted(each.contacts.number, 'customer')}" for each in given]
    rows = [(each.offer.name, each.contacts.profit) for each in given]
    if rows:
        _bars(slide, rows, labels, [LIGHT.chosen] * len(rows), "Expected profit of each offer", "Expected profit")


def _why(deck: Any, memo: Memo) -> None:
    """Where those who leave are."""
    slide = _slide(deck, memo, memo.drivers.rstrip("."))
    if memo.groups:
        data = CategoryChartData(number_format="0.0%")
        data.categories = [visible(group.name) for group in memo.groups]
        data.add_series("Left", [group.churn_rate for group in memo.groups])
        data.add_series("Left, all others", [_known(group.rest) for group in memo.groups])
        chart = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, "Churn rate of each group and of all others", height=Inches(2.9))
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        _axis(chart.value_axis, "Churn rate", "0%")
        chart.value_axis.minimum_scale = 0
        chart.category_axis.reverse_order, chart.category_axis.crosses = (
            True,
            XL_AXIS_CROSSES.MAXIMUM,
        )  # the first on top, the axis below
        for series, color in zip(chart.plots[0].series, (LIGHT.churned, LIGHT.quiet), strict=True):
            _fill(series, color)
        chart.plots[0].has_data_labels = True
        chart.plots[0].data_labels.number_format, chart.plots[0].data_labels.number_format_is_linked = "0.0%", False
    said = [*memo.why, *(why.in_words(group, memo.currency) for group in memo.groups)]
    _lines(slide, said, _TOP + Inches(3.0), Inches(2.1))


def _how_sure(deck: Any, memo: Memo) -> None:
    """What was assumed, and what the same list earns in three scenarios."""
    slide = _slide(deck, memo, memo.sure[0].rstrip(".") if memo.sure else "Nobody is contacted, so nothing can be lost")
    if memo.scenarios:
        data = CategoryChartData()
        data.categories = [f"{each.name}: {each.rate}" for each in memo.scenarios]
        data.add_series("Expected profit", [each.profit for each in memo.scenarios])
        chart = _chart(
            slide, XL_CHART_TYPE.COLUMN_CLUSTERED, data, "The same list in three scenarios", width=Inches(5.2), height=_BODY
        )
        chart.has_legend = False
        _axis(chart.value_axis, "Expected profit of the same list", _money_code(memo, max(abs(s.profit) for s in memo.scenarios)))
        _fill(chart.plots[0].series[0], LIGHT.chosen)
        _label(chart.plots[0].series[0], [money(each.profit, memo.currency) for each in memo.scenarios])
    rows = [("Assumption", "Value", "Where it comes from"), *((a.label, a.value, a.source) for a in memo.assumptions)]
    left = _LEFT + (Inches(5.4) if memo.scenarios else 0)
    _table(slide, rows, left, _LEFT + _INNER - left)


# ---- parts of a slide ----------------------------------------------------------------------------------------------


def _slide(deck: Any, memo: Memo, title: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    place = slide.shapes.title
    place.left, place.top, place.width, place.height = _LEFT, Inches(0.35), _INNER, Inches(1.15)
    frame = place.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    _write(frame.paragraphs[0], title, 24, bold=True)
    _lines(slide, [memo.data], Inches(6.85), Inches(0.5), size=10)
    return slide


def _lines(slide: Any, texts: Sequence[str], top: int, height: int, size: int = 14) -> None:
    texts = [text for text in texts if text]
    frame = slide.shapes.add_textbox(_LEFT, top, _INNER, height).text_frame
    frame.word_wrap = True
    for i, text in enumerate(texts):
        _write(frame.paragraphs[0] if i == 0 else frame.add_paragraph(), text, size)


def _write(paragraph: Any, text: str, size: int, bold: bool = False) -> None:
    paragraph.text = visible(text)
    paragraph.font.size, paragraph.font.bold, paragraph.font.color.rgb = Pt(size), bold, _color(LIGHT.text)
    paragraph.alignment = 1  # left


def _bars(
    slide: Any, rows: Sequence[tuple[str, float]], labels: Sequence[str], colors: Sequence[str], alt: str, name: str
) -> None:
    """A bar for each row, the first on top, with its amount in words beside it."""
    data = CategoryChartData()
    data.categories = [visible(category) for category, _ in rows]
    data.add_series(name, [float(value) for _, value in rows])
    chart = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, alt, height=Inches(4.1))
    chart.has_legend = False
    chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_labels.font.size = Pt(14)
    series = chart.plots[0].series[0]
    chart.plots[0].gap_width = 60
    for i, color in enumerate(colors):
        _fill(series.points[i], color)
    _label(series, labels)


def _chart(slide: Any, kind: Any, data: Any, alt: str, height: int, width: int = _INNER) -> Any:
    frame = slide.shapes.add_chart(kind, _LEFT, _TOP, width, height, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", visible(alt))  # what a screen reader says; the library has no name for it
    chart = frame.chart
    chart.has_title = False
    chart.font.size, chart.font.color.rgb = Pt(12), _color(LIGHT.text)
    return chart


def _label(series: Any, labels: Sequence[str]) -> None:
    for i, text in enumerate(labels):
        label = series.points[i].data_label
        label.has_text_frame = True
        label.text_frame.text = text
        label.text_frame.paragraphs[0].font.size = Pt(14)
        label.position = XL_LABEL_POSITION.OUTSIDE_END


def _axis(axis: Any, title: str, code: str) -> None:
    axis.has_title = True
    axis.axis_title.text_frame.text = title
    axis.axis_title.text_frame.paragraphs[0].font.size = Pt(12)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = code, False
    axis.format.line.color.rgb = _color(LIGHT.quiet)
    if axis.has_major_gridlines:
        axis.major_gridlines.format.line.color.rgb = _color(LIGHT.grid)


def _table(slide: Any, rows: Sequence[Sequence[str]], left: int, width: int) -> None:
    height = min(Inches(0.3), int(_BODY / len(rows)))
    table = slide.shapes.add_table(len(rows), len(rows[0]), left, _TOP, width, height * len(rows)).table
    for column, share in zip(table.columns, (0.34, 0.26, 0.40), strict=True):
        column.width = int(width * share)
    for i, row in enumerate(rows):
        table.rows[i].height = height
        for j, text in enumerate(row):
            cell = table.cell(i, j)
            cell.margin_top = cell.margin_bottom = Pt(1)
            _write(cell.text_frame.paragraphs[0], text, 10, bold=i == 0)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _color(LIGHT.grid if i == 0 else "#FFFFFF")


def _fill(part: Any, color: str) -> None:
    part.format.fill.solid()
    part.format.fill.fore_color.rgb = _color(color)
    part.invert_if_negative = False


def _money_code(memo: Memo, most: float) -> str:
    """How an axis writes money, as Excel says it: in thousands where there are many."""
    label = f'"{memo.currency}"' if memo.currency.isprintable() and '"' not in memo.currency else ""
    return f'{label}#,##0,"K"' if most >= 10_000 else f"{label}#,##0"


def _color(color: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(color.removeprefix("#")))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
