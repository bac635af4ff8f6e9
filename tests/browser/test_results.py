"""The loop as a manager walks it: draw a list, carry it out, drop what came back, take the measured rate over."""

import io
import re
import shutil
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from churn_core.data.writing.workbook import to_xlsx
from tests.browser.conftest import App, at_rest, new_page, running, until
from tests.browser.test_every_page import SIZES


@pytest.fixture(scope="module")
def own_app(app: App, trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The same app on a state folder of its own, in which campaigns are kept."""
    home = tmp_path_factory.mktemp("results") / "home"
    shutil.copytree(app.home, home)
    with running(home) as started:
        until(lambda: started.health() == 200, "the app to be ready")
        yield started


def drawn(page: Page, url: str, name: str) -> dict[str, pd.DataFrame]:
    """The sheets of a list with a control group, downloaded on Campaign."""
    page.goto(f"{url}/campaign?control_share=0.2&retention_cost=20")
    download = page.get_by_role("button", name="Download the whole list (Excel)")
    download.wait_for()
    page.get_by_role("textbox", name="Name of the list").fill(name)
    page.keyboard.press("Enter")
    page.get_by_test_id("stMetricValue").first.wait_for()
    page.wait_for_function("name => document.querySelector(`input[aria-label='Name of the list']`)?.value === name", arg=name)
    at_rest(page)
    with page.expect_download() as file:
        download.click()
    return pd.read_excel(file.value.path(), sheet_name=None, engine="openpyxl")


def carried_out(sheets: dict[str, pd.DataFrame], rate: float, seed: int) -> bytes:
    """The workbook with a column of who left: the contact keeps this share of the leavers."""
    rng, filled = np.random.default_rng(seed), dict(sheets)
    for sheet, kept in (("Call", rate), ("Do not call", 0.0)):
        listed = sheets[sheet]
        left = rng.random(len(listed)) < listed["Churn probability"] * (1 - kept)
        filled[sheet] = listed.assign(left=left.astype(int))
    return to_xlsx(filled)[0]


def drop(page: Page, url: str, content: bytes) -> None:
    page.goto(f"{url}/results")
    page.locator("input[type=file]").wait_for(state="attached")
    at_rest(page)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("input[type=file]", {"name": "back.xlsx", "mimeType": kind, "buffer": content})
    page.get_by_text("The success rate to plan with").wait_for()
    at_rest(page)


def test_a_list_that_is_drawn_comes_back_and_its_measured_rate_moves_the_campaign(own_app, page):
    sheets = drawn(page, own_app.url, "Spring calls")
    assert {"Read me", "Call", "Do not call"} == set(sheets)
    drop(page, own_app.url, carried_out(sheets, 0.5, 1))
    expect(page.locator("h1")).to_contain_text("Spring calls kept")
    use = page.get_by_role("button", name=re.compile("^Use .* in the draft"))
    taken = re.search(r"Use (\S+) ± (\S+) in", use.inner_text())
    use.click()
    page.get_by_text("Your draft uses it: measured in Spring calls").wait_for()
    at_rest(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Campaign").click()
    live = page.locator(".campaign")
    live.locator("h1").wait_for()
    expect(live.locator("[data-source]")).to_contain_text("Measured in Spring calls")
    shown = f"{float(taken[1].rstrip('%')):.0f}"
    assert abs(float(live.locator("[data-of=success_rate]").inner_text().rstrip("%")) - int(shown)) <= 1
    page.get_by_text("The success rate was measured in Spring calls").wait_for()
    now = live.locator("h1").inner_text()
    page.goto(f"{own_app.url}/campaign")
    live.locator("h1").wait_for()
    expect(live.locator("[data-source]")).to_contain_text("it is your estimate")
    expect(live.locator("h1")).not_to_have_text(now)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_result_is_within_the_screen_and_complete(own_app, browser, size, scheme):
    requests, errors = [], []
    with new_page(browser, viewport=SIZES[size], color_scheme=scheme) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        drop(page, own_app.url, carried_out(drawn(page, own_app.url, f"{size} {scheme}"), 0.3, 2))
        assert page.get_by_test_id("stException").count() == 0
        assert page.get_by_test_id("stAlertContentError").count() == 0
        assert "nan" not in page.get_by_test_id("stMain").inner_text().lower().split()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"scrolls sideways by {wider} px"
    assert errors == []
    assert [url for url in requests if not url.startswith((own_app.url, "data:", "blob:"))] == []


def test_a_file_of_nobody_on_a_list_is_refused_and_the_mend_is_said(own_app, page):
    page.goto(f"{own_app.url}/results")
    page.locator("input[type=file]").wait_for(state="attached")
    at_rest(page)
    table = io.BytesIO(b"customerID,left\nnobody,1\n")
    page.set_input_files("input[type=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": table.getvalue()})
    page.get_by_text("No list that was drawn here has these customers").wait_for()
