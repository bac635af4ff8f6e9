"""Whom the figures are about: the customers still here, and by one switch, on every page, all of them as a back-test."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.decisions.policies import EVERYBODY, FORESIGHT, average_break_even, policies, revenue_at_risk, segment_economics
from churn_core.decisions.population import ALL, HERE
from churn_core.decisions.realised import realised
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from tests.navigation import PAGES
from tests.pages.conftest import beside, dollars, figure, metrics, numbers, open_tab, side_bar, text, to_page, unescaped

ON, OFF = {"back_test": "true"}, {}
BOTH = pytest.mark.parametrize(("query", "which"), [(OFF, HERE), (ON, ALL)], ids=["still here", "back-test"])


def label(at) -> list[str]:
    """The lines that call the figures of the page a back-test."""
    return [info.value for info in at.info if info.value.startswith("Back-test: ")]


# One switch


@pytest.mark.parametrize("name", PAGES)
def test_the_switch_is_in_the_side_bar_of_every_page_and_off(open_page, name):
    at = open_page(name)
    assert at.sidebar.toggle(key="back_test").value is False and label(at) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_back_test_is_opened_by_its_address_and_labelled_on_every_page(open_page, name):
    at = open_page(name, **ON)
    assert not at.exception and not at.error
    assert at.sidebar.toggle(key="back_test").value is True
    (said,) = label(at)
    assert said.startswith("Back-test: all 7,043 customers in the data, 1,869 of whom have left.")
    assert "lists still hold only customers who are here" in said


def test_the_switch_is_carried_between_pages(open_page):
    """That it stays off when it is switched off again is seen in a browser: the driver keeps what an address held."""
    at = to_page(open_page("overview"), "explore").run()
    at.sidebar.toggle(key="back_test").set_value(True).run()
    assert label(at)
    for name in PAGES:
        at.switch_page(f"{name}.py").run()
        assert not at.exception and label(at) and at.sidebar.toggle(key="back_test").value is True, name
        assert at.query_params["back_test"] in ("true", ["true"]), name
    at.sidebar.toggle(key="back_test").set_value(False).run()
    assert not at.exception and not label(at)


@pytest.mark.parametrize("value", ["perhaps", "", "2"])
def test_an_address_that_says_neither_on_nor_off_shows_the_customers_still_here(open_page, value):
    at = open_page("overview", back_test=value)
    assert not at.exception and not label(at) and "customers still here" in at.title[0].value


def test_a_back_test_changes_whom_the_figures_are_about_and_nothing_of_the_campaign(open_page):
    of_campaign = {"retention_cost": "60", "budget": "90000"}
    here, back_test = (open_page("explore", **of_campaign, **query) for query in (OFF, ON))
    told = [unescaped(side_bar(at)).split("**Best threshold**")[0] for at in (here, back_test)]
    assert told[0] == told[1] and "$60 per contact" in told[0]


# The figures


@BOTH
@pytest.mark.parametrize("cost", [10.0, 100.0])
def test_the_threshold_of_the_draft_in_the_side_bar_is_that_of_the_customers_still_here(open_page, workspace, query, which, cost):
    best = best_threshold(workspace.still_here.expected_sweep, Campaign(retention_cost=cost))
    for name in PAGES:
        told = unescaped(side_bar(open_page(name, retention_cost=str(cost), **query)))
        assert f"**Best threshold** {best.threshold:.1%}" in told, name


@BOTH
def test_overview_is_about_these_customers(open_page, workspace, query, which):
    at, population = open_page("overview", retention_cost="50", **query), workspace.population(which)
    found, shown = recommend(population, Plan(campaign=Campaign(retention_cost=50))), metrics(at)
    who = "of all 7,043 customers" if which == ALL else "of 5,174 customers still here"
    begins = "Back-test: contact" if which == ALL else "Contact"
    assert unescaped(at.title[0].value).startswith(f"{begins} {found.outcome.contacted:,} {who}, everyone above")
    assert f"±\u00a0{dollars(found.forecast.range.half_width)} on" in unescaped(at.title[0].value)
    assert shown["Customers" if which == ALL else "Customers still here"] == f"{len(population):,}"
    assert shown["Monthly revenue"] == dollars(population.worth.amount.sum())
    assert shown["Revenue at risk a year"] == dollars(revenue_at_risk(population))
    assert shown["Expected profit"] == dollars(found.outcome.expected_profit)
    assert beside(at)["Expected profit"] == f"± {dollars(found.forecast.range.half_width)}"
    assert shown["Churn rate"] == "26.5%"  # who left is a fact of the file, whomever the campaign is about
    table = policies(population, Plan(campaign=Campaign(retention_cost=50))).set_index("policy")
    profit, _ = figure(at, "policies")["data"]
    assert profit["y"] == table.index.tolist() and EVERYBODY in profit["y"]
    assert numbers(profit["x"]).tolist() == table["expected_profit"].tolist()
    assert (FORESIGHT in profit["y"]) == ("Perfect foresight" in text(at)) == (which == ALL)


def test_overview_says_what_to_do_now_and_what_the_same_rule_did_before(open_page, workspace):
    at, now = open_page("overview"), recommend(workspace.still_here, Plan())
    before = recommend(workspace.all_customers, Plan())
    was, told = realised(before), unescaped(text(at))
    assert (now.outcome.contacted, before.outcome.contacted, was.had_left) == (3432, 5265, 1833)
    assert unescaped(at.title[0].value).startswith("Contact 3,432 of 5,174 customers still here")
    assert (
        "**Before**: on all 7,043 customers, the same rule would have contacted 5,265, 1,833 of whom left: expected "
        f"{dollars(before.outcome.expected_profit)}, realised {dollars(was.profit.estimate)} at the assumed success rate." in told
    )
    wide, exact = now.forecast.range, now.forecast.range_if_exact
    assert f"If it is exactly right, expect {dollars(exact.low)} to {dollars(exact.high)}" in told
    assert f"if it lies between 10% and 50%, {dollars(wide.low)} to {dollars(wide.high)}." in told


def test_a_success_rate_that_is_exactly_right_has_one_range_on_overview(open_page):
    told = unescaped(text(open_page("overview", success_rate_give_or_take="0")))
    assert "If it is exactly right, expect $172,000 to $228,000." in told and "if it lies between" not in told


@BOTH
def test_the_segments_of_explore_count_who_can_be_contacted(open_page, workspace, query, which):
    at = open_page("explore", **query)
    (segment,) = TELCO.segments
    shown, population = metrics(at), workspace.population(which)
    economics = segment_economics(population, segment, Campaign())
    assert shown["Customers"] == "848" and shown["Churn rate"] == "63.6%"  # who left is told of all
    assert beside(at)["Customers"] == ("" if which == ALL else f"{economics['customers']} still here")
    assert shown["Worth contacting"] == f"{economics['outcome'].contacted:,}"
    assert shown["Break-even probability"] == f"{economics['break_even_probability']:.1%}"


def test_where_the_filters_leave_only_customers_who_left_nobody_is_worth_contacting(open_page, workspace):
    at = open_page("explore")
    at.multiselect(key="filter_InternetService").set_value(["Fiber optic"])
    at.multiselect(key="filter_Contract").set_value(["One year"])
    at.slider(key="filter_tenure").set_value((25, 25)).run()
    assert not at.exception and not at.error and "nan" not in text(at).lower().split()
    shown = metrics(at)
    assert "100.0% of 2 customers left" in at.title[0].value and shown["Churn rate"] == "100.0%"
    assert beside(at)["Customers"] == "0 still here" and shown["Worth contacting"] == "0"
    assert shown["Break-even probability"] == "—"


@BOTH
def test_the_curve_of_the_campaign_page_is_that_of_these_customers(open_page, workspace, query, which):
    population = workspace.population(which)
    drawn, best = figure(open_page("campaign", **query), "profit_curve"), best_threshold(population.expected_sweep, Campaign())
    (marked,) = [trace for trace in drawn["data"] if trace.get("mode") == "markers"]
    assert marked["x"] == [best.threshold] and marked["y"] == [best.expected_profit]
    (line,) = [shape["x0"] for shape in drawn["layout"]["shapes"] if shape["type"] == "line"]
    assert line == average_break_even(population, Campaign())


@BOTH
def test_the_campaign_page_says_at_its_end_whose_figures_these_are(open_page, query, which):
    of = "all 7,043 customers" if which == ALL else "5,174 customers still here of 7,043"
    assert any(
        f", {of}, tested on customers the model had not seen" in each.value for each in open_page("campaign", **query).caption
    )


@BOTH
@pytest.mark.parametrize("tab", ["Sensitivity", "How sure", "Per customer or one threshold"])
def test_no_tab_of_the_campaign_page_is_about_others_than_its_headline(open_page, workspace, query, which, tab):
    at = open_tab(open_page("campaign", retention_cost="60", **query), tab)
    best = best_threshold(workspace.population(which).expected_sweep, Campaign(retention_cost=60))
    if tab == "Sensitivity":
        assert f"This list of {best.contacted:,} customers" in text(at)
    else:
        table = at.dataframe[0].value
        assert table["expected_profit"].tolist().count(best.expected_profit) == 1
