"""How fast Overview is there for somebody who opens it for the first time: bytes, and the chart with the figures."""

from playwright.sync_api import Browser

from tests.browser.conftest import new_page

MOST = 2.5e6  # bytes over the wire of a cold start


def test_a_cold_overview_is_small_and_its_chart_needs_no_large_script(app, browser: Browser, ready):
    with new_page(browser) as page:
        wire, received = page.context.new_cdp_session(page), []
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(app.url)
        page.locator(".bars text.name").first.wait_for()
        page.get_by_test_id("stMetricValue").first.wait_for()
        assert 0 < sum(received) < MOST
        assert [url for url in asked if "Plotly" in url] == []
        table = page.locator(".bars table tr").all_text_contents()
        assert table[0] == "ChoiceExpected profitExpected spend" and table[1] == "Nobody$0$0"
