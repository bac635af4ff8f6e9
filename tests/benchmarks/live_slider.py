"""How fast the live sliders are: ``python tests/benchmarks/live_slider.py [--url http://…]``. Prints a table; asserts nothing.

Chromium on the running app, the Telco customers. Without ``--url`` an app is started on a state folder of its own, with the data
and the model of ``CHURN_HOME`` if they are there. Times are taken inside the page, from the event to the second animation frame
after it: what was drawn is on the screen by then.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.application.workspace import open_workspace
from churn_core.campaign.economics import AFTER_SAVE, STAYS, Campaign
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep
from pages.parts.campaign.live import CONSTANTS, script
from tests.browser.conftest import CHROMIUM, FLAGS, running, until

MOVES = 240  # of the mouse, with its button down
RELEASES = 40
COMPUTATIONS = 300

WATCH = """(root) => {
    const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())))
    const times = (window.times = { handled: [], painted: [], answered: [] })
    let moved, released
    root.addEventListener('input', () => {
        const start = (moved = performance.now())
        painted((now) => times.painted.push(now - start))
    }, true)
    root.addEventListener('input', () => times.handled.push(performance.now() - moved))
    root.addEventListener('change', () => { released = performance.now() }, true)
    new MutationObserver(() => {
        if (released === undefined || root.dataset.answered !== String(root.state.sent)) return
        const start = released
        released = undefined
        painted((now) => times.answered.push(now - start))
    }).observe(root, { attributeFilter: ['data-answered'] })
}"""

COMPUTE = """async ([source, constants, customers, plan, name, values]) => {
    const js = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
    js.use(constants)
    for (const list of ['score', 'value', 'tenure']) customers[list] = Float64Array.from(customers[list])
    const times = []
    for (const value of values) {
        const start = performance.now()
        js.evaluate(customers, { ...plan, [name]: value })
        times.push(performance.now() - start)
    }
    return times
}"""
MOVED = {
    "retention_cost": [5.0 + i % 150 for i in range(COMPUTATIONS)],
    "clv_months": [1.0 + i % 60 for i in range(COMPUTATIONS)],
}


def show(what: str, times: list[float], bar: str = "") -> None:
    half, most = np.quantile(times, [0.5, 0.95])
    print(f"{what:<60} {half:>8.1f} {most:>8.1f} {len(times):>6} {bar:>14}", flush=True)


@contextmanager
def started() -> Iterator[str]:
    """An app that is ready, on a state folder of its own; its address."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "data").mkdir()
        for file in (settings.home() / "data").glob("*.csv"):
            shutil.copy(file, home / "data")
        if (settings.home() / "models").is_dir():
            shutil.copytree(settings.home() / "models", home / "models")
        with running(home) as app:
            until(lambda: app.health() == 200, "the app to be ready")
            yield app.url


def measure(page: Page, url: str) -> dict[str, list[float]]:
    """Milliseconds of every move, and of every release."""
    page.goto(f"{url}/campaign")
    page.locator(".campaign[data-answered='0']").wait_for(timeout=90_000)
    page.wait_for_timeout(2_000)
    root = page.locator(".campaign")
    slider = root.locator("input[name=retention_cost]")
    box = slider.bounding_box()

    def x(share: float) -> float:
        return box["x"] + 8 + share * (box["width"] - 16)

    y = box["y"] + box["height"] / 2
    root.evaluate(WATCH)
    page.mouse.move(x(10 / 300), y)
    page.mouse.down()
    for share in 0.5 + 0.45 * np.sin(np.linspace(-1.4, 4 * np.pi, MOVES)):
        page.mouse.move(x(share), y)
        page.wait_for_timeout(20)
    page.mouse.up()
    page.wait_for_timeout(1_500)
    page.evaluate("times.answered.length = 0")
    drag = page.evaluate("({ handled: [...times.handled], painted: [...times.painted] })")
    value = float(slider.input_value())
    for target in np.random.default_rng(0).uniform(0.05, 0.6, RELEASES):
        page.mouse.move(x(value / 300), y)
        page.mouse.down()
        page.mouse.move(x(target), y, steps=3)
        before = page.evaluate("times.answered.length")
        page.mouse.up()
        page.wait_for_function("(before) => times.answered.length > before", arg=before)
        page.wait_for_timeout(300)
        value = float(slider.input_value())
    return {**drag, "answered": page.evaluate("times.answered")}


def computing(page: Page, swept: Sweep, plan: Plan, name: str) -> list[float]:
    """Milliseconds of every call of ``evaluate`` alone, while that slider moves."""
    lists = {"score": swept.score.tolist(), "value": swept.value.tolist(), "tenure": swept.tenure.tolist()}
    customers = {**lists, "perValue": swept.per_value}
    return page.evaluate(COMPUTE, [script(), CONSTANTS, customers, plan.as_dict(), name, MOVED[name]])


def plan_after(after_save: str) -> Plan:
    return Plan(campaign=Campaign(after_save=after_save, window=3.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="of an app that is running")
    url = parser.parse_args().url
    workspace = open_workspace(settings.home())
    swept = workspace.all_customers.expected_sweep
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        if url:
            times = measure(page, url)
        else:
            with started() as address:
                times = measure(page, address)
        page.goto("about:blank")
        alone = {
            (after_save, name): computing(page, swept, workspace.valued(plan_after(after_save)), name)
            for after_save in AFTER_SAVE
            for name in MOVED
        }
        browser.close()
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"{len(swept.score):,} customers, those still here on the page; load {load:.1f} on {cores} cores")
    print(f"{'milliseconds':<60} {'p50':>8} {'p95':>8} {'times':>6} {'bar':>14}")
    for (after_save, name), took in alone.items():
        show(f"evaluate() alone, {name} moves, after_save {after_save}", took, "" if after_save == STAYS else "p50 ≤ 1")
    show("a move of the mouse: computed and drawn", times["handled"])
    show("a move of the mouse: painted", times["painted"], "p95 ≤ 60")
    show("let go: Python's answer painted", times["answered"], "p50 ≤ 200")


if __name__ == "__main__":
    main()
