"""Contacts per week on the Campaign page: in the address, as a sentence and a chart, and in the files that are taken along."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.offers.in_text import as_text
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.drawn import draw_of
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.weeks import in_words, schedule_of
from pages.parts import words
from pages.parts.campaign.schedule import NOT_KNOWN
from tests.pages.campaign.conftest import recommended
from tests.pages.conftest import figure, open_tab, unescaped

IN_TIME = {"contacts_per_week": "200", "window": "3"}


def planned_of(workspace, per_week=200, window=3.0, share=0.0, name=""):
    found = recommended(workspace, Plan(campaign=Campaign(window=window)))
    return schedule_of(found, per_week, draw_of(found, share, name).control)


def shown(at) -> str:
    return unescaped(" ".join(each.value for each in at.markdown))


def test_the_address_holds_how_many_a_week_and_the_page_says_what_waiting_costs(open_page, workspace):
    at = open_page("campaign", **IN_TIME)
    assert at.number_input(key="contacts_per_week").value == 200
    assert in_words(planned_of(workspace), lambda value: words.formats.money(value, "$")) in shown(at)


def test_the_chart_has_every_week(open_page, workspace):
    planned = planned_of(workspace)
    bars = figure(open_page("campaign", **IN_TIME), "schedule")["data"][0]
    assert len(bars["customdata"]) == planned.weeks
    assert bars["customdata"][0].startswith("week 1: 200 contacts, $")


def test_nobody_has_said_how_many_a_week_so_there_is_no_week(open_page):
    at = open_page("campaign")
    assert at.number_input(key="contacts_per_week").value is None
    assert "week" not in at.dataframe[0].value and "waiting costs" not in shown(at)


def test_where_the_window_is_not_stated_that_is_said_and_it_can_be_stated_here(open_page):
    at = open_page("campaign", contacts_per_week="200")
    assert [info.value for info in at.info] == [NOT_KNOWN] and "week" not in at.dataframe[0].value
    at.number_input(key="window").set_value(3.0).run()
    assert not at.info and "At 200 contacts a week the list takes 10 weeks" in shown(at)


def test_the_list_is_in_the_order_of_its_weeks(open_page):
    listed = open_page("campaign", **IN_TIME).dataframe[0].value
    assert set(listed["week"]) == {1} and listed["rank"].is_monotonic_increasing


def test_whoever_is_left_alone_takes_no_place(open_page, workspace):
    at = open_page("campaign", **IN_TIME, control_share="0.1")
    name = at.text_input(key="list_name").value
    assert in_words(planned_of(workspace, share=0.1, name=name), lambda value: words.formats.money(value, "$")) in shown(at)


def test_what_was_said_is_there_again_on_the_way_back_from_another_tab(open_page):
    at = open_tab(open_tab(open_page("campaign", **IN_TIME), "How sure"), "Contact list")
    assert at.number_input(key="contacts_per_week").value == 200


@pytest.mark.parametrize("said", ["0", "1.5", "many"])
def test_a_number_that_is_none_is_named(open_page, said):
    at = open_page("campaign", contacts_per_week=said)
    assert any("contacts_per_week" in warning.value.replace("\\", "") for warning in at.warning) and not at.exception


def test_several_offers_are_worked_through_each_customer_by_the_own_one(open_page, workspace):
    offers = (Offer(name="Call", retention_cost=12, capacity=1200), Offer(name="Letter", retention_cost=2, success_rate=0.08))
    found = recommend(workspace.still_here, Plan(campaign=Campaign(window=3), offers=offers))
    at = open_page("campaign", **IN_TIME, offers=as_text(offers))
    assert not at.exception and in_words(schedule_of(found, 200), lambda value: words.formats.money(value, "$")) in shown(at)
