"""From a list or a scored file to one of its customers, and back."""

from playwright.sync_api import expect

from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import read_table
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.score_table import score_table
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


def test_a_row_of_a_scored_file_opens_its_customer_and_one_comes_back_to_the_table_and_opens_another(
    app, page, ready, telco_path, tmp_path
):
    header, *lines = telco_path.read_text().splitlines()[:21]
    upload = tmp_path / "customers.csv"
    upload.write_text("\n".join([header, *(f"F-{k:02d},{line.split(',', 1)[1]}" for k, line in enumerate(lines))]))
    ranked = score_table(read_table(upload, TELCO), ready.version.model, Plan(), schema=TELCO).scored
    ids = ranked.sort_values("expected_profit", ascending=False, kind="stable")[TELCO.id].tolist()
    page.set_viewport_size({"width": 1440, "height": 1700})
    page.goto(f"{app.url}/customers")
    page.locator("input[type=file]").wait_for(state="attached")
    page.set_input_files("input[type=file]", upload)
    for row in (0, 2):
        table = page.get_by_test_id("stDataFrame").first
        table.locator("canvas").first.wait_for()
        at_rest(page)
        box = table.bounding_box()
        page.mouse.click(box["x"] + _BOX, box["y"] + (row + 1.5) * _ROW)
        page.wait_for_url(f"**/customers?*customer={ids[row]}*")
        expect(page.get_by_role("tab", name="One customer")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_text("This is what your file says of this customer")).to_be_visible()
        page.get_by_role("tab", name="A file").click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
