"""The charts of who leaves show their tables and nothing else."""

import math

import numpy as np
import pandas as pd
import pytest

from churn_core.charts import customers as customer_charts
from churn_core.decisions import describe
from churn_core.schema.telco import TELCO
from tests.charts.conftest import CUSTOMERS, traces, vertical_lines


def test_churn_rate_bars_carry_their_interval(palette):
    table = describe.churn_by_tenure_bucket(CUSTOMERS, TELCO)
    bars = traces(customer_charts.churn_rate_bars_figure(table, palette, x="Tenure (months)"), "bar")[0]
    assert list(bars.y) == table["churn_rate"].tolist()
    assert list(np.add(bars.y, bars.error_y.array)) == pytest.approx(table["high"].tolist())
    assert list(np.subtract(bars.y, bars.error_y.arrayminus)) == pytest.approx(table["low"].tolist())


def test_the_tenure_curve_lies_in_its_band_and_each_month_stays_visible_as_it_was_counted(palette):
    table = describe.churn_by_tenure(CUSTOMERS, TELCO)
    high, low, months, line = traces(customer_charts.churn_by_tenure_figure(table, palette), "scatter")
    assert list(line.y) == table["smooth"].tolist()
    assert (np.array(low.y) <= np.array(line.y)).all() and (np.array(line.y) <= np.array(high.y)).all()
    assert list(months.y) == table["churn_rate"].tolist() and months.mode == "markers"
    assert months.marker.size[table["customers"].argmax()] == max(months.marker.size)


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
    assert list(bars.x) == [1.5, -0.25, -0.001] and list(bars.text) == ["+1.50", "−0.25", "0.00"]
    assert list(bars.marker.color) == [palette.churned, palette.stayed, palette.stayed]


def test_a_long_reason_takes_more_lines_and_leaves_the_bars_their_room(palette):
    said = "support calls: 4 (typical 1) and weekly minutes watched: 148.4 (typical 269.6) and plan: <b>"
    table = pd.DataFrame({"reason": [said, "everything else"], "effect": [1.5, -0.25]})
    fig = customer_charts.reasons_figure(table, palette)
    lines = traces(fig, "bar")[0].y[0].split("<br>")
    assert " ".join(lines) == said.replace("<b>", "&lt;b&gt;") and max(map(len, lines)) <= 34 + len("&lt;&gt;")
    assert fig.layout.height > customer_charts.reasons_figure(table.tail(1), palette).layout.height


def test_many_groups_with_long_names_are_named_below_on_lines(palette):
    table = pd.DataFrame({"group": ["up to 2,300", "2,300 to 3,900", "blank", "a & b", "over 3,900"]}).assign(
        churn_rate=0.2, low=0.1, high=0.3, customers=50
    )
    axis = customer_charts.churn_rate_bars_figure(table, palette, x="").layout.xaxis
    assert list(axis.ticktext) == ["up to<br>2,300", "2,300 to<br>3,900", "blank", "a &amp; b", "over<br>3,900"]
    assert customer_charts.churn_rate_bars_figure(table.head(3), palette, x="").layout.xaxis.ticktext is None
