"""From a list to one of its customers, and back by the address."""

from playwright.sync_api import expect

from churn_core.campaign.plan import Plan
from churn_core.decisions.contact_list import contact_list, recommend
from churn_core.schema.telco import TELCO
from tests.browser.conftest import at_rest

_ROW, _BOX = 35, 14  # pixels: the height of a row, and where in it the box is that chooses it


def test_a_row_of_the_contact_list_opens_its_customer(app, page, ready):
    page.set_viewport_size({"width": 1440, "height": 1700})  # the list without scrolling
    page.goto(f"{app.url}/campaign")
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    at_rest(page)
    table.locator("canvas").first.wait_for()
    box = table.bounding_box()
    page.mouse.click(box["x"] + _BOX, box["y"] + 1.5 * _ROW)
    listed = contact_list(recommend(ready.still_here, Plan()), ready.version.model, first=1)
    page.wait_for_url(f"**/customers?*customer={listed[TELCO.id].iloc[0]}*")
    expect(page.get_by_role("tab", name="One customer")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("heading", name="likely to leave")).to_be_visible()
