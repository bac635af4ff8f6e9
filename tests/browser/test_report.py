"""The page that is taken along, in Chromium with the network off: its sliders give Python's digits, and it prints on two pages."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import sweep
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.segments.find import find_segments
from churn_core.formats import count, money, percent
from churn_core.live import component
from churn_core.live.thinned import thinned
from churn_core.report.document import KINDS
from churn_core.report.memo import memo_of
from churn_core.storage.store import open_store

PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def opened(browser, workspace, own_home, tmp_path):
    """Opens the memo of a plan from a file, offline; the page, and what it asked for."""
    contexts = []

    def open_file(scheme: str = "light", **values):
        store, found = open_store(own_home), find_segments(workspace.customers, workspace.schema)
        made = memo_of(workspace, Plan.from_dict(values), store, day=date(2026, 11, 26), found=found, currency="$")
        store.close()
        path = tmp_path / "memo.html"
        path.write_bytes(KINDS[".html"].write(made))
        contexts.append(browser.new_context(offline=True, color_scheme=scheme, viewport={"width": 1280, "height": 900}))
        page, asked = contexts[-1].new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(message.text))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(path.as_uri())
        return page, asked, made

    yield open_file
    for context in contexts:
        context.close()


def moved(page, **values) -> None:
    """The sliders are set and released."""
    for name, value in values.items():
        page.locator(f"input[name={name}]").evaluate(
            """(slider, value) => {
                slider.value = value
                slider.dispatchEvent(new Event('input', { bubbles: true }))
                slider.dispatchEvent(new Event('change', { bubbles: true }))
            }""",
            value,
        )


def figures(page) -> dict[str, str]:
    names = ("threshold", "contacted", "profit", "spend", "roi")
    return {name: page.locator(f"[data-figure={name}]").inner_text() for name in names}


def of_python(workspace, plan: Plan) -> dict[str, str]:
    found = recommend(workspace.still_here, plan)
    return {
        "threshold": percent(found.best.threshold),
        "contacted": count(found.outcome.contacted),
        "profit": money(found.outcome.expected_profit, "$"),
        "spend": money(found.outcome.expected_spend, "$"),
        "roi": percent(found.outcome.roi, 0),
    }


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"rule": "per_customer", "budget": 9000.0},
        {"after_save": "tenure"},
        {"after_save": "own_risk", "window": 1.0, "incentive": 5.0},
    ],
)
def test_a_slider_moved_in_the_file_gives_the_digits_of_the_page(opened, workspace, values):
    page, asked, made = opened(**values)
    plan = made.recommended.plan
    assert figures(page) == of_python(workspace, plan)
    moved(page, retention_cost=60, success_rate=0.42, clv_months=7)
    there = replace(plan, campaign=replace(plan.campaign, retention_cost=60.0, success_rate=0.42, clv_months=7.0))
    assert figures(page) == of_python(workspace, there)
    assert len(asked) == 1 and asked[0].startswith("file:")


def test_the_link_and_a_notice_follow_the_sliders_and_go_back_with_them(opened):
    page, _, made = opened()
    link = page.locator("#link")
    assert link.get_attribute("href") == made.link and page.locator("#moved").is_hidden()
    moved(page, retention_cost=60)
    told = parse_qs(urlsplit(link.get_attribute("href")).query)
    assert told["retention_cost"] == ["60"] and told["success_rate"] == ["0.3"] and page.locator("#moved").is_visible()
    page.locator("#back").click()
    assert link.get_attribute("href") == made.link and page.locator("#moved").is_hidden()
    assert page.locator("input[name=retention_cost]").input_value() == "10"


@pytest.mark.parametrize("values", [{}, {"rule": "per_customer", "incentive": 20.0, "budget": 9000.0}])
def test_it_prints_on_two_pages_with_values_instead_of_sliders(opened, values):
    page, _, _ = opened(**values)
    assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 2
    page.emulate_media(media="print")
    assert page.locator("input").first.is_hidden() and page.locator("output").first.inner_text() == "$10"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_either_scheme(opened, scheme):
    page, _, _ = opened(scheme)
    lowest = page.evaluate(
        """() => {
            const light = (color) => {
                const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((v) => linear(v / 255))
                return 0.2126 * r + 0.7152 * g + 0.0722 * b
            }
            const paper = light(getComputedStyle(document.body).backgroundColor)
            return Math.min(...[...document.querySelectorAll('p, td, th, li, h1, h2, dt, dd, label')].map((element) => {
                const ink = light(getComputedStyle(element).color)
                return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
            }))
        }"""
    )
    assert lowest >= 4.5


def test_with_several_offers_nothing_runs_and_all_is_said(opened):
    page, asked, made = opened(offers=[{"name": "Call", "retention_cost": 25.0, "success_rate": 0.4}])
    assert page.locator("h1").inner_text().replace("\u00a0", " ") == made.headline.replace("\u00a0", " ")
    assert page.locator("input").count() == 0 and len(asked) == 1
    assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 2


def test_steps_for_many_customers_earn_what_the_customers_do(js):
    rng = np.random.default_rng(3)
    many = sweep(rng.beta(0.6, 1.6, 30_000), monthly_charge=rng.uniform(18, 119, 30_000))
    steps = thinned(many, 6_000)
    plans = [
        Plan().as_dict(),
        Plan.from_dict({"retention_cost": 60, "incentive": 10, "backfire_rate": 0.002, "budget": 90_000}).as_dict(),
    ]
    exact, coarse = (
        js.evaluate(
            """([score, value, weight, plans]) =>
                plans.map((plan) => js.evaluate({ score, value, weight, perValue: true }, plan).chosen)""",
            [swept.score.tolist(), swept.value.tolist(), None if weight is None else weight.tolist(), plans],
        )
        for swept, weight in ((many, None), (steps.swept, steps.weight))
    )
    for one, other, close in zip(
        exact, coarse, (1e-4, 0.01), strict=True
    ):  # a budget is kept by whole steps, of 10 customers here
        for name in ("profit", "spend", "halfWidth", "ifExact"):
            assert other[name] == pytest.approx(one[name], rel=close)
        assert other["contacted"] == pytest.approx(one["contacted"], abs=20)


def test_what_a_step_packs_is_what_the_browser_reads():
    assert set(component.packed(sweep([0.5, 0.1], clv=[1.0, 2.0]), weight=np.ones(2))) == {
        "score",
        "value",
        "weight",
        "fingerprint",
    }
