"""What the tests of the live Campaign page share: the first screen as a user handles it, and what Python would show."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.plan import Plan
from churn_core.decisions.population import HERE
from churn_core.decisions.recommendation import recommend
from pages.parts import words
from tests.browser.conftest import at_rest, new_page, unmoved

LABELS = {
    "retention_cost": "Retention cost per contact",
    "success_rate": "Success rate",
    "success_rate_give_or_take": "Success rate, give or take",
    "clv_months": "CLV horizon in months",
}
# On a deep link Streamlit asks below the page first, finds nothing there, and then asks at the root.
PROBES = ("/campaign/_stcore/health", "/campaign/_stcore/host-config")

SEEN = """(root) => {
    const text = (selector) => root.querySelector(selector).textContent
    const attributes = (selector, ...names) => [...root.querySelectorAll(selector)].map((element) => ({
        text: element.textContent,
        ...Object.fromEntries(names.map((name) => [name, element.getAttribute(name)])),
    }))
    return {
        values: Object.fromEntries([...root.querySelectorAll('input')].map((slider) => [slider.name, Number(slider.value)])),
        texts: Object.fromEntries([...root.querySelectorAll('input')].map((s) => [s.name, s.getAttribute('aria-valuetext')])),
        outputs: Object.fromEntries([...root.querySelectorAll('output')].map((output) => [output.dataset.of, output.textContent])),
        headline: text('h1'),
        figures: Object.fromEntries([...root.querySelectorAll('[data-figure]')].map((e) => [e.dataset.figure, e.textContent])),
        status: text('[role=status]'),
        title: text('.title'),
        profit: Number(root.dataset.profit),
        answered: root.dataset.answered,
        points: root.querySelector('polyline').getAttribute('points'),
        ticks: attributes('text.tick', 'x', 'y', 'text-anchor'),
        marks: attributes('text.mark', 'fill'),
        lines: attributes('line', 'x1', 'stroke', 'stroke-dasharray'),
        best: attributes('circle.best', 'cx', 'cy'),
    }
}"""


@pytest.fixture(autouse=True)
def dollars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "currency", lambda: "$")


class Front:
    """The first screen of the Campaign page, as a user handles it."""

    def __init__(self, app, page) -> None:
        self.app, self.page = app, page
        self.root = page.locator(".campaign")
        self.sent: list = []  # what the page has sent to Python
        page.on("websocket", lambda socket: socket.on("framesent", self._keep))

    def _keep(self, frame) -> None:
        """A method: Playwright marks what it calls, and ``list.append`` cannot be marked."""
        self.sent.append(frame)

    def open(self, query: str = "") -> "Front":
        self.page.goto(f"{self.app.url}/campaign{query}")
        self.root.locator("h1", has_text="ontact").wait_for()  # "Contact" or "Back-test: contact"
        return self.settled()

    def settled(self) -> "Front":
        """Python has answered the last move, and has nothing more to do."""
        expect(self.page.locator(".campaign")).to_have_count(1)  # neither an old one beside the new
        self.page.locator(".campaign:not([data-answered=''])").wait_for(state="attached")
        at_rest(self.page)
        return self

    def slider(self, name: str):
        return self.root.get_by_role("slider", name=LABELS[name], exact=True)

    def seen(self) -> dict:
        """All that is on the screen at one moment."""
        return self.root.evaluate(SEEN)

    def at(self, name: str, share: float) -> tuple[float, float]:
        """Where the thumb is at this share of the slider's range."""
        box = self.slider(name).bounding_box()
        thumb = 16
        return box["x"] + thumb / 2 + share * (box["width"] - thumb), box["y"] + box["height"] / 2

    def grab(self, name: str) -> None:
        low, high = (float(self.slider(name).get_attribute(end)) for end in ("min", "max"))
        value = float(self.slider(name).input_value())
        unmoved(self.page, self.slider(name))
        self.page.mouse.move(*self.at(name, (value - low) / (high - low)))
        self.page.mouse.down()

    def move(self, name: str, share: float) -> dict:
        self.page.mouse.move(*self.at(name, share))
        return self.next_frame().seen()

    def next_frame(self) -> "Front":
        """Chromium hands moves over with the next frame, which on a busy machine is not there yet."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    def let_go(self) -> None:
        self.page.mouse.up()

    def press(self, name: str, *keys: str) -> dict:
        for key in keys:
            self.slider(name).press(key)
        return self.seen()

    def in_address(self, name: str) -> float | None:
        found = parse_qs(urlsplit(self.page.url).query).get(name)
        return None if found is None else float(found[0])

    def await_address(self, name: str, value: float) -> None:
        self.page.wait_for_function(
            "([name, value]) => Number(new URLSearchParams(location.search).get(name) ?? NaN) === value", arg=[name, value]
        )

    def type_in(self, label: str, value: str) -> None:
        """Into the expander with every assumption."""
        box = self.page.get_by_test_id("stNumberInput").filter(has=self.page.get_by_text(label, exact=True)).locator("input")
        if not box.is_visible():
            self.page.get_by_text("Budget and all assumptions").click()
        box.fill(value)
        box.press("Enter")


@pytest.fixture
def opened(app, browser, trained) -> Iterator[Callable[..., Front]]:
    """``opened(color_scheme="dark")``: a page in a browser of its own. At the end no page may have asked anything of anywhere
    else, nor have put an error into the console, but for Streamlit's own two probes.
    """
    requests, errors = [], []

    def listened(on=app, **options) -> Front:
        page = pages.enter_context(new_page(browser, **options))
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(_said(message)) if message.type == "error" else None)
        return Front(on, page)

    with ExitStack() as pages:
        yield listened
    assert [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []
    assert [error for error in errors if not error.endswith(PROBES)] == []


def _said(message) -> str:
    return f"{message.text} {message.location.get('url', '')}"


@pytest.fixture
def front(opened) -> Front:
    return opened()


def with_values(plan: Plan, values: dict) -> Plan:
    return replace(plan, campaign=replace(plan.campaign, **values))


def answer(trained, plan: Plan, which: str = HERE) -> tuple[dict, float]:
    """What Python says of the plan: the texts, and the profit to the last digit."""
    found = recommend(trained.population(which), trained.valued(plan))
    best, outcome = found.best, found.outcome
    figures = {
        "threshold": words.percent(best.threshold),
        "contacted": words.count(outcome.contacted),
        "profit": words.money(outcome.expected_profit),
        "ifExact": words.if_exact(found.forecast, plan.campaign) or "",
        "spend": words.money(outcome.expected_spend),
        "roi": words.percent(outcome.roi, 0),
    }
    limited = plan.objective != MAXIMUM_PROFIT
    headline = words.recommendation(
        outcome, len(found.population), found.forecast.range.half_width, limited, found.population.is_back_test
    )
    return {"headline": headline, "figures": figures}, outcome.expected_profit


def assert_as_python(seen: dict, trained, plan: Plan, which: str = HERE) -> None:
    """Texts, figures, profit and curve are those of ``plan`` with the sliders' values."""
    plan = trained.valued(with_values(plan, seen["values"]))
    texts, profit = answer(trained, plan, which)
    assert {name: seen[name] for name in texts} == texts
    assert abs(seen["profit"] - profit) < 0.005
    assert_curve(seen, trained, plan, which)


def assert_curve(seen: dict, trained, plan: Plan, which: str = HERE) -> None:
    """Read against its own axes, the curve is the profit of every threshold, and its dot is on the best."""
    upright = [tick for tick in seen["ticks"] if tick["text-anchor"] == "end"]
    along = [tick for tick in seen["ticks"] if tick["text"].endswith("%")]
    assert len(upright) > 1 and len(along) > 1
    to_profit = np.polyfit([float(tick["y"]) - 4 for tick in upright], [amount(tick["text"]) for tick in upright], 1)
    to_threshold = np.polyfit([float(tick["x"]) for tick in along], [float(tick["text"][:-1]) / 100 for tick in along], 1)
    x, y = np.array([point.split(",") for point in seen["points"].split()], dtype=float).T
    assert 50 <= len(x) <= 210
    swept, campaign = trained.population(which).expected_sweep, plan.campaign
    threshold, profit = swept.threshold[:0:-1], swept.expected_profit(campaign)[:0:-1]  # rising
    drawn = np.interp(np.polyval(to_threshold, x), threshold, profit)
    one_pixel = abs(to_profit[0])
    assert np.abs(np.polyval(to_profit, y) - drawn).max() < 2 * one_pixel
    assert np.polyval(to_threshold, x.min()) == pytest.approx(threshold[0], abs=0.002)
    assert np.polyval(to_threshold, x.max()) == pytest.approx(threshold[-1], abs=0.002)
    best = recommend(trained.population(which), plan).best
    if best.threshold is None:
        assert seen["best"] == [] and seen["title"] == "No threshold pays"
    else:
        (dot,) = seen["best"]
        assert np.polyval(to_threshold, float(dot["cx"])) == pytest.approx(best.threshold, abs=0.002)
        assert np.polyval(to_profit, float(dot["cy"])) == pytest.approx(best.expected_profit, abs=one_pixel)
        assert words.percent(best.threshold) in seen["title"]


def amount(text: str) -> float:
    times = {"K": 1e3, "M": 1e6}.get(text[-1], 1)
    return times * float(text.rstrip("KM").replace("$", "").replace(",", "").replace("−", "-"))
