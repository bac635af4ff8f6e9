"""The Campaign page without the browser's help: ordinary sliders answer on release."""

from playwright.sync_api import expect

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from tests.browser.conftest import until
from tests.browser.live.conftest import answer


def test_ordinary_sliders_answer_on_release(opened, plain_app, trained):
    """With ``CHURN_LIVE=off``: the same sentence, figures and address."""
    front = opened(on=plain_app)
    page = front.page
    page.goto(f"{plain_app.url}/campaign")
    usual, _ = answer(trained, Plan())
    page.locator("h1", has_text=usual["headline"]).wait_for()
    assert front.root.count() == 0

    def assert_answered(plan: Plan) -> None:
        texts, _ = answer(trained, plan)
        page.locator("h1", has_text=texts["headline"]).wait_for()
        figures, beside = dict(texts["figures"]), [texts["figures"]["ifExact"]]
        del figures["ifExact"]
        shown, deltas = page.get_by_test_id("stMetricValue"), page.get_by_test_id("stMetricDelta")
        until(lambda: shown.all_inner_texts() == list(figures.values()), f"the figures {figures}")
        until(lambda: deltas.all_inner_texts() == beside, f"beside the profit {beside}")
        page.get_by_text(f"Profit is highest at a threshold of {texts['figures']['threshold']}").first.wait_for()

    assert_answered(Plan())
    cost = page.get_by_role("slider", name="Retention cost per contact")
    cost.press("PageUp")
    page.wait_for_function("location.search.includes('retention_cost')")
    assert front.in_address("retention_cost") == float(cost.input_value()) > 10
    assert_answered(Plan(campaign=Campaign(retention_cost=front.in_address("retention_cost"))))

    box = cost.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    page.wait_for_function("Number(new URLSearchParams(location.search).get('retention_cost')) > 100")
    assert_answered(Plan(campaign=Campaign(retention_cost=front.in_address("retention_cost"))))

    page.get_by_role("slider", name="Success rate").first.press("ArrowRight")
    front.await_address("success_rate", 0.31)
    page.get_by_role("slider", name="CLV horizon in months").press("ArrowRight")
    front.await_address("clv_months", 13.0)
    front.type_in("Retention cost per contact", "500")  # beyond the slider's end, the campaign is what was typed
    front.await_address("retention_cost", 500.0)
    none, _ = answer(trained, Plan(campaign=Campaign(retention_cost=500.0, success_rate=0.31, clv_months=13.0)))
    page.locator("h1", has_text=none["headline"]).wait_for()
    front.type_in("Retention cost per contact", "33.5")
    plan = Plan(campaign=Campaign(retention_cost=33.5, success_rate=0.31, clv_months=13.0))
    assert_answered(plan)
    page.reload()
    assert_answered(plan)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Overview").click()
    page.wait_for_url(lambda url: "/campaign" not in url)
    page.locator("h1", has_text=answer(trained, plan)[0]["headline"]).wait_for()


def test_ordinary_sliders_lose_no_quick_press_either(opened, plain_app):
    front = opened(on=plain_app)
    front.page.goto(f"{plain_app.url}/campaign")
    front.page.get_by_test_id("stMetricValue").first.wait_for()
    cost = front.page.get_by_role("slider", name="Retention cost per contact")
    for _ in range(15):
        cost.press("ArrowRight")
    front.await_address("retention_cost", 25.0)
    expect(cost).to_have_value("25")
