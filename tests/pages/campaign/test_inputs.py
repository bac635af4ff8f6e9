"""Inputs and sliders of the Campaign page give what the core computes, and a link opens the campaign."""

from urllib.parse import parse_qsl

import pytest

from churn_core.campaign.economics import TENURE, Campaign
from churn_core.campaign.offers.in_text import as_text
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.optimise import best_threshold, plateau
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.policies import average_break_even
from churn_core.report.link import AFTER_SAVE, BASIC
from tests.pages.campaign.conftest import FULL, LIMITED, RULE_WORDS, SHARES, assert_shows, plan_of, query_of, recommended
from tests.pages.conftest import beside, dollars, figure, metrics, open_tab, side_bar, unescaped


@pytest.mark.parametrize(("cost", "rate", "months"), [(50.0, 0.3, 12), (10.0, 0.05, 6), (200.0, 0.9, 36)])
def test_the_campaign_sliders_give_what_the_core_computes(open_page, workspace, cost, rate, months):
    at = open_page("campaign")
    values = {"retention_cost": cost, "success_rate": rate, "success_rate_give_or_take": 0.1, "clv_months": float(months)}
    for key, value in values.items():
        at.slider(key=f"slider_{key}").set_value(value)
    at.run()
    assert_shows(at, workspace, plan_of(values))
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
    assert set(again) == {*values, *BASIC}
    assert plan_of({**values}) == plan_of({name: _read(name, value) for name, value in again.items()})
    opened = open_page("campaign", **again)
    assert opened.title[0].value == at.title[0].value
    assert_shows(opened, workspace, plan_of(values))


def test_the_link_that_is_offered_opens_offers_a_label_of_money_and_a_back_test_again(open_page):
    offers = as_text(
        [Offer(name="Call", retention_cost=25, success_rate=0.4), Offer(name="Mail", retention_cost=1, success_rate=0.05)]
    )
    query = {"offers": offers, "currency": "€", "back_test": "true", "budget": "9000", "after_save": AFTER_SAVE[TENURE]}
    at = open_tab(open_page("campaign", **query), "Saved campaigns")
    again = dict(parse_qsl(at.code[0].value.partition("?")[2], keep_blank_values=True))
    assert {name: again[name] for name in query} == query and set(again) == {*query, *BASIC}
    opened = open_page("campaign", **again)
    assert not opened.warning and opened.title[0].value == at.title[0].value
    assert open_tab(opened, "Saved campaigns").code[0].value == at.code[0].value


def _read(name: str, value: str) -> float | str:
    return next(rule for rule, words in RULE_WORDS.items() if words == value) if name == "rule" else float(value)


@pytest.mark.parametrize(
    "query",
    [{"retention_cost": "-5"}, {"success_rate": "30"}, {"budget": "much"}, {"rule": "none"}, {"success_rate_give_or_take": "2"}],
)
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


def test_a_give_or_take_beyond_the_slider_stays_what_it_is(open_page, workspace):
    at = open_page("campaign", success_rate="0.5", success_rate_give_or_take="0.7")
    assert at.slider(key="slider_success_rate_give_or_take").value == 0.5
    assert_shows(at, workspace, plan_of({"success_rate": 0.5, "success_rate_give_or_take": 0.7}))


@pytest.mark.parametrize("half", [0.0, 0.05, 0.35])
def test_the_give_or_take_moves_the_range_and_not_the_profit(open_page, workspace, half):
    at = open_page("campaign", retention_cost="40")
    before, usual = metrics(at), recommended(workspace, plan_of({"retention_cost": 40.0}))
    at.slider(key="slider_success_rate_give_or_take").set_value(half).run()
    values = {"retention_cost": 40.0, "success_rate_give_or_take": half}
    assert_shows(at, workspace, plan_of(values))
    found = recommended(workspace, plan_of(values))
    assert metrics(at) == before and at.slider(key="success_rate_give_or_take").value == half
    assert found.forecast.range_if_exact == usual.forecast.range_if_exact
    assert (found.forecast.range.half_width > usual.forecast.range.half_width) == (half > 0.2)
    said = f"30% success ± {half:.0%}" if half else "30% success, exactly"
    assert said in unescaped(side_bar(at))


@pytest.mark.parametrize("values", [{}, {**FULL, **LIMITED[-1]}], ids=["usual", "everything"])
def test_a_back_test_is_about_all_customers_and_says_so(open_page, workspace, values):
    at = open_page("campaign", **query_of(values), back_test="true")
    assert_shows(at, workspace, plan_of(values), back_test=True)
    at.toggle(key="back_test").set_value(False).run()
    assert_shows(at, workspace, plan_of(values))


def test_where_a_back_test_contacts_nobody_it_says_so_as_one(open_page):
    at = open_page("campaign", retention_cost="300", success_rate="0.01", back_test="true")
    assert at.title[0].value == "Back-test: contact nobody: at these parameters no contact pays"


def test_the_figures_of_the_usual_campaign_are_those_that_were_agreed(open_page):
    """ECONOMICS.md, "Who can be contacted"."""
    here, back_test = (open_page("campaign", back_test=on) for on in ("false", "true"))
    assert unescaped(here.title[0].value) == (
        "Contact 3,432 of 5,174 customers still here, everyone above 4.6%: expected profit $200,000 ±\u00a0$159,000 on $34,300 "
        "spent, ROI 583%"
    )
    assert beside(here)["Expected profit"] == "± $27,900 if 30% is exactly right"
    assert unescaped(back_test.title[0].value) == (
        "Back-test: contact 5,265 of all 7,043 customers, everyone above 4.6%: expected profit $441,000 ±\u00a0$332,000 on "
        "$52,700 spent, ROI 838%"
    )
    assert beside(back_test)["Expected profit"] == "± $39,800 if 30% is exactly right"


def test_the_currency_is_a_label_and_converts_nothing(open_page, workspace):
    outcome = recommended(workspace, Plan()).outcome
    for label, sign in (("€", "€"), ("none", "")):
        at = open_page("campaign", currency=label)
        assert metrics(at)["Expected profit"] == dollars(outcome.expected_profit).replace("$", sign)
        assert "$" not in at.title[0].value


def test_the_profit_curve_marks_the_optimum_the_plateau_and_the_break_even_where_the_core_has_them(open_page, workspace):
    drawn, best = figure(open_page("campaign"), "profit_curve"), best_threshold(workspace.still_here.expected_sweep, Campaign())
    marked = [trace for trace in drawn["data"] if trace.get("mode") == "markers"]
    assert marked[0]["x"] == [best.threshold] and marked[0]["y"] == [best.expected_profit]
    band = next(shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect")
    assert (band["x0"], band["x1"]) == plateau(workspace.still_here.expected_sweep, Campaign())
    lines = [shape["x0"] for shape in drawn["layout"]["shapes"] if shape["type"] == "line"]
    assert lines == [average_break_even(workspace.still_here, Campaign())]  # nothing is published


def test_cost_and_budget_stand_in_front_and_every_other_input_in_the_assumptions(open_page):
    at = open_page("campaign", budget="20000", retention_cost="12.5")
    (folded,) = [each for each in at.expander if each.label == "Budget and all assumptions"]
    inside = {each.key for each in (*folded.number_input, *folded.slider)}
    assert inside.isdisjoint({"retention_cost", "budget"}) and {"success_rate", "fixed_cost"} <= inside
    assert (at.number_input(key="retention_cost").value, at.number_input(key="budget").value) == (12.5, 20_000)
