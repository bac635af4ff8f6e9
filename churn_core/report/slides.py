"""The memo as four slides of PowerPoint: one sentence as the title of each, and charts that can be edited.

Charts hold unrounded numbers; what is written beside their bars is rounded as everywhere.
"""

from datetime import datetime, time
from io import BytesIO
from math import ceil
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.util import Inches, Pt

from churn_core.charts.theme import LIGHT
from churn_core.decisions.offers_words import ONCE, about_limits
from churn_core.formats import counted, money, percent, visible
from churn_core.report.assumptions import at_usual, in_front
from churn_core.report.memo import Memo
from churn_core.report.same_bytes import with_fixed_dates
from churn_core.report.segments import ToldSegment
from churn_core.report.slide_parts import (
    BODY,
    HALF,
    HIGH,
    INNER,
    LEFT,
    TOP,
    WIDE,
    add_chart,
    add_slide,
    add_table,
    bars,
    color_of,
    fill,
    known,
    label_points,
    money_code,
    name_axis,
    room_for_names,
    without_value_axis,
    write_lines,
)


def to_pptx(memo: Memo) -> bytes:
    """The file. The same memo gives the same bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
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
    slide = add_slide(deck, memo.headline, memo.data)
    rows = list(memo.policies.itertuples())
    labels = [money(row.expected_profit, memo.currency) for row in rows]
    colors = [LIGHT.chosen if row.policy == memo.chosen else LIGHT.quiet for row in rows]
    told = "; ".join(f"{row.policy}: {label}" for row, label in zip(rows, labels, strict=True))
    bars(
        slide, [(row.policy, row.expected_profit) for row in rows], labels, colors, f"Expected profit. {told}", "Expected profit"
    )
    write_lines(slide, [memo.range_, *memo.notes], TOP + Inches(4.0), Inches(1.2))


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
    slide, curve = add_slide(deck, title, memo.data), memo.curve[memo.curve["threshold"].notna()]
    data = XyChartData()
    line = data.add_series("Expected profit")
    for threshold, profit in zip(curve["threshold"], curve["expected_profit"], strict=True):
        line.add_data_point(float(threshold), float(profit))
    if best.threshold is not None:
        data.add_series("Best threshold").add_data_point(best.threshold, best.expected_profit)
    chart = add_chart(slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, title, height=BODY)
    chart.has_legend = False
    name_axis(chart.category_axis, "Threshold (churn probability)", "0%")
    chart.category_axis.minimum_scale = 0
    chart.category_axis.maximum_scale = min(1.0, ceil(10 * float(curve["threshold"].max())) / 10)  # beyond it nobody is contacted
    name_axis(chart.value_axis, "Expected profit", money_code(memo.currency, curve["expected_profit"].abs().max()))
    series = list(chart.plots[0].series)
    series[0].smooth = False
    series[0].format.line.color.rgb, series[0].format.line.width = color_of(LIGHT.chosen), Pt(2.5)
    for dot in series[1:]:
        dot.marker.style, dot.marker.size = XL_MARKER_STYLE.CIRCLE, 12
        dot.marker.format.fill.solid()
        dot.marker.format.fill.fore_color.rgb = dot.marker.format.line.color.rgb = color_of(LIGHT.chosen)
        dot.format.line.fill.background()
        label_points(dot, [f"best: {percent(best.threshold)}"], position=XL_LABEL_POSITION.ABOVE)


def _offers(deck: Any, memo: Memo) -> None:
    offers = memo.recommended.offers
    given = [] if offers is None else [each for each in offers.per_offer if each.contacts.number]
    best = max(given, key=lambda each: each.contacts.profit, default=None)
    title = "No offer earns what it costs" if best is None else f"{best.offer.name} brings most of the profit of the offers"
    slide = add_slide(deck, title, memo.data)
    labels = [f"{money(each.contacts.profit, memo.currency)}, {counted(each.contacts.number, 'customer')}" for each in given]
    rows = [(each.offer.name, each.contacts.profit) for each in given]
    if offers is not None:
        write_lines(slide, [about_limits(offers, memo.currency), ONCE], TOP + Inches(4.0), Inches(1.2))
    if rows:
        bars(slide, rows, labels, [LIGHT.chosen] * len(rows), "Expected profit of each offer", "Expected profit")


def _why(deck: Any, memo: Memo) -> None:
    """Where those who leave are, and what the campaign earns with them."""
    slide, told = add_slide(deck, memo.drivers.rstrip("."), memo.data), memo.segments
    if told:
        data = CategoryChartData(number_format="0.0%")
        data.categories = [visible(each.name) for each in told]
        data.add_series("Leave", [each.rate for each in told])
        data.add_series("Of all others", [known(each.rest) for each in told])
        chart = add_chart(
            slide, XL_CHART_TYPE.BAR_CLUSTERED, data, "Churn rate of each segment and of all others", height=Inches(3.3)
        )
        without_value_axis(chart)
        room_for_names(chart)
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 2.2 * max(each.rate for each in told)
        for series, color in zip(chart.plots[0].series, (LIGHT.churned, LIGHT.quiet), strict=True):
            fill(series, color)
        chart.plots[0].gap_width, chart.plots[0].overlap = 50, 0
        label_points(chart.plots[0].series[0], [_beside(each, memo.currency) for each in told], size=12)
        label_points(chart.plots[0].series[1], [percent(each.rest) for each in told], size=12)
    below, size = (TOP + Inches(3.4), 13) if told else (TOP, 20)
    write_lines(slide, [memo.about_segments, *memo.why], below, Inches(1.7), size=size)


def _beside(segment: ToldSegment, currency: str) -> str:
    """What stands beside the bar of a segment."""
    fits = f", offer {segment.offer}" if segment.offer else ""
    return (
        f"{percent(segment.rate)} ({segment.range_}); {counted(segment.customers, 'is still here', 'are still here')}, "
        f"campaign earns {money(segment.profit, currency)}{fits}"
    )


def _how_sure(deck: Any, memo: Memo) -> None:
    """What the same list earns in three scenarios, and what was assumed."""
    slide = add_slide(deck, memo.sure[0].rstrip(".") if memo.sure else "Nobody is contacted, so nothing can be lost", memo.data)
    left: int = LEFT
    if memo.scenarios:
        data = CategoryChartData()
        data.categories = [each.name for each in memo.scenarios]
        data.add_series("Expected profit", [each.profit for each in memo.scenarios])
        alt = "Expected profit of the same list in three scenarios"
        chart = add_chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, data, alt, width=HALF, height=Inches(3.6))
        chart.has_legend = False
        chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
        chart.category_axis.tick_labels.font.size = Pt(14)
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # below a loss, not through it
        chart.plots[0].gap_width = 60
        for i, color in enumerate((LIGHT.quiet, LIGHT.chosen, LIGHT.quiet)):
            fill(chart.plots[0].series[0].points[i], color)
        label_points(chart.plots[0].series[0], [money(each.profit, memo.currency) for each in memo.scenarios])
        rates = [f"{each.name}: {each.rate}." for each in memo.scenarios]
        write_lines(slide, ["Expected profit of the same list:", *rates], TOP + Inches(3.6), Inches(1.5), size=13, width=HALF)
        left += HALF + Inches(0.3)
    rows = [
        ("Assumption", "Value", "Where it comes from"),
        *((each.label, each.value, each.source) for each in in_front(memo.assumptions)),
    ]
    bottom = add_table(slide, rows, left, LEFT + INNER - left)
    usual = at_usual(memo.assumptions)
    write_lines(slide, [usual], bottom, TOP + BODY - bottom, size=11, left=left, width=LEFT + INNER - left)
