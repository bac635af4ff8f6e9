"""Charts of the money: what the choices earn, and how profit and ROI follow the threshold."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from churn_core import settings
from churn_core.charts.theme import (
    PERCENT,
    WHOLE_PERCENT,
    Palette,
    beside,
    faded,
    figure,
    label,
    money_ticks,
    plain,
    share_ticks,
    vertical,
)
from churn_core.formats import as_set, counted, money, percent

_ABOVE = 17  # pixels from the middle of a pair of bars to the name above them


def policies_figure(table: pd.DataFrame, palette: Palette, words: dict[str, str], chosen: str, currency: str) -> go.Figure:
    """Spend and profit of each policy as a pair of bars under its name. Columns used: ``policy``, ``expected_profit``,
    ``expected_spend``, ``forbidden_by``. ``words`` is what stands beside the bars of each policy; ``chosen`` stands out, and what a
    limit forbids is hatched; ``currency`` is the label in front of money, if any.
    """
    fig = figure(
        palette,
        x=f"Against contacting nobody ({currency or 'money'})",
        y="",
        height=max(330, 66 * len(table)),
        barmode="group",
        bargap=0.45,
        bargroupgap=0.08,
        yaxis_autorange="reversed",
    )
    hatched = ["/" if limit else "" for limit in table["forbidden_by"]]
    profit_colors = [palette.chosen if policy == chosen else faded(palette.chosen, 0.45) for policy in table["policy"]]
    for name, column, color in (
        ("Expected profit", "expected_profit", profit_colors),
        ("Spend", "expected_spend", palette.quiet),
    ):
        fig.add_bar(
            name=name,
            x=table[column],
            y=table["policy"],
            orientation="h",
            marker={"color": color, "pattern": {"shape": hatched, "fillmode": "replace"}},
            customdata=[money(value, currency) for value in table[column]],
            hovertemplate=f"%{{y}}<br>{name.lower()} %{{customdata}}<extra></extra>",
        )
    for row in table.itertuples():
        label(
            fig,
            words[row.policy],
            x=max(row.expected_profit, row.expected_spend, 0),
            y=row.policy,
            color=palette.text,
            xanchor="left",
            xshift=8,
            align="left",
        )
    low = min(float(table["expected_profit"].min()), 0.0)
    high = max(float(table[["expected_profit", "expected_spend"]].max().max()), 1.0)
    reach = [low * 1.05, high + 0.75 * (high - low)]
    fig.update_xaxes(range=reach, **money_ticks(reach, currency), zeroline=True, zerolinecolor=palette.quiet)
    for policy in table["policy"]:  # above the bars, not beside them: a phone has no room for both names and figures
        label(
            fig,
            plain(policy),
            x=0,
            xref="paper",
            y=policy,
            color=palette.text,
            xanchor="left",
            yanchor="bottom",
            yshift=_ABOVE,
        )
    fig.update_yaxes(showgrid=False, showticklabels=False)
    return fig


def profit_curve_figure(
    curve: pd.DataFrame,
    palette: Palette,
    *,
    best: float | None,
    best_profit: float,
    plateau: tuple[float, float] | None,
    break_even: float,
    published: float | None,
    currency: str,
    beyond_budget: float | None = None,
    free: tuple[float, float] | None = None,
) -> go.Figure:
    """Profit over the threshold, with the optimum, the plateau as a band, the average break-even and the ``published`` threshold.

    Columns used: ``threshold``, ``expected_profit``, ``contacted``. ``currency`` is the label in front of money, if any. From
    ``beyond_budget`` down no threshold can be afforded; ``free``: the best threshold without limits, and its profit.
    """
    drawing = _over_threshold(palette, plateau, break_even)
    drawing.line(
        curve["threshold"],
        curve["expected_profit"],
        palette.chosen,
        [
            [row.contacted, f"{_from(row.threshold, row.contacted)}<br>expected profit {money(row.expected_profit, currency)}"]
            for row in curve.itertuples()
        ],
    )
    if best is not None:
        _mark_best(drawing, best, best_profit, palette)
    if beyond_budget is not None:
        _mark_beyond(drawing, beyond_budget, palette)
    if free is not None:
        _mark_free(drawing, *free, palette)
    if published is not None:
        drawing.shapes.append(vertical(published, palette.stayed, "dash", "Published threshold"))
        drawing.label("published", x=published, y=0.28, yref="paper", color=palette.stayed, xanchor="left", xshift=6)
    lowest = float(curve["expected_profit"].min())
    highest = max(float(curve["expected_profit"].max()), 1.0)
    reach = [min(lowest, 0) * 1.05, highest * 1.18]
    axis = {"range": reach, "rangemode": "normal", **money_ticks(reach, currency), "zeroline": True}
    return drawing.figure(palette, f"Expected profit ({currency or 'money'})", **axis, zerolinecolor=palette.quiet)


def roi_curve_figure(
    curve: pd.DataFrame,
    palette: Palette,
    *,
    best: float | None,
    best_roi: float | None,
    plateau: tuple[float, float] | None,
    break_even: float,
) -> go.Figure:
    """ROI over the threshold, with the most profitable threshold, the plateau and the average break-even. Columns used:
    ``threshold``, ``roi``, ``contacted``.
    """
    drawing = _over_threshold(palette, plateau, break_even)
    drawing.line(
        curve["threshold"],
        curve["roi"],
        palette.stayed,
        [[row.contacted, f"{_from(row.threshold, row.contacted)}<br>ROI {percent(row.roi, 0)}"] for row in curve.itertuples()],
    )
    if best is not None and best_roi is not None:
        _mark_best(drawing, best, best_roi, palette)
    roi = curve["roi"].dropna()
    ticks = share_ticks((min(roi.min(), 0.0), max(roi.max(), 1.0))) if len(roi) else {}
    return drawing.figure(palette, "ROI (profit ÷ spend)", rangemode="tozero", **ticks)


def _from(threshold: float, contacted: int) -> str:
    return f"from {percent(threshold)} up: {counted(contacted, 'customer')}"


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """What will stand in a figure over the threshold. Plotly takes it at once: piece by piece that takes four times as long."""

    traces: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)

    def label(self, text: str, **where: Any) -> None:
        self.labels.append(beside(text, **where))

    def line(self, x: pd.Series, y: pd.Series, color: str, told: list[list[object]]) -> None:
        """``told``: of each point how many are contacted, and what stands under the mouse."""
        self.traces.append(
            {
                "type": "scatter",
                "x": x,
                "y": y,
                "mode": "lines",
                "line": {"color": color, "width": 2.5},
                "customdata": told,
                "meta": ["Contacts"],
                "hovertemplate": "%{customdata[1]}<extra></extra>",
            }
        )

    def figure(self, palette: Palette, y: str, **axis: Any) -> go.Figure:
        return figure(
            palette,
            x="Threshold (churn probability)",
            y=y,
            height=340,
            data=self.traces,
            shapes=self.shapes,
            annotations=self.labels,
            xaxis_tickformat=WHOLE_PERCENT,
            xaxis_range=[0, 1],
            **{f"yaxis_{name}": value for name, value in axis.items()},
        )


def _over_threshold(palette: Palette, plateau: tuple[float, float] | None, break_even: float) -> _Drawing:
    """The plateau as a band and the average break-even as a line."""
    drawing = _Drawing()
    if plateau is not None:
        low, high = plateau
        name = f"within {as_set(settings.PLATEAU_SHARE)} of the best"
        drawing.shapes.append(_band(low, high, faded(palette.chosen, 0.15), name.capitalize()))
        drawing.label(name, x=high, y=0.16, yref="paper", color=palette.chosen, xanchor="left", xshift=6)
    if break_even <= 1:
        drawing.shapes.append(vertical(break_even, palette.reference, "dot", "Average break-even"))
        drawing.label("average break-even", x=break_even, y=0.04, yref="paper", color=palette.reference, xanchor="left", xshift=6)
    return drawing


def _band(low: float, high: float, color: str, name: str) -> dict[str, Any]:
    across = {"type": "rect", "x0": low, "x1": high, "y0": 0, "y1": 1, "yref": "paper", "line": {"width": 0}}
    return {**across, "fillcolor": color, "layer": "below", "name": name}


def _mark_beyond(drawing: _Drawing, threshold: float, palette: Palette) -> None:
    drawing.shapes.append(_band(0, threshold, faded(palette.quiet, 0.25), "Not affordable"))
    drawing.label("not affordable to the left", x=threshold, y=0.4, yref="paper", color=palette.text, xanchor="left", xshift=6)


def _mark_free(drawing: _Drawing, threshold: float, value: float, palette: Palette) -> None:
    drawing.traces.append(
        {
            "type": "scatter",
            "x": [threshold],
            "y": [value],
            "mode": "markers",
            "marker": {"size": 13, "symbol": "circle-open", "color": palette.chosen, "line": {"width": 2}},
            "name": "Best threshold without the limit",
            "hovertemplate": f"best threshold without the limit %{{x:{PERCENT}}}<extra></extra>",
        }
    )
    told = f"without the limit: {percent(threshold)}"
    drawing.label(told, x=threshold, y=value, color=palette.text, xanchor="left", xshift=12, yshift=12)


def _mark_best(drawing: _Drawing, threshold: float, value: float, palette: Palette) -> None:
    drawing.traces.append(
        {
            "type": "scatter",
            "x": [threshold],
            "y": [value],
            "mode": "markers",
            "marker": {"size": 13, "color": palette.chosen, "line": {"color": palette.text, "width": 2}},
            "name": "Best threshold",
            "hovertemplate": f"best threshold %{{x:{PERCENT}}}<extra></extra>",
        }
    )
    told = f"<b>best: {percent(threshold)}</b>"
    drawing.label(told, x=threshold, y=value, color=palette.text, xanchor="left", xshift=12, yshift=12)


def compared_curves_figure(
    curves: dict[str, pd.DataFrame], best: dict[str, tuple[float, float]], palette: Palette, currency: str
) -> go.Figure:
    """Profit over the threshold of up to four campaigns, each with its best threshold and named beside it.

    ``curves`` by name, columns used ``threshold`` and ``expected_profit``; ``best`` by name: threshold and profit.
    """
    fig = figure(palette, x="Threshold (churn probability)", y=f"Expected profit ({currency or 'money'})", height=360)
    fig.update_xaxes(tickformat=WHOLE_PERCENT, range=[0, 1])
    profits = pd.concat([curve["expected_profit"] for curve in curves.values()])
    fig.update_yaxes(
        rangemode="normal",
        **money_ticks((float(profits.min()), max(float(profits.max()), 1.0)), currency),
        zeroline=True,
        zerolinecolor=palette.quiet,
    )
    colors = (palette.chosen, palette.stayed, palette.churned, palette.reference)
    for (name, curve), color in zip(curves.items(), colors, strict=False):
        shown = plain(name)
        fig.add_scatter(
            x=curve["threshold"],
            y=curve["expected_profit"],
            mode="lines",
            line={"color": color, "width": 2.5},
            name=shown,
            customdata=[money(value, currency) for value in curve["expected_profit"]],
            hovertemplate=f"%{{fullData.name}}<br>from %{{x:{PERCENT}}} up<br>expected profit %{{customdata}}<extra></extra>",
        )
        if name in best:
            mark = {"mode": "markers", "marker": {"size": 11, "color": color}, "name": shown, "text": ["best threshold"]}
            fig.add_scatter(x=[best[name][0]], y=[best[name][1]], **mark)
    fig.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.12})
    fig.for_each_trace(lambda trace: trace.update(showlegend=False) if trace.mode == "markers" else None)
    return fig
