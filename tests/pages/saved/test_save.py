"""Saving a campaign: what is kept, and that nothing that was written is lost or run."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.recommendation import recommend
from tests.pages.conftest import dollars, open_tab, text, unescaped
from tests.pages.saved.conftest import HOSTILE, TAB, choose, compared, history, press, save, sentence


def test_the_draft_is_saved_with_what_it_promises_today(saved_page, store, workspace):
    at = save(saved_page(retention_cost="40", rule="Customer by customer"), " Spring ", "before Easter")
    (saved,) = store.campaigns()
    plan = Plan(campaign=Campaign(retention_cost=40), rule=PER_CUSTOMER)
    found = recommend(workspace.still_here, plan)
    assert (saved.name, saved.note, saved.saved_by, saved.plan) == ("Spring", "before Easter", "Ada", plan)
    assert saved.threshold == best_threshold(workspace.still_here.expected_sweep, plan.campaign).threshold
    assert (saved.contacted, saved.expected_profit, saved.expected_spend) == (
        found.outcome.contacted, found.outcome.expected_profit, found.outcome.expected_spend,
    )  # fmt: skip
    assert (saved.model_id, saved.data_sha256) == (workspace.version.model_id, workspace.dataset.sha256)
    told = unescaped(text(at))
    assert f"When saved: threshold {saved.threshold:.1%}, {saved.contacted:,} contacts, {dollars(saved.expected_profit)}" in told
    assert "before Easter" in told and not at.error and compared(at)["campaign"].tolist() == ["1. Spring"]


def test_what_is_saved_in_a_back_test_is_what_it_promises_of_the_customers_still_here(saved_page, store, workspace):
    save(saved_page(retention_cost="100", back_test="true"), "Spring")
    (saved,) = store.campaigns()
    found = recommend(workspace.still_here, Plan(campaign=Campaign(retention_cost=100)))
    assert (saved.threshold, saved.contacted) == (found.best.threshold, found.outcome.contacted)
    assert (saved.expected_profit, saved.expected_spend) == (found.outcome.expected_profit, found.outcome.expected_spend)
    assert saved.threshold != recommend(workspace.all_customers, found.plan).best.threshold


def test_a_campaign_in_which_nobody_is_contacted_can_be_saved_and_not_published(saved_page, store):
    at = save(saved_page(success_rate="0"), "Nobody")
    assert store.campaigns()[0].threshold is None and not at.error
    assert next(button for button in at.button if button.label.startswith("Publish")).disabled


REFUSED = pytest.mark.parametrize(
    "who, name, said", [("", "Spring", "Say who saves it"), ("Ada", "  ", "The campaign needs a name")]
)


@REFUSED
def test_a_save_without_a_name_or_a_person_says_so_and_keeps_what_was_written(saved_page, store, who, name, said):
    at = save(saved_page(who), name, "a note of some length")
    assert sentence(at).startswith(said) and sentence(at).endswith("Nothing was changed.")
    assert store.campaigns() == []
    assert at.text_input(key="campaign_name").value == name and at.text_area(key="campaign_note").value == "a note of some length"


def test_the_browser_does_not_empty_what_was_written_before_it_is_kept(saved_page):
    """A form that clears itself does so whether or not the save is refused."""
    (form,) = forms(saved_page().main)
    assert not form.clear_on_submit


@REFUSED
def test_a_refused_save_leaves_the_rest_of_the_tab_as_it_was(saved_page, keep, store, who, name, said):
    first, _ = keep("First"), keep("Second")
    store.publish(0.4, who="Ben")
    at = choose(saved_page(who), first)
    at.text_input(key="rollback_reason").set_value("because").run()
    save(at, name)
    assert sentence(at).startswith(said)
    assert compared(at)["campaign"].tolist() == ["1. Second", "2. First"]
    assert at.selectbox(key="saved_campaign").value == first.id and at.text_input(key="rollback_reason").value == "because"


def forms(block):
    """The forms on a page, as the browser gets them."""
    for child in getattr(block, "children", {}).values():
        if getattr(child, "type", "") == "form":
            yield child.proto.form if hasattr(child.proto, "form") else child.proto
        yield from forms(child)


def test_two_campaigns_of_one_name_stay_two(saved_page, store):
    at = saved_page()
    save(save(at, "Spring"), "Spring", "again")
    assert [campaign.name for campaign in store.campaigns()] == ["Spring", "Spring"]
    assert compared(at)["campaign"].tolist() == ["1. Spring", "2. Spring"]


NOTES = [
    HOSTILE,
    "<img src=x onerror=alert(1)>",
    "![](https://elsewhere.example/pixel.png)",
    "&lt;b&gt; A&amp;B",
    "1. one\n2) two",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_shown_as_it_was_written_and_not_as_mark_up(saved_page, keep, note):
    keep("Spring", note=note)
    at = saved_page()
    (shown,) = [caption.value for caption in at.caption if "When saved" in caption.value]
    written = shown.split("  \n", 1)[1]
    assert unescaped(written) == " ".join(note.split())
    live = [c for i, c in enumerate(written) if c in "<>*_`$[]#~:&" and written[i - 1] != "\\" and written[i : i + 2] != ": "]
    assert live == [], "these are still mark-up"


def test_names_are_shown_as_they_were_written_wherever_they_stand(saved_page, keep, store):
    saved = keep("**Spring** <b>sale</b>", who="<i>Ben</i>")
    store.publish(0.25, who="*Ben* <u>", reason="<script>", campaign_id=saved.id)
    at = saved_page()
    for part in [*at.markdown, *at.caption]:
        if "Spring" in part.value or "Ben" in part.value:
            told = part.value.replace(r"\*", "").replace(r"\<", "")
            assert "**Spring" not in told and "<b>" not in told and "*Ben" not in told and "<u>" not in told
    assert not at.exception and history(at)["reason"].tolist() == ["<script>"]  # a cell of a table is text


def test_who_one_is_need_be_said_once(saved_page):
    at = saved_page("Ada")
    open_tab(at, "Sensitivity")
    at.switch_page("overview.py").run()
    at.switch_page("campaign.py").run()
    assert open_tab(at, TAB).text_input(key="who").value == "Ada"


def test_the_draft_is_saved_beside_the_headline_in_a_dialog_that_says_what_is_missing(saved_page, store):
    at = press(saved_page("Ada", retention_cost="25"), "Save …")
    at.text_input(key="saver_at_headline").set_value("Ada")
    at.button(key="save_the_draft").click().run()
    assert "The campaign needs a name" in "\n".join(each.value for each in at.error) and store.campaigns() == []
    at.text_input(key="name_at_headline").set_value("Spring")
    at.button(key="save_the_draft").click().run()
    (kept,) = store.campaigns()
    assert (kept.name, kept.saved_by, kept.plan.campaign.retention_cost) == ("Spring", "Ada", 25.0)
    assert not [each for each in at.text_input if each.key == "name_at_headline"]  # the dialog is closed
