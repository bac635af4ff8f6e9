"""Explore of any schema: the strongest columns are drawn, filter, and name the group that leaves; nothing is drawn for one group."""

import json

import pandas as pd
import pytest

from churn_core.application.workspace import open_workspace
from churn_core.decisions.describe import churn_rate_by
from churn_core.decisions.strongest import strongest
from pages.parts.explore.tenure import course
from tests.pages.conftest import figure, numbers, text


def charts(at) -> set[str]:
    return {chart.proto.id.rsplit("-", 1)[-1] for chart in at.get("plotly_chart")}


@pytest.fixture
def customers_of(home_of):
    return lambda name: open_workspace(home_of(name), training="never")


def test_each_strong_column_is_drawn_as_its_groups_have_it(open_own_page, customers_of):
    shop = customers_of("shop")
    found = strongest(shop.customers, shop.schema)
    assert found
    at = open_own_page("shop", "explore")
    for each in found:
        (bars,) = figure(at, f"by_{each.column.name}")["data"]
        table = churn_rate_by(shop.customers, each.grouping.of(shop.customers), shop.schema)
        assert bars["x"] == table["group"].tolist() and list(numbers(bars["y"])) == pytest.approx(list(table["churn_rate"]))


def test_tenure_and_charge_are_drawn_where_there_are_such_columns(open_own_page):
    of_tenure = {"tenure_curve", "tenure_buckets", "tenure_distribution", "charge_distribution", "charge_bands"}
    assert of_tenure <= charts(open_own_page("insurer", "explore"))
    assert not of_tenure & charts(open_own_page("shop", "explore"))


def test_the_title_of_the_tenure_buckets_names_ends_that_are_extremes_else_the_bucket_that_loses_most():
    def buckets(*rates):
        return pd.DataFrame({"group": list("abc"), "customers": 50, "churn_rate": rates})

    assert course(buckets(0.4, 0.3, 0.1)) == ": from 40.0% to 10.0%"
    assert course(buckets(0.2, 0.3, 0.2)) == " — most where b (30.0%)"


def test_a_filter_of_a_strong_column_holds_for_the_page_and_for_its_address(open_own_page, customers_of):
    shop = customers_of("shop")
    at = open_own_page("shop", "explore")
    at.slider(key="filter_orders").set_value((0, 2)).run()
    chosen = shop.customers[shop.customers["orders"] <= 2]
    assert f"**{len(chosen)}** of 500 customers chosen" in text(at)
    assert f"of {len(chosen)} customers left" in at.title[0].value
    linked = open_own_page("shop", "explore", filter_orders=["0", "2"])
    assert f"**{len(chosen)}** of 500 customers chosen" in text(linked) and not linked.warning


def test_a_chart_with_one_group_is_not_drawn(open_own_page):
    at = open_own_page("shop", "explore")
    at.slider(key="filter_orders").set_value((2, 2)).run()
    assert not at.exception and "by_orders" not in charts(at)
    for chart in at.get("plotly_chart"):
        for trace in json.loads(chart.proto.spec)["data"]:
            assert len(trace.get("x", [])) > 1


def test_blanks_are_chosen_as_long_as_nothing_is_left_out(open_own_page, customers_of):
    ratings = customers_of("shop").customers["rating"]
    at = open_own_page("shop", "explore")
    assert ratings.isna().any() and "**500** of 500" in text(at)
    at.slider(key="filter_rating").set_value((1, 4)).run()
    assert f"**{(ratings <= 4).sum()}** of 500" in text(at)
