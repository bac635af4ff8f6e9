"""Charts of what moves the profit, and of how sure it is."""

import textwrap

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import WHOLE_PERCENT, Palette, faded, figure, label, money_ticks, plain, share_ticks, vertical
from churn_core.formats import as_set, money, percent, price

_LETTERS = 14  # of a name on a line


def tornado_figure(table: pd.DataFrame, now: float, palette: Palette, currency: str) -> go.Figure:
    """The best profit at the lower and the higher value of each assumption, around that of today.

    Columns used: ``label``, ``low_text``, ``high_text`` (the values in words), ``profit_at_low``, ``profit_at_high``.
    """
    fig = figure(
        palette,
        x=f"Best expected profit ({currency or 'money'})",
        y="",
        height=90 + 44 * len(table),
        barmode="overlay",
        bargap=0.35,
    )
    for side, color in (("low", palette.stayed), ("high", palette.chosen)):
        profit, moves = table[f"profit_at_{side}"], table[f"profit_at_{side}"] != now
        fig.add_bar(
            x=(profit - now)[moves],
            base=now,
            y=[_on_lines(label) for label in table["label"][moves]],
            orientation="h",
            marker_color=color,
            name=f"at the {'lower' if side == 'low' else 'higher'} value",
            customdata=[
                [text, money(value, currency)] for text, value in zip(table[f"{side}_text"][moves], profit[moves], strict=True)
            ],
            meta=[f"{'Lower' if side == 'low' else 'Higher'} value"],
            hovertemplate="%{y} at %{customdata[0]}<br>best profit %{customdata[1]}<extra></extra>",
        )
        for row in table[moves].itertuples():
            value = getattr(row, f"profit_at_{side}")
            outside = {"xanchor": "right", "xshift": -6} if value < now else {"xanchor": "left", "xshift": 6}
            label(fig, getattr(row, f"{side}_text"), x=value, y=_on_lines(row.label), color=palette.text, size=12, **outside)
    profits = [now, *table["profit_at_low"], *table["profit_at_high"]]
    room = 0.5 * max(max(profits) - min(profits), 1.0)
    reach = [min(profits) - room, max(profits) + room]
    fig.update_xaxes(range=reach, **money_ticks(reach, currency))
    fig.update_yaxes(autorange="reversed", showgrid=False)
    fig.update_layout(shapes=[vertical(now, palette.text, name="As assumed today")])
    return fig


def _on_lines(name: str) -> str:
    """The name of an assumption on short lines, which leave room for the bars on a phone too."""
    return "<br>".join(textwrap.wrap(plain(name), _LETTERS, break_long_words=False))


def heat_map_figure(
    success_rate: npt.NDArray[np.float64],
    retention_cost: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    palette: Palette,
    *,
    now: tuple[float, float],
    share: bool,
    currency: str,
) -> go.Figure:
    """``values`` (rates × costs) over cost and success rate, with a cross at the draft campaign (``now``: cost, success rate).
    ``share``: they are thresholds."""
    fig = figure(palette, x=f"Retention cost ({currency or 'money'})", y="Success rate", height=400)
    known = values[np.isfinite(values)]
    reach = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    fig.add_heatmap(
        x=retention_cost,
        y=success_rate,
        z=values,
        colorscale=[[0.0, faded(palette.chosen, 0.06)], [1.0, palette.chosen]],
        colorbar={**(share_ticks(reach) if share else money_ticks(reach, currency)), "outlinewidth": 0, "thickness": 14},
        text=[
            [
                f"cost {price(cost, currency)}, success {as_set(success)}<br>"
                + (f"threshold {percent(value)}" if share else f"profit {money(value, currency)}")
                for cost, value in zip(retention_cost, row, strict=True)
            ]
            for success, row in zip(success_rate, values, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
        hoverongaps=False,
    )
    cost, rate = now
    fig.add_scatter(
        x=[cost],
        y=[rate],
        mode="markers",
        marker={"size": 13, "symbol": "x-thin", "line": {"width": 3, "color": palette.text}},
        name="The draft campaign",
        hovertemplate="the draft campaign<extra></extra>",
    )
    fig.update_yaxes(tickformat=WHOLE_PERCENT, rangemode="normal", range=[success_rate[0], success_rate[-1]])
    fig.update_xaxes(range=[retention_cost[0], retention_cost[-1]])
    return fig


def bands_figure(table: pd.DataFrame, palette: Palette, currency: str) -> go.Figure:
    """Each estimate with its interval, one below the other. Columns used: ``label``, ``estimate``, ``low``, ``high``, ``text``."""
    fig = figure(palette, x=f"Profit ({currency or 'money'})", y="", height=70 + 48 * len(table))
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
        customdata=[
            "{}, from {} to {}".format(*(money(value, currency) for value in (row.estimate, row.low, row.high)))
            for row in table.itertuples()
        ],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    for row in table.itertuples():
        label(fig, row.text, x=row.estimate, y=row.label, color=palette.text, size=12, yshift=16)
    ends = [0.0, float(table["low"].min()), float(table["high"].max())]
    room = 0.05 * max(max(ends) - min(ends), 1.0)
    reach = [min(ends) - room, max(ends) + room]
    fig.update_xaxes(range=reach, **money_ticks(reach, currency), zeroline=True, zerolinecolor=palette.quiet)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    return fig
