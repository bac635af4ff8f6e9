"""*Your customers* from a stranger's file to the result, light and dark, wide and on a phone: complete and within the screen."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import App, running, until
from tests.browser.test_every_page import SIZES
from tests.pages.test_your_customers import as_csv, shop

PATIENCE = 120_000  # ms until what does not happen fails the test


@pytest.fixture(scope="module")
def own_app(app: App, trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The same app on a state folder of its own, in which customers of others may be trained on."""
    home = tmp_path_factory.mktemp("own") / "home"
    shutil.copytree(app.home, home)
    with running(home) as started:
        until(lambda: started.health() == 200, "the app to be ready")
        yield started


def in_order(page: Page, step: str) -> None:
    """The step that is in view has no error, no figure that is none, and does not scroll sideways."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE)
    assert page.get_by_test_id("stException").count() == 0, step
    assert "nan" not in page.get_by_test_id("stMain").inner_text().lower().split(), step
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{step} scrolls sideways by {wider} px"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_three_steps_are_walked_without_an_error_or_an_outside_request(own_app, browser, size, scheme):
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{own_app.url}/your_customers")
    page.locator("input[type=file]").wait_for(state="attached", timeout=PATIENCE)
    in_order(page, "the file")
    page.set_input_files("input[type=file]", {"name": "shop.csv", "mimeType": "text/csv", "buffer": as_csv(shop())})
    train = page.get_by_role("button", name="Train").first
    train.wait_for(timeout=PATIENCE)
    in_order(page, "the columns")
    train.click()
    page.get_by_text("riskiest fifth holds").first.wait_for(timeout=PATIENCE)
    in_order(page, "the result")
    context.close()
    assert errors == []
    assert [url for url in requests if not url.startswith((own_app.url, "data:", "blob:"))] == []
