"""The back-test in the browser: one switch, in the address, carried between pages, and the live sliders follow it."""

import re

import pytest
from playwright.sync_api import expect

from churn_core.campaign.plan import Plan
from churn_core.decisions.population import ALL, HERE
from tests.browser.conftest import at_rest
from tests.browser.live.conftest import answer, assert_as_python
from tests.navigation import PAGES

LABEL = "Back-test: all 7,043 customers in the data"


def switch(front) -> None:
    front.page.get_by_test_id("stSidebar").get_by_text("Back-test: all customers").click()


def to(front, name: str) -> None:
    link = front.page.get_by_test_id("stSidebarNavLink")
    link.filter(has_text=re.compile(rf"^{name.capitalize().replace('_', ' ')}$")).click()  # and not Your customers
    path = f"/{PAGES[name]}"
    front.page.wait_for_url(lambda url: url.split("?")[0].endswith(path))
    at_rest(front.page)


def test_the_switch_changes_customers_headline_and_curve_and_back(front, trained):
    before = front.open().seen()
    assert_as_python(before, trained, Plan())
    for which in (ALL, HERE, ALL):
        switch(front)
        front.root.locator("h1", has_text=answer(trained, Plan(), which)[0]["headline"]).wait_for()
        assert_as_python(front.settled().seen(), trained, Plan(), which)
        expect(front.page.get_by_text(LABEL)).to_have_count(int(which == ALL))
        front.page.wait_for_url(lambda url, there=which == ALL: ("back_test=true" in url) == there)


@pytest.mark.parametrize("name", ["retention_cost", "success_rate_give_or_take"])
def test_the_sliders_follow_the_mouse_in_a_back_test(front, trained, name):
    front.open("?back_test=true")
    assert front.seen()["headline"].startswith("Back-test: contact 5,265 of all 7,043 customers, everyone above")
    front.grab(name)
    for share in (0.3, 0.1, 0.6):
        seen = front.move(name, share)
        assert seen["answered"] == ""  # the finger's figures, not Python's
        assert_as_python(seen, trained, Plan(), ALL)
    front.let_go()
    front.await_address(name, seen["values"][name])
    stands = front.settled().seen()
    assert_as_python(stands, trained, Plan(), ALL)
    assert (stands["headline"], stands["figures"]) == (seen["headline"], seen["figures"])
    assert "back_test=true" in front.page.url


def test_the_switch_is_carried_to_every_page_on_and_off(front):
    front.open()
    switch(front)
    front.page.get_by_text(LABEL).first.wait_for()
    for on in (True, False):
        for name in (*(name for name in PAGES if name != "campaign"), "campaign"):
            to(front, name)
            if on:
                front.page.get_by_text(LABEL).first.wait_for()
            assert ("back_test=true" in front.page.url) == on, name
            expect(front.page.get_by_text(LABEL), name).to_have_count(int(on))
        if on:
            switch(front)
            expect(front.page.get_by_text(LABEL)).to_have_count(0)


def test_a_reload_and_a_shared_link_open_the_back_test(front, trained):
    front.open("?back_test=true&retention_cost=60")
    headline = front.seen()["headline"]
    front.page.reload()
    front.root.locator("h1", has_text=headline).wait_for()
    assert_as_python(front.settled().seen(), trained, Plan(), ALL)
