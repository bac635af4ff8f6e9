"""What the first visit of each page costs: ``python tests/benchmarks/first_visits.py SMALL LARGE [--at-once]``.

SMALL and LARGE are state folders (``CHURN_HOME``) with few and with many customers; copies of them are used. Starts the dashboard on
each as the README does, opens every page in a Chromium that has been nowhere yet, twice, and prints both side by side with their
ratio: seconds of the processor that the server took for the visit, and seconds by the clock until the page's headline stands and the
page is at rest. The rest is Chromium's work as much as the server's, and that of its first page includes Chromium's own start.

The visits begin when the server has nothing left to do after its start; with ``--at-once`` as soon as ``/health`` says that it is
ready, as somebody would come who waits for it.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.browser.conftest import CHROMIUM, FLAGS, App, at_rest, new_page, running, until

PAGES = ("", "explore", "campaign", "customers", "model", "monitoring", "results", "your_customers")  # "": Overview
QUIET = 1.0  # seconds in which the server takes at most a hundredth of a second of the processor: it has nothing left to do


class Visit(NamedTuple):
    """Seconds: of the server's processor, and by the clock until the headline stood and until the page was at rest."""

    processor: float
    headline: float
    rest: float


def processor(app: App) -> float:
    """Seconds that the server and its children took of the processor so far (Linux)."""
    fields = Path(f"/proc/{app.process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def most_resident(app: App) -> float:
    """MiB that the server held at most so far (Linux)."""
    lines = Path(f"/proc/{app.process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def quiet(app: App) -> None:
    """Until the server has nothing left to do."""
    before = -1.0
    while processor(app) - before > 0.01:
        before = processor(app)
        time.sleep(QUIET)


def visit(browser: Browser, app: App, page: str) -> Visit:
    """Open a page as somebody who has not been here yet."""
    before = processor(app)
    with new_page(browser) as opened:
        started = time.perf_counter()
        opened.goto(f"{app.url}/{page}", wait_until="commit")
        opened.locator("[data-testid=stMain] h1").first.wait_for()
        headline = time.perf_counter() - started
        at_rest(opened)
        rest = time.perf_counter() - started
    took = processor(app) - before
    return Visit(took, headline, rest)


def visits(browser: Browser, home: Path, at_once: bool) -> tuple[list[tuple[Visit, Visit]], float]:
    """The first and the second visit of each page of a server on a copy of ``home``, and the MiB that it held at most."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(home, Path(folder) / "home"))
        with running(copy) as app:
            until(lambda: app.health() == 200, "the app to be ready")
            if not at_once:
                quiet(app)
            pairs = [(visit(browser, app, page), visit(browser, app, page)) for page in PAGES]
            return pairs, most_resident(app)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("small", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--at-once", action="store_true", help="do not wait until the server has nothing left to do")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with new_page(browser) as blank:
            blank.goto("about:blank")
        (small, held), (large, held_large) = (visits(browser, home, options.at_once) for home in (options.small, options.large))
        browser.close()
    show("seconds of the server's processor", small, large, "processor")
    show("seconds until the headline stands", small, large, "headline")
    show("seconds until the page is at rest", small, large, "rest")
    print(f"MiB resident at most: {held:,.0f} and {held_large:,.0f}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def show(what: str, small: list[tuple[Visit, Visit]], large: list[tuple[Visit, Visit]], figure: str) -> None:
    print(f"{what:<34} {'first: small':>12} {'large':>6} {'ratio':>6} {'again: small':>13} {'large':>6} {'ratio':>6}")
    for page, few, many in zip(PAGES, small, large, strict=True):
        (a, b), (c, d) = ([getattr(each, figure) for each in pair] for pair in (few, many))
        print(f"{page or 'overview':<34} {a:>12.2f} {c:>6.2f} {c / a:>6.1f} {b:>13.2f} {d:>6.2f} {d / b:>6.1f}")
    print(flush=True)


if __name__ == "__main__":
    main()
