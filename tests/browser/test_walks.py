"""The three walks of PAGES.md, click by click: how many it takes, and that what is taken away holds the right thing."""

import io
import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from churn_core.application.score_file import score_file
from churn_core.batch.target import Target
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.policies import revenue_at_risk
from churn_core.decisions.recommendation import recommend
from churn_core.formats import count, money
from churn_core.schema.telco import TELCO
from churn_core.storage.draws import Draws
from churn_core.storage.store import open_store
from tests.browser.conftest import at_rest

FOLD = 900  # pixels: where the first screen ends
SLIDERS = {  # on Campaign: the label and where on its range it is let go
    "retention_cost": ("Retention cost per contact", 0.1),
    "success_rate": ("Success rate", 0.35),
    "success_rate_give_or_take": ("Success rate, give or take", 0.2),
    "clv_months": ("CLV horizon in months", 0.3),
}


class Walk:
    """Somebody at a page. Each click counts, and a drag, a value that is typed and a file that is chosen count as one each."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Locator) -> None:
        what.wait_for()
        at_rest(self.page)
        self.clicks += 1
        what.click()

    def drag(self, slider: Locator, share: float) -> float:
        """To this share of its range; the value there."""
        slider.wait_for()
        at_rest(self.page)
        self.clicks += 1
        low, high, now = (float(slider.evaluate(f"slider => slider.{name}")) for name in ("min", "max", "value"))
        box, thumb = slider.bounding_box(), 16
        grab, let_go = (
            {"x": thumb / 2 + part * (box["width"] - thumb), "y": box["height"] / 2}
            for part in ((now - low) / (high - low), share)
        )
        slider.drag_to(slider, source_position=grab, target_position=let_go)  # waits until nothing moves it
        return float(slider.input_value())

    def type(self, box: Locator, text: str) -> None:
        """Nothing is pressed behind it: what follows is done with the typing not ended."""
        box.wait_for()
        at_rest(self.page)
        self.clicks += 1
        box.fill(text)

    def choose(self, file: Path, button: Locator) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.click(button)
        self.clicks += 1
        chooser.value.set_files(file)

    def take(self, button: Locator) -> Path:
        """The file behind a button."""
        with self.page.expect_download() as download:
            self.click(button)
        return download.value.path()


@pytest.fixture
def walk(page: Page, ready) -> Walk:
    """On the first page, which is Overview."""
    return Walk(page)


def read(place: Locator) -> str:
    return place.inner_text().replace("\xa0", " ")


def in_first_screen(place: Locator) -> str:
    """What somebody reads there without scrolling."""
    expect(place).to_be_visible()
    box = place.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= FOLD, f"scrolled to be read: {read(place)}"
    return read(place)


def test_an_executive_has_four_answers_without_scrolling_and_leaves_with_a_file_in_three_clicks(app, walk, trained):
    page, store = walk.page, open_store(app.home).of(trained.schema)
    store.publish(0.2, who="Ada", reason="")
    try:
        page.reload()
        page.get_by_text("by Ada").first.wait_for()
        at_rest(page)
        found = recommend(trained.still_here, Plan())
        at_stake = page.get_by_test_id("stMetric").filter(has_text="Revenue at risk a year")
        assert money(revenue_at_risk(trained.still_here), "$") in in_first_screen(at_stake)
        to_do = in_first_screen(page.locator("h1"))
        assert to_do.startswith(f"Contact {count(found.outcome.contacted)} of {count(len(trained.still_here))} customers")
        assert f"on {money(found.outcome.expected_spend, '$')} spent" in to_do
        how_sure, wide = in_first_screen(page.get_by_role("listitem").filter(has_text="How sure")), found.forecast.range
        assert f"{money(wide.low, '$')} to {money(wide.high, '$')}" in how_sure
        if_agreed = in_first_screen(page.get_by_text("Publishing this contacts"))
        assert "more; expected" in if_agreed and "what was published" in if_agreed and "by Ada" in if_agreed
        walk.click(page.get_by_role("button", name="Take it along"))
        file = walk.take(page.get_by_role("button", name="Page with sliders (HTML)")).read_text(encoding="utf-8")
    finally:
        store.rollback(who="Ada", reason="")
        store.close()
    assert walk.clicks <= 3
    headline = re.search("<main>.*?<h1>(.*?)</h1>", file, re.DOTALL)[1]
    assert unescape(headline).replace("\xa0", " ") == to_do
    assert "Amount approved" in file


def test_a_manager_goes_from_sliders_to_a_drawn_list_in_twelve_clicks(app, walk, trained):
    page, moved = walk.page, {}
    walk.click(page.get_by_role("button", name="Change assumptions"))
    live = page.locator(".campaign")
    for name, (label, share) in SLIDERS.items():
        moved[name] = walk.drag(live.get_by_role("slider", name=label, exact=True), share)
        page.wait_for_url(re.compile(rf"[?&]{name}="))
    walk.type(page.get_by_role("spinbutton", name="Budget"), "30000")
    walk.click(page.get_by_role("tab", name="Control group"))
    page.wait_for_url("**budget=30000**")
    advised = page.get_by_role("button", name="alone on the contact list")
    walk.click(advised)
    page.wait_for_url("**control_share=**")
    share = float(re.search(r"control_share=([\d.]+)", page.url)[1])
    walk.type(page.get_by_role("textbox", name="Name of the list"), "Spring calls")
    sheets = pd.read_excel(
        walk.take(page.get_by_role("button", name="Download the whole list (Excel)")), sheet_name=None, engine="openpyxl"
    )
    walk.click(page.get_by_test_id("stSidebarNavLink").filter(has_text="Results"))
    page.locator("canvas td").filter(has_text="Spring calls").first.wait_for(state="attached")
    assert walk.clicks <= 12

    plan = Plan(campaign=Campaign(**moved), objective=Objective(budget=30_000.0))
    found = recommend(trained.still_here, trained.valued(plan))
    listed = contact_list(found, trained.version.model, control_share=share, salt="Spring calls")
    for sheet, arm in (("Call", "treated"), ("Do not call", "control")):
        assert sheets[sheet]["Customer"].tolist() == listed.loc[listed["arm"] == arm, TELCO.id].tolist()
    assert 0 < len(sheets["Do not call"]) == pytest.approx(share * len(listed), abs=20)
    store = open_store(app.home).of(trained.schema)
    (kept,) = [campaign for campaign in store.campaigns() if campaign.name == "Spring calls"]
    draw = Draws(store).of_campaign(kept.id)
    store.close()
    assert {kept.name, kept.id} <= set(sheets["Read me"].iloc[:, 1])
    assert (kept.plan, draw.salt, draw.share) == (found.plan, "Spring calls", share)


def test_an_analyst_goes_from_a_file_to_its_list_in_six_clicks(app, walk, trained, telco_path):
    page = walk.page
    walk.click(page.get_by_test_id("stSidebarNavLink").filter(has_text="Customers").first)
    walk.choose(telco_path, page.get_by_test_id("stFileUploaderDropzone").locator("button"))
    taken = walk.take(page.get_by_role("button", name="Download scored (CSV)")).read_bytes()
    assert walk.clicks <= 6
    store = open_store(app.home).of(trained.schema)
    decision = store.decision(Plan())
    store.close()
    expected = io.BytesIO()
    score_file(telco_path, trained.version, decision, watch=None, says_why=True, scored=Target(stream=expected))
    assert taken == expected.getvalue()
