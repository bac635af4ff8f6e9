"""The charts of trust, and those that compare models, show their tables and nothing else."""

import pandas as pd
import pytest

from churn_core.charts import candidates as candidate_charts
from churn_core.charts import model as model_charts
from churn_core.model import metrics
from tests.charts.conftest import CHURNED, P, traces, vertical_lines


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


@pytest.mark.parametrize(("highest", "end"), [(0.048, 0.1), (0.21, 0.3), (0.5, 0.5), (0.51, 1.0), (1.0, 1.0)])
def test_where_few_leave_the_axes_of_calibration_reach_to_the_dots_alone(palette, highest, end):
    table = pd.DataFrame({"mean_probability": [0.01], "churn_rate": [0.01], "low": [0.0], "high": [highest], "customers": [50]})
    drawn = model_charts.calibration_figure(table, metrics.calibration_band(P), palette).layout
    assert drawn.xaxis.range == drawn.yaxis.range == (0, end)


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
