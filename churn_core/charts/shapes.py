"""What a readable card adds, line by line: a curve of a number, a dot for each value of a word, a table of two columns.

The height is the churn probability of a customer who is average in everything else; ``average`` is that of the average customer.
"""

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.heat_map import heat_map_figure
from churn_core.charts.theme import PERCENT, WHOLE_PERCENT, Palette, figure, label, plain
from churn_core.formats import percent, short_percent

_TAIL = 0.005  # share of customers at either end who do not stretch the axis
_WRITTEN = 60  # cells of a table; of more the numbers would not be legible


def curve_figure(table: pd.DataFrame, palette: Palette, *, x: str, average: float) -> go.Figure:
    """Columns used: ``value`` (ascending, blanks left out), ``at`` (``"point"``: a number that stands for itself), ``probability``,
    ``share`` (of the customers above the row before, up to this one).
    """
    fig = figure(palette, x=x, y="Churn probability", height=260, yaxis_tickformat=WHOLE_PERCENT)
    fig.update_xaxes(separatethousands=True)
    line, points = table[table["at"] != "point"], table[table["at"] == "point"]
    if set(line["value"]) <= set(points["value"]):  # each value stands for itself: nothing lies between
        line = line.head(0)
    look = f"%{{x}}: %{{y:{PERCENT}}}<extra></extra>"
    fig.add_scatter(
        x=line["value"], y=line["probability"], mode="lines", line={"color": palette.churned, "width": 2.5}, hovertemplate=look
    )
    if len(points):
        fig.add_scatter(
            x=points["value"],
            y=points["probability"],
            mode="markers",
            marker={"color": palette.churned, "size": 8, "line": {"color": palette.text, "width": 1}},
            hovertemplate=look,
        )
    known = table["share"].fillna(0).cumsum()
    known = known / (known.iloc[-1] or 1)
    inside = table.loc[(known >= _TAIL) & (known.shift(fill_value=0) <= 1 - _TAIL), "value"]
    if len(inside) and inside.max() > inside.min():
        fig.update_xaxes(range=[float(inside.min()), float(inside.max())])
    return _with_average(fig, table["probability"], average, palette)


def levels_figure(table: pd.DataFrame, palette: Palette, *, average: float) -> go.Figure:
    """One line for each value. Columns used: ``value`` (words), ``probability``, ``share`` (of the customers; NaN: not known)."""
    fig = figure(palette, x="Churn probability", y="", height=90 + 26 * len(table), xaxis_tickformat=WHOLE_PERCENT)
    shares = [
        [short_percent(share), "" if pd.isna(share) else f", {short_percent(share)} of customers"] for share in table["share"]
    ]
    fig.add_scatter(
        x=table["probability"],
        y=[plain(value) for value in table["value"]],
        mode="markers",
        marker={"size": 11, "color": palette.churned},
        customdata=shares,
        meta=["Share of customers"],
        hovertemplate=f"%{{y}}: %{{x:{PERCENT}}}%{{customdata[1]}}<extra></extra>",
    )
    fig.add_scatter(
        x=[average, average],
        y=[plain(table["value"].iloc[0]), plain(table["value"].iloc[-1])],
        mode="lines",
        line={"color": palette.quiet, "dash": "dot", "width": 1.5},
        name="Average customer",
        hovertemplate=f"average customer: {percent(average)}<extra></extra>",
    )
    fig.update_xaxes(rangemode="tozero", showgrid=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return fig


def cells_figure(table: pd.DataFrame, palette: Palette, *, x: str, y: str) -> go.Figure:
    """Two columns together. Columns used: ``first`` (downwards), ``second`` (across), ``probability``."""
    rows, columns = (list(dict.fromkeys(table[name])) for name in ("first", "second"))
    grid = table.pivot(index="first", columns="second", values="probability").reindex(index=rows, columns=columns)
    return heat_map_figure(
        grid,
        [[percent(value) for value in row] for row in grid.to_numpy()],
        palette,
        x=x,
        y=y,
        height=min(120 + 24 * len(rows), 560),
        texttemplate="%{text}" if grid.size <= _WRITTEN else None,
        hovertemplate="%{y} × %{x}: %{text}<extra></extra>",
        xgap=1,
        ygap=1,
    )


def _with_average(fig: go.Figure, heights: pd.Series, average: float, palette: Palette) -> go.Figure:
    """The average customer as a dotted line through the chart, which begins at zero."""
    fig.add_hline(y=average, line={"color": palette.quiet, "dash": "dot", "width": 1.5}, name="Average customer")
    label(fig, f"average {percent(average)}", x=1, y=average, xref="paper", xanchor="right", yshift=9, color=palette.beside)
    fig.update_yaxes(range=[0, min(1.0, max(float(heights.max()), average) * 1.15)])
    return fig
