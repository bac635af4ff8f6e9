"""Found segments on the pages: a tile each on Explore, its list on Campaign one click away, the first of them on Overview."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from churn_core.application.train_version import train_on
from churn_core.application.workspace import open_workspace
from churn_core.campaign.offers.in_text import as_text
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.segments.find import find_segments
from churn_core.decisions.segments.money import money_of
from churn_core.model.registry import Registry
from pages.parts import segments_found
from tests.decisions.segments.conftest import CAFE, visitors
from tests.pages.conftest import text, unescaped


@pytest.fixture(scope="module")
def found(workspace):
    return find_segments(workspace.customers, workspace.schema)


def figures(at, label: str) -> list[tuple[str, str]]:
    return [(unescaped(metric.value), unescaped(metric.delta)) for metric in at.metric if metric.label == label]


def links(at) -> list:
    return [link.proto for link in at.get("page_link") if "segment=" in link.proto.query_string]


def test_each_segment_has_a_tile_with_its_figures_and_a_link_to_its_list(open_page, workspace, found):
    at = open_page("explore")
    assert not at.exception and not at.error
    size = [(f"{each.customers:,}", f"{each.mask(workspace.still_here.customers).sum():,} still here") for each in found.segments]
    assert figures(at, "Customers in it") == size
    assert figures(at, "Leave") == [(f"{s.rate:.1%}", f"{s.low:.1%} to {s.high:.1%}") for s in found.segments]
    assert [link.query_string for link in links(at)] == [f"segment={number}" for number in range(1, len(found) + 1)]
    said = unescaped(text(at))
    assert "**Fibre internet and none of online security, online backup, device protection and tech support**" in said
    assert "must not be added up" in said


def test_by_money_the_segment_in_which_the_campaign_earns_most_comes_first(open_page, workspace, found):
    at = open_page("explore")
    at.segmented_control(key="segments_by").set_value("Money").run()
    high = [number for number, each in enumerate(found.segments, 1) if each.leaves_more]
    earned = {number: money_of(found.segments[number - 1], workspace.still_here, Plan()).expected_profit for number in high}
    shown = [int(link.query_string.removeprefix("segment=")) for link in links(at)][: len(high)]
    assert shown == sorted(high, key=lambda number: -earned[number])


def test_filters_change_no_segment_and_the_search_is_done_once(open_page, monkeypatch):
    before = open_page("explore")
    monkeypatch.setattr(segments_found, "find_segments", None)
    at = open_page("explore", filter_Contract="Two year")
    assert not at.exception and figures(at, "Customers in it") == figures(before, "Customers in it")


def test_the_list_of_a_segment_is_its_part_of_the_whole_list(open_page, workspace, found):
    at = open_page("campaign", segment="1")
    assert not at.exception and not at.error and not at.warning
    recommended, segment = recommend(workspace.still_here, Plan()), found.segments[0]
    inside = segment.mask(workspace.still_here.customers)
    whole = contact_list(recommended, workspace.version.model)
    ids = set(workspace.still_here.customers.loc[inside, workspace.schema.id])
    expected = whole[whole[workspace.schema.id].isin(ids)].reset_index(drop=True)
    shown = next(table.value for table in at.dataframe if "rank" in table.value)
    assert shown["rank"].tolist() == expected["rank"].tolist()[: len(shown)] and len(shown) == 100
    assert contact_list(recommended, workspace.version.model, among=inside).equals(expected)
    assert f"{len(expected):,} of the 3,432 contacts on the list" in unescaped(text(at))
    at.button(key="whole_list").click().run()
    assert next(table.value for table in at.dataframe if "rank" in table.value)["rank"].tolist() == list(range(1, 101))


def test_a_segment_that_is_not_there_is_said(open_page, found):
    assert "only a whole number from 1 to 6" in unescaped(open_page("campaign", segment="7").warning[0].value)
    at = open_page("campaign", segment="two")
    assert "only a whole number" in unescaped(at.warning[0].value)


def test_with_several_offers_a_tile_says_which_fits(open_page, workspace, found):
    offers = (Offer(name="Call", retention_cost=25, success_rate=0.4), Offer(name="Mail", retention_cost=1, success_rate=0.05))
    plan = replace(Plan(), offers=offers)
    at = open_page("explore", offers=as_text(offers))
    first = money_of(found.segments[0], workspace.still_here, plan)
    assert first.offer == "Call" and f"Offer that fits: Call, for {first.offers[0].customers} of them." in unescaped(text(at))


@pytest.fixture
def anew() -> Iterator[None]:
    segments_found._search.clear()
    yield
    segments_found._search.clear()


def test_a_search_that_failed_says_so_and_can_be_begun_again(open_page, monkeypatch, anew):
    def fail(*given, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(segments_found, "find_segments", fail)
        at = open_page("explore")
    assert not at.exception and "No space left" in unescaped(text(at)) and not links(at)
    at.button(key="search_segments_again").click().run()
    assert not at.exception and links(at)


@pytest.fixture(scope="module")
def cafe_home(tmp_path_factory) -> Path:
    """A CHURN_HOME in which a version of a company is in production that has written no segments."""
    home = tmp_path_factory.mktemp("cafe")
    (home / "data").mkdir()
    Registry(home / "models").promote(train_on(home, to_csv(visitors(2500))[0], CAFE, "visitors.csv").model_id)
    return home


def test_where_nobody_has_written_segments_overview_names_the_first_that_was_found(cafe_home, open_page_at):
    workspace = open_workspace(cafe_home, training="never")
    first = find_segments(workspace.customers, workspace.schema).segments[0]
    assert first.in_words() == "plan: basic and visits: at most 2"
    money = money_of(first, workspace.still_here, Plan())
    told = unescaped(text(open_page_at(cafe_home, "overview")))
    assert (
        f"**Plan: basic and visits: at most 2**: {first.rate:.1%} leave ({first.low:.1%} to {first.high:.1%}), of all others "
        f"{first.rest_rate:.1%}." in told
    )
    assert f"{money.customers} are still here; the campaign earns " in told
    at = open_page_at(cafe_home, "explore")
    assert not at.exception and figures(at, "Customers in it")[0] == (str(first.customers), f"{money.customers} still here")
