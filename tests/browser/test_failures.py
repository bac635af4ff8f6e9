"""A page that fails in a real browser: a sentence with a number, no traceback, and the line of that number in the log."""

import json
import re
import shutil
from pathlib import Path

import pytest

from churn_core import logs
from tests.browser.conftest import ROOT, at_rest, running, until

BROKEN = """
from churn_core.decisions import describe
from churn_core.storage.store import Store


def fail(*args, **kwargs):
    raise RuntimeError("7590-VHVEG pays 29.85")


describe.churn_by_tenure_bucket = fail
Store.publish = fail
"""


@pytest.fixture
def broken(app, trained, tmp_path):
    """The app with a mistake in one function that Explore calls, and in one that the dialog of Campaign calls."""
    home = tmp_path / "home"
    shutil.copytree(app.home, home)
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    with running(home, PYTHONPATH=f"{tmp_path}:{ROOT}") as started:
        until(lambda: started.health() == 200, "the app to be ready")
        yield started


def lines(home: Path) -> list[dict]:
    path = home / "data" / "logs" / logs.FILE
    return [line for line in map(json.loads, path.read_text().splitlines()) if line["message"] == "A page failed."]


def the_number(page) -> str:
    told = page.get_by_test_id("stAlertContentError").filter(has_text="This page failed")
    told.first.wait_for()
    assert page.get_by_test_id("stException").count() == 0
    return re.search(r"the number ([0-9a-f]+-[0-9a-f]+):", told.first.inner_text()).group(1)


def test_the_user_reads_a_number_and_the_log_has_its_line(broken, page):
    page.goto(f"{broken.url}/explore")
    number = the_number(page)
    line = next(line for line in lines(broken.home) if line["request_id"] == number)
    assert line["page"] == "explore" and line["error"] == "RuntimeError" and "VHVEG" not in json.dumps(line)
    assert "Traceback" not in page.content() and "VHVEG" not in page.content()

    page.goto(f"{broken.url}/campaign")
    publish = page.get_by_role("button", name="Publish …").first
    publish.wait_for()
    at_rest(page)
    publish.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Reason").fill("before Easter")
    dialog.get_by_role("textbox", name="Your name").fill("Ben")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    number = the_number(page)
    assert next(line for line in lines(broken.home) if line["request_id"] == number)["page"] == "campaign"
