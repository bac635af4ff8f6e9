"""Lifetime values have no horizon and no revenue; a yearly charge counts by the month; currency and window are those of the data."""

import pytest

from churn_core.application.workspace import Workspace, open_workspace
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import OF_REVENUE
from churn_core.decisions.policies import revenue_at_risk
from churn_core.live.component import ranges
from pages.parts.campaign_words import in_words, is_for_life
from tests.pages.conftest import metrics, side_bar, text, to_page, unescaped
from tests.pages.own.test_pages import OTHER_PAGES, all_words


@pytest.fixture
def shop(home_of) -> Workspace:
    return open_workspace(home_of("shop"), training="never")


@pytest.fixture
def insurer(home_of) -> Workspace:
    return open_workspace(home_of("insurer"), training="never")


@pytest.mark.parametrize("name", OTHER_PAGES)
def test_a_lifetime_value_asks_for_no_horizon_and_knows_no_revenue(open_own_page, name):
    at = open_own_page("shop", name)
    words = unescaped(all_words(at)).casefold()
    assert not [word for word in ("revenue", "horizon", "margin", "monthly charge", "a month") if word in words]
    assert not {each.key for each in (*at.number_input, *at.slider, *at.radio)} & set(OF_REVENUE)


def test_everybody_is_worth_what_somebody_said_in_the_currency_of_the_data(open_own_page, shop):
    at = open_own_page("shop", "overview")
    assert "each customer worth €900" in unescaped(text(at))
    shown = metrics(at)
    assert shown["Lifetime value at risk"].startswith("€") and "Revenue at risk a year" not in shown
    assert revenue_at_risk(shop.still_here) == pytest.approx(900 * shop.still_here.probability.sum())


def test_another_currency_label_can_be_chosen_and_stays_on_the_next_page(open_own_page):
    at = to_page(open_own_page("shop", "overview"), "explore").run()
    at.selectbox(key="currency").select("£").run()
    assert "each customer worth £900" in unescaped(side_bar(at))
    assert "each customer worth £900" in unescaped(side_bar(to_page(at, "customers").run()))


def test_the_sliders_in_front_are_those_that_count(shop, insurer):
    assert "clv_months" in ranges(is_for_life(insurer.schema)) and not set(ranges(is_for_life(shop.schema))) & set(OF_REVENUE)


def test_a_plan_in_words_says_months_of_revenue_where_there_is_one(shop, insurer):
    assert "12 months of revenue" in in_words(Plan(), insurer.schema)
    assert "each customer worth $900" in in_words(Plan(), shop.schema) and "month" not in in_words(Plan(), shop.schema)


def test_a_yearly_charge_is_shown_by_the_month(open_own_page, insurer):
    charge = insurer.still_here.customers["annual_premium"].sum()
    shown = metrics(open_own_page("insurer", "overview"))["Monthly revenue"]
    assert float(shown.replace("$", "").replace(",", "")) == pytest.approx(charge, rel=0.01)


def test_the_time_in_which_they_left_is_said_where_it_is_known(open_own_page):
    assert "left within 3 months" in open_own_page("shop", "explore").title[0].value
    assert "within" not in open_own_page("insurer", "explore").title[0].value


def test_a_lifetime_value_knows_no_margin_so_none_is_asked(open_own_page):
    asked = {}
    for company in ("shop", "insurer"):
        at = open_own_page(company, "campaign")
        asked[company] = (
            any("Margin not stated" in each.value for each in at.caption),
            "margin_stated" in [box.key for box in at.checkbox],
        )
    assert asked == {"shop": (False, False), "insurer": (True, True)}
