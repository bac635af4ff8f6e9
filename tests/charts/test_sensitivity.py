"""The charts of what moves the profit, and of how sure it is, show their tables and nothing else."""

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sensitivity import heat_map, slider_grid, tornado
from churn_core.charts import sensitivity as sensitivity_charts
from churn_core.formats import money, percent
from tests.charts.conftest import SWEPT, traces, vertical_lines


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    texts = {"low_text": table["low"].map(str), "high_text": table["high"].map(str)}
    return table.assign(label=table["parameter"].str.upper(), **texts)


def best_profit(campaign: Campaign) -> float:
    return best_threshold(SWEPT, campaign).expected_profit


def test_the_tornado_has_a_bar_from_todays_profit_to_that_at_each_end_of_each_assumption(palette):
    now = best_profit(Campaign())
    table = labelled(tornado(best_profit, Campaign()))
    fig = sensitivity_charts.tornado_figure(table, now, palette, "€")
    for side, bar in zip(("low", "high"), traces(fig, "bar"), strict=True):
        moves = table[table[f"profit_at_{side}"] != now]
        assert len(moves) > 3 and bar.base == now
        assert list(np.add(bar.x, bar.base)) == pytest.approx(moves[f"profit_at_{side}"].tolist())
        assert list(bar.y) == moves["label"].tolist()
        assert {(note.y, note.text) for note in fig.layout.annotations} >= set(
            zip(moves["label"], moves[f"{side}_text"], strict=True)
        )
    assert vertical_lines(fig) == [now]
    assert fig.layout.xaxis.title.text == "Best expected profit (€)"
    low, high = fig.layout.xaxis.range
    assert low < table[["profit_at_low", "profit_at_high"]].min().min()
    assert high > table[["profit_at_low", "profit_at_high"]].max().max()


def test_the_strongest_assumption_is_on_top_of_the_tornado(palette):
    table = labelled(tornado(best_profit, Campaign()))
    fig = sensitivity_charts.tornado_figure(table, best_profit(Campaign()), palette, "$")
    swing = (table["profit_at_high"] - table["profit_at_low"]).abs()
    assert swing.is_monotonic_decreasing and fig.layout.yaxis.autorange == "reversed"
    assert traces(fig, "bar")[0].y[0] == table["label"][0]


def test_an_end_that_moves_nothing_has_no_bar_and_no_word(palette):
    table = pd.DataFrame(
        {"label": ["Margin"], "low_text": ["75%"], "high_text": ["100%"], "profit_at_low": [5.0], "profit_at_high": [9.0]}
    )
    fig = sensitivity_charts.tornado_figure(table, 9.0, palette, "$")
    low, high = traces(fig, "bar")
    assert list(low.x) == [-4.0] and len(high.x) == 0
    assert [note.text for note in fig.layout.annotations] == ["75%"]


@pytest.mark.parametrize("share", [True, False], ids=["thresholds", "profits"])
def test_the_heat_map_has_every_point_of_the_grid_and_a_cross_at_the_draft_campaign(palette, share):
    campaign = Campaign(retention_cost=60)
    grid = heat_map(SWEPT, campaign, *slider_grid(campaign))
    values = grid.threshold if share else grid.expected_profit
    fig = sensitivity_charts.heat_map_figure(
        grid.success_rate, grid.retention_cost, values, palette, now=(60.0, 0.3), share=share, currency="€"
    )
    cells, cross = traces(fig, "heatmap")[0], traces(fig, "scatter")[0]
    np.testing.assert_array_equal(np.array(cells.z, dtype=float), values)
    assert list(cells.y) == grid.success_rate.tolist() and list(cells.x) == grid.retention_cost.tolist()
    assert np.isnan(values).any() == share  # nobody is contacted there: left blank
    assert (cross.x, cross.y) == ((60.0,), (0.3,))
    best, (row, column) = best_threshold(SWEPT, campaign), (np.abs(grid.success_rate - 0.3).argmin(), 12)
    assert grid.retention_cost[column] == 60.0 and grid.success_rate[row] == pytest.approx(0.3)
    shown = cells.z[row][column]
    assert shown == pytest.approx(best.threshold if share else best.expected_profit)
    in_words = f"threshold {percent(shown)}" if share else f"profit {money(shown, '€')}"
    assert cells.text[row][column] == f"cost €60, success 30%<br>{in_words}" and "%{text}" in cells.hovertemplate
    assert fig.layout.xaxis.title.text == "Retention cost (€)"


def test_a_heat_map_of_nothing_that_pays_is_drawn_blank(palette):
    campaign = Campaign(retention_cost=1e6)
    grid = heat_map(SWEPT, campaign, np.linspace(0, 0.6, 25), np.linspace(1e6, 2e6, 25))
    fig = sensitivity_charts.heat_map_figure(
        grid.success_rate, grid.retention_cost, grid.threshold, palette, now=(1e6, 0.3), share=True, currency="$"
    )
    assert np.isnan(np.array(traces(fig, "heatmap")[0].z, dtype=float)).all()


def test_each_estimate_is_drawn_with_its_interval_and_its_text(palette):
    table = pd.DataFrame(
        {"label": ["a", "b"], "estimate": [10.0, -3.0], "low": [7.0, -9.0], "high": [15.0, 2.0], "text": ["7 to 15", "−9 to 2"]}
    )
    fig = sensitivity_charts.bands_figure(table, palette, "€")
    (dots,) = traces(fig, "scatter")
    assert list(dots.x) == [10.0, -3.0] and list(dots.y) == ["a", "b"]
    assert list(np.add(dots.x, dots.error_x.array)) == [15.0, 2.0]
    assert list(np.subtract(dots.x, dots.error_x.arrayminus)) == [7.0, -9.0]
    assert [(note.y, note.text) for note in fig.layout.annotations] == [("a", "7 to 15"), ("b", "−9 to 2")]
    low, high = fig.layout.xaxis.range
    assert low < -9 and high > 15 and fig.layout.xaxis.title.text == "Profit (€)"


@pytest.mark.parametrize("low, high", [(5.0, 9.0), (-9.0, -5.0)])
def test_an_interval_is_seen_against_nothing_earned(palette, low, high):
    table = pd.DataFrame({"label": ["a"], "estimate": [(low + high) / 2], "low": [low], "high": [high], "text": [""]})
    start, end = sensitivity_charts.bands_figure(table, palette, "$").layout.xaxis.range
    assert start < 0 < end
