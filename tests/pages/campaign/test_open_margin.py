"""A margin that nobody has stated is said on the pages that show its money, with what a lower one would leave, until it is stated."""

from urllib.parse import parse_qsl

import pytest

from churn_core.campaign.open_margin import NOT_STATED, at_margins
from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.report.link import BASIC
from tests.pages.campaign.conftest import plan_of, query_of, recommended
from tests.pages.conftest import dollars, open_tab, unescaped


def told(at) -> list[str]:
    return [unescaped(caption.value) for caption in at.caption if NOT_STATED in caption.value]


@pytest.mark.parametrize("page", ["overview", "campaign"])
@pytest.mark.parametrize("values", [{}, {"retention_cost": 25.0, "budget": 9_000.0}], ids=["defaults", "budget"])
def test_the_line_has_the_best_list_at_half_and_at_a_third(open_page, workspace, page, values):
    plan = plan_of(values)
    half, less = at_margins(
        lambda other: recommended(workspace, plan_of({**values, "margin": other.margin})).outcome, plan.campaign
    )
    (line,) = told(open_page(page, **query_of(values)))
    assert f"At 50% the best list earns {dollars(half.expected_profit)} (threshold {half.threshold:.1%})" in line
    assert f"at 30% {dollars(less.expected_profit)} ({less.threshold:.1%})." in line


def test_customer_by_customer_it_says_how_many(open_page, workspace):
    outcome = recommended(workspace, plan_of({"margin": 0.5, "rule": PER_CUSTOMER})).outcome
    (line,) = told(open_page("campaign", **query_of({"rule": PER_CUSTOMER})))
    assert f"At 50% the best list earns {dollars(outcome.expected_profit)} ({outcome.contacted:,} customers)" in line


@pytest.mark.parametrize("page", ["overview", "campaign"])
@pytest.mark.parametrize("query", [{"margin": "0.5"}, {"margin_stated": "true"}], ids=str)
def test_it_is_gone_once_the_margin_is_stated_and_100_percent_can_be_stated(open_page, page, query):
    assert told(open_page(page, **query)) == []


def test_the_answer_is_given_where_the_margin_is_set_and_a_link_keeps_it(open_page):
    at = open_page("campaign")
    at.checkbox(key="margin_stated").check().run()
    assert told(at) == []
    link = open_tab(at, "Saved campaigns").code[0].value
    linked = dict(parse_qsl(link.partition("?")[2]))
    assert linked["margin_stated"] == "true" and set(linked) == {"margin_stated", *BASIC}


def test_where_nobody_is_contacted_no_lower_margin_is_told(open_page):
    assert told(open_page("campaign", retention_cost="100000")) == []
