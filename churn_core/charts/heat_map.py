"""Two columns crossed: a cell for each pair of values, the darker the more likely to leave, its figure written in it."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from churn_core.charts.theme import Palette, faded, figure, plain

# Opacity of the colour at the lower and the upper end: fainter than a bar, since figures are read on it, light on dark too.
_PALEST, _DARKEST = 0.06, 0.55


def heat_map_figure(
    shares: pd.DataFrame, written: list[list[str]], palette: Palette, *, x: str, y: str, height: int, **look: Any
) -> go.Figure:
    """``shares``: a row for each value downwards, a column for each across, 0–1, NaN: an empty cell; ``written``: in each cell,
    for ``%{text}``; ``x`` and ``y``: titles of the axes; ``look``: what Plotly takes for a heat map.
    """
    fig = figure(palette, x=x, y=y, height=height)
    fig.add_heatmap(
        z=shares.to_numpy(),
        x=[plain(value) for value in shares.columns],
        y=[plain(value) for value in shares.index],
        text=written,
        showscale=False,
        colorscale=[[0, faded(palette.churned, _PALEST)], [1, faded(palette.churned, _DARKEST)]],
        **look,
    )
    fig.update_xaxes(type="category")
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return fig
