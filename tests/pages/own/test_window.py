"""The churn window of a company stands beside what spans time, in the same words; where nobody has said it, that is said."""

import pytest

from churn_core.application.workspace import open_workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.campaign_sheet import campaign_sheet
from churn_core.decisions.recommendation import recommend
from tests.pages.conftest import open_tab, unescaped

IN_TIME = "within 3 months"


@pytest.mark.parametrize("page", ["", "explore", "campaign", "model"])
def test_the_headline_says_within_what_time(open_own_page, page):
    at = open_own_page("shop", page or "overview")
    assert IN_TIME in unescaped(at.title[0].value)


def test_the_list_says_what_its_probabilities_are_about(open_own_page):
    assert any(f"Churn is leaving {IN_TIME}." in each.value for each in open_own_page("shop", "campaign").caption)


@pytest.mark.parametrize("page", ["campaign", "model"])
def test_where_nobody_has_said_it_that_is_said(open_own_page, page):
    assert any(
        "This data does not say within what time customers left." in each.value for each in open_own_page("insurer", page).caption
    )


def test_the_sheet_beside_the_list_has_the_window(home_of):
    for company, months in (("shop", 3.0), ("insurer", None)):
        here = open_workspace(home_of(company), training="never").still_here
        sheet = campaign_sheet(recommend(here, Plan()), "m")
        assert dict(zip(sheet["name"], sheet["value"], strict=True))["window_months"] == months


def test_a_schedule_takes_the_window_of_the_data_and_asks_for_it_where_nobody_has_said_it(open_own_page):
    shop, insurer = (open_own_page(company, "campaign", contacts_per_week="20") for company in ("shop", "insurer"))
    assert "window" not in [box.key for box in shop.number_input] and not shop.info
    assert any("At 20 contacts a week the list takes" in each.value for each in shop.markdown)
    assert "window" in [box.key for box in insurer.number_input]
    assert any("these data do not say within how many months" in each.value for each in insurer.info)


def test_of_a_lifetime_value_contacts_per_week_are_the_only_other_answer(open_own_page):
    without, with_them = (
        open_tab(open_own_page("shop", "campaign", **query), "Sensitivity") for query in ({}, {"contacts_per_week": "20"})
    )
    assert not without.dataframe and any("Say how many contacts you can make in a week" in each.value for each in without.caption)
    assert with_them.dataframe[0].value["answer"].tolist() == ["As you assume", "20 contacts a week, 3 months"]
