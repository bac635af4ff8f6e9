"""The numbers of a figure as tables of words: what a chart says to somebody who does not see it, or wants to copy it.

They come from the figure itself, so a figure has to say what its drawing alone does not:

- ``name`` of a trace says what it is, where several are drawn; a trace with neither a name nor a text under the mouse is decoration.
- ``ids`` say what each point is called, where its place on the axis does not: a bin, a campaign.
- ``meta`` names the columns of ``customdata`` that belong into the table; ``""`` leaves one out.
- ``name`` of a shape says what a line or a band marks.
- The ticks of an axis tell its unit: a share, a count, money (``theme.money_ticks``).
"""

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from churn_core import formats
from churn_core.charts.theme import DIFFERENCE

MOST = 50  # rows of a table; of a longer line every so many points, and the last
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"\s*<br>\s*")
_WITH_INTERVALS = ("bar", "scatter")
_OF_DIFFERENCE = 4  # decimals
_NAMELESS = "Name"  # heads the first column where the axis has no title


@dataclass(frozen=True, kw_only=True)
class NumbersTable:
    """``rows`` of words, one for each of ``columns``; ``about`` says what was left out, if anything was."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """``tables``, the one that the chart is about first, and ``marks``: what is marked in it, as ``name: value``."""

    tables: tuple[NumbersTable, ...]
    marks: tuple[str, ...]


def numbers_of(fig: go.Figure) -> Numbers:
    """The numbers that the figure draws, as its axes write them. Lines over the same points share a table.

    >>> fig = go.Figure(layout={"yaxis": {"title": {"text": "Churn rate"}, "tickformat": ".0%"}})
    >>> numbers_of(fig.add_bar(x=["Monthly", "Two years"], y=[0.427, 0.028])).tables[0].rows
    (('Monthly', '42.7%'), ('Two years', '2.8%'))
    """
    traces = sorted(filter(_is_told, fig.data), key=lambda trace: (trace.name or "") if trace.hoverinfo == "skip" else "")
    lines = [_line(trace, fig) for trace in traces if trace.type != "heatmap"]
    points = [line for line in lines if line.is_a_mark]
    tables = [_table(group) for group in _together(line for line in lines if not line.is_a_mark)]
    grids = [_grid(trace, fig) for trace in traces if trace.type == "heatmap"]
    marks = [f"{line.name}: {line.values[0]}" if line.is_alone else _mark(line) for line in points]
    return Numbers(
        tables=(*grids, *tables),
        marks=(*marks, *(_marked(shape, fig) for shape in fig.layout.shapes if shape.name)),
    )


def text_of(shown: object, between: str = ", ") -> str:
    """What Plotly draws, read: without mark-up, a line break as ``between``.

    >>> text_of("<b>27%</b><br>1,869 customers"), text_of("A &lt;b&gt; &amp; B")
    ('27%, 1,869 customers', 'A <b> & B')
    """
    return html.unescape(_TAG.sub("", _BREAK.sub(between, str(shown)))).strip()


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A trace as words: what each point is called, its value and where that may lie, and the ``others`` by their headings."""

    name: str
    of: str
    heading: str
    index: tuple[str, ...]
    values: tuple[str, ...]
    interval: tuple[str, ...]
    others: dict[str, tuple[str, ...]]
    is_named: bool
    is_alone: bool

    @property
    def is_a_mark(self) -> bool:
        return bool(self.name) and len(self.index) == 1 and not self.is_named

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        interval = {f"{self.name}: 95% interval" if self.name else "95% interval": self.interval} if self.interval else {}
        return {**self.others, self.heading: self.values, **interval}


def _is_told(trace: Any) -> bool:
    return bool(trace.name) or trace.hoverinfo != "skip" or trace.type == "heatmap"


def _line(trace: Any, fig: go.Figure) -> _Line:
    """The trace by its axes: what is counted along the one is what the points on the other are called."""
    along_x = (
        trace.orientation == "h" or _is_words(trace.y) or trace.error_x.array is not None or fig.layout.yaxis.visible is False
    )
    value_axis, index_axis = (fig.layout.xaxis, fig.layout.yaxis) if along_x else (fig.layout.yaxis, fig.layout.xaxis)
    value_unit, index_unit = _unit_of(value_axis), _unit_of(index_axis)
    measured, called = (trace.x, trace.y) if along_x else (trace.y, trace.x)
    base = trace.base if trace.type == "bar" else None
    numbers = _list(measured) if base is None else [value + base for value in _list(measured)]
    what = _list(trace.text) if trace.type == "scatter" else []
    name, of = text_of(": ".join(filter(None, (trace.name, *what[:1])))), text_of(value_axis.title.text or "")
    ids = trace.ids is not None
    return _Line(
        name=name,
        of=text_of(index_axis.title.text or "") or _NAMELESS,
        heading=f"{of}: {name}" if name and of else name or of,
        index=tuple(_written(each, index_unit, between=" ") for each in _list(trace.ids if ids else called)),
        values=_values(trace, numbers, value_unit),
        interval=_interval(trace, numbers, value_unit, along_x),
        others=dict(_customdata(trace)),
        is_named=ids or _is_words(called),
        is_alone=index_axis.visible is False,
    )


def _values(trace: Any, numbers: Sequence[Any], unit: "_Unit") -> tuple[str, ...]:
    """As written on the bars, where something is; what a step of a waterfall changes has its sign."""
    if trace.type == "bar" and trace.text is not None:
        return tuple(map(text_of, _list(trace.text)))
    steps = _list(trace.measure) if trace.type == "waterfall" else []
    return tuple(_written(value, unit, i < len(steps) and steps[i] == "relative") for i, value in enumerate(numbers))


def _interval(trace: Any, numbers: Sequence[Any], unit: "_Unit", along_x: bool) -> tuple[str, ...]:
    """From where to where each value may lie, if the trace says so."""
    error = trace["error_x" if along_x else "error_y"] if trace.type in _WITH_INTERVALS else None
    if error is None or error.array is None:
        return ()
    ends = zip(numbers, _list(error.arrayminus), _list(error.array), strict=True)
    return tuple(
        f"{_written(value - low, unit)} to {_written(value + high, unit)}" if math.isfinite(low + high) else formats.NOTHING
        for value, low, high in ends
    )


def _customdata(trace: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The columns of ``customdata`` that ``meta`` names."""
    names = trace.meta or ()
    for i, name in enumerate(names):
        cells = [
            row[i] if not isinstance(row, str) and isinstance(row, Sequence | np.ndarray) else row for row in trace.customdata
        ]
        if name:
            yield name, tuple(_written(cell) for cell in cells)


def _together(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lines that can stand side by side: over the same points, or over things of which each is named once."""
    groups: list[list[_Line]] = []
    for line in lines:
        fitting = (
            g for g in groups if g[0].of == line.of and (g[0].index == line.index or (_are_once(g[0]) and _are_once(line)))
        )
        group = next(fitting, None)
        if group is None:
            groups.append(group := [])
        group.append(line)
    yield from groups


def _are_once(line: _Line) -> bool:
    return line.is_named and len(set(line.index)) == len(line.index)


def _table(lines: Sequence[_Line]) -> NumbersTable:
    """One row for each point of the lines, one column for each thing that is known of it."""
    first = lines[0]
    if all(line.index == first.index for line in lines):
        index: Sequence[str] = first.index
        columns = [(heading, cells) for line in lines for heading, cells in line.columns.items()]
    else:
        index = tuple(dict.fromkeys(name for line in lines for name in line.index))
        columns = []
        for line in lines:
            at = {name: i for i, name in enumerate(line.index)}
            for heading, cells in line.columns.items():
                columns.append((heading, tuple(cells[at[name]] if name in at else formats.NOTHING for name in index)))
    rows = tuple(zip(index, *(cells for _, cells in columns), strict=True))
    shown, about = _some(rows)
    return NumbersTable(columns=(first.of, *(heading for heading, _ in columns)), rows=shown, about=about)


def _some(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], str]:
    """At most ``MOST`` rows and the last, evenly chosen; and what to say of it."""
    every = math.ceil(len(rows) / MOST)
    if every <= 1:
        return tuple(rows), ""
    chosen = [*range(0, len(rows) - 1, every), len(rows) - 1]
    return tuple(rows[i] for i in chosen), f"{formats.count(len(chosen))} of {formats.count(len(rows))} points, evenly chosen"


def _grid(trace: Any, fig: go.Figure) -> NumbersTable:
    """A heat map: a row for each value downwards, what is written in its cells or what their colours mean."""
    down, across, scale = fig.layout.yaxis, fig.layout.xaxis, _unit_of(trace.colorbar)
    words = [[text_of(each) for each in row] for row in trace.text] if trace.showscale is False else None
    cells = words or [[_written(value, scale) for value in row] for row in trace.z]
    names = _unit_of(down)
    rows = tuple(
        (_written(name, names), *(cell or formats.NOTHING for cell in row))
        for name, row in zip(_list(trace.y), cells, strict=True)
    )
    corner = " / ".join(filter(None, (text_of(axis.title.text or "") for axis in (down, across)))) or _NAMELESS
    return NumbersTable(columns=(corner, *(_written(name, _unit_of(across)) for name in _list(trace.x))), rows=rows)


def _mark(line: _Line) -> str:
    return f"{line.name}: {line.index[0]}, {line.values[0]}"


def _marked(shape: Any, fig: go.Figure) -> str:
    """What a line or a band is, and where, unless it is called by it."""
    name, place = text_of(shape.name), _place(shape, fig)
    return name if name.endswith(place) else f"{name}: {place}"


def _place(shape: Any, fig: go.Figure) -> str:
    is_level = shape.y0 == shape.y1
    unit = _unit_of(fig.layout.yaxis if is_level else fig.layout.xaxis)
    low, high = (shape.y0, shape.y1) if is_level else (shape.x0, shape.x1)
    return _written(low, unit) if low == high else f"{_written(low, unit)} to {_written(high, unit)}"


class _Unit(NamedTuple):
    """How an axis, or a scale of colours, writes numbers: ``money`` with its currency (``None``: no money), or by a ``format``."""

    money: str | None = None
    format: str = ""


def _unit_of(axis: Any) -> _Unit:
    """Looked up once for all points: Plotly takes long to tell what an axis is."""
    return _Unit(money=(axis.tickprefix or "") if axis.showtickprefix == "none" else None, format=axis.tickformat or "")


def _written(value: Any, unit: _Unit = _Unit(), signed: bool = False, between: str = ", ") -> str:  # noqa: B008
    """A value as its axis, or the scale of its colours, writes it; what is in words stays. Without an axis: as short as can be."""
    if isinstance(value, str):
        return text_of(value, between)
    if isinstance(value, np.datetime64 | date | datetime):
        return formats.moment(pd.Timestamp(value).to_pydatetime())
    if unit.money is not None:
        return formats.money(value, unit.money, signed=signed)
    if unit.format.endswith("%"):
        return formats.percent(value, signed=signed)
    if unit.format == DIFFERENCE:
        return formats.decimal(value, _OF_DIFFERENCE, signed=True)
    return formats.plain_number(value)


def _is_words(values: Any) -> bool:
    listed = _list(values)
    return bool(listed) and isinstance(listed[0], str)


def _list(values: Any) -> list[Any]:
    return [] if values is None else list(values)
