"""Inputs and sliders of the Campaign page give what the core computes, and a link opens the campaign."""

from urllib.parse import parse_qsl

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold, plateau
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.policies import average_break_even
from churn_core.schema.telco import TELCO
from tests.pages.campaign.conftest import FULL, LIMITED, RULE_WORDS, SHARES, assert_shows, plan_of, query_of, recommended
from tests.pages.conftest import dollars, figure, metrics, open_tab


@pytest.mark.parametrize(("cost", "rate", "months"), [(50.0, 0.3, 12), (10.0, 0.05, 6), (200.0, 0.9, 36)])
def test_the_campaign_sliders_give_what_the_core_computes(open_page, workspace, cost, rate, months):
    at = open_page("campaign")
    for key, value in (("retention_cost", cost), ("success_rate", rate), ("clv_months", float(months))):
        at.slider(key=f"slider_{key}").set_value(value)
    at.run()
    assert_shows(at, workspace, plan_of({"retention_cost": cost, "success_rate": rate, "clv_months": months}))
    assert at.number_input(key="retention_cost").value == cost  # to the digit, in the expander


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_every_assumption_and_limit_gives_what_the_core_computes(open_page, workspace, limits):
    at, values = open_page("campaign"), {**FULL, **limits}
    for key, value in values.items():
        if key == "rule":
            at.radio(key=key).set_value(value)
        elif key in SHARES:
            at.slider(key=key).set_value(value)
        else:
            at.number_input(key=key).set_value(value)
    at.run()
    assert_shows(at, workspace, plan_of(values))


@pytest.mark.parametrize(
    "values",
    [
        {"budget": 20_000.0, "rule": PER_CUSTOMER},
        {"min_marginal_roi": 2.0},
        FULL,
        {**FULL, **LIMITED[-1]},
        {"success_rate": 0.333},
    ],
    ids=str,
)
def test_a_shared_link_opens_the_campaign(open_page, workspace, values):
    assert_shows(open_page("campaign", **query_of(values)), workspace, plan_of(values))


@pytest.mark.parametrize("values", [{}, {**FULL, **LIMITED[-1]}, {"success_rate": 0.3333, "retention_cost": 12.345}], ids=str)
def test_the_link_that_is_offered_opens_the_very_same_campaign(open_page, workspace, values):
    at = open_tab(open_page("campaign", **query_of(values)), "Saved campaigns")
    link = at.code[0].value
    again = dict(parse_qsl(link.partition("?")[2], keep_blank_values=True))
    assert set(again) == set(values)
    assert plan_of({**values}) == plan_of({name: _read(name, value) for name, value in again.items()})
    opened = open_page("campaign", **again)
    assert opened.title[0].value == at.title[0].value
    assert_shows(opened, workspace, plan_of(values))


def _read(name: str, value: str) -> float | str:
    return next(rule for rule, words in RULE_WORDS.items() if words == value) if name == "rule" else float(value)


@pytest.mark.parametrize("query", [{"retention_cost": "-5"}, {"success_rate": "30"}, {"budget": "much"}, {"rule": "none"}])
def test_an_impossible_value_in_a_link_is_not_taken_and_the_page_draws(open_page, workspace, query):
    assert_shows(open_page("campaign", **query), workspace, Plan())


def test_more_takers_than_there_are_stayers_are_counted_as_all_who_stay(open_page, workspace):
    at = open_page("campaign", incentive="10", incentive_uptake="1", backfire_rate="0.02")
    assert_shows(at, workspace, plan_of({"incentive": 10.0, "incentive_uptake": 0.98, "backfire_rate": 0.02}))


def test_a_cost_beyond_the_slider_stays_what_it_is(open_page, workspace):
    at = open_page("campaign", retention_cost="350", success_rate="0.9", clv_months="120")
    assert at.slider(key="slider_retention_cost").value == 300 and at.slider(key="slider_clv_months").value == 60
    assert_shows(at, workspace, plan_of({"retention_cost": 350.0, "success_rate": 0.9, "clv_months": 120.0}))
    at.slider(key="slider_success_rate").set_value(0.8).run()
    assert_shows(at, workspace, plan_of({"retention_cost": 350.0, "success_rate": 0.8, "clv_months": 120.0}))


def test_the_currency_is_a_label_and_converts_nothing(open_page, workspace):
    outcome = recommended(workspace, Plan()).outcome
    for label, sign in (("€", "€"), ("none", "")):
        at = open_page("campaign", currency=label)
        assert metrics(at)["Expected profit"] == dollars(outcome.expected_profit).replace("$", sign)
        assert "$" not in at.title[0].value


def test_the_profit_curve_marks_the_optimum_the_plateau_and_the_break_even_where_the_core_has_them(open_page, workspace):
    drawn, best = figure(open_page("campaign"), "profit_curve"), best_threshold(workspace.expected_sweep, Campaign())
    marked = [trace for trace in drawn["data"] if trace.get("mode") == "markers"]
    assert marked[0]["x"] == [best.threshold] and marked[0]["y"] == [best.expected_profit]
    band = next(shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect")
    assert (band["x0"], band["x1"]) == plateau(workspace.expected_sweep, Campaign())
    lines = [shape["x0"] for shape in drawn["layout"]["shapes"] if shape["type"] == "line"]
    assert lines == [average_break_even(workspace.customers, Campaign(), TELCO)]  # nothing is published
