"""Pages through Streamlit's own test driver, on the shared trained workspace."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

NAVIGATION = Path(__file__).resolve().parents[2] / "pages" / "navigation.py"


@pytest.fixture
def open_page(workspace_home: Path, monkeypatch: pytest.MonkeyPatch):
    """``open_page("campaign", retention_cost="50")``: the page after its first run, with query parameters."""
    monkeypatch.setenv("CHURN_HOME", str(workspace_home))
    return _open


@pytest.fixture
def open_page_at(monkeypatch: pytest.MonkeyPatch):
    """The same on another state folder: ``open_page_at(home, "overview")``."""

    def opened(home: Path, name: str, **query: str) -> AppTest:
        monkeypatch.setenv("CHURN_HOME", str(home))
        return _open(name, **query)

    yield opened
    st.cache_resource.clear()


def _open(name: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(NAVIGATION), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    if name != "overview":
        at.switch_page(f"{name}.py").run()
    return at


def metrics(at: AppTest) -> dict[str, str]:
    """Label → value of every metric on the page; of equal labels the last."""
    return {metric.label: metric.value for metric in at.metric}


def text(at: AppTest) -> str:
    """Everything that the page says in words."""
    parts = [*at.title, *at.subheader, *at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    return "\n".join(str(part.value) for part in parts)
