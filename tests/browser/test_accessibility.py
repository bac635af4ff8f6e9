"""axe-core, from the disk, over every page and tab, light and dark, with expanders, popovers and dialogs open."""

from importlib.resources import files

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import at_rest, new_page
from tests.navigation import PAGES

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
OF_STREAMLIT = {"list", "listitem", "presentation-role-conflict"}  # its navigation, and its box to drop a file into
_LOOKS = 5  # a second apart
PORTAL = "data-floating-ui-portal"  # where Streamlit puts what floats above the page, outside of its landmarks


def violations(page: Page, where: str) -> list[str]:
    """What axe finds, place by place. What is gone a moment later was on its way: what is redrawn is pale until it is there."""
    page.mouse.move(0, 0)  # away from whatever has a tooltip
    page.get_by_role("tooltip").first.wait_for(state="hidden")
    found = []
    for _ in range(_LOOKS):
        page.wait_for_function("document.getAnimations().every((each) => each.playState != 'running')")
        found = _found(page, where)
        if not found:
            break
        at_rest(page).wait_for_timeout(1000)
    return found


def _found(page: Page, where: str) -> list[str]:
    if not page.evaluate("'axe' in globalThis"):  # as long as the page is there it stays, and what of it is compiled
        page.evaluate(AXE)
    rules = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{where}: {each['id']}: {node['html'][:200]}"
        for each in rules
        if each["id"] not in OF_STREAMLIT
        for node in each["nodes"]
        if not (each["id"] == "region" and PORTAL in node["html"])
    ]


def opened(page: Page) -> None:
    """Every expander that is shut, and the numbers of every chart."""
    for summary in page.locator(":is([data-testid=stExpander] details, details.numbers):not([open]) > summary").all():
        if summary.is_visible():
            summary.click()
    at_rest(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing_of_ours_on_a_page_and_its_tabs(app, trained, browser, name, scheme):
    found = []
    with new_page(browser, viewport={"width": 1440, "height": 1200}, color_scheme=scheme, bypass_csp=True) as page:
        page.goto(f"{app.url}/{PAGES[name]}")
        page.locator("h1").first.wait_for()
        opened(at_rest(page))
        found += violations(page, name)
        for tab in range(page.get_by_role("tab").count()):
            page.get_by_role("tab").nth(tab).click()
            opened(at_rest(page))
            found += violations(page, f"{name}, tab {tab + 1}")
        for popover in page.get_by_test_id("stPopover").get_by_role("button").all():
            if popover.is_visible():
                popover.click()
                page.get_by_test_id("stPopoverBody").first.wait_for()
                found += violations(page, f"{name}, popover {popover.inner_text()}")
                page.keyboard.press("Escape")
    assert found == []


@pytest.mark.parametrize("button", ["Publish", "Save"])
def test_axe_finds_nothing_of_ours_in_a_dialog(app, trained, browser, button):
    with new_page(browser, viewport={"width": 1440, "height": 1200}, bypass_csp=True) as page:
        page.goto(f"{app.url}/campaign")
        page.locator("h1").first.wait_for()
        at_rest(page).get_by_role("button", name=button).first.click()
        page.get_by_role("dialog").wait_for()
        assert violations(at_rest(page), button) == []
