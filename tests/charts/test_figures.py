"""A figure shows its table and nothing else: the numbers of the traces are the numbers of the rows."""

import math

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold, plateau
from churn_core.campaign.sweep import sweep
from churn_core.charts import campaign as campaign_charts
from churn_core.charts import customers as customer_charts
from churn_core.charts import model as model_charts
from churn_core.charts.theme import DARK, LIGHT
from churn_core.data import describe
from churn_core.data.clean import clean
from churn_core.data.synthetic import generate
from churn_core.model import evaluate
from churn_core.schema import TELCO

CUSTOMERS = clean(generate(400, seed=3))[0]
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
    fig = campaign_charts.profit_curve_figure(curve, palette, best_profit=best.expected_profit, money="€", **marks(campaign))
    line, marker = traces(fig, "scatter")
    assert list(line.y) == curve["expected_profit"].tolist()
    assert (marker.x[0], marker.y[0]) == (best.threshold, best.expected_profit)
    band = next(shape for shape in fig.layout.shapes if shape.type == "rect")
    assert (band.x0, band.x1) == plateau(SWEPT, campaign) and vertical_lines(fig) == [0.04]
    assert fig.layout.yaxis.title.text == "Expected profit (€)"


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
        profit_curve(SWEPT, campaign), palette, best=None, best_profit=0.0, plateau=None, break_even=break_even, money="$"
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


def test_churn_rate_bars_carry_their_interval(palette):
    table = describe.churn_by_tenure_bucket(CUSTOMERS)
    bars = traces(customer_charts.churn_rate_bars_figure(table, palette, x="Tenure (months)"), "bar")[0]
    assert list(bars.y) == table["churn_rate"].tolist()
    assert list(np.add(bars.y, bars.error_y.array)) == pytest.approx(table["high"].tolist())
    assert list(np.subtract(bars.y, bars.error_y.arrayminus)) == pytest.approx(table["low"].tolist())


def test_the_tenure_curve_lies_in_its_band(palette):
    table = describe.churn_by_tenure(CUSTOMERS)
    high, low, line = traces(customer_charts.churn_by_tenure_figure(table, palette), "scatter")
    assert (np.array(low.y) <= np.array(line.y)).all() and (np.array(line.y) <= np.array(high.y)).all()


def test_distributions_are_drawn_in_the_colours_of_churned_and_stayed(palette):
    table = describe.distribution(CUSTOMERS[TELCO.tenure], CUSTOMERS[TELCO.target], 4)
    stayed, churned = traces(customer_charts.distribution_figure(table, palette, x="Tenure (months)"), "bar")
    assert list(stayed.y) == table["stayed"].tolist() and stayed.marker.line.color == palette.stayed
    assert list(churned.y) == table["churned"].tolist() and churned.marker.line.color == palette.churned


def test_the_heat_map_has_a_cell_for_each_pair_of_groups(palette):
    rows, columns = TELCO["Contract"], TELCO["InternetService"]
    table = describe.churn_rate_by(CUSTOMERS, [rows.name, columns.name])
    cells = customer_charts.churn_heat_map_figure(table, palette, x=columns.name, y=rows.name).data[0]
    assert np.shape(cells.z) == (len(rows.allowed), len(columns.allowed))
    assert np.nansum(cells.z) == pytest.approx(table["churn_rate"].sum())


def test_with_and_without_has_a_dot_for_each_group(palette):
    table = describe.churn_by_each(CUSTOMERS, TELCO.yes_no)
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
    table = evaluate.probability_distributions(P, CHURNED)
    fig = model_charts.probability_distributions_figure(table, palette, threshold)
    stayed, churned = traces(fig, "bar")
    assert (sum(churned.y), sum(stayed.y)) == (CHURNED.sum(), 400 - CHURNED.sum())
    assert vertical_lines(fig) == ([] if threshold is None else [threshold])


def test_calibration_roc_and_gain_draw_their_tables_beside_a_diagonal(palette):
    calibration, roc, gain = (
        evaluate.calibration_table(P, CHURNED),
        evaluate.roc_table(P, CHURNED),
        evaluate.gain_table(P, CHURNED),
    )
    for fig, expected in (
        (model_charts.calibration_figure(calibration, palette), calibration["churn_rate"]),
        (model_charts.roc_figure(roc, palette, 0.5), roc["true_positive_rate"]),
        (model_charts.gain_figure(gain, palette), gain["gain"]),
    ):
        diagonal, drawn = traces(fig, "scatter")
        assert list(diagonal.x) == list(diagonal.y) == [0, 1]
        assert list(drawn.y) == expected.tolist()


def test_every_axis_says_what_it_measures():
    curve = profit_curve(SWEPT, Campaign())
    for fig in (
        campaign_charts.roi_curve_figure(curve, LIGHT, best=None, best_roi=None, plateau=None, break_even=0.04),
        model_charts.gain_figure(evaluate.gain_table(P, CHURNED), LIGHT),
        customer_charts.churn_by_tenure_figure(describe.churn_by_tenure(CUSTOMERS), LIGHT),
    ):
        assert fig.layout.xaxis.title.text and fig.layout.yaxis.title.text
