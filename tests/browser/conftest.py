"""The real app in a real browser: started as the README does, on a state folder of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from churn_core.application.workspace import Workspace, open_workspace
from churn_core.live.component import CONSTANTS, script

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_WINDOWS = "chromium-headless-shell"  # nobody sees them here, and a page takes a quarter less of the processor's time
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", WITHOUT_WINDOWS))), None)
HEADLESS = shutil.which(WITHOUT_WINDOWS) or CHROMIUM
PATIENCE = 120  # seconds until what does not come fails the test; never waited for otherwise
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class App:
    url: str
    home: Path
    log: Path
    process: int  # its number

    def health(self) -> int:
        """The status of ``/health``; 0 while nothing listens yet."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=PATIENCE) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@contextmanager
def running(home: Path, **environment: str) -> Iterator[App]:
    """``streamlit run app.py`` on the state folder ``home``, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = {**os.environ, "CHURN_HOME": str(home), **environment}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    started = App(f"http://127.0.0.1:{port}", home, log, process.pid)
    try:
        until(lambda: started.health() or process.poll() is not None, "the app to listen")
        assert process.poll() is None, log.read_text()
        yield started
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def app(telco_path: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[App]:
    """The app with the data at hand and no model yet: its first start."""
    home = tmp_path_factory.mktemp("browser_home")
    (home / "data").mkdir()
    shutil.copy(telco_path, home / "data")
    with running(home) as started:
        yield started


@pytest.fixture(scope="session")
def trained(app: App) -> Workspace:
    """The workspace of the running app, once its first start is over."""
    until(lambda: app.health() == 200, "the first start to end")
    return open_workspace(app.home)


@pytest.fixture(scope="session")
def plain_app(app: App, trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The same app with ``CHURN_LIVE=off``: ordinary sliders."""
    home = tmp_path_factory.mktemp("plain") / "home"
    shutil.copytree(app.home, home)
    with running(home, CHURN_LIVE="off") as started:
        until(lambda: started.health() == 200, "the app to be ready")
        yield started


@pytest.fixture
def ready(app: App, page: Page, request: pytest.FixtureRequest) -> Workspace:
    """The workspace of the running app, with its first page open: who comes during the first start waits there."""
    page.goto(app.url)
    page.get_by_test_id("stMetricValue").first.wait_for()
    at_rest(page)
    assert app.health() == 200
    return request.getfixturevalue("trained")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if HEADLESS is None:
        reason = f"There is no Chromium on this machine. Install it (Debian: apt-get install {WITHOUT_WINDOWS})."
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=HEADLESS, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def js(browser: Browser) -> Iterator[Page]:
    """A blank page in which ``js`` is the module that the live sliders run, with Python's constants."""
    page = browser.new_page()
    page.evaluate(
        """async ([source, constants]) => {
            const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
            globalThis.js = await import(address)
            js.use(constants)
        }""",
        [script(), CONSTANTS],
    )
    yield page
    page.close()


@contextmanager
def new_page(browser: Browser, **options) -> Iterator[Page]:
    """A page in a browser that has been nowhere yet."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    # The browser is told to hand a file dialog over when the first listener comes, and nobody waits until it has heard it.
    page.on("filechooser", lambda chooser: None)
    try:
        yield page
    finally:
        context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with new_page(browser) as opened:
        yield opened


def at_rest(page: Page) -> Page:
    """The page, once its script has ended and nothing of it is still being loaded: what draws a kind of element comes when the first
    of it is drawn. While the script runs again Streamlit shows some elements twice, old and new, and what is clicked may be taken
    away: look for one of many, wait for the new page's own words and ask for the rest first.
    """
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]:not(:has([data-testid=stSkeleton]))").wait_for()
    return page


def unmoved(page: Page, locator: Locator) -> dict:
    """Where an element is on the screen, once nothing that is drawn later moves it any more."""
    place = None
    while place is None or place != locator.bounding_box():
        place = locator.bounding_box()
        page.wait_for_timeout(250)
    return place


def until(condition, what: str):
    """The condition's value as soon as it is true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE} s for {what}")
