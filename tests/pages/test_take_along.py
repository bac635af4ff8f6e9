"""*Take it along*: on Overview and Campaign, the draft on screen as a file that is made when it is asked for."""

import re
from dataclasses import replace

import pytest

from churn_core.report.document import KINDS
from tests.pages.conftest import unescaped


@pytest.fixture
def made(monkeypatch) -> list:
    """The memos of the files that are made; each file is made at once, as if its button were pressed."""
    memos = []
    for ending, kind in KINDS.items():
        monkeypatch.setitem(KINDS, ending, replace(kind, write=memos.append))
    monkeypatch.setattr("pages.parts.take_along.partial", lambda make, *given: make(*given) or b"")
    return memos


@pytest.mark.parametrize("page", ["overview", "campaign"])
def test_the_file_is_about_the_draft_on_screen_in_the_currency_on_screen(open_page, made, page):
    at = open_page(page, retention_cost="40", currency="€")
    assert not at.exception and not at.error and len(made) == 2
    assert made[0].headline == made[1].headline == unescaped(at.title[0].value) and "€" in made[0].headline
    assert "/campaign?retention_cost=40&" in made[0].link


def test_of_a_back_test_the_file_is_a_back_test(open_page, made):
    open_page("overview", back_test="true")
    assert made[0].headline.startswith("Back-test") and made[0].link.endswith("back_test=true")


@pytest.mark.parametrize("page", ["overview", "campaign"])
def test_nothing_is_made_before_it_is_asked_for(open_page, monkeypatch, page):
    monkeypatch.setattr("pages.parts.take_along.memo_of", lambda *_, **__: pytest.fail("A file was made."))
    at = open_page(page)
    assert not at.exception
    names = [button.proto.label for button in at.get("download_button") if re.fullmatch("take_along_.*", button.key or "")]
    assert names == [kind.label for kind in KINDS.values()]
