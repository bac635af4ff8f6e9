"""Campaign and Your customers without a mouse: all is reached in order, what has the keyboard is seen, and nothing holds it."""

import pytest
from playwright.sync_api import Page

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.recommendation import recommend
from churn_core.formats import count
from tests.browser.conftest import at_rest, until
from tests.pages.test_your_customers import as_csv, shop

MOST = 150  # presses of Tab until a page that lets nobody out fails the test

# What has the focus: its name, and what is seen of its being there, which the next press compares with the look of it unfocused.
# A mark is an outline, a shadow, or a border of another colour, of the element or of what is around it; a table draws its own.
LOOK = """() => {
    let at = document.activeElement
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
    const around = [at, ...at.children]
    for (let up = at.parentElement, i = 0; up && i < 5; up = up.parentElement, i++) around.push(up, ...up.children)
    const isShown = (element) => {
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false
        for (let up = element; up; up = up.parentElement)
            if (getComputedStyle(up).clipPath.startsWith('inset(50')) return false
        return true
    }
    const marks = (element) => {
        if (element.tagName === 'CANVAS') return [element.toDataURL()]
        const style = getComputedStyle(element)
        const outline = style.outlineStyle === 'none' ? '' : style.outlineStyle + style.outlineWidth + style.outlineColor
        const inside = ['::before', '::after'].map((part) => getComputedStyle(element, part).boxShadow)
        return [outline, style.borderTopWidth === '0px' ? '' : style.borderTopColor, style.boxShadow, ...inside]
    }
    const left = window.looked
    const isControl = left?.at.isConnected && left.at !== document.body && left.at.role !== 'dialog'
    const isJudged = isControl && (left.at === at) === (left.at.tagName === 'CANVAS')
    const isSeen = !isJudged || left.around.some((element, i) => {
        const now = marks(element)
        return left.shown[i] && left.marks[i].some((mark, j) => mark !== now[j] && mark !== 'none' && mark !== '')
    })
    window.looked = { at, around, marks: around.map(marks), shown: around.map(isShown) }
    const isIcon = /^[a-z]+(_[a-z]+)*$/
    const label = at.getAttribute('aria-label') || [...(at.labels ?? [])].map((each) => each.textContent).join(' ')
    const told = at.innerText.split('\\n').filter((line) => line.trim() && !isIcon.test(line)).join(' ')
    return { name: (label || told).trim(), tag: at.tagName, seen: isSeen }
}"""


class Keyboard:
    """Somebody at a page who has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.at, self.tag = page, "", ""

    def press(self, *keys: str) -> str:
        """The name of what has the focus then; what had it until then was to be seen."""
        for key in keys:
            self.page.keyboard.press(key)
            self._look(f"nothing shows that the keyboard is on {self.at!r}")
        return self.at

    def _look(self, unseen: str = "") -> None:
        look = self.page.evaluate(LOOK)
        assert look["seen"] or not unseen, unseen
        self.at, self.tag = look["name"], look["tag"]

    def to(self, name: str) -> None:
        """As many presses of Tab as it takes."""
        passed = [self.press("Tab")]
        while self.at != name and len(passed) < MOST:
            passed.append(self.press("Tab"))
        assert self.at == name, f"{name!r} is not reached; passed: {passed}"

    def round(self) -> list[str]:
        """The names of all that Tab reaches from here on, until it leaves the page."""
        passed = [self.press("Tab")]
        while self.tag != "BODY" and len(passed) < MOST:
            passed.append(self.press("Tab"))
        assert self.tag == "BODY", f"the keyboard does not get out; passed: {passed}"
        return passed[:-1]

    def comes_to(self, tag: str, name: str) -> None:
        """Without a key: the page itself brings the focus there."""

        def is_there() -> bool:
            self._look()
            return self.tag == tag and name in self.at

        until(is_there, f"the keyboard to be on {name!r}")
        at_rest(self.page)


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    page.emulate_media(reduced_motion="reduce")
    return Keyboard(page)


def opened(keyboard: Keyboard, address: str) -> Page:
    page = keyboard.page
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.add_style_tag(content="* { transition: none !important }")  # a mark that fades in is there at once
    return at_rest(page)


def in_order(passed: list[str], *names: str) -> None:
    """The names were passed in this order, others between them."""
    rest = iter(passed)
    for name in names:
        assert name in rest, f"{name!r} is not next in {passed}"


def test_tab_reaches_all_of_campaign_in_the_order_in_which_it_is_read_and_shows_where_it_is(app, keyboard, trained):
    page = opened(keyboard, f"{app.url}/campaign")
    page.locator(".campaign h1").wait_for()
    page.get_by_role("button", name="Download the whole list (Excel)").wait_for()
    keyboard.to("Budget and all assumptions")
    keyboard.press("Enter")
    page.get_by_role("radiogroup", name="Whom to contact").wait_for()
    at_rest(page).get_by_test_id("stSkipToContent").focus()
    in_order(
        keyboard.round(),
        *("Overview", "Monitoring", "Back-test: all customers", "Publish …", "Retention cost per contact", "Budget", "Save …"),
        *("Success rate", "CLV horizon in months", "Take it along", "Several offers"),
        *("Budget and all assumptions", "Success rate", "Currency label", "Margin", "Least ROI of each contact"),
        *("Why is the best threshold so low?", "Contact list", "Control group", "Contacts per week", "Name of the list"),
        *("Search", "Download the whole list (CSV)", "Download the whole list (Excel)"),
    )


def test_what_keys_change_on_campaign_its_figures_follow(app, keyboard, trained):
    page = opened(keyboard, f"{app.url}/campaign")
    contacts = page.locator("[data-figure=contacted]")
    contacts.wait_for()

    def follow(plan: Plan) -> None:
        expected = count(recommend(trained.still_here, plan).outcome.contacted)
        until(lambda: contacts.inner_text() == expected, f"{expected} contacts")
        page.wait_for_url("**retention_cost=**")
        at_rest(page)

    keyboard.to("Retention cost per contact")  # the number box
    page.keyboard.press("Control+A")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    follow(Plan(campaign=Campaign(retention_cost=40.0)))
    keyboard.to("Success rate")
    keyboard.press("ArrowRight", "ArrowRight")
    campaign = Campaign(retention_cost=40.0, success_rate=0.32)
    follow(Plan(campaign=campaign))
    keyboard.to("Budget and all assumptions")
    keyboard.press("Enter")
    page.get_by_role("radiogroup", name="Whom to contact").wait_for()
    keyboard.to("One threshold for everybody")
    keyboard.press("ArrowDown")
    follow(Plan(campaign=campaign, rule=PER_CUSTOMER))
    keyboard.to("Contact list")
    keyboard.press("ArrowRight")
    page.wait_for_url("**campaign_tab=Control**")
    page.get_by_text("Doubt that the contact keeps anybody").first.wait_for()


@pytest.mark.parametrize("button", ["Publish …", "Save …"])
def test_a_dialog_holds_the_keyboard_until_escape_and_gives_it_back(app, keyboard, trained, button):
    page = opened(keyboard, f"{app.url}/campaign")
    page.locator(".campaign h1").wait_for()
    keyboard.to(button)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    keyboard.comes_to("SECTION", "")
    inside = [keyboard.press("Tab") for _ in range(12)]
    in_order(inside, "Close", "Name of the campaign", "Your name", button.removesuffix(" …"), "Close")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    keyboard.comes_to("BUTTON", button)


def test_tab_goes_into_an_open_popover_and_out_again_and_escape_closes_it(app, keyboard, trained):
    page = opened(keyboard, app.url)
    page.get_by_test_id("stMetricValue").first.wait_for()
    keyboard.to("Take it along")
    page.keyboard.press("Enter")
    page.get_by_test_id("stPopoverBody").wait_for()
    first, last = "Page with sliders (HTML)", "Slides (PowerPoint)"
    there = [keyboard.press("Tab") for _ in range(3)]
    assert there == [first, last, "Help for Customers still here"]
    back = [keyboard.press(key) for key in ("Shift+Tab", "Tab", "Shift+Tab", "Tab")]
    assert back == ["Take it along", first, "Take it along", first]
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    keyboard.comes_to("BUTTON", "Take it along")


def test_your_customers_are_walked_through_by_keys_alone_from_the_file_to_the_result(app, keyboard, trained):
    page = opened(keyboard, f"{app.url}/your_customers")
    keyboard.to("Upload")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "shop.csv", "mimeType": "text/csv", "buffer": as_csv(shop())})
    page.get_by_role("combobox", name="Column that says who left").wait_for()
    page.get_by_role("spinbutton", name="Within how many months did they leave?").wait_for()
    keyboard.comes_to("H1", "400 customers")
    in_order(
        keyboard.round(),
        *("Column that says who left", "yes", "Column with what they pay", "Column with the time as a customer"),
        *("Within how many months did they leave?", "Use gender", "Train on 400 customers", "customer_id is for", "Search"),
    )
    keyboard.to("Column with the number or code of a customer")
    keyboard.press("ArrowDown")
    page.get_by_role("listbox").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("listbox").wait_for(state="detached")
    keyboard.comes_to("INPUT", "Column with the number")
    keyboard.to("Train on 400 customers")
    page.keyboard.press("Enter")
    keyboard.comes_to("H1", "the riskiest fifth holds")
    in_order(keyboard.round(), "Use it", "Compare them")
