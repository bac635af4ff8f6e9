"""What is worked out ahead is what the pages show: whoever comes first finds it there."""

import pytest

from churn_core.application.workspace import Workspace
from churn_core.decisions.kept import Kept
from pages.parts.ahead import figures
from pages.parts.frame import preparation
from tests.navigation import PAGES


@pytest.fixture
def made(monkeypatch) -> list:
    """The keys of what is worked out, in their order."""
    keys, get = [], Kept.get
    monkeypatch.setattr(Kept, "get", lambda kept, key, make: get(kept, key, lambda: (keys.append(key), make())[1]))
    return keys


def work_out(workspace: Workspace) -> None:
    for figure in figures(workspace):
        figure()


@pytest.mark.parametrize("live", ["on", "off"])
def test_no_page_of_the_usual_draft_works_out_anything_that_was_not_worked_out_ahead(
    open_page_at, own_home, made, monkeypatch, live
):
    open_page_at(own_home, "monitoring")
    monkeypatch.setenv("CHURN_LIVE", live)
    work_out(preparation(own_home).workspace)
    assert len(made) > 30
    for page in PAGES:
        made.clear()
        assert not open_page_at(own_home, page).exception
        assert made == [], page
