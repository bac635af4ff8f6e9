"""Charts of comparison: candidates against each other, remedies, terms and groups with their intervals."""

from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import COUNT, PERCENT, WHOLE_PERCENT, Palette, figure, label, plain, vertical
from churn_core.formats import decimal

_LOG = {"type": "log", "tickvals": [0.1, 0.2, 0.5, 1, 2, 5, 10], "ticktext": ["0.1", "0.2", "0.5", "1", "2", "5", "10"]}
_ROW = 26  # pixels of a line of a chart that reads like a table


def intervals_figure(
    table: pd.DataFrame,
    palette: Palette,
    *,
    x: str,
    reference: float,
    reference_label: str = "",
    chosen: str = "",
    tickformat: str = "",
    log: bool = False,
) -> go.Figure:
    """A point and its 95 % interval for each line, the first at the top, against a reference. Columns: ``name``,
    ``estimate``, ``low``, ``high``, and optionally ``text`` (shown under the mouse).
    """
    fig = figure(palette, x=x, y="", height=70 + _ROW * len(table))
    fig.update_yaxes(
        type="category", autorange="reversed", showgrid=True, ticks="", tickfont={"size": 13}, rangemode="normal", title=None
    )
    fig.update_xaxes(tickformat=tickformat, showgrid=True, zeroline=False, **(_LOG if log else {}))
    text = (
        [plain(told) for told in table["text"]]
        if "text" in table
        else [f"{decimal(e, 4)} [{decimal(lo, 4)}, {decimal(hi, 4)}]" for e, lo, hi in _triples(table)]
    )
    fig.add_scatter(
        x=table["estimate"],
        y=[plain(name) for name in table["name"]],
        mode="markers",
        marker={"size": 9, "color": [palette.chosen if name == chosen else palette.stayed for name in table["name"]]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": table["high"] - table["estimate"],
            "arrayminus": table["estimate"] - table["low"],
            "thickness": 1.6,
            "width": 4,
            "color": palette.quiet,
        },
        customdata=text,
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    fig.update_layout(shapes=[vertical(reference, palette.reference, "dot", plain(reference_label))])
    if reference_label:
        label(
            fig,
            plain(reference_label),
            x=reference,
            y=1.0,
            yref="paper",
            color=palette.reference,
            size=12,
            yanchor="bottom",
            yshift=2,
        )
        fig.update_layout(margin={"t": 28})
    return fig


def _triples(table: pd.DataFrame) -> Iterator[tuple[float, float, float]]:
    return zip(table["estimate"], table["low"], table["high"], strict=True)


def calibration_lines_figure(tables: dict[str, pd.DataFrame], palette: Palette) -> go.Figure:
    """Predicted against observed, one line per model (at most four), each named at its end. Columns of each table:
    ``mean_probability``, ``churn_rate``, ``customers``.
    """
    fig = figure(
        palette, x="Predicted churn probability", y="Observed churn rate", yaxis_tickformat=WHOLE_PERCENT, yaxis_range=[0, 1]
    )
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1.0])
    fig.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": palette.quiet, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    colors = (palette.stayed, palette.churned, palette.reference, palette.chosen)
    for (name, table), color in zip(tables.items(), colors, strict=False):
        fig.add_scatter(
            x=table["mean_probability"],
            y=table["churn_rate"],
            mode="lines+markers",
            name=plain(name),
            line={"color": color, "width": 2},
            marker={"size": 5, "color": color},
            customdata=table[["customers"]],
            meta=["Customers"],
            hovertemplate=f"%{{fullData.name}}: predicted %{{x:{PERCENT}}}, "
            f"observed %{{y:{PERCENT}}} of %{{customdata[0]:{COUNT}}}<extra></extra>",
        )
    fig.update_layout(showlegend=True, legend={"x": 0.02, "y": 0.98, "bgcolor": "rgba(0,0,0,0)"})
    return fig


def ranking_lines_figure(tables: dict[str, pd.DataFrame], palette: Palette) -> go.Figure:
    """ROC curves of several models (at most four) in one picture. Columns of each: ``false_positive_rate``,
    ``true_positive_rate``.
    """
    fig = figure(
        palette,
        x="Share of stayers contacted for nothing",
        y="Share of churners found",
        yaxis_tickformat=WHOLE_PERCENT,
        yaxis_range=[0, 1.02],
    )
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    colors = (palette.stayed, palette.churned, palette.reference, palette.chosen)
    dashes = ("solid", "dash", "dot", "dashdot")
    for (name, table), color, dash in zip(tables.items(), colors, dashes, strict=False):
        fig.add_scatter(
            x=table["false_positive_rate"],
            y=table["true_positive_rate"],
            mode="lines",
            name=plain(name),
            line={"color": color, "width": 2.2, "dash": dash},
            hovertemplate=f"%{{fullData.name}}: %{{y:{WHOLE_PERCENT}}} of the churners for %{{x:{WHOLE_PERCENT}}} "
            "of the stayers<extra></extra>",
        )
    fig.update_layout(showlegend=True, legend={"x": 0.55, "y": 0.06, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"})
    return fig
