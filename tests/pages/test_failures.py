"""A page that fails leaves one line in the log and says its number; nobody sees a traceback."""

import json
import re

import pytest
from streamlit.runtime.scriptrunner import script_runner

from churn_core import logs
from churn_core.settings import CHECKOUT
from pages.parts import tables
from pages.parts.campaign import front
from pages.parts.failures import page_failed
from tests.pages.conftest import unescaped

SECRET = "7590-VHVEG pays 29.85"  # what the words of an error may quote


class Unexpected(Exception):
    pass


def fail(*args, **kwargs):
    raise Unexpected(SECRET)


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver runs pages without ``app.py``, which names the handler."""
    init = script_runner.ScriptRunner.__init__

    def with_handler(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self._on_script_error = page_failed

    monkeypatch.setattr(script_runner.ScriptRunner, "__init__", with_handler)


@pytest.fixture
def lines(workspace_home, monkeypatch: pytest.MonkeyPatch):
    """The lines that are written from here on."""
    path = workspace_home / "data" / "logs" / logs.FILE
    before = len(path.read_bytes()) if path.exists() else 0
    return lambda: [
        line for line in map(json.loads, path.read_bytes()[before:].splitlines()) if line["message"] == "A page failed."
    ]


def the_number(at) -> str:
    (told,) = [unescaped(error.value) for error in at.error]
    return re.fullmatch(r"This page failed\. Tell whoever runs it the number ([0-9a-f]+-[0-9a-f]+): .*", told).group(1)


def test_a_page_that_fails_says_the_number_of_its_line(open_page, handled, lines, monkeypatch):
    monkeypatch.setattr("churn_core.decisions.describe.churn_by_tenure_bucket", fail)
    at = open_page("explore")
    (line,) = lines()
    assert not at.exception
    assert line["request_id"] == the_number(at)
    assert line["page"] == "explore" and line["level"] == "ERROR"
    assert line["error"].endswith("test_failures.Unexpected")
    assert re.fullmatch(r"(pages|tests)\.[\w.]+:\d+", line["raised_at"])


def test_a_part_that_runs_alone_says_it_too(open_page, handled, lines, monkeypatch):
    """A fragment: the Campaign page answers its sliders without running as a whole."""
    at = open_page("campaign")
    monkeypatch.setattr(front, "profit_curve", fail)
    at.slider(key="slider_retention_cost").set_value(20.0).run()
    assert lines()[-1]["request_id"] == the_number(at) and lines()[-1]["page"] == "campaign"


def test_a_callback_says_it_too(open_page, handled, lines, monkeypatch):
    at = open_page("campaign")
    monkeypatch.setattr("pages.parts.campaign.live._from_slider", fail)
    at.run().slider(key="slider_success_rate").set_value(0.5).run()
    assert lines()[-1]["request_id"] == the_number(at)


def test_the_line_holds_no_words_of_the_error_and_no_path_of_the_machine(open_page, handled, lines, monkeypatch):
    monkeypatch.setattr(tables, "show_table", fail)
    monkeypatch.setattr("pages.parts.quality.show_table", fail)
    open_page("explore")
    (line,) = lines()
    told = json.dumps(line)
    assert SECRET not in told and str(CHECKOUT) not in told and "Traceback" not in told
    assert set(line) == {"at", "level", "logger", "message", "page", "error", "raised_at", "request_id"}


def test_an_error_with_a_mend_is_no_failure(open_page_at, handled, own_home):
    (own_home / "models" / "comparison.json").write_text("{")
    at = open_page_at(own_home, "model")
    assert any("comparison.json is damaged" in unescaped(error.value) for error in at.error)
    assert not any("This page failed" in error.value for error in at.error)


def test_the_application_hands_failures_over():
    import app

    assert app.app._on_script_error is page_failed
