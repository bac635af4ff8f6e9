"""How fast a dragged budget is: ``python tests/benchmarks/live_frontier.py [--url http://…]``. Prints a table; asserts nothing.

Chromium on the running app, the Telco customers and four offers, without and with capacities. Without ``--url`` an app is started on a
state folder of its own, with the data and the model of ``CHURN_HOME`` if they are there. Times are taken inside the page, as in
``live_slider.py``; those of Python are taken here, each figure worked out anew.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.application.workspace import open_workspace
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.in_text import as_text
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers_of_population import decided_offers, frontier_of_offers
from churn_core.decisions.population import ALL, Population
from tests.benchmarks.live_slider import MOVES, RELEASES, WATCH, show, started
from tests.browser.conftest import CHROMIUM, FLAGS

BUDGET = 20_000.0
OFFERS = (
    Offer(name="Discount", retention_cost=5, success_rate=0.45, incentive=40, incentive_uptake=0.6),
    Offer(name="Call", retention_cost=12, success_rate=0.3),
    Offer(name="Letter", retention_cost=2, success_rate=0.08),
    Offer(name="Month for free", retention_cost=3, success_rate=0.4, incentive=60, incentive_uptake=0.5, backfire_rate=0.001),
)
WITHIN = tuple(replace(offer, capacity=capacity) for offer, capacity in zip(OFFERS, (500, 1200, None, 300), strict=True))
RUNS = 5


def measure(page: Page, url: str, offers: tuple[Offer, ...]) -> dict[str, list[float]]:
    """Milliseconds of every move, and of every release."""
    page.goto(f"{url}/campaign?{urlencode({'offers': as_text(offers), 'budget': BUDGET})}")
    page.locator(".frontier[data-answered='0'] circle").wait_for(timeout=90_000)
    page.wait_for_timeout(2_000)
    root = page.locator(".frontier")
    slider = root.locator("input")
    slider.evaluate("(slider) => slider.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(500)
    box, top = slider.bounding_box(), float(slider.get_attribute("max"))

    def x(share: float) -> float:
        return box["x"] + 8 + share * (box["width"] - 16)

    y = box["y"] + box["height"] / 2
    root.evaluate(WATCH)
    page.mouse.move(x(BUDGET / top), y)
    page.mouse.down()
    for share in 0.5 + 0.45 * np.sin(np.linspace(-1.4, 4 * np.pi, MOVES)):
        page.mouse.move(x(share), y)
        page.wait_for_timeout(20)
    page.mouse.up()
    page.wait_for_timeout(1_500)
    page.evaluate("times.answered.length = 0")
    drag = page.evaluate("({ handled: [...times.handled], painted: [...times.painted] })")
    value = float(slider.input_value())
    for target in np.random.default_rng(0).uniform(0.05, 0.9, RELEASES):
        page.mouse.move(x(value / top), y)
        page.mouse.down()
        page.mouse.move(x(target), y, steps=3)
        before = page.evaluate("times.answered.length")
        page.mouse.up()
        page.wait_for_function("(before) => times.answered.length > before", arg=before)
        page.wait_for_timeout(300)
        value = float(slider.input_value())
    return {**drag, "answered": page.evaluate("times.answered")}


def timed(work: Callable[[Population, Plan], object], population: Population, plan: Plan) -> list[float]:
    """Milliseconds of working it out anew: each time of customers that nothing is kept of."""
    times = []
    for _ in range(RUNS):
        fresh = replace(population)
        start = time.perf_counter()
        work(fresh, plan)
        times.append(1000 * (time.perf_counter() - start))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="of an app that is running")
    url = parser.parse_args().url
    everybody = open_workspace(settings.home()).population(ALL)
    kinds = {"no capacities": OFFERS, "three capacities": WITHIN}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        if url:
            found = {kind: measure(page, url, offers) for kind, offers in kinds.items()}
        else:
            with started() as address:
                found = {kind: measure(page, address, offers) for kind, offers in kinds.items()}
        browser.close()
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(
        f"{len(everybody):,} customers in Python, those still here in the browser; four offers; load {load:.1f} on {cores} cores"
    )
    print(f"{'milliseconds':<60} {'p50':>8} {'p95':>8} {'times':>6} {'bar':>14}")
    for kind, offers in kinds.items():
        plan = Plan(offers=offers, objective=Objective(budget=BUDGET))
        show(f"{kind}: who gets which offer", timed(decided_offers, everybody, plan))
        show(f"{kind}: the frontier", timed(frontier_of_offers, everybody, plan))
        show(f"{kind}: a move of the budget, computed and drawn", found[kind]["handled"])
        show(f"{kind}: a move of the budget, painted", found[kind]["painted"], "p95 ≤ 60")
        show(f"{kind}: let go, Python's answer painted", found[kind]["answered"])


if __name__ == "__main__":
    main()
