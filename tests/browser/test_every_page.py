"""Every page, light and dark, wide, on a phone and on paper: complete, quiet, and without a request to anywhere else."""

import pytest

from tests.browser.conftest import at_rest, new_page
from tests.navigation import PAGES

SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


SCROLLERS = "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
# What is seen and can be clicked. What an input is set to stays to be read: words, the open tab, what was chosen.
TO_CLICK = """() => {
    const all = 'button, a[href], summary, input, select, textarea, iframe, [role=tab], [role=slider], [role=switch]'
    const read = 'input:is([type=text], [type=number]), textarea, [aria-selected=true], [aria-checked=true], details[open] > summary'
    const seen = (each) => each.checkVisibility({opacityProperty: true}) && each.getBoundingClientRect().width > 1
    const roots = [document, ...[...document.querySelectorAll('*')].map((each) => each.shadowRoot).filter(Boolean)]
    return roots.flatMap((root) => [...root.querySelectorAll(all)]).filter((each) => !each.matches(read) && seen(each))
        .map((each) => each.outerHTML)
}"""
# What reaches further than the paper is wide; a table is cut where it scrolls.
BESIDE_PAPER = """() => {
    const paper = Number(getComputedStyle(document.documentElement).getPropertyValue('--on-paper'))
    const { left } = document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect()
    const all = [...document.querySelectorAll('[data-testid=stMain] :not([data-testid=stDataFrame] *)')]
    return all.filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > left + paper + 1)
        .map((each) => each.outerHTML)
}"""


EVERY = [(size, scheme, "") for size in SIZES for scheme in ("light", "dark")]


@pytest.mark.parametrize(("size", "scheme", "query"), [*EVERY, ("phone", "dark", "?back_test=true")])
def test_every_page_draws_without_an_error_or_an_outside_request(app, browser, size, scheme, query):
    requests, errors = [], []
    with new_page(browser, viewport=SIZES[size], color_scheme=scheme) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        for name, path in PAGES.items():
            page.goto(f"{app.url}/{path}{query}")
            page.locator("h1").first.wait_for()
            at_rest(page)
            assert page.get_by_test_id("stException").count() == 0, name
            assert page.get_by_test_id("stAlertContentError").count() == 0, name
            assert "nan" not in page.get_by_test_id("stMain").inner_text().lower().split(), name
            wider = page.evaluate(f"Math.max(...{SCROLLERS}.map((each) => each.scrollWidth - each.clientWidth))")
            assert wider <= 0, f"{name} scrolls sideways by {wider} px"
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.emulate_media(media="print")
            assert page.evaluate(TO_CLICK) == [], f"{name}, on paper"
            assert page.evaluate(BESIDE_PAPER) == [], f"{name}, on paper"
            page.emulate_media(media="screen")
    assert errors == []
    assert [url for url in requests if not url.startswith((app.url, "data:", "blob:"))] == []


def test_an_unknown_filter_in_the_address_falls_back_to_all(app, page):
    page.goto(f"{app.url}/explore?filter_Contract=Weekly&filter_tenure=abc&retention_cost=-5&success_rate=30")
    page.locator("h1", has_text="7,043 customers").first.wait_for()
    assert at_rest(page).get_by_test_id("stException").count() == 0
