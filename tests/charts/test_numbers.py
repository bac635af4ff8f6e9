"""The numbers of a figure as tables: those that it draws, as its axes write them, and every one of them."""

import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.charts import campaign as campaign_charts
from churn_core.charts import customers as customer_charts
from churn_core.charts import results as result_charts
from churn_core.charts import sensitivity as sensitivity_charts
from churn_core.charts.numbers import MOST, numbers_of, text_of
from churn_core.charts.theme import LIGHT, figure, money_ticks, plain, share_ticks, vertical
from churn_core.formats import money, percent
from tests.charts.conftest import SWEPT, compared

RATES = pd.DataFrame(
    {
        "group": ["Monthly", "Two years"],
        "churn_rate": [0.427, 0.028],
        "low": [0.412, 0.021],
        "high": [0.443, 0.037],
        "customers": [3875, 1695],
    }
)


def the_table(fig: go.Figure):
    (table,) = numbers_of(fig).tables
    return table


# What a table says


def test_a_bar_is_a_row_with_its_name_its_value_and_where_that_may_lie():
    table = the_table(customer_charts.churn_rate_bars_figure(RATES, LIGHT, x="Contract"))
    assert table.columns == ("Contract", "Customers", "Churn rate", "95% interval")
    assert table.rows == (("Monthly", "3,875", "42.7%", "41.2% to 44.3%"), ("Two years", "1,695", "2.8%", "2.1% to 3.7%"))


@pytest.mark.parametrize(
    "axis, written",
    [
        ({"tickformat": ".0%"}, "12.3%"),
        (share_ticks((0, 1)), "12.3%"),
        (money_ticks((0, 1), "€"), "€0.123"),
        (money_ticks((0, 1), ""), "0.123"),
        ({}, "0.123"),
        ({"tickformat": "+.3f"}, "+0.1234"),
    ],
)
def test_a_number_is_written_as_its_axis_writes_it(axis, written):
    fig = figure(LIGHT, x="Month", y="Value").update_yaxes(**axis)
    assert the_table(fig.add_scatter(x=[1], y=[0.1234])).rows == (("1", written),)


def test_lines_over_the_same_points_are_columns_of_one_table():
    fig = figure(LIGHT, x="Month", y="Share")
    fig.add_scatter(x=[1, 2], y=[3, 4], name="Stayed")
    fig.add_scatter(x=[1, 2], y=[5, 6], name="Churned")
    table = the_table(fig)
    assert table.columns == ("Month", "Share: Stayed", "Share: Churned") and table.rows == (("1", "3", "5"), ("2", "4", "6"))


def test_lines_over_other_points_have_tables_of_their_own():
    fig = figure(LIGHT, x="Month", y="Share")
    fig.add_scatter(x=[1, 2], y=[3, 4], name="Stayed")
    fig.add_scatter(x=[1, 3], y=[5, 6], name="Churned")
    assert [table.rows for table in numbers_of(fig).tables] == [(("1", "3"), ("2", "4")), (("1", "5"), ("3", "6"))]


def test_things_that_are_named_share_a_table_where_some_are_in_one_line_only():
    fig = figure(LIGHT, x="Profit", y="")
    fig.add_bar(x=[1, 2], y=["Cost", "Margin"], orientation="h", name="lower")
    fig.add_bar(x=[3], y=["Cost"], orientation="h", name="higher")
    assert the_table(fig).rows == (("Cost", "1", "3"), ("Margin", "2", "—"))


def test_a_bar_that_begins_elsewhere_says_where_it_ends():
    now = 100_000.0
    table = pd.DataFrame(
        {"label": ["Cost"], "low_text": ["$5"], "high_text": ["$15"], "profit_at_low": [120_000.0], "profit_at_high": [90_000.0]}
    )
    numbers = numbers_of(sensitivity_charts.tornado_figure(table, now, LIGHT, "$"))
    assert numbers.tables[0].rows == (("Cost", "$5", "$120,000", "$15", "$90,000"),)
    assert numbers.marks == ("As assumed today: $100,000",)


def test_what_a_step_of_a_bridge_changes_has_its_sign():
    fig = result_charts.bridge_figure(["Expected", "Fewer stayed", "Realised"], [100.0, 60.0, 60.0], LIGHT, "$")
    assert [row[1] for row in the_table(fig).rows] == ["$100", "−$40.0", "$60.0"]


def test_a_heat_map_has_a_row_for_each_value_downwards():
    table = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "q", "p"], "churn_rate": [0.5, 0.25, 0.1], "customers": [10, 1, 30]})
    told = the_table(customer_charts.churn_heat_map_figure(table, LIGHT, x="a", y="b", titles=("Plan", "Region")))
    assert told.columns == ("Region / Plan", "x", "y")
    cells = [[re.findall(r"[\d.%]+", cell) for cell in row[1:]] for row in told.rows]
    assert [row[0] for row in told.rows] == ["p", "q"] and cells == [[["50.0%", "10"], ["10.0%", "30"]], [["25.0%", "1"], []]]


def test_a_heat_map_of_colours_says_what_they_mean():
    rates, costs = np.array([0.1, 0.2]), np.array([5.0, 10.0])
    values = np.array([[1000.0, 500.0], [3000.0, np.nan]])
    numbers = numbers_of(
        sensitivity_charts.heat_map_figure(rates, costs, values, LIGHT, now=(5.0, 0.2), share=False, currency="€")
    )
    assert numbers.tables[0].rows == (("10.0%", "€1,000", "€500"), ("20.0%", "€3,000", "—"))
    assert numbers.marks == ("The draft campaign: 5, 20.0%",)


def test_what_is_marked_in_a_chart_is_said_with_its_place():
    curve = profit_curve(SWEPT, Campaign())
    numbers = numbers_of(
        campaign_charts.profit_curve_figure(
            curve, LIGHT, best=0.05, best_profit=1234.0, plateau=(0.02, 0.07), break_even=0.045, published=0.4, currency="$"
        )
    )
    assert set(numbers.marks) == {
        "Best threshold: 5.0%, $1,230",
        "Within 1% of the best: 2.0% to 7.0%",
        "Average break-even: 4.5%",
        "Published threshold: 40.0%",
    }


def test_one_customer_on_a_scale_is_what_is_marked_there():
    numbers = numbers_of(customer_charts.probability_scale_figure(0.754, 0.093, LIGHT, before=0.8))
    assert numbers.tables == () and numbers.marks == ("Before the change: 80.0%", "This customer: 75.4%", "Break-even: 9.3%")


def test_each_compared_campaign_is_a_table_or_a_column_and_its_best_a_mark():
    fig, _, best = compared({"Spring": Campaign(), "Autumn": Campaign(retention_cost=20.0)}, LIGHT)
    numbers = numbers_of(fig)
    told = [heading for table in numbers.tables for heading in table.columns]
    assert {"Expected profit (€): Spring", "Expected profit (€): Autumn"} <= set(told)
    assert numbers.marks == tuple(f"{name}: best threshold: {percent(t)}, {money(p, '€')}" for name, (t, p) in best.items())


# Every number, and no other


def test_a_long_line_has_some_of_its_points_with_the_first_and_the_last():
    x = np.arange(1000)
    table = the_table(figure(LIGHT, x="Week", y="Count").add_scatter(x=x, y=2 * x))
    numbers = [(int(a.replace(",", "")), int(b.replace(",", ""))) for a, b in table.rows]
    assert (
        len(numbers) <= MOST + 1 and numbers[0] == (0, 0) and numbers[-1] == (999, 1998) and all(b == 2 * a for a, b in numbers)
    )
    assert table.about == f"{len(numbers)} of 1,000 points, evenly chosen"


def test_a_line_of_few_points_is_there_as_a_whole():
    table = the_table(figure(LIGHT, x="Week", y="Count").add_scatter(x=np.arange(MOST), y=np.arange(MOST)))
    assert [row[0] for row in table.rows] == [str(week) for week in range(MOST)] and not table.about


def test_what_only_decorates_is_not_told():
    fig = figure(LIGHT, x="Predicted", y="Observed", shapes=[vertical(0.5, "red")])
    fig.add_scatter(x=[0, 1], y=[0, 1], hoverinfo="skip")
    assert numbers_of(fig).tables == () and numbers_of(fig).marks == ()


def test_a_value_that_is_not_known_is_a_dash():
    assert the_table(figure(LIGHT, x="Week", y="Count").add_scatter(x=[1, 2], y=[np.nan, 3])).rows == (("1", "—"), ("2", "3"))


@pytest.mark.parametrize("name", ["<b>Spring</b>", "A & B <i>", "$5 or $6", "a<br>b", "&lt;script&gt;"])
def test_a_text_of_any_origin_is_read_as_it_was_written(name):
    assert text_of(plain(name)) == name
    fig = figure(LIGHT, x="Profit", y="").add_bar(x=[1], y=[plain(name)], orientation="h")
    assert the_table(fig).rows == ((name, "1"),)


def test_a_name_on_two_lines_is_one_name():
    table = RATES.assign(group=["Bank transfer (automatic)", "Mailed check"])
    told = the_table(customer_charts.churn_rate_bars_figure(table, LIGHT, x="Payment"))
    assert told.rows[0][0] == "Bank transfer (automatic)"


def test_the_first_column_always_has_a_heading():
    assert the_table(figure(LIGHT, x="Profit", y="").add_bar(x=[1], y=["a"], orientation="h")).columns == ("Name", "Profit")


def test_the_label_of_the_currency_stands_before_every_amount():
    curve = profit_curve(SWEPT, Campaign())
    told = numbers_of(
        campaign_charts.profit_curve_figure(
            curve, LIGHT, best=None, best_profit=0.0, plateau=None, break_even=2.0, published=None, currency="CHF"
        )
    )
    assert all(re.fullmatch(r"−?CHF\u00a0[\d,.]+( million)?", row[-1]) for row in told.tables[0].rows)
