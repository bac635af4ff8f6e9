"""*Take it along*: on Overview and Campaign, the draft on screen as a file that is made when it is asked for."""

import re
from dataclasses import replace

import pytest

from churn_core.cli import main
from churn_core.decisions.segments.found import FoundSegments
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


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ({"retention_cost": "40"}, ["--retention-cost", "40"]),
        ({"budget": "9000", "back_test": "true"}, ["--budget", "9000", "--customers", "all"]),
    ],
    ids=str,
)
def test_page_and_command_write_the_same_bytes(open_page, monkeypatch, tmp_path, query, options):
    written = {}
    monkeypatch.setattr(
        "pages.parts.take_along.partial", lambda make, ending, *given: written.update({ending: make(ending, *given)}) or b""
    )
    at = open_page("campaign", **query)
    assert not at.exception
    for ending, content in written.items():
        path = tmp_path / f"memo{ending}"
        assert main(["report", "--output", str(path), "--address", "", *options]) == 0
        assert path.read_bytes() == content
    assert set(written) == set(KINDS)


def test_a_search_for_segments_that_ended_without_a_result_leaves_those_of_the_schema(open_page, monkeypatch, made):
    monkeypatch.setattr("pages.parts.take_along.segments_in_the_end", lambda workspace: FoundSegments())
    open_page("campaign")
    assert [each.name for each in made[0].segments] == ["Premium but unprotected"]


@pytest.mark.parametrize("page", ["overview", "campaign"])
def test_nothing_is_made_before_it_is_asked_for(open_page, monkeypatch, page):
    monkeypatch.setattr("pages.parts.take_along.memo_of", lambda *_, **__: pytest.fail("A file was made."))
    at = open_page(page)
    assert not at.exception
    names = [button.proto.label for button in at.get("download_button") if re.fullmatch("take_along_.*", button.key or "")]
    assert names == [kind.label for kind in KINDS.values()]
