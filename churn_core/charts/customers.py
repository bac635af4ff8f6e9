"""Charts of who leaves: rates with their intervals, distributions, a heat map, one customer's reasons."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.heat_map import heat_map_figure
from churn_core.charts.theme import (
    COUNT,
    PERCENT,
    WHOLE_PERCENT,
    Palette,
    end_of_shares,
    faded,
    figure,
    label,
    plain,
    share_ticks,
    vertical,
)
from churn_core.formats import count, decimal, percent

_FEW, _NARROW = 4, 9  # bars beside which a long name has room; letters of a name on a line where there are more
_LETTERS = 34  # of a reason on a line: more would leave no room for the bars
_DOT, _LEAST_DOT = 15, 3  # pixels across, of the month with the most customers and at least
_LINE, _BETWEEN = 15, 13  # pixels of a line of a reason, and around it


def churn_rate_bars_figure(
    table: pd.DataFrame, palette: Palette, *, x: str, highlight: str | None = None, height: int = 320
) -> go.Figure:
    """Columns used: ``group``, ``churn_rate``, ``low``, ``high``, ``customers``. ``highlight`` is drawn in full colour."""
    colors = [palette.churned if highlight in (None, group) else palette.quiet for group in table["group"]]
    fig = figure(palette, x=x, y="Churn rate", height=height, yaxis_range=[0, _top(table)])
    fig.update_yaxes(**share_ticks((0.0, _top(table))))
    groups = [_wrapped(group) for group in table["group"]]
    fig.update_xaxes(type="category")  # a group may be called 3, so its place is what tells where it is
    if len(groups) > _FEW:  # on two lines they need not be turned
        fig.update_xaxes(tickvals=groups, ticktext=["<br>".join(_lines(group, _NARROW)) for group in table["group"]])
    fig.add_bar(
        x=groups,
        y=table["churn_rate"],
        marker_color=colors,
        error_y=_interval(table, palette),
        customdata=table[["customers", "low", "high"]],
        meta=["Customers"],
        hovertemplate=f"%{{x}}<br>%{{y:{PERCENT}}} of %{{customdata[0]:{COUNT}}} customers left"
        f"<br>95% interval %{{customdata[1]:{PERCENT}}} to %{{customdata[2]:{PERCENT}}}<extra></extra>",
    )
    for place, row in enumerate(table.itertuples()):
        label(fig, percent(row.churn_rate), x=place, y=row.high, color=palette.text, yshift=11)
    return fig


def _wrapped(group: object) -> str:
    return plain(group).replace(" (", "<br>(")


def _lines(text: object, width: int) -> list[str]:
    """A text of any origin on lines of about ``width`` letters; a longer word stays whole."""
    return [plain(line) for line in textwrap.wrap(str(text), width, break_long_words=False, break_on_hyphens=False)]


def _top(table: pd.DataFrame) -> float:
    return min(float(table["high"].max()) * 1.15 + 0.02, 1.12) if len(table) else 1.0


def _interval(table: pd.DataFrame, palette: Palette) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": table["high"] - table["churn_rate"],
        "arrayminus": table["churn_rate"] - table["low"],
        "color": palette.text,
        "thickness": 1.2,
        "width": 4,
    }


def churn_by_tenure_figure(table: pd.DataFrame, palette: Palette) -> go.Figure:
    """The smooth curve with its 95 % band, and each month as it was counted: a pale dot, larger the more customers. Columns used:
    ``group`` (months), ``churn_rate``, ``customers``, ``smooth``, ``smooth_low``, ``smooth_high``.
    """
    end = end_of_shares(float(table[["churn_rate", "smooth_high"]].max().max()))
    fig = figure(palette, x="Tenure (months)", y="Churn rate", yaxis_tickformat=WHOLE_PERCENT, yaxis_range=[0, end])
    edge = {"x": table["group"], "mode": "lines", "line_width": 0, "hoverinfo": "skip"}
    fig.add_scatter(y=table["smooth_high"], name="95% band to", **edge)
    fig.add_scatter(
        y=table["smooth_low"],
        name="95% band from",
        **edge,
        fill="tonexty",
        fillcolor=faded(palette.churned, 0.18),
    )
    fig.add_scatter(
        x=table["group"],
        y=table["churn_rate"],
        name="As counted",
        mode="markers",
        cliponaxis=False,
        marker={
            "size": np.maximum(_DOT * np.sqrt(table["customers"] / table["customers"].max()), _LEAST_DOT),
            "color": faded(palette.churned, 0.4),
            "line_width": 0,
        },
        customdata=table["customers"],
        meta=["Customers"],
        hovertemplate=f"month %{{x}}: %{{y:{PERCENT}}} of %{{customdata:{COUNT}}} customers left<extra></extra>",
    )
    fig.add_scatter(
        x=table["group"],
        y=table["smooth"],
        name="Smoothed",
        mode="lines",
        line={"color": palette.churned, "width": 2.5},
        customdata=table[["smooth_low", "smooth_high"]],
        hovertemplate=f"month %{{x}}, smoothed: %{{y:{PERCENT}}} (95% band %{{customdata[0]:{PERCENT}}} to "
        f"%{{customdata[1]:{PERCENT}}})<extra></extra>",
    )
    return fig


def distribution_figure(table: pd.DataFrame, palette: Palette, *, x: str) -> go.Figure:
    """Two outlines on one axis. Columns used: ``low``, ``high``, ``churned``, ``stayed`` (share of each group)."""
    fig = figure(palette, x=x, y="Share of each group", yaxis_tickformat=WHOLE_PERCENT, bargap=0.0, barmode="overlay")
    for name in ("stayed", "churned"):
        fig.add_bar(
            x=(table["low"] + table["high"]) / 2,
            y=table[name],
            width=table["high"] - table["low"],
            marker={"color": faded(getattr(palette, name), 0.55), "line": {"color": getattr(palette, name), "width": 1}},
            name=name.capitalize(),
            ids=(bins := [f"{count(row.low)} to {count(row.high)}" for row in table.itertuples()]),
            customdata=bins,
            hovertemplate=f"{x}: %{{customdata}}<br>%{{y:{PERCENT}}} of those who {name}<extra></extra>",
        )
        stands_out = (table[name] - table["stayed" if name == "churned" else "churned"]).idxmax()
        label(
            fig,
            name.capitalize(),
            x=(table.loc[stands_out, "low"] + table.loc[stands_out, "high"]) / 2,
            y=table.loc[stands_out, name],
            color=getattr(palette, name),
            yshift=12,
        )
    fig.update_yaxes(range=[0, float(table[["churned", "stayed"]].max().max()) * 1.15 or 1])
    return fig


def churn_heat_map_figure(
    table: pd.DataFrame, palette: Palette, *, x: str, y: str, titles: tuple[str, str] = ("", "")
) -> go.Figure:
    """Churn rate in each cell with its count. Columns used: the two named ``x`` and ``y``, ``churn_rate``, ``customers``.
    ``titles``: of the two axes, where the groups do not speak for themselves.
    """
    rates = table.pivot(index=y, columns=x, values="churn_rate")
    counts = table.pivot(index=y, columns=x, values="customers")
    words = [
        ["" if pd.isna(rate) else f"<b>{percent(rate)}</b><br>of {count(n)}" for rate, n in zip(*rows, strict=True)]
        for rows in zip(rates.to_numpy(), counts.to_numpy(), strict=True)
    ]
    return heat_map_figure(
        rates,
        words,
        palette,
        x=titles[0],
        y=titles[1],
        height=max(280, 60 + 44 * len(rates)),
        texttemplate="%{text}",
        textfont={"color": palette.text, "size": 13},
        hoverinfo="skip",
        xgap=3,
        ygap=3,
        zmin=0,
        zmax=0.7,
    )


def with_and_without_figure(table: pd.DataFrame, palette: Palette) -> go.Figure:
    """One line per ``label``; a dot for those who have it ("Yes"), for those who do not ("No"), and for those who cannot
    (any other ``group``). Columns used also: ``churn_rate``, ``low``, ``high``, ``customers``.
    """
    labels = list(dict.fromkeys(table["label"]))
    fig = figure(palette, x="Churn rate", y="", height=110 + 34 * len(labels), xaxis_tickformat=WHOLE_PERCENT)
    colors = {"Yes": palette.chosen, "No": palette.reference}
    others = [str(group) for group in dict.fromkeys(table["group"]) if group not in colors]
    fig.add_scatter(
        x=table["churn_rate"],
        y=[plain(name) for name in table["label"]],
        mode="markers",
        marker={"size": 11, "color": [colors.get(group, palette.quiet) for group in table["group"]]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": table["high"] - table["churn_rate"],
            "arrayminus": table["churn_rate"] - table["low"],
            "thickness": 1.2,
            "width": 3,
            "color": palette.quiet,
        },
        customdata=[(plain(group), n) for group, n in zip(table["group"], table["customers"], strict=True)],
        meta=["Has it", "Customers"],
        hovertemplate=f"%{{y}}: %{{customdata[0]}}<br>%{{x:{PERCENT}}} of %{{customdata[1]:{COUNT}}} customers left<extra></extra>",
    )
    lines = [f"<span style='color:{palette.chosen}'>● with</span>   <span style='color:{palette.reference}'>● without</span>"]
    if others:
        lines += [f"<span style='color:{palette.quiet}'>●</span> {plain(each.lower())}" for each in others]
    key = "<br>".join(lines)
    label(fig, key, x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", align="left", color=palette.text)
    fig.update_layout(margin_t=20 + 18 * len(lines))
    fig.update_xaxes(rangemode="tozero", showgrid=True)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    return fig


def probability_scale_figure(probability: float, break_even: float, palette: Palette, before: float | None = None) -> go.Figure:
    """One customer on the scale from 0 to 100 %: the probability, the break-even (above 1 or NaN: contacting never
    pays), and what the probability was ``before`` a change.
    """
    fig = figure(palette, x="Churn probability", y="", height=130, xaxis_tickformat=WHOLE_PERCENT, xaxis_range=[0, 1])
    edge = break_even if break_even <= 1 else 1.0
    fig.update_layout(
        shapes=[
            {
                "type": "rect",
                "x0": 0,
                "x1": edge,
                "y0": 0,
                "y1": 1,
                "line_width": 0,
                "layer": "below",
                "fillcolor": faded(palette.quiet, 0.18),
            },
            {
                "type": "rect",
                "x0": edge,
                "x1": 1,
                "y0": 0,
                "y1": 1,
                "line_width": 0,
                "layer": "below",
                "fillcolor": faded(palette.chosen, 0.22),
            },
            vertical(edge, palette.reference, "dot", "Break-even"),
        ]
    )
    if before is not None:
        fig.add_scatter(
            x=[before, probability], y=[0.5, 0.5], mode="lines", line={"color": palette.quiet, "width": 2}, hoverinfo="skip"
        )
        fig.add_scatter(
            x=[before],
            y=[0.5],
            mode="markers",
            marker={"size": 13, "color": palette.quiet},
            name="Before the change",
            hovertemplate=f"before: %{{x:{PERCENT}}}<extra></extra>",
        )
    fig.add_scatter(
        x=[probability],
        y=[0.5],
        mode="markers",
        marker={"size": 18, "color": palette.churned},
        name="This customer",
        hovertemplate=f"%{{x:{PERCENT}}}<extra></extra>",
    )
    fig.update_yaxes(visible=False, range=[0, 1])
    return fig


def reasons_figure(table: pd.DataFrame, palette: Palette) -> go.Figure:
    """What raises and what lowers one customer's probability. Columns used: ``reason`` (words), ``effect`` (log-odds)."""
    reasons = ["<br>".join(_lines(reason, _LETTERS)) for reason in table["reason"]]
    lines = max((reason.count("<br>") + 1 for reason in reasons), default=1)
    fig = figure(palette, x="Effect on the log-odds", y="", height=60 + (_BETWEEN + _LINE * lines) * len(table))
    fig.add_bar(
        x=table["effect"],
        y=reasons,
        orientation="h",
        marker_color=[palette.churned if effect > 0 else palette.stayed for effect in table["effect"]],
        text=[decimal(effect, signed=True) for effect in table["effect"]],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    reach = max(float(table["effect"].abs().max()), 0.1) * 1.5
    fig.update_xaxes(range=[-reach, reach], nticks=5, tickangle=0, zeroline=True, zerolinecolor=palette.quiet)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    return fig
