"""The chart of the control group: what each size is worth, its cost taken off."""

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import Palette, figure, label, money_ticks
from churn_core.formats import as_set, compact, count, counted, money, percent

_ROOM = 0.16  # of the height, for the labels


def net_worth_figure(table: pd.DataFrame, palette: Palette, *, best: float | None, currency: str) -> go.Figure:
    """A bar for each share. Columns used: ``share``, ``control`` (customers), ``precision`` (share), ``cost``, ``worth`` and ``net``
    (money). ``best``: the share that stands out.
    """
    fig = figure(palette, x="Left alone (share of the list, customers)", y=f"Net worth ({currency or 'money'})", height=340)
    names = [f"{as_set(row.share)}<br>{count(row.control)}" for row in table.itertuples()]
    fig.add_bar(
        x=names,
        ids=[f"{as_set(row.share)}, {counted(row.control, 'customer')}" for row in table.itertuples()],
        y=table["net"],
        marker_color=[palette.chosen if share == best else palette.quiet for share in table["share"]],
        customdata=[
            f"{counted(row.control, 'customer')} left alone: ± {percent(row.precision)}<br>worth {money(row.worth, currency)}, "
            f"costs {money(row.cost, currency)}<br>net {money(row.net, currency, signed=True)}"
            for row in table.itertuples()
        ],
        meta=["In detail"],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for name, net in zip(names, table["net"], strict=True):
        label(fig, compact(net, currency), x=name, y=net, color=palette.text, size=12, yshift=11 if net >= 0 else -11)
    low, high = min(0.0, float(table["net"].min())), max(0.0, float(table["net"].max()))
    room = _ROOM * max(high - low, 1.0)
    reach = [low - room if low < 0 else 0.0, high + room]
    fig.update_xaxes(type="category")
    fig.update_yaxes(range=reach, rangemode="normal", **money_ticks(reach, currency), zeroline=True, zerolinecolor=palette.quiet)
    return fig
