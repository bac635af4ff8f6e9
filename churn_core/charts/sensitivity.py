"""Charts of what moves the profit, and of how sure it is."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import Palette, faded, figure, label, vertical


def tornado_figure(table: pd.DataFrame, now: float, palette: Palette, money: str) -> go.Figure:
    """The best profit at the lower and the higher value of each assumption, around that of today.

    Columns used: ``label``, ``low_text``, ``high_text`` (the values in words), ``profit_at_low``, ``profit_at_high``.
    """
    fig = figure(palette, x=f"Best expected profit ({money})", y="", height=90 + 44 * len(table), barmode="overlay", bargap=0.35)
    for side, color in (("low", palette.stayed), ("high", palette.chosen)):
        profit, moves = table[f"profit_at_{side}"], table[f"profit_at_{side}"] != now
        fig.add_bar(
            x=(profit - now)[moves],
            base=now,
            y=table["label"][moves],
            orientation="h",
            marker_color=color,
            customdata=np.stack([table[f"{side}_text"][moves], profit[moves]], axis=-1),
            hovertemplate="%{y} at %{customdata[0]}<br>best profit %{customdata[1]:,.0f}<extra></extra>",
        )
        for row in table[moves].itertuples():
            value = getattr(row, f"profit_at_{side}")
            outside = {"xanchor": "right", "xshift": -6} if value < now else {"xanchor": "left", "xshift": 6}
            label(fig, getattr(row, f"{side}_text"), x=value, y=row.label, color=palette.text, size=12, **outside)
    profits = [now, *table["profit_at_low"], *table["profit_at_high"]]
    room = 0.32 * max(max(profits) - min(profits), 1.0)
    fig.update_xaxes(range=[min(profits) - room, max(profits) + room], tickformat="~s")
    fig.update_yaxes(autorange="reversed", showgrid=False)
    fig.update_layout(shapes=[vertical(now, palette.text)])
    return fig


def heat_map_figure(
    success_rate: npt.NDArray[np.float64],
    retention_cost: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    palette: Palette,
    *,
    now: tuple[float, float],
    share: bool,
    money: str,
) -> go.Figure:
    """``values`` (rates × costs) over cost and success rate, with a cross at the draft campaign (``now``: cost, success rate).
    ``share``: they are thresholds."""
    fig = figure(palette, x=f"Retention cost ({money})", y="Success rate", height=400)
    form = ".1%" if share else ",.0f"
    fig.add_heatmap(
        x=retention_cost,
        y=success_rate,
        z=values,
        colorscale=[[0.0, faded(palette.chosen, 0.06)], [1.0, palette.chosen]],
        colorbar={"tickformat": ".0%" if share else "~s", "outlinewidth": 0, "thickness": 14},
        hovertemplate=f"cost %{{x:,.2f}}, success %{{y:.0%}}<br>%{{z:{form}}}<extra></extra>",
        hoverongaps=False,
    )
    cost, rate = now
    fig.add_scatter(
        x=[cost],
        y=[rate],
        mode="markers",
        marker={"size": 13, "symbol": "x-thin", "line": {"width": 3, "color": palette.text}},
        hovertemplate="the draft campaign<extra></extra>",
    )
    fig.update_yaxes(tickformat=".0%", rangemode="normal", range=[success_rate[0], success_rate[-1]])
    fig.update_xaxes(range=[retention_cost[0], retention_cost[-1]])
    return fig


def bands_figure(table: pd.DataFrame, palette: Palette, money: str) -> go.Figure:
    """Each estimate with its interval, one below the other. Columns used: ``label``, ``estimate``, ``low``, ``high``, ``text``."""
    fig = figure(palette, x=f"Profit ({money})", y="", height=70 + 48 * len(table))
    fig.add_scatter(
        x=table["estimate"],
        y=table["label"],
        mode="markers",
        marker={"size": 11, "color": palette.chosen},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": table["high"] - table["estimate"],
            "arrayminus": table["estimate"] - table["low"],
            "color": palette.chosen,
            "thickness": 2.5,
            "width": 7,
        },
        customdata=np.stack([table["low"], table["high"]], axis=-1),
        hovertemplate="%{y}<br>%{x:,.0f}, from %{customdata[0]:,.0f} to %{customdata[1]:,.0f}<extra></extra>",
    )
    for row in table.itertuples():
        label(fig, row.text, x=row.estimate, y=row.label, color=palette.text, size=12, yshift=16)
    ends = [0.0, float(table["low"].min()), float(table["high"].max())]
    room = 0.05 * max(max(ends) - min(ends), 1.0)
    fig.update_xaxes(range=[min(ends) - room, max(ends) + room], tickformat="~s", zeroline=True, zerolinecolor=palette.quiet)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    return fig
