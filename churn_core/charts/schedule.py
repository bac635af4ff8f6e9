"""The chart of a schedule: what each week earns, what all weeks so far have earned, and what all at once would."""

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import Palette, figure, label, money_ticks
from churn_core.formats import compact, counted, money

_FEW = 15  # weeks; each has its number and its dot
_ROOM = 1.12  # times the highest amount, for its label


def schedule_figure(table: pd.DataFrame, palette: Palette, *, at_once: float, currency: str) -> go.Figure:
    """A bar for each week, and the sum as a line. Columns used: ``week`` (1, 2 …), ``contacts``, ``profit`` (money). ``at_once``: what
    all would earn in the first week; money.
    """
    fig = figure(palette, x="Week", y=f"Expected profit ({currency or 'money'})", height=320)
    so_far = table["profit"].cumsum()
    fig.add_bar(
        x=table["week"],
        y=table["profit"],
        marker_color=palette.chosen,
        name="of the week",
        customdata=[
            f"week {row.week}: {counted(row.contacts, 'contact')}, {money(row.profit, currency)}" for row in table.itertuples()
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    fig.add_scatter(
        x=table["week"],
        y=so_far,
        mode="lines+markers" if len(table) <= _FEW else "lines",
        line={"color": palette.text, "width": 2},
        marker={"size": 6},
        name="so far",
        customdata=[
            f"up to week {week}: {counted(contacts, 'contact')}, {money(earned, currency)}"
            for week, contacts, earned in zip(table["week"], table["contacts"].cumsum(), so_far, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    fig.add_hline(y=at_once, line={"color": palette.quiet, "dash": "dot", "width": 1.5}, name="All in the first week")
    all_at_once = f"all in the first week {compact(at_once, currency)}"
    label(fig, all_at_once, x=0, xref="paper", xanchor="left", y=at_once, yshift=10, color=palette.text)
    earned = f"in all {compact(float(so_far.iloc[-1]), currency)}"
    label(fig, earned, x=table["week"].iloc[-1], xanchor="right", y=so_far.iloc[-1], yshift=-14, color=palette.text)
    reach = [0.0, _ROOM * at_once]
    fig.update_xaxes(tickformat="d", range=[0.4, len(table) + 0.6], **({"dtick": 1} if len(table) <= _FEW else {}))
    fig.update_yaxes(range=reach, rangemode="normal", **money_ticks(reach, currency))
    return fig
