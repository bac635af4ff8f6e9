"""The Campaign page under the mouse and the finger: the browser computes while a slider moves, Python answers on release."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE, Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_threshold
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.report.link import AFTER_SAVE, RULES
from pages.parts import words
from tests.browser.conftest import at_rest, until
from tests.browser.live.conftest import LABELS, answer, assert_as_python, with_values


def test_everything_follows_the_mouse_and_python_answers_on_release(front, trained):
    front.open()
    for name in LABELS:
        address, sent, before = front.page.url, len(front.sent), front.seen()
        low, high, step = (float(front.slider(name).get_attribute(end)) for end in ("min", "max", "step"))
        front.grab(name)
        curves = {before["points"]}
        for share in (0.27, 0.37, 0.52, 0.44, 0.33):
            seen = front.move(name, share)
            within = (high - low) / 100 + step  # a pixel or two, and the nearest step
            assert seen["values"][name] == pytest.approx(low + share * (high - low), abs=within)
            assert_as_python(seen, trained, Plan())
            assert seen["answered"] == ""  # the finger's figures, not Python's
            curves.add(seen["points"])
        assert len(curves) == (1 if name == "success_rate_give_or_take" else 6)  # a range moves no expected profit
        assert front.page.url == address and len(front.sent) == sent, "something was sent before the slider was let go"
        assert seen["status"] == before["status"], "a screen reader would be told every step of the way"

        front.let_go()
        assert front.seen()["status"] == seen["headline"]
        front.await_address(name, seen["values"][name])
        stands = front.settled().seen()
        assert len(front.sent) > sent
        for part in ("values", "headline", "figures", "profit", "points"):
            assert stands[part] == seen[part]
        assert_as_python(stands, trained, Plan())


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ("budget=20000", Plan(objective=Objective(budget=20_000.0))),
        ("min_roi=6&fixed_cost=5000", Plan(campaign=Campaign(fixed_cost=5000.0), objective=Objective(min_roi=6.0))),
        (
            f"rule={RULES[PER_CUSTOMER].replace(' ', '+')}&budget=20000&incentive=20&incentive_uptake=0.5",
            Plan(
                rule=PER_CUSTOMER, objective=Objective(budget=20_000.0), campaign=Campaign(incentive=20.0, incentive_uptake=0.5)
            ),
        ),
        (
            "min_marginal_roi=2&backfire_rate=0.01&incentive_uptake=0.9&margin=0.6&annual_discount=0.1&monthly_survival=0.98",
            Plan(
                campaign=Campaign(
                    backfire_rate=0.01, incentive_uptake=0.9, margin=0.6, annual_discount=0.1, monthly_survival=0.98
                ),
                objective=Objective(min_marginal_roi=2.0),
            ),
        ),
        (
            f"after_save={AFTER_SAVE[OWN_RISK].replace(' ', '+')}&window=3",
            Plan(campaign=Campaign(after_save=OWN_RISK, window=3.0)),
        ),
        (
            f"after_save={AFTER_SAVE[TENURE].replace(' ', '+')}&annual_discount=0.1",
            Plan(campaign=Campaign(after_save=TENURE, annual_discount=0.1)),
        ),
    ],
    ids=["budget", "least ROI", "customer by customer", "least ROI of each", "own risk", "tenure"],
)
def test_limits_rule_and_all_terms_are_followed(front, trained, query, plan):
    front.open(f"?{query}")
    assert_as_python(front.seen(), trained, plan)
    front.grab("retention_cost")
    for share in (0.09, 0.18, 0.4):
        assert_as_python(front.move("retention_cost", share), trained, plan)
    while_dragging = front.seen()
    front.let_go()
    front.await_address("retention_cost", while_dragging["values"]["retention_cost"])
    stands = front.settled().seen()
    assert_as_python(stands, trained, plan)
    assert (stands["headline"], stands["figures"]) == (while_dragging["headline"], while_dragging["figures"])


def test_with_another_answer_to_how_long_a_saved_customer_stays_the_sliders_follow_that(front, trained):
    """The tenures are sent when they are first asked for."""
    front.open()
    front.page.get_by_text("Budget and all assumptions").click()
    for answered in (TENURE, OWN_RISK, STAYS, TENURE):
        front.page.get_by_role("radio", name=AFTER_SAVE[answered]).check(force=True)
        front.page.wait_for_function(
            "(words) => (new URLSearchParams(location.search).get('after_save') ?? words[0]) === words[1]",
            arg=[AFTER_SAVE[STAYS], AFTER_SAVE[answered]],
        )
        plan = Plan(campaign=Campaign(after_save=answered, window=1.0))
        texts, _ = answer(trained, trained.valued(with_values(plan, front.settled().seen()["values"])))
        expect(front.root.locator("h1")).to_have_text(texts["headline"])  # the address may be there a frame before the answer
        assert_as_python(front.seen(), trained, plan)
        for name, share in (("clv_months", 0.3), ("retention_cost", 0.1)):
            front.grab(name)
            assert_as_python(front.move(name, share), trained, plan)
            front.let_go()
            front.settled()


def test_no_figure_changes_on_release_wherever_that_is(front, trained):
    """Every position of the cost slider, painted by the browser, reads as Python's answer would."""
    front.open()
    painted = front.slider("retention_cost").evaluate(
        """(slider) => Array.from({ length: 301 }, (_, cost) => {
            slider.value = cost
            slider.dispatchEvent(new Event('input'))
            const root = slider.closest('.campaign')
            const figures = [...root.querySelectorAll('[data-figure]')].map((e) => [e.dataset.figure, e.textContent])
            return { headline: root.querySelector('h1').textContent, figures: Object.fromEntries(figures) }
        })"""
    )
    answers = [answer(trained, Plan(campaign=Campaign(retention_cost=float(cost))))[0] for cost in range(301)]
    assert [(cost, seen) for cost, seen in enumerate(painted) if seen != answers[cost]] == []


def test_the_give_or_take_moves_the_range_and_no_other_figure(front, trained):
    before = front.open().seen()
    front.grab("success_rate_give_or_take")
    headlines = set()
    for share in (0.0, 0.2, 0.7, 1.0):
        seen = front.move("success_rate_give_or_take", share)
        assert_as_python(seen, trained, Plan())
        for part in ("figures", "profit", "points", "marks"):
            assert seen[part] == before[part], part
        told, range_, rest = re.fullmatch(r"(.*) ±\u00a0(\S+) (on .*)", seen["headline"]).groups()
        headlines.add(range_)
        assert f"{told} ±" in before["headline"] and rest in before["headline"]
    assert len(headlines) == 4
    front.let_go()
    front.await_address("success_rate_give_or_take", 0.5)
    assert front.settled().seen()["headline"] == seen["headline"]


def test_a_slider_dragged_back_to_where_it_was_follows_python_again(front, trained):
    """The browser tells of no change then, and nothing is sent; the page must not stay in the hand for ever."""
    front.open("?retention_cost=60")
    front.grab("retention_cost")
    front.move("retention_cost", 0.5)
    seen = front.move("retention_cost", 60 / 300)
    front.let_go()
    assert seen["values"]["retention_cost"] == 60
    front.page.wait_for_timeout(500)
    at_rest(front.page)
    assert_as_python(front.seen(), trained, Plan())
    front.type_in("Retention cost per contact", "90")
    front.await_address("retention_cost", 90.0)
    headline, _ = answer(trained, Plan(campaign=Campaign(retention_cost=90.0)))
    front.root.locator("h1", has_text=headline["headline"]).wait_for()
    assert front.settled().seen()["values"]["retention_cost"] == 90


def test_a_press_on_the_track_moves_a_slider_whichever_was_used_before(front, trained):
    """The slider that had the keyboard loses it with the press; that is no end of the drag that begins with it."""
    front.open()
    front.press("success_rate", "ArrowRight")
    front.await_address("success_rate", 0.31)
    front.settled()
    front.page.mouse.move(*front.at("retention_cost", 0.6))
    front.page.mouse.down()
    front.page.wait_for_timeout(300)
    held = front.seen()
    assert held["values"]["retention_cost"] == pytest.approx(180, abs=3)
    assert_as_python(held, trained, Plan())
    assert_as_python(front.move("retention_cost", 0.3), trained, Plan())
    released = front.seen()
    front.let_go()
    front.await_address("retention_cost", released["values"]["retention_cost"])
    assert front.settled().seen()["headline"] == released["headline"]


@pytest.mark.parametrize("back", [False, True], ids=["moved", "moved and brought back"])
def test_a_finger_on_a_phone_does_what_the_mouse_does(opened, trained, back):
    front = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    touch = front.page.context.new_cdp_session(front.page)

    def finger(what: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        touch.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})

    sent, before = len(front.sent), front.seen()
    finger("touchStart", *front.at("retention_cost", 10 / 300))
    for share in (0.1, 0.2, 0.4, 0.3):
        finger("touchMove", *front.at("retention_cost", share))
        front.next_frame()
    seen = front.seen()
    assert seen["values"]["retention_cost"] == pytest.approx(90, abs=4)
    assert_as_python(seen, trained, Plan())
    assert len(front.sent) == sent
    if back:
        finger("touchMove", *front.at("retention_cost", 10 / 300))
        front.next_frame()
    finger("touchEnd")
    if back:
        front.page.wait_for_timeout(500)
        assert front.seen()["values"] == before["values"]
        front.type_in("Retention cost per contact", "90")
        seen = {**seen, "values": {"retention_cost": 90.0}}
        seen["headline"] = answer(trained, Plan(campaign=Campaign(retention_cost=90.0)))[0]["headline"]
    front.await_address("retention_cost", seen["values"]["retention_cost"])
    front.root.locator("h1", has_text=seen["headline"]).wait_for()
    assert_as_python(front.settled().seen(), trained, Plan())


def test_an_answer_that_comes_while_the_mouse_holds_a_slider_does_not_pull_it_away(front, trained):
    front.open()
    front.press("success_rate", "ArrowRight")
    front.grab("retention_cost")
    seen = front.move("retention_cost", 0.4)
    front.await_address("success_rate", 0.31)  # Python has answered
    at_rest(front.page)
    still = front.seen()
    assert still["values"] == seen["values"] and still["values"]["success_rate"] == 0.31
    assert_as_python(still, trained, Plan())
    front.let_go()
    front.await_address("retention_cost", seen["values"]["retention_cost"])
    assert_as_python(front.settled().seen(), trained, Plan())


def test_a_change_of_the_window_changes_no_figure(front, trained):
    front.open()
    front.press("retention_cost", *["ArrowRight"] * 5)
    front.await_address("retention_cost", 15.0)
    stands = front.settled().seen()
    front.page.set_viewport_size({"width": 1100, "height": 800})
    until(lambda: front.seen()["points"] != stands["points"], "the curve to follow the window")
    seen = front.seen()
    for part in ("values", "headline", "figures", "profit", "answered"):
        assert seen[part] == stands[part], part
    assert_as_python(seen, trained, Plan())


def test_the_chart_is_read_at_the_pointer(front, trained):
    seen = front.open().seen()
    assert not any(mark["text"].startswith("published") for mark in seen["marks"]), "nothing is published"
    svg = front.root.locator("svg")
    box = svg.bounding_box()
    (tick,) = [tick for tick in seen["ticks"] if tick["text"] == "40%"]
    front.page.mouse.move(box["x"] + float(tick["x"]), box["y"] + box["height"] / 2)
    expect(front.root.locator(".reading")).not_to_be_empty()
    reading = front.root.locator(".reading").inner_text()
    threshold, contacted = re.fullmatch(r"From (.*)% up: ([\d,]+) customers, .*", reading).groups()
    assert float(threshold) == pytest.approx(40, abs=0.2)
    near = [at_threshold(trained.still_here.expected_sweep, Campaign(), 0.4 + d) for d in np.linspace(-0.002, 0.002, 81)]
    outcome = next(o for o in near if words.count(o.contacted) == contacted)
    profit, spend, roi = words.money(outcome.expected_profit), words.money(outcome.expected_spend), words.percent(outcome.roi, 0)
    assert reading.endswith(f"customers, profit {profit} on {spend}, ROI {roi}")
    front.page.mouse.move(10, 10)
    expect(front.root.locator(".reading")).to_be_empty()
