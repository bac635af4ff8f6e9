"""One look for all charts: the same colour means the same thing everywhere, and a stranger's text is text."""

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from churn_core import formats

# Plotly's own formats, for what has no currency and, but for a difference on an axis, is never negative; everything else is
# worded by churn_core.formats. On an axis Plotly writes a real minus itself.
WHOLE_PERCENT, PERCENT, COUNT, TIMES, DIFFERENCE = ".0%", ".1%", ",", ".2f", "+.3f"
_TICKS = 5  # labels on an axis, at most one more


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours by meaning. Both palettes have contrast ≥ 3 to their background and stay apart for the colour-blind
    (STREAMLIT.md). What is written has ≥ 4.5: ``text``, and ``beside`` for axes and remarks.
    """

    churned: str
    stayed: str
    chosen: str
    reference: str
    quiet: str
    text: str
    beside: str
    grid: str


LIGHT = Palette(
    churned="#D9540B",
    stayed="#0B4F9E",
    chosen="#0E8A74",
    reference="#A1447F",
    quiet="#8A94A3",
    text="#0C1622",
    beside="#55606F",
    grid="#E4E8EE",
)
DARK = Palette(
    churned="#FF9A4D",
    stayed="#5AA9FF",
    chosen="#35D0B0",
    reference="#E58AC4",
    quiet="#8592A6",
    text="#E8EDF4",
    beside="#A9B4C3",
    grid="#2A3442",
)


def figure(
    palette: Palette, *, x: str, y: str, height: int = 320, data: Sequence[Mapping[str, Any]] = (), **layout: Any
) -> go.Figure:
    """A figure in the house's look, with titled axes (give the unit) and room for direct labels. What of its ``data`` and its layout
    is given here costs a quarter of what Plotly takes to add it afterwards.
    """
    axis = {
        **{f"{line}color": palette.grid for line in ("grid", "zeroline", "line")},
        "tickfont": {"color": palette.beside},
        "automargin": True,
    }
    return go.Figure(
        data=list(data),
        layout={
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 16, "b": 8},
            "xaxis": {**axis, "title": _title(x, palette), "showgrid": False},
            "yaxis": {**axis, "title": _title(y, palette), "rangemode": "tozero"},
            "font": {"color": palette.text},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "bargap": 0.25,
            **layout,
        },
    )


def _title(text: str, palette: Palette) -> dict[str, Any]:
    return {"text": plain(text), "font": {"color": palette.beside}}


def plain(text: object) -> str:
    """A text of any origin as Plotly draws it: read as it is written. Plotly takes ``<b>``, ``<a href>``, ``<br>`` and ``&lt;`` in
    labels, categories and hover texts for mark-up, and two dollar signs for a formula. It fills in ``%{…}`` too, but only in a
    template itself: there a text of other origin belongs into ``customdata`` or the name of the trace.

    >>> plain("<a href='x'>A & B</a>"), plain(12)
    ("&lt;a href='x'&gt;A &amp; B&lt;/a&gt;", '12')
    """
    shown = html.escape(str(text), quote=False)
    return shown.replace("$", "&#36;") if shown.count("$") > 1 else shown


def label(fig: go.Figure, text: str, *, x: float | str, y: float | str, color: str, size: int = 13, **where: Any) -> None:
    """Write ``text``, which may hold mark-up, into the chart beside what it names, instead of a legend."""
    fig.add_annotation(beside(text, x=x, y=y, color=color, size=size, **where))


def beside(text: str, *, x: float | str, y: float | str, color: str, size: int = 13, **where: Any) -> dict[str, Any]:
    """The same for ``layout.annotations``."""
    return {"text": text, "x": x, "y": y, "font": {"color": color, "size": size}, "showarrow": False, **where}


def vertical(x: float, color: str, dash: str = "solid", name: str = "") -> dict[str, Any]:
    """A line across the whole height at ``x``, for ``layout.shapes``; ``name``: what it marks, for the table of the numbers."""
    return {
        "type": "line",
        **({"name": name} if name else {}),
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": color, "width": 2, "dash": dash},
    }


def money_ticks(reach: Sequence[float], currency: str) -> dict[str, Any]:
    """The ticks of an axis of money, as the live component writes them: $100K, −$50K. The label of the currency stands in their
    words and, for the table of the numbers, as the prefix of the axis, which is not drawn.
    """
    ticks = _ticks(reach, lambda value, step: formats.compact(value, currency))
    return {**ticks, "tickprefix": currency, "showtickprefix": "none"}


def share_ticks(reach: Sequence[float]) -> dict[str, Any]:
    """The ticks of an axis of shares, with decimals if two of them would be the same without."""
    ticks = _ticks(reach, lambda value, step: formats.percent(value, max(-2 - math.floor(math.log10(step)), 0)))
    return {**ticks, "tickformat": PERCENT}


def _ticks(reach: Sequence[float], in_words: Callable[[float, float], str]) -> dict[str, Any]:
    """At multiples of 1, 2 or 5 times a power of ten from the lower to the upper end of ``reach``."""
    low, high = reach
    rough = max(high - low, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(times for times in (1, 2, 5, 10) if times * power >= rough)
    at = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return {"tickvals": at, "ticktext": [in_words(value, step) for value in at]}


def end_of_shares(highest: float) -> float:
    """Where an axis of shares that begins at 0 ends: at 1, or, where nothing lies above one half, at the next tenth.

    >>> end_of_shares(0.63), end_of_shares(0.21), end_of_shares(0.004)
    (1.0, 0.3, 0.1)
    """
    return 1.0 if not highest <= 0.5 else max(0.1, math.ceil(10 * highest) / 10)


def faded(color: str, opacity: float) -> str:
    """``#RRGGBB`` as an rgba colour.

    >>> faded("#0B4F9E", 0.5)
    'rgba(11,79,158,0.5)'
    """
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
