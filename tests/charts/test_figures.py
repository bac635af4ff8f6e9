"""A figure shows its table and nothing else: the numbers of the traces are the numbers of the rows."""

import html
import math

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold, plateau
from churn_core.campaign.sensitivity import heat_map, slider_grid, tornado
from churn_core.campaign.sweep import sweep
from churn_core.charts import campaign as campaign_charts
from churn_core.charts import candidates as candidate_charts
from churn_core.charts import customers as customer_charts
from churn_core.charts import model as model_charts
from churn_core.charts import sensitivity as sensitivity_charts
from churn_core.charts.theme import DARK, LIGHT
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.decisions import describe
from churn_core.model import metrics
from churn_core.schema.telco import TELCO

CUSTOMERS = clean(generate(400, seed=3, schema=TELCO), TELCO)[0]
P = np.random.default_rng(0).random(400).round(2)
SWEPT = sweep(P, monthly_charge=CUSTOMERS[TELCO.monthly_charge].to_numpy())
CHURNED = CUSTOMERS[TELCO.target].to_numpy()


def traces(fig, kind: str) -> list:
    return [trace for trace in fig.data if trace.type == kind]


def vertical_lines(fig) -> list[float]:
    return [shape.x0 for shape in fig.layout.shapes if shape.type == "line"]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def palette(request):
    return request.param


def marks(campaign: Campaign) -> dict:
    return {"best": best_threshold(SWEPT, campaign).threshold, "plateau": plateau(SWEPT, campaign), "break_even": 0.04}


def test_the_profit_curve_is_the_curve_with_optimum_plateau_and_break_even(palette):
    campaign = Campaign(retention_cost=60)
    curve, best = profit_curve(SWEPT, campaign), best_threshold(SWEPT, campaign)
    fig = campaign_charts.profit_curve_figure(
        curve, palette, best_profit=best.expected_profit, in_force=None, money="€", **marks(campaign)
    )
    line, marker = traces(fig, "scatter")
    assert list(line.y) == curve["expected_profit"].tolist()
    assert (marker.x[0], marker.y[0]) == (best.threshold, best.expected_profit)
    band = next(shape for shape in fig.layout.shapes if shape.type == "rect")
    assert (band.x0, band.x1) == plateau(SWEPT, campaign) and vertical_lines(fig) == [0.04]
    assert fig.layout.yaxis.title.text == "Expected profit (€)"


@pytest.mark.parametrize("in_force", [0.0, 0.2, 1.0])
def test_the_threshold_in_force_is_a_line_of_its_own_with_its_name(palette, in_force):
    campaign = Campaign(retention_cost=60)
    curve, best = profit_curve(SWEPT, campaign), best_threshold(SWEPT, campaign)
    fig, without = (
        campaign_charts.profit_curve_figure(
            curve, palette, best_profit=best.expected_profit, in_force=published, money="$", **marks(campaign)
        )
        for published in (in_force, None)
    )
    assert vertical_lines(fig) == [0.04, in_force] and vertical_lines(without) == [0.04]
    assert [note.x for note in fig.layout.annotations if note.text == "in force"] == [in_force]
    assert not [note for note in without.layout.annotations if note.text == "in force"]
    line = [shape for shape in fig.layout.shapes if shape.type == "line"][-1]
    assert line.line.color == palette.stayed != palette.reference  # not to be taken for the break-even


def test_the_roi_curve_has_the_same_marks(palette):
    campaign = Campaign(retention_cost=60)
    curve, best = profit_curve(SWEPT, campaign), best_threshold(SWEPT, campaign)
    fig = campaign_charts.roi_curve_figure(curve, palette, best_roi=best.roi, **marks(campaign))
    line, marker = traces(fig, "scatter")
    assert list(line.y[1:]) == curve["roi"].tolist()[1:] and marker.y[0] == best.roi
    assert vertical_lines(fig) == [0.04]


@pytest.mark.parametrize("break_even", [1.5, math.inf])
def test_a_break_even_that_no_probability_reaches_is_not_drawn(palette, break_even):
    campaign = Campaign(retention_cost=1e6)
    fig = campaign_charts.profit_curve_figure(
        profit_curve(SWEPT, campaign),
        palette,
        best=None,
        best_profit=0.0,
        plateau=None,
        break_even=break_even,
        in_force=None,
        money="$",
    )
    assert vertical_lines(fig) == [] and len(traces(fig, "scatter")) == 1


def test_policies_are_pairs_of_bars_for_profit_and_spend(palette):
    table = pd.DataFrame({"policy": ["a", "b"], "expected_profit": [5.0, -2.0], "expected_spend": [1.0, 3.0], "roi": [5.0, -0.7]})
    fig = campaign_charts.policies_figure(table, palette, {"a": "first", "b": "second"}, "a", "$")
    profit, spend = traces(fig, "bar")
    assert list(profit.x) == [5.0, -2.0] and list(spend.x) == [1.0, 3.0]
    assert [note.text for note in fig.layout.annotations] == ["first", "second"]
    assert profit.marker.color[0] == palette.chosen != profit.marker.color[1]
    assert fig.layout.xaxis.range[0] < -2 and fig.layout.xaxis.range[1] > 5


# What moves the profit


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
def test_the_heat_map_has_every_point_of_the_grid_and_a_cross_at_the_campaign_in_force(palette, share):
    campaign = Campaign(retention_cost=60)
    grid = heat_map(SWEPT, campaign, *slider_grid(campaign))
    values = grid.threshold if share else grid.expected_profit
    fig = sensitivity_charts.heat_map_figure(
        grid.success_rate, grid.retention_cost, values, palette, now=(60.0, 0.3), share=share, money="€"
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
    assert ("%{z:.1%}" if share else "%{z:,.0f}") in cells.hovertemplate
    assert fig.layout.xaxis.title.text == "Retention cost (€)"


def test_a_heat_map_of_nothing_that_pays_is_drawn_blank(palette):
    campaign = Campaign(retention_cost=1e6)
    grid = heat_map(SWEPT, campaign, np.linspace(0, 0.6, 25), np.linspace(1e6, 2e6, 25))
    fig = sensitivity_charts.heat_map_figure(
        grid.success_rate, grid.retention_cost, grid.threshold, palette, now=(1e6, 0.3), share=True, money="$"
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


# Campaigns side by side


def compared(campaigns: dict[str, Campaign], palette):
    curves = {name: profit_curve(SWEPT, campaign) for name, campaign in campaigns.items()}
    outcomes = {name: best_threshold(SWEPT, campaign) for name, campaign in campaigns.items()}
    best = {name: (o.threshold, o.expected_profit) for name, o in outcomes.items() if o.threshold is not None}
    return campaign_charts.compared_curves_figure(curves, best, palette, "€"), curves, best


def test_compared_campaigns_are_a_named_curve_each_with_its_best_threshold(palette):
    campaigns = {f"{i}. cost {cost}": Campaign(retention_cost=cost) for i, cost in enumerate((10, 40, 60, 80), start=1)}
    fig, curves, best = compared(campaigns, palette)
    lines = [trace for trace in fig.data if trace.mode == "lines"]
    dots = [trace for trace in fig.data if trace.mode == "markers"]
    assert [line.name for line in lines] == [dot.name for dot in dots] == list(campaigns)
    assert [list(line.y) for line in lines] == [curve["expected_profit"].tolist() for curve in curves.values()]
    assert [(dot.x[0], dot.y[0]) for dot in dots] == list(best.values())
    assert len({line.line.color for line in lines}) == 4
    assert [line.line.color for line in lines] == [dot.marker.color for dot in dots]
    assert fig.layout.showlegend and [line.showlegend for line in lines] != [dot.showlegend for dot in dots]
    assert not any(dot.showlegend for dot in dots)
    assert fig.layout.yaxis.title.text == "Expected profit (€)"


def test_a_compared_campaign_that_never_pays_has_a_curve_and_no_dot(palette):
    fig, _, best = compared({"1. fine": Campaign(), "2. too dear": Campaign(retention_cost=1e6)}, palette)
    assert [trace.name for trace in fig.data if trace.mode == "markers"] == ["1. fine"] == list(best)
    assert [trace.name for trace in fig.data if trace.mode == "lines"] == ["1. fine", "2. too dear"]


@pytest.mark.parametrize("name", ["<b>Spring</b>", "<a href='https://elsewhere'>x</a>", "A & B <i>", "%{x} each"])
def test_the_name_of_a_campaign_is_written_as_it_is_and_marks_nothing_up(name):
    """Plotly takes some HTML in names, and ``%{…}`` in hover texts for values."""
    fig, _, _ = compared({name: Campaign()}, LIGHT)
    for trace in fig.data:
        assert html.unescape(trace.name) == name and "<" not in trace.name
        hover = (trace.hovertemplate or "").replace("<br>", "").replace("<extra></extra>", "")
        assert "<" not in hover and "%{x} each" not in hover


# What customers are like


def test_churn_rate_bars_carry_their_interval(palette):
    table = describe.churn_by_tenure_bucket(CUSTOMERS, TELCO)
    bars = traces(customer_charts.churn_rate_bars_figure(table, palette, x="Tenure (months)"), "bar")[0]
    assert list(bars.y) == table["churn_rate"].tolist()
    assert list(np.add(bars.y, bars.error_y.array)) == pytest.approx(table["high"].tolist())
    assert list(np.subtract(bars.y, bars.error_y.arrayminus)) == pytest.approx(table["low"].tolist())


def test_the_tenure_curve_lies_in_its_band(palette):
    table = describe.churn_by_tenure(CUSTOMERS, TELCO)
    high, low, line = traces(customer_charts.churn_by_tenure_figure(table, palette), "scatter")
    assert (np.array(low.y) <= np.array(line.y)).all() and (np.array(line.y) <= np.array(high.y)).all()


def test_distributions_are_drawn_in_the_colours_of_churned_and_stayed(palette):
    table = describe.distribution(CUSTOMERS[TELCO.tenure], CUSTOMERS[TELCO.target], 4)
    stayed, churned = traces(customer_charts.distribution_figure(table, palette, x="Tenure (months)"), "bar")
    assert list(stayed.y) == table["stayed"].tolist() and stayed.marker.line.color == palette.stayed
    assert list(churned.y) == table["churned"].tolist() and churned.marker.line.color == palette.churned


def test_the_heat_map_has_a_cell_for_each_pair_of_groups(palette):
    rows, columns = TELCO["Contract"], TELCO["InternetService"]
    table = describe.churn_rate_by(CUSTOMERS, [rows.name, columns.name], TELCO)
    cells = customer_charts.churn_heat_map_figure(table, palette, x=columns.name, y=rows.name).data[0]
    assert np.shape(cells.z) == (len(rows.allowed), len(columns.allowed))
    assert np.nansum(cells.z) == pytest.approx(table["churn_rate"].sum())


def test_with_and_without_has_a_dot_for_each_group(palette):
    table = describe.churn_by_each(CUSTOMERS, TELCO.yes_no, TELCO)
    dots = traces(customer_charts.with_and_without_figure(table, palette), "scatter")[0]
    assert list(dots.x) == table["churn_rate"].tolist() and list(dots.y) == table["label"].tolist()


@pytest.mark.parametrize(("break_even", "drawn"), [(0.25, 0.25), (1.0, 1.0), (2.8, 1.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_the_scale_of_one_customer_ends_where_contacting_never_pays(palette, break_even, drawn):
    fig = customer_charts.probability_scale_figure(0.4, break_even, palette, before=0.6)
    assert vertical_lines(fig) == [drawn]
    assert [trace.x for trace in traces(fig, "scatter") if trace.mode == "markers"] == [(0.6,), (0.4,)]


def test_reasons_are_bars_coloured_by_what_they_do(palette):
    table = pd.DataFrame({"reason": ["1 month with us", "DSL internet", "everything else"], "effect": [1.5, -0.25, -0.001]})
    bars = traces(customer_charts.reasons_figure(table, palette), "bar")[0]
    assert list(bars.x) == [1.5, -0.25, -0.001] and list(bars.text) == ["+1.50", "-0.25", "+0.00"]
    assert list(bars.marker.color) == [palette.churned, palette.stayed, palette.stayed]


@pytest.mark.parametrize("threshold", [0.3, None])
def test_the_class_distributions_have_the_threshold_across_them(palette, threshold):
    table = metrics.probability_distributions(P, CHURNED)
    fig = model_charts.probability_distributions_figure(table, palette, threshold)
    stayed, churned = traces(fig, "bar")
    assert (sum(churned.y), sum(stayed.y)) == (CHURNED.sum(), 400 - CHURNED.sum())
    assert vertical_lines(fig) == ([] if threshold is None else [threshold])


def test_calibration_draws_its_bins_over_the_band_of_chance(palette):
    table, band = metrics.calibration_table(P, CHURNED), metrics.calibration_band(P)
    low, high, diagonal, drawn = traces(model_charts.calibration_figure(table, band, palette), "scatter")
    assert list(low.y) == band["low"].tolist() and list(high.y) == band["high"].tolist()
    assert list(diagonal.x) == list(diagonal.y) == [0, 1]
    assert list(drawn.y) == table["churn_rate"].tolist()
    assert list(drawn.error_y.array) == pytest.approx((table["high"] - table["churn_rate"]).tolist())


def test_roc_gain_lift_and_precision_draw_their_tables_beside_what_guessing_gives(palette):
    roc, gain = metrics.roc_table(P, CHURNED), metrics.gain_table(P, CHURNED)
    precision = metrics.precision_recall_table(P, CHURNED)
    for fig, expected, guessing in (
        (model_charts.roc_figure(roc, palette, 0.5), roc["true_positive_rate"], [0, 1]),
        (model_charts.gain_figure(gain, palette), gain["gain"], [0, 1]),
        (model_charts.lift_figure(gain, palette), gain["lift"][gain["contacted"] >= 0.01], [1, 1]),
        (model_charts.precision_recall_figure(precision, palette, 0.3), precision["precision"], [0.3, 0.3]),
    ):
        diagonal, drawn = traces(fig, "scatter")
        assert list(diagonal.x) == [0, 1] and list(diagonal.y) == guessing
        assert list(drawn.y) == expected.tolist()


INTERVALS = pd.DataFrame(
    {"name": ["b", "a"], "estimate": [0.5, 2.0], "low": [0.25, 1.5], "high": [1.0, 4.0]},
)


@pytest.mark.parametrize("log", [False, True])
def test_intervals_keep_their_order_and_their_ends_and_show_the_reference(palette, log):
    fig = candidate_charts.intervals_figure(INTERVALS, palette, x="Odds ratio", reference=1.0, chosen="a", log=log)
    (points,) = traces(fig, "scatter")
    assert list(points.y) == ["b", "a"] and fig.layout.yaxis.autorange == "reversed"
    assert list(points.x) == [0.5, 2.0] and vertical_lines(fig) == [1.0]
    assert list(points.error_x.array) == [0.5, 2.0] and list(points.error_x.arrayminus) == [0.25, 0.5]
    assert list(points.marker.color) == [palette.stayed, palette.chosen]
    assert fig.layout.xaxis.type == ("log" if log else None)


def test_lines_of_several_models_are_told_apart_by_name_and_colour(palette):
    calibration = {"plain": metrics.calibration_table(P, CHURNED), "other": metrics.calibration_table(P**2, CHURNED)}
    roc = {"plain": metrics.roc_table(P, CHURNED), "other": metrics.roc_table(P**2, CHURNED)}
    diagonal, *lines = traces(candidate_charts.calibration_lines_figure(calibration, palette), "scatter")
    assert list(diagonal.y) == [0, 1]
    assert [list(line.y) for line in lines] == [table["churn_rate"].tolist() for table in calibration.values()]
    rank = traces(candidate_charts.ranking_lines_figure(roc, palette), "scatter")
    assert [list(line.y) for line in rank] == [table["true_positive_rate"].tolist() for table in roc.values()]
    for drawn in (lines, rank):
        assert [line.name for line in drawn] == ["plain", "other"]
        assert len({line.line.color for line in drawn}) == 2


def test_every_axis_says_what_it_measures():
    curve = profit_curve(SWEPT, Campaign())
    for fig in (
        campaign_charts.roi_curve_figure(curve, LIGHT, best=None, best_roi=None, plateau=None, break_even=0.04),
        compared({"one": Campaign()}, LIGHT)[0],
        sensitivity_charts.heat_map_figure(
            np.array([0, 1]), np.array([0, 1]), np.eye(2), LIGHT, now=(0, 0), share=False, money="$"
        ),
        model_charts.gain_figure(metrics.gain_table(P, CHURNED), LIGHT),
        candidate_charts.ranking_lines_figure({"one": metrics.roc_table(P, CHURNED)}, LIGHT),
        model_charts.lift_figure(metrics.gain_table(P, CHURNED), LIGHT),
        customer_charts.churn_by_tenure_figure(describe.churn_by_tenure(CUSTOMERS, TELCO), LIGHT),
    ):
        assert fig.layout.xaxis.title.text and fig.layout.yaxis.title.text
