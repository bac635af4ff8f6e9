"""What is typed into a number box is taken, or refused in a sentence; nothing of it is dropped without a word."""

import pytest

from tests.browser.conftest import at_rest, until

WRITE = "Write digits and a decimal point, with nothing between thousands: 1234.5."
TAKEN = ("1.5", "12", "1e3", "0.25")
REFUSED = ("1,5", "1 5", "٣", "1.234,5", "0x10", "$5", ",5", "40,000")
PASTED = ("1,5", "40,000", "1.234,5", "5 €", "１")


@pytest.fixture
def cost(app, page, ready):
    """The number box of the cost on the page Model, in the draft campaign of the side bar."""
    page.goto(f"{app.url}/model")
    page.locator("h1").first.wait_for()
    at_rest(page).get_by_role("button", name="Draft campaign").click()
    box = page.get_by_role("spinbutton", name="Retention cost per contact")
    box.wait_for()
    return box


def refusal(box) -> str:
    """What the box says of its own; the browser has an opinion of the step as well, which it does not show."""
    return box.evaluate("box => box.validity.customError ? box.validationMessage : ''")


def test_a_number_is_taken(page, cost):
    for typed in TAKEN:
        at_rest(page)
        cost.fill("")
        page.keyboard.type(typed)
        assert refusal(cost) == "", typed
        page.keyboard.press("Enter")
        until(lambda typed=typed: f"retention_cost={float(typed):g}" in page.url, f"the address to follow {typed}")


def test_what_is_no_part_of_a_number_is_refused_in_a_sentence_whether_typed_or_pasted(page, cost):
    for typed in REFUSED:
        cost.fill("")
        told = []
        for character in typed:
            page.keyboard.type(character)
            told.append(refusal(cost))
        assert told[-1] == WRITE and cost.input_value() == "", typed
    for pasted in PASTED:
        cost.fill("")
        page.keyboard.insert_text(pasted)
        assert (cost.input_value(), refusal(cost)) == ("", WRITE), pasted
    page.keyboard.type("7.5")
    assert (cost.input_value(), refusal(cost)) == ("7.5", ""), "the next key takes the refusal away"


def test_of_a_number_that_is_refused_nothing_is_taken_and_the_box_holds_what_it_held(page, cost):
    cost.fill("12")
    page.keyboard.press("Enter")
    until(lambda: "retention_cost=12" in page.url, "the address to follow")
    at_rest(page)
    for leave in ("Enter", "Tab"):
        cost.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("1,5")
        assert float(cost.input_value()) == 12 and refusal(cost) == WRITE
        page.keyboard.press(leave)
        page.wait_for_timeout(1000)
        assert "retention_cost=12" in page.url and float(cost.input_value()) == 12
    cost.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1.5")
    assert refusal(cost) == ""
    page.keyboard.press("Enter")
    until(lambda: "retention_cost=1.5" in page.url, "the address to follow")


def test_a_text_box_takes_what_it_likes(app, page, ready):
    page.goto(f"{app.url}/campaign")
    page.get_by_role("tab", name="Saved campaigns").first.wait_for()
    at_rest(page).get_by_role("tab", name="Saved campaigns").click()
    box = page.get_by_label("Name", exact=True).first
    box.click()
    page.keyboard.type("1,5 and more")
    assert box.input_value() == "1,5 and more"
