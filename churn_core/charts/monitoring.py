"""Charts of the watch: how far each column has moved, file after file, and what the service answered."""

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import COUNT, Palette, figure, label, plain, vertical
from churn_core.formats import counted, decimal, percent

_ROW = 24  # pixels of a bar and the room around it
_APART = 0.12  # of the axis; two names of lines that lie closer would overlap


def drift_figure(table: pd.DataFrame, palette: Palette, look: float, major: float) -> go.Figure:
    """PSI by column, the largest on top; a tick where chance alone would put it, lines from where it is worth a look.

    Columns: ``label``, ``psi``, ``psi_by_chance``, ``level`` (none, small, look, major), ``moved``, ``reference_share``,
    ``current_share`` (0–1).
    """
    colours = {"none": palette.quiet, "small": palette.stayed, "look": palette.reference, "major": palette.churned}
    fig = figure(palette, x="PSI", y="", height=90 + _ROW * len(table))
    labels = [plain(name) for name in table["label"]]
    told = [
        f"{plain(row.moved)}: {percent(row.reference_share)} → {percent(row.current_share)}<br>"
        f"PSI {decimal(row.psi, 3)}, by chance up to {decimal(row.psi_by_chance, 3)}"
        for row in table.itertuples()
    ]
    fig.add_bar(
        y=labels,
        x=table["psi"],
        orientation="h",
        marker={"color": [colours[level] for level in table["level"]]},
        customdata=told,
        meta=["What moved most"],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    fig.add_scatter(
        y=labels,
        x=table["psi_by_chance"],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 12, "color": palette.text, "line": {"width": 1.5}},
        name="by chance up to",
        customdata=[decimal(psi, 3) for psi in table["psi_by_chance"]],
        hovertemplate="%{y}: by chance up to %{customdata}<extra></extra>",
    )
    fig.update_yaxes(type="category", autorange="reversed", title=None, rangemode="normal", ticks="")
    reach = max(1.3 * major, 1.08 * float(table["psi"].max()))
    fig.update_xaxes(showgrid=True, range=[0, reach])
    fig.update_layout(
        shapes=[
            vertical(look, palette.reference, "dot", "Worth a look from"),
            vertical(major, palette.churned, "dot", "Major from"),
        ],
        margin={"t": 30},
    )
    apart = major - look > _APART * reach  # where one column has moved far, the two lines lie close together
    for at, text, color, side in ((look, "look", palette.reference, "right"), (major, "major", palette.churned, "left")):
        label(
            fig,
            text,
            x=at,
            y=1.0,
            yref="paper",
            color=color,
            size=12,
            yanchor="bottom",
            yshift=2,
            xanchor="center" if apart else side,
        )
    return fig


def service_figure(hours: pd.DataFrame, palette: Palette) -> go.Figure:
    """Requests an hour, those that failed on the service's side on top of them. Columns as in ``ServiceRecord.hours``."""
    fig = figure(palette, x="Hour (UTC)", y="Requests", height=260, barmode="stack", yaxis_tickformat=COUNT)
    begin, end = hours["hour"].min(), hours["hour"].max() + pd.Timedelta(hours=1)
    fig.update_xaxes(range=[min(begin, end - pd.Timedelta(days=1)), end])  # one busy hour is not the whole picture
    told = [
        f"{counted(row.requests, 'request')}, {counted(row.customers, 'customer')}<br>"
        f"median {decimal(row.median_ms, 1, 'ms')}, 95% within {decimal(row.p95_ms, 1, 'ms')}"
        for row in hours.itertuples()
    ]
    width = {"width": 3_300_000, "offset": 150_000}  # milliseconds: nearly the hour, and within it
    fig.add_bar(
        x=hours["hour"],
        y=hours["requests"] - hours["errors"],
        **width,
        marker={"color": palette.stayed},
        name="answered",
        customdata=told,
        meta=["In all"],
        hovertemplate="%{x|%Y-%m-%d %H:00}<br>%{customdata}<extra></extra>",
    )
    fig.add_bar(
        x=hours["hour"],
        y=hours["errors"],
        **width,
        marker={"color": palette.churned},
        name="failed",
        hovertemplate=f"%{{y:{COUNT}}} failed<extra></extra>",
    )
    return fig


def files_figure(files: pd.DataFrame, palette: Palette) -> go.Figure:
    """The largest PSI of each file, in the order of time. Columns: ``at``, ``name``, ``psi``, ``column``, ``level`` (keep, look,
    retrain).
    """
    colours = {"keep": palette.chosen, "look": palette.reference, "retrain": palette.churned}
    fig = figure(palette, x="File, oldest first", y="Largest PSI", height=260)
    fig.add_scatter(
        x=list(range(1, len(files) + 1)),
        y=files["psi"],
        mode="lines+markers",
        cliponaxis=False,
        line={"color": palette.quiet, "width": 1},
        marker={"size": 10, "color": [colours[level] for level in files["level"]]},
        customdata=[
            f"{plain(row.name_)}: {row.level}<br>{plain(row.column)}: {decimal(row.psi, 3)}"
            for row in files.rename(columns={"name": "name_"}).itertuples()
        ],
        meta=["What was found"],
        hovertemplate="%{customdata}<extra></extra>",
    )
    fig.update_xaxes(dtick=max(1, len(files) // 10))
    return fig
