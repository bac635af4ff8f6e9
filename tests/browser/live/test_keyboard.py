"""The Campaign page by keyboard, by typing and by address."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.charts.theme import LIGHT
from churn_core.storage.store import open_store
from tests.browser.live.conftest import answer, assert_as_python, with_values


def test_keys_do_the_same(front, trained):
    front.open()
    for name, keys, value in (
        ("retention_cost", ["ArrowRight", "ArrowUp"], 12.0),
        ("clv_months", ["End", "ArrowLeft"], 59.0),
        ("success_rate_give_or_take", ["End", "ArrowLeft"], 0.49),
        ("success_rate", ["Home"], 0.0),
    ):
        seen = front.press(name, *keys)
        assert seen["values"][name] == value
        assert_as_python(seen, trained, Plan())
        assert seen["status"] == seen["headline"]
        front.await_address(name, value)
        stands = front.settled().seen()
        assert_as_python(stands, trained, Plan())
        assert (stands["values"], stands["headline"]) == (seen["values"], seen["headline"])


WATCH = """(slider) => {
    const values = (window.values = [])
    const look = () => { if (window.values === values) values.push(Number(slider.value)), requestAnimationFrame(look) }
    look()
}"""


def assert_never_back(front, trained, start: int, presses: int) -> None:
    front.slider("retention_cost").evaluate(WATCH)
    front.press("retention_cost", *["ArrowRight"] * presses)
    assert front.seen()["values"]["retention_cost"] == start + presses
    front.await_address("retention_cost", start + presses)
    front.settled()
    front.page.wait_for_timeout(300)
    values = front.page.evaluate("window.values")
    assert values == sorted(values) and set(values) <= set(range(start, start + presses + 1))
    seen = front.seen()
    assert seen["values"]["retention_cost"] == values[-1] == start + presses
    assert_as_python(seen, trained, Plan())


def test_quick_presses_never_make_the_slider_jump_back(front, trained):
    front.open()
    assert_never_back(front, trained, start=10, presses=15)
    for page, waited_for in (("Overview", "stMetricValue"), ("Campaign", "stTabs")):
        front.page.get_by_test_id("stSidebarNavLink").filter(has_text=page).click()
        front.page.get_by_test_id(waited_for).first.wait_for()
    front.root.locator("h1", has_text="Contact").wait_for()
    front.settled()
    # What was sent before the page was left must not pass for the answer to what is sent now.
    assert_never_back(front, trained, start=25, presses=8)


def test_sliders_have_names_and_say_their_value(front):
    seen = front.open().seen()
    assert seen["texts"] == seen["outputs"] == {
        "retention_cost": "$10", "success_rate": "30%", "success_rate_give_or_take": "± 20%", "clv_months": "12",
    }  # fmt: skip
    for name, keys in (("retention_cost", 7), ("success_rate", 2), ("success_rate_give_or_take", 3), ("clv_months", 1)):
        assert front.slider(name).count() == 1
        front.slider(name).focus()
        for _ in range(keys):
            front.page.keyboard.press("ArrowRight")
    seen = front.seen()
    assert seen["texts"] == seen["outputs"] == {
        "retention_cost": "$17", "success_rate": "32%", "success_rate_give_or_take": "± 23%", "clv_months": "13",
    }  # fmt: skip
    front.slider("retention_cost").focus()
    for name in ("success_rate", "success_rate_give_or_take", "clv_months"):
        front.page.keyboard.press("Tab")
        assert front.slider(name).evaluate("(slider) => slider.getRootNode().activeElement === slider")


def test_a_typed_value_moves_the_slider_and_the_headline(front, trained):
    """To the digit: between two steps of the slider, and beyond its end, the campaign is what was typed."""
    front.open()
    front.press("clv_months", *["ArrowRight"] * 2)  # the finger was there before
    front.await_address("clv_months", 14.0)
    front.settled()
    for typed, text, shown in (("45", "$45", {45}), ("33.5", "$33.50", {33, 34}), ("500", "$500", {300})):
        front.type_in("Retention cost per contact", typed)
        plan = Plan(campaign=Campaign(retention_cost=float(typed), clv_months=14.0))
        texts, profit = answer(trained, plan)
        front.root.locator("h1", has_text=texts["headline"]).wait_for()
        seen = front.settled().seen()
        assert seen["figures"] == texts["figures"] and abs(seen["profit"] - profit) < 0.005
        assert seen["outputs"]["retention_cost"] == text and seen["values"]["retention_cost"] in shown
        assert front.in_address("retention_cost") == float(typed)
    seen = front.press("success_rate", "ArrowRight")  # another slider leaves what was typed as it is
    assert seen["outputs"]["retention_cost"] == text
    front.await_address("success_rate", 0.31)
    assert front.in_address("retention_cost") == float(typed)
    texts, _ = answer(trained, with_values(plan, {"success_rate": 0.31}))
    assert (seen["headline"], seen["figures"]) == (texts["headline"], texts["figures"])


def test_a_reload_keeps_what_was_released_and_other_pages_follow(front, trained):
    front.open()
    front.grab("retention_cost")
    front.move("retention_cost", 0.2)
    front.let_go()
    front.press("success_rate", "ArrowRight")
    before = front.seen()
    front.await_address("retention_cost", before["values"]["retention_cost"])
    front.await_address("success_rate", 0.31)
    front.settled()
    front.page.reload()
    front.root.locator("h1", has_text=before["headline"]).wait_for()
    after = front.settled().seen()
    for part in ("values", "figures", "profit", "points"):
        assert after[part] == before[part]
    assert_as_python(after, trained, Plan())
    front.page.get_by_test_id("stSidebarNavLink").filter(has_text="Overview").click()
    front.page.wait_for_url(lambda url: "/campaign" not in url)
    front.page.locator("h1", has_text=after["headline"]).wait_for()


def test_a_published_threshold_is_drawn(app, front, trained):
    store = open_store(app.home)
    store.publish(0.35, who="a test", reason="")
    try:
        seen = front.open().seen()
        (mark,) = [mark for mark in seen["marks"] if mark["text"].startswith("published")]
        assert mark["text"] == "published 35.0%"
        (line,) = [line for line in seen["lines"] if line["stroke"] == LIGHT.stayed]
        ticks = {tick["text"]: float(tick["x"]) for tick in seen["ticks"] if tick["text"].endswith("%")}
        assert float(line["x1"]) == pytest.approx(ticks["0%"] + 0.35 * (ticks["100%"] - ticks["0%"]), abs=1)
    finally:
        store.rollback(who="a test", reason="")
        store.close()
