"""The numbers of a chart in a real browser: reached with the keyboard, a table to a screen reader, not printed, and up to date."""

import re

from playwright.sync_api import expect

from churn_core.decisions import describe
from churn_core.formats import count, percent
from churn_core.schema.telco import TELCO
from tests.browser.conftest import at_rest


def numbers(page, message: str):
    """What is folded below the chart of that message, opened with the keyboard."""
    page.get_by_text(message, exact=False).first.wait_for()
    summary = at_rest(page).locator("details.numbers > summary", has_text=message)
    summary.focus()
    page.keyboard.press("Enter")
    return page.get_by_role("group", name=re.compile(f"^Numbers of the chart “{message}"))


def test_the_keyboard_reaches_a_table_of_what_the_chart_draws(app, trained, page):
    page.goto(f"{app.url}/explore")
    told = numbers(page, "By tenure bucket")
    assert told.get_by_role("columnheader").all_inner_texts() == ["Tenure (months)", "Customers", "Churn rate", "95% interval"]
    for row in describe.churn_by_tenure_bucket(trained.customers, TELCO).itertuples():
        cells = told.get_by_role("row").filter(has=page.get_by_role("rowheader", name=row.group, exact=True)).get_by_role("cell")
        assert cells.all_inner_texts()[:2] == [count(row.customers), percent(row.churn_rate)]


def test_a_chart_is_a_figure_that_is_called_by_its_message(app, trained, page):
    page.goto(f"{app.url}/explore")
    page.get_by_test_id("stPlotlyChart").first.wait_for()
    expect(page.get_by_role("figure", name=re.compile("^Churn rate by month of tenure"))).to_have_count(1)


def test_the_numbers_of_the_live_curve_follow_the_finger(app, trained, page):
    page.goto(f"{app.url}/campaign")
    told = numbers(page, "Profit is highest at a threshold of")
    shown = [page.locator(f".campaign [data-figure={name}]") for name in ("threshold", "profit")]
    best = "Best threshold: {}, {}".format(*(each.inner_text() for each in shown))
    assert best in told.inner_text()
    page.get_by_role("slider", name="Success rate", exact=True).press("ArrowRight")
    at_rest(page)
    after = "Best threshold: {}, {}".format(*(each.inner_text() for each in shown))
    assert after != best and after in told.inner_text() and best not in told.inner_text()
    assert told.get_by_role("columnheader").all_inner_texts()[1:] == ["Contacts", "Expected profit", "Expected spend", "ROI"]


def test_the_bars_of_overview_are_a_table_too(app, trained, page):
    page.goto(app.url)
    table = page.get_by_role("table").filter(has=page.get_by_role("rowheader", name="Everybody"))
    table.wait_for()
    assert table.get_by_role("columnheader").all_inner_texts() == ["Choice", "Expected profit", "Expected spend"]


def test_the_numbers_are_not_printed(app, trained, page):
    page.goto(f"{app.url}/explore")
    told = numbers(page, "By tenure bucket")
    assert told.is_visible()
    page.emulate_media(media="print")
    assert not told.is_visible()
