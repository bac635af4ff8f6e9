"""The charts of the money show their tables and nothing else."""

import html
import math

import pandas as pd
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold, plateau
from churn_core.charts import campaign as campaign_charts
from churn_core.charts.theme import LIGHT
from tests.charts.conftest import SWEPT, compared, traces, vertical_lines


def marks(campaign: Campaign) -> dict:
    return {"best": best_threshold(SWEPT, campaign).threshold, "plateau": plateau(SWEPT, campaign), "break_even": 0.04}


def test_the_profit_curve_is_the_curve_with_optimum_plateau_and_break_even(palette):
    campaign = Campaign(retention_cost=60)
    curve, best = profit_curve(SWEPT, campaign), best_threshold(SWEPT, campaign)
    fig = campaign_charts.profit_curve_figure(
        curve, palette, best_profit=best.expected_profit, published=None, currency="€", **marks(campaign)
    )
    line, marker = traces(fig, "scatter")
    assert list(line.y) == curve["expected_profit"].tolist()
    assert (marker.x[0], marker.y[0]) == (best.threshold, best.expected_profit)
    band = next(shape for shape in fig.layout.shapes if shape.type == "rect")
    assert (band.x0, band.x1) == plateau(SWEPT, campaign) and vertical_lines(fig) == [0.04]
    assert fig.layout.yaxis.title.text == "Expected profit (€)"


@pytest.mark.parametrize("published", [0.0, 0.2, 1.0])
def test_the_published_threshold_is_a_line_of_its_own_with_its_name(palette, published):
    campaign = Campaign(retention_cost=60)
    curve, best = profit_curve(SWEPT, campaign), best_threshold(SWEPT, campaign)
    fig, without = (
        campaign_charts.profit_curve_figure(
            curve, palette, best_profit=best.expected_profit, published=threshold, currency="$", **marks(campaign)
        )
        for threshold in (published, None)
    )
    assert vertical_lines(fig) == [0.04, published] and vertical_lines(without) == [0.04]
    assert [note.x for note in fig.layout.annotations if note.text == "published"] == [published]
    assert not [note for note in without.layout.annotations if note.text == "published"]
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
        published=None,
        currency="$",
    )
    assert vertical_lines(fig) == [] and len(traces(fig, "scatter")) == 1


def test_policies_are_pairs_of_bars_for_profit_and_spend(palette):
    money = {"expected_profit": [5.0, -2.0], "expected_spend": [1.0, 3.0]}
    table = pd.DataFrame({"policy": ["a", "b"], **money, "forbidden_by": ["", "budget"]})
    fig = campaign_charts.policies_figure(table, palette, {"a": "first", "b": "second"}, "a", "$")
    profit, spend = traces(fig, "bar")
    assert list(profit.x) == [5.0, -2.0] and list(spend.x) == [1.0, 3.0]
    assert [note.text for note in fig.layout.annotations] == ["first", "second", "a", "b"]  # the figures, and the names above
    assert profit.marker.color[0] == palette.chosen != profit.marker.color[1]
    assert list(profit.marker.pattern.shape) == list(spend.marker.pattern.shape) == ["", "/"]  # what a limit forbids is hatched
    assert fig.layout.xaxis.range[0] < -2 and fig.layout.xaxis.range[1] > 5


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


def test_with_a_limit_the_curve_shades_what_cannot_be_afforded_and_marks_the_best_without_it(palette):
    campaign = Campaign(retention_cost=60)
    curve, best = profit_curve(SWEPT, campaign), best_threshold(SWEPT, campaign)
    limited = {"beyond_budget": 0.3, "free": (best.threshold, best.expected_profit)}
    given = {"best_profit": best.expected_profit, "published": None, "currency": "$", **marks(campaign), "best": 0.4}
    fig, without = (campaign_charts.profit_curve_figure(curve, palette, **given, **more) for more in (limited, {}))
    shaded = [(shape.x0, shape.x1) for shape in fig.layout.shapes if shape.type == "rect"]
    assert (0, 0.3) in shaded and len(shaded) == 1 + len([s for s in without.layout.shapes if s.type == "rect"])
    assert (best.threshold, best.expected_profit) in [(line.x[0], line.y[0]) for line in traces(fig, "scatter")]
    told = [note.text for note in fig.layout.annotations]
    assert f"without the limit: {best.threshold:.1%}" in told and "not affordable to the left" in told
    assert "not affordable to the left" not in [note.text for note in without.layout.annotations]
