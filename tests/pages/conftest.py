"""Pages through Streamlit's own test driver, on the shared trained workspace."""

import base64
import functools
import json
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from pages.parts import own_work, words
from pages.parts.frame import preparation
from tests.navigation import NAVIGATION, PAGES


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Each new driver looks for components of Streamlit in all packages that are installed: half the time of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def scripts_are_compiled_once() -> Iterator[None]:
    """Each run of the driver reads and compiles its page anew, where the app keeps what it compiled."""
    compiled = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture(scope="session", autouse=True)
def a_run_is_waited_for() -> Iterator[None]:
    """The driver looks a thousand times a second through all that has happened whether the script has ended, and takes the
    interpreter from the script each time.
    """
    look = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        runner._script_thread.join(timeout)
        look(runner, timeout if runner.script_stopped() else 0)  # what did not end is told as ever

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(autouse=True)
def ordinary_sliders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver cannot move a slider that draws itself in the browser; the fallback is made of ordinary ones."""
    monkeypatch.setenv("CHURN_LIVE", "off")


@pytest.fixture(autouse=True)
def at_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver has no browser and so no address; who looks sits at this machine unless a test says otherwise."""
    monkeypatch.setattr(type(st.context), "ip_address", None)


@pytest.fixture(autouse=True)
def patient_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver does not run a page again by itself; each page waits until its work is done, unless a test says otherwise."""
    monkeypatch.setattr(own_work, "AT_ONCE", 60)


@pytest.fixture
def open_page(workspace_home: Path, monkeypatch: pytest.MonkeyPatch):
    """``open_page("campaign", retention_cost="50")``: the page after its first run, with query parameters."""
    monkeypatch.setenv("CHURN_HOME", str(workspace_home))
    return _open


@pytest.fixture
def open_page_at(monkeypatch: pytest.MonkeyPatch):
    """The same on another state folder: ``open_page_at(home, "overview")``."""

    homes = set()

    def opened(home: Path, name: str, **query: str) -> AppTest:
        monkeypatch.setenv("CHURN_HOME", str(home))
        homes.add(home)
        return _open(name, **query)

    yield opened
    for home in homes:
        preparation(home).close()
    st.cache_resource.clear()


@pytest.fixture
def open_own(own_home: Path, open_page_at):
    """The same on a copy of the trained home."""
    return lambda name, **query: open_page_at(own_home, name, **query)


def _open(name: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(NAVIGATION), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return to_page(at, name).run()


def to_page(at: AppTest, name: str) -> AppTest:
    """That page is the next to run; the first page of the app needs no asking for. The driver, other than a browser, takes
    what was changed along to a next page only from a page that was not the first that it ran.
    """
    return at if PAGES[name] == "" else at.switch_page(f"{name}.py")


def open_tab(at: AppTest, label: str) -> AppTest:
    """The Campaign page with that tab open."""
    at.session_state["campaign_tab"] = label
    if "campaign_tab" in at.query_params:  # the address goes before the session
        at.query_params["campaign_tab"] = label
    return at.run()


def metrics(at: AppTest) -> dict[str, str]:
    """Label → value of every metric on the page; of equal labels the last."""
    return {unescaped(metric.label): unescaped(metric.value) for metric in at.metric}


def beside(at: AppTest) -> dict[str, str]:
    """Label → what stands beside the value of a metric."""
    return {unescaped(metric.label): unescaped(metric.delta) for metric in at.metric}


def text(at: AppTest) -> str:
    """Everything that the page says in words."""
    parts = [*at.title, *at.header, *at.subheader, *at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    return "\n".join(str(part.value) for part in parts)


def badges(at: AppTest) -> list[str]:
    """What the badges of the page say, the side bar's first."""
    texts = [part.value for part in (*at.sidebar.markdown, *at.main.markdown)]
    return [told for text in texts for told in re.findall(r"-badge\[:material/\w+: (\w+)\]", text)]


def side_bar(at: AppTest) -> str:
    return "\n".join(caption.value for caption in at.sidebar.caption)


def figure(at: AppTest, key: str) -> dict:
    """The figure of that key, as plotly gets it."""
    (chart,) = [chart for chart in at.get("plotly_chart") if chart.proto.id.endswith(f"-{key}")]
    return json.loads(chart.proto.spec)


def numbers(values) -> np.ndarray:
    """The numbers of a trace; plotly packs long ones."""
    if isinstance(values, dict):
        flat = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
        return flat.reshape([int(n) for n in values["shape"].split(",")]) if "shape" in values else flat
    return np.array(values, dtype=float)


def dollars(value: float) -> str:
    """Three significant digits, half a unit rounded up, as in the sentences of a page."""
    shown = Decimal(repr(float(abs(value))))
    rounded = float(shown.quantize(Decimal(1).scaleb(shown.adjusted() - 2), ROUND_HALF_UP)) if value else 0.0
    sign = "−" if value < 0 else ""
    if rounded >= 1e6:
        return f"{sign}${rounded / 1e6:#.3g} million"
    return f"{sign}${rounded:,.0f}" if rounded >= 100 or rounded == 0 else f"{sign}${rounded:#.3g}"


def unescaped(told: str) -> str:
    """Markdown as it is read."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", told).replace(words.WORD_JOINER, "")
