"""What the tests of saved campaigns share: the tab, its database seen from outside, and what one does there."""

import pytest

from churn_core.campaign.plan import Plan
from churn_core.storage.campaigns import SavedCampaign
from tests.pages.conftest import open_tab, unescaped

TAB = "Saved campaigns"
HOSTILE = (
    "<b>bold</b> **strong** [link](javascript:alert(1)) `code` $x$\n# head\n- item ~~gone~~ :smile: <script>alert(1)</script>"
)


@pytest.fixture
def keep(store):
    """Saves a campaign from outside, as somebody else would."""

    def kept(name: str, plan: Plan = Plan(), threshold: float | None = 0.25, **more) -> SavedCampaign:  # noqa: B008
        at = {"threshold": threshold, "contacted": 10, "expected_profit": 500.0, "expected_spend": 100.0, "who": "Ben"}
        return store.save(name, plan, **{**at, "model_id": "m-0001", "data_sha256": "0" * 64, **more})

    return kept


@pytest.fixture
def saved_page(open_own):
    """The tab, with a name given."""

    def opened(who: str = "Ada", **query: str):
        at = open_tab(open_own("campaign", **query), TAB)
        return at.text_input(key="who").set_value(who).run()

    return opened


def press(at, label: str):
    """Press the button of this label, else the first one that begins with it; whatever is wrong is a sentence, not an exception."""
    begins = [button for button in at.button if button.label.startswith(label)]
    min(begins, key=lambda button: button.label != label).click().run()
    assert not at.exception
    return at


def publish(at, label: str = "Publish its threshold", reason: str = "", who: str | None = None):
    """Open the dialog that asks, answer it, and publish."""
    press(at, label)
    at.text_input(key="publish_reason").set_value(reason)
    if who is not None:
        at.text_input(key="publish_who").set_value(who)
    return confirm(at)


def confirm(at):
    next(button for button in at.button if button.label == "Publish").click().run()
    assert not at.exception
    return at


def save(at, name: str, note: str = ""):
    at.text_input(key="campaign_name").set_value(name)
    at.text_area(key="campaign_note").set_value(note)
    return press(at, "Save")


def choose(at, campaign: SavedCampaign):
    return at.selectbox(key="saved_campaign").set_value(campaign.id).run()


def sentence(at) -> str:
    """The one error of the page."""
    (error,) = at.error
    return unescaped(error.value)


def compared(at):
    return next(frame.value for frame in at.dataframe if "in_words" in frame.value)


def history(at):
    return next(frame.value for frame in at.dataframe if "published_by" in frame.value)
