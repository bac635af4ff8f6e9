"""Charts of trust: how far the probabilities tell apart, and whether they are true."""

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import COUNT, PERCENT, TIMES, WHOLE_PERCENT, Palette, end_of_shares, faded, figure, label, vertical
from churn_core.formats import as_set, count, decimal, percent


def probability_distributions_figure(table: pd.DataFrame, palette: Palette, threshold: float | None) -> go.Figure:
    """The class probability distributions with the threshold across them. Columns used: ``low``, ``high``,
    ``churned``, ``stayed`` (customers).
    """
    fig = figure(palette, x="Churn probability", y="Customers", barmode="overlay", bargap=0.0, height=340, yaxis_tickformat=COUNT)
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    middle = (table["low"] + table["high"]) / 2
    for name in ("stayed", "churned"):
        color = getattr(palette, name)
        fig.add_bar(
            x=middle,
            y=table[name],
            width=table["high"] - table["low"],
            marker={"color": faded(color, 0.55), "line": {"color": color, "width": 1}},
            name=name.capitalize(),
            ids=[f"{as_set(row.low)} to {as_set(row.high)}" for row in table.itertuples()],
            customdata=table[["low", "high"]],
            hovertemplate=f"%{{customdata[0]:{WHOLE_PERCENT}}} to %{{customdata[1]:{WHOLE_PERCENT}}}: "
            f"%{{y:{COUNT}}} who {name}<extra></extra>",
        )
    top = float(table[["churned", "stayed"]].max().max())
    label(fig, f"Stayed ({count(table['stayed'].sum())})", x=0.12, y=0.78 * top, color=palette.stayed, xanchor="left")
    label(
        fig,
        f"Churned ({count(table['churned'].sum())})",
        x=0.62,
        y=float(table["churned"].max()),
        color=palette.churned,
        yshift=28,
    )
    if threshold is not None:
        fig.update_layout(shapes=[vertical(threshold, palette.chosen, name="Threshold")])
        label(
            fig,
            f"<b>threshold {percent(threshold)}</b>:<br>contact everybody<br>to the right",
            x=threshold,
            y=1.0,
            yref="paper",
            color=palette.chosen,
            xanchor="left",
            xshift=6,
            yanchor="top",
            align="left",
        )
    return fig


def calibration_figure(table: pd.DataFrame, band: pd.DataFrame, palette: Palette) -> go.Figure:
    """Observed against predicted, with the interval of each bin, over the band where true probabilities would lie by
    chance. Columns of ``table``: ``mean_probability``, ``churn_rate``, ``low``, ``high``, ``customers``; of ``band``:
    ``mean_probability``, ``low``, ``high``.
    """
    end = end_of_shares(float(table[["mean_probability", "high"]].max().max()))
    fig = figure(
        palette, x="Predicted churn probability", y="Observed churn rate", yaxis_tickformat=WHOLE_PERCENT, yaxis_range=[0, end]
    )
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, end])
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": band["mean_probability"]}
    fig.add_scatter(y=band["low"], name="by chance from", **edge)
    fig.add_scatter(y=band["high"], name="by chance to", fill="tonexty", fillcolor=faded(palette.quiet, 0.28), **edge)
    _diagonal(fig, palette, "", x=0.52, y=0.45)
    label(
        fig,
        "where true probabilities<br>would lie by chance",
        x=0.98 * end,
        y=0.12 * end,
        color=palette.beside,
        xanchor="right",
        align="right",
    )
    fig.add_scatter(
        x=table["mean_probability"],
        y=table["churn_rate"],
        mode="markers",
        marker={"size": 9, "color": palette.stayed},
        customdata=table[["customers", "low", "high"]],
        meta=["Customers"],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": table["high"] - table["churn_rate"],
            "arrayminus": table["churn_rate"] - table["low"],
            "thickness": 1.4,
            "width": 4,
        },
        hovertemplate=f"predicted %{{x:{PERCENT}}}, observed %{{y:{PERCENT}}} of %{{customdata[0]:{COUNT}}} customers"
        f"<br>95% interval %{{customdata[1]:{PERCENT}}} to %{{customdata[2]:{PERCENT}}}<extra></extra>",
    )
    return fig


def roc_figure(table: pd.DataFrame, palette: Palette, auc: float) -> go.Figure:
    """Columns used: ``false_positive_rate``, ``true_positive_rate``."""
    fig = figure(
        palette,
        x="Share of stayers contacted for nothing",
        y="Share of churners found",
        yaxis_tickformat=WHOLE_PERCENT,
        yaxis_range=[0, 1.02],
    )
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    _diagonal(fig, palette, "guessing", x=0.62, y=0.56)
    fig.add_scatter(
        x=table["false_positive_rate"],
        y=table["true_positive_rate"],
        mode="lines",
        line={"color": palette.stayed, "width": 2.5},
        hovertemplate=f"%{{y:{WHOLE_PERCENT}}} of the churners for %{{x:{WHOLE_PERCENT}}} of the stayers<extra></extra>",
    )
    label(fig, f"<b>AUC {decimal(auc, 3)}</b>", x=0.3, y=0.72, color=palette.stayed, xanchor="left")
    return fig


def precision_recall_figure(table: pd.DataFrame, palette: Palette, churn_rate: float) -> go.Figure:
    """Columns used: ``recall``, ``precision``."""
    fig = figure(
        palette,
        x="Share of churners found (recall)",
        y="Share of contacted who churn (precision)",
        yaxis_tickformat=WHOLE_PERCENT,
        yaxis_range=[0, 1.02],
    )
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    _level(fig, palette, churn_rate, f"guessing: {percent(churn_rate)}")
    fig.add_scatter(
        x=table["recall"],
        y=table["precision"],
        mode="lines",
        line={"color": palette.stayed, "width": 2.5},
        hovertemplate=f"finding %{{x:{WHOLE_PERCENT}}} of the churners, %{{y:{WHOLE_PERCENT}}} of the contacted churn<extra></extra>",
    )
    return fig


def lift_figure(table: pd.DataFrame, palette: Palette) -> go.Figure:
    """Columns used: ``contacted``, ``lift``; the first few customers, whose lift is noise, are left out."""
    table = table[table["contacted"] >= 0.01]
    fig = figure(palette, x="Share of customers contacted, riskiest first", y="Lift (times the churn rate)")
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    _level(fig, palette, 1.0, "in random order: 1")
    fig.add_scatter(
        x=table["contacted"],
        y=table["lift"],
        mode="lines",
        line={"color": palette.chosen, "width": 2.5},
        hovertemplate=f"the riskiest %{{x:{WHOLE_PERCENT}}} churn %{{y:{TIMES}}} times as often as all<extra></extra>",
    )
    return fig


def gain_figure(table: pd.DataFrame, palette: Palette) -> go.Figure:
    """Columns used: ``contacted``, ``gain``."""
    fig = figure(
        palette,
        x="Share of customers contacted, riskiest first",
        y="Share of churners found",
        yaxis_tickformat=WHOLE_PERCENT,
        yaxis_range=[0, 1.02],
    )
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    _diagonal(fig, palette, "in random order", x=0.62, y=0.56)
    fig.add_scatter(
        x=table["contacted"],
        y=table["gain"],
        mode="lines",
        line={"color": palette.chosen, "width": 2.5},
        hovertemplate=f"contacting %{{x:{WHOLE_PERCENT}}} finds %{{y:{WHOLE_PERCENT}}} of the churners<extra></extra>",
    )
    return fig


def _diagonal(fig: go.Figure, palette: Palette, name: str, x: float, y: float) -> None:
    fig.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": palette.quiet, "width": 1.5, "dash": "dot"}, hoverinfo="skip"
    )
    if name:
        label(fig, name, x=x, y=y, color=palette.beside, xanchor="left", yshift=-14)


def _level(fig: go.Figure, palette: Palette, y: float, name: str) -> None:
    line = {"color": palette.quiet, "width": 1.5, "dash": "dot"}
    fig.add_scatter(x=[0, 1], y=[y, y], mode="lines", line=line, hoverinfo="skip")
    label(fig, name, x=0.02, y=y, color=palette.beside, xanchor="left", yshift=10)
