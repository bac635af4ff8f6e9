"""Charts of what campaigns did: planned against measured, and the way from one to the other."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import Palette, figure, label, money_ticks, plain
from churn_core.formats import money

_ROOM = 1.12  # of the highest value, for its label
_BESIDE = 0.55  # of the range, for the labels beside the bars of a narrow screen


def planned_against_measured(table: pd.DataFrame, palette: Palette, currency: str) -> go.Figure:
    """What each campaign was expected to earn and what it earned, with 95 % intervals. Columns used: ``name``, and ``expected`` and
    ``realised_profit`` with ``_low`` and ``_high``; ``currency`` is the label in front of money.
    """
    fig = figure(palette, x="", y=f"Profit of a campaign ({currency or 'money'})", height=340)
    names = [plain(name) for name in table["name"]]
    places = list(range(len(table)))
    for column, name, color, shift in (
        ("expected", "Expected", palette.quiet, -0.12),
        ("realised_profit", "Realised", palette.chosen, 0.12),
    ):
        middle = table[column]
        fig.add_scatter(
            name=name,
            ids=names,
            x=[place + shift for place in places],
            y=middle,
            mode="markers",
            marker={"color": color, "size": 11, "symbol": "circle" if column == "realised_profit" else "diamond"},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": table[f"{column}_high"] - middle,
                "arrayminus": middle - table[f"{column}_low"],
                "color": color,
                "thickness": 2,
                "width": 5,
            },
            customdata=[
                f"{plain(row.name)}<br>{name.lower()} {money(getattr(row, column), currency)}<br>"
                f"{money(getattr(row, f'{column}_low'), currency)} to {money(getattr(row, f'{column}_high'), currency)}"
                for row in table.itertuples(index=False)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    low = min(0.0, float(table[["expected_low", "realised_profit_low"]].min().min()))
    high = max(1.0, float(table[["expected_high", "realised_profit_high"]].max().max()))
    reach = [low * _ROOM, high * _ROOM]
    fig.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.12, "x": 0})
    fig.update_xaxes(tickvals=places, ticktext=names, range=[-0.6, max(len(places) - 0.4, 0.6)])
    fig.update_yaxes(range=reach, rangemode="normal", **money_ticks(reach, currency), zeroline=True, zerolinecolor=palette.quiet)
    return fig


def bridge_figure(names: Sequence[str], profits: Sequence[float], palette: Palette, currency: str) -> go.Figure:
    """From expected to realised profit, one step below the other; ``names`` and ``profits`` of the steps, money. The first and the
    last bar are the profit, those between them what a step changes.
    """
    fig = figure(palette, x=f"Profit ({currency or 'money'})", y="", height=60 + 48 * len(names))
    last, shown = len(profits) - 1, [plain(name) for name in names]
    changes = [after - before for before, after in zip(profits, profits[1:], strict=False)]
    told = [
        money(changes[i - 1], currency, signed=True) if 0 < i < last else money(profit, currency)
        for i, profit in enumerate(profits)
    ]
    fig.add_waterfall(
        orientation="h",
        y=shown,
        x=[profits[0], *changes[:-1], profits[-1]] if last > 0 else [profits[0]],
        measure=["absolute", *["relative"] * (last - 1), "absolute"] if last > 0 else ["absolute"],
        connector={"line": {"color": palette.grid}},
        increasing={"marker": {"color": palette.chosen}},
        decreasing={"marker": {"color": palette.churned}},
        totals={"marker": {"color": palette.quiet}},
        customdata=told,
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    for i, (name, profit) in enumerate(zip(shown, profits, strict=True)):
        end = max(profit, profits[i - 1] if 0 < i < last else 0.0)
        label(fig, told[i], x=end, y=name, color=palette.text, xanchor="left", xshift=6)
    low, high = min(0.0, *profits), max(1.0, *profits)
    reach = [low * _ROOM, high + _BESIDE * (high - low)]
    fig.update_yaxes(autorange="reversed", showgrid=False)
    fig.update_xaxes(range=reach, **money_ticks(reach, currency), zeroline=True, zerolinecolor=palette.quiet)
    return fig
