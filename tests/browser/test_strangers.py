"""A stranger's image, link and colour in a real browser: nothing is fetched from elsewhere, nothing of it is an element."""

import pandas as pd
import pytest

from churn_core.campaign.plan import Plan
from churn_core.storage.store import open_store
from tests.browser.conftest import at_rest
from tests.navigation import PAGES
from tests.pages.strangers import ALL, COLOUR, ELSEWHERE, FILES, IMAGE, LINK

NAME = f"{IMAGE} {LINK} {COLOUR}"
OF_THE_STRANGER = f"img[src*='{ELSEWHERE}'], a[href*='{ELSEWHERE}'], img[alt=x], [role=img][aria-label='home icon']"


@pytest.fixture
def foreign(app, page) -> list[str]:
    """What the browser asks other hosts for."""
    asked: list[str] = []

    def note(request) -> None:
        if not request.url.startswith((app.url, "data:", "blob:")):
            asked.append(request.url)

    page.on("request", note)
    return asked


@pytest.fixture(scope="module")
def some(telco_path) -> pd.DataFrame:
    return pd.read_csv(telco_path, dtype=str, keep_default_na=False).iloc[:60]


def settled(page) -> None:
    at_rest(page).wait_for_timeout(500)  # Markdown and charts are drawn after the script


def is_text(page) -> None:
    assert page.locator(OF_THE_STRANGER).count() == 0
    assert page.locator(".stMarkdownColoredText", has_text="colour").count() == 0


def test_files_links_and_campaigns_of_a_stranger_are_text(app, page, ready, foreign, some):
    for kind, (make, ending) in FILES.items():
        page.goto(f"{app.url}/customers")
        page.locator("input[type=file]").first.wait_for(state="attached")
        file = {
            "name": f"![x](http---{ELSEWHERE}) {LINK.replace('/', '-')} {COLOUR}.{ending}",
            "mimeType": "text/csv",
            "buffer": make(some),
        }
        page.locator("input[type=file]").first.set_input_files(file)
        page.get_by_text("elsewhere").first.wait_for(state="attached")
        settled(page)
        is_text(page)
        assert foreign == [], kind
    page.goto(f"{app.url}/explore?retention_cost={IMAGE}&rule={LINK}&currency={COLOUR}&budget=http://{ELSEWHERE}/bare")
    page.get_by_text("Not all of the link was understood").first.wait_for()
    settled(page)
    assert IMAGE in page.get_by_test_id("stMain").inner_text().replace("\u2060", "")
    is_text(page)
    store = open_store(app.home)
    numbers = {"contacted": 10, "expected_profit": 5.0, "expected_spend": 1.0, "model_id": "m-1", "data_sha256": "0" * 64}
    saved = store.save(NAME, Plan(), note=ALL, threshold=0.25, who=NAME[:80], **numbers)
    store.publish(0.25, who=NAME[:80], reason=ALL, campaign_id=saved.id)
    for name in PAGES.values():
        page.goto(f"{app.url}/{name}")
        page.locator("h1").first.wait_for()
        settled(page)
        if name == "campaign":
            page.get_by_role("tab", name="Saved campaigns").click()
            page.get_by_text("When saved").first.wait_for()
            settled(page)
            assert ALL in page.get_by_test_id("stMain").inner_text().replace("\u2060", "")
        is_text(page)
    store.rollback(who="Ben", reason="")
    store.close()
    assert foreign == []
