"""Publishing a threshold and rolling it back."""

import io

import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.decisions.difference import Difference, difference
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from pages.parts.standing import publishing
from tests.navigation import PAGES
from tests.pages.conftest import badges, dollars, figure, open_tab, side_bar, text, unescaped
from tests.pages.saved.conftest import TAB, choose, confirm, history, press, publish, sentence


def test_a_published_threshold_is_told_everywhere_and_in_the_history(saved_page, keep, store):
    saved = keep("Spring", threshold=0.3125)
    at = saved_page()
    assert not any(button.label.startswith("Undo") for button in at.button)
    publish(at, "Publish its threshold, 31.3%", "after the pilot")
    published = store.published()
    assert (published.threshold, published.campaign_id, published.published_by, published.reason, published.source) == (
        0.3125, saved.id, "Ada", "after the pilot", "dashboard",
    )  # fmt: skip
    told, day = unescaped(side_bar(at)), f"{published.published_at:%Y-%m-%d}"
    assert f"**Published threshold** 31.3%, published {day} by Ada" in told
    assert "**Published: 31.3%** of *Spring*" in unescaped(text(at))
    row = history(at).iloc[0]
    assert (row["what"], row["threshold"], row["campaign"], row["published_by"], row["reason"]) == (
        "published", 0.3125, "Spring", "Ada", "after the pilot",
    )  # fmt: skip
    assert 0.3125 in [shape["x0"] for shape in figure(at, "profit_curve")["layout"]["shapes"]]
    for name in PAGES:
        at.switch_page(f"{name}.py").run()
        assert f"**Published threshold** 31.3%, published {day} by Ada" in unescaped(side_bar(at)), name


def test_the_threshold_of_the_chosen_campaign_is_published_not_that_of_the_draft(saved_page, keep, store):
    first, _ = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    publish(choose(saved_page(retention_cost="99"), first))
    assert (store.published().threshold, store.published().campaign_id) == (0.11, first.id)


def test_a_rollback_brings_back_what_stood_before_and_says_why(saved_page, keep, store):
    first, second = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    store.publish(0.11, who="Ben", campaign_id=first.id)
    store.publish(0.22, who="Ben", campaign_id=second.id)
    at = saved_page()
    at.text_input(key="rollback_reason").set_value("too few contacts").run()
    press(at, "Undo: publish 11.0% again")
    assert (store.published().threshold, store.published().campaign_id) == (0.11, first.id)
    assert "**Published: 11.0%** of *First*" in unescaped(text(at)) and "11.0%" in unescaped(side_bar(at))
    assert history(at)["what"].tolist() == ["published again", "published", "published"]
    assert history(at)["reason"][0] == "too few contacts"
    press(at, "Undo: publish nothing")
    assert store.published() is None and "Nothing is published" in text(at)
    assert "none published yet" in unescaped(side_bar(at)) and len(history(at)) == 4
    assert history(at)["what"][0] == "taken back"


@pytest.mark.parametrize(
    "button, said",
    [("Publish", "Say who publishes it"), ("Undo", "Say who publishes it"), ("Duplicate", "Say who saves it")],
)
def test_nothing_is_done_by_nobody_and_what_was_written_stays(saved_page, keep, store, button, said):
    first, _ = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    store.publish(0.4, who="Ben")
    at = choose(saved_page(""), first)
    at.text_input(key="rollback_reason").set_value("one reason").run()
    publish(at, reason="another reason") if button == "Publish" else press(at, button)
    assert sentence(at).startswith(said)
    assert store.published().threshold == 0.4 and len(store.campaigns()) == 2 and len(store.history()) == 1
    assert at.text_input(key="rollback_reason").value == "one reason"
    if button == "Publish":  # the dialog stays open
        assert at.text_input(key="publish_reason").value == "another reason"
    assert at.selectbox(key="saved_campaign").value == first.id


def test_what_was_published_elsewhere_is_told_too(saved_page, store):
    store.publish(0.35, who="service", source="api", reason="agreed")
    at = saved_page()
    assert "**Published: 35.0%**, published" in unescaped(text(at)) and history(at)["source"].tolist() == ["api"]


def test_the_campaign_that_is_published_keeps_its_name_when_it_is_archived(saved_page, keep, store):
    saved = keep("Spring")
    keep("Other")
    store.publish(0.25, who="Ben", campaign_id=saved.id)
    store.archive(saved.id)
    at = saved_page()
    assert "of *Spring*" in unescaped(text(at)) and history(at)["campaign"].tolist() == ["Spring"]


def test_a_published_campaign_decides_the_files_until_it_is_rolled_back(saved_page, keep, telco_path):
    keep("Spring", Plan(campaign=Campaign(retention_cost=30)), threshold=0.6)
    content = "\n".join(telco_path.read_text().splitlines()[:41]).encode()
    at = publish(saved_page())

    def contacts(at):
        at.switch_page("customers.py").run()
        at.file_uploader(key="upload").upload("customers.csv", content).run()
        assert not at.exception and not at.error
        return next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)

    by_threshold = contacts(at)
    sent = pd.read_csv(io.BytesIO(content)).set_index(TELCO.id)
    here = sent.loc[by_threshold[TELCO.id], "Churn"].to_numpy() != "Yes"  # whoever has left is scored and not contacted
    assert by_threshold["contact"].tolist() == (here & (by_threshold["churn_probability"] >= 0.6)).tolist()
    assert "of the campaign Spring" in unescaped(text(at))
    at.switch_page("campaign.py").run()
    press(open_tab(at, TAB), "Undo")
    by_campaign = contacts(at)
    assert by_campaign["contact"].tolist() == (here & (by_campaign["expected_profit"] > 0)).tolist()
    assert by_campaign["contact"].sum() > by_threshold["contact"].sum()


# Draft and published


def test_every_page_that_decides_says_whether_it_shows_a_draft_or_what_is_published(saved_page, keep, store):
    at = publish(saved_page(), "Publish …", who="Ada")
    for name in ("campaign", "overview", "customers"):
        at.switch_page(f"{name}.py").run()
        assert badges(at) == ["Published", "Published"], name
        assert "This is what files and the API decide by, published" in text(at) and "by Ada" in text(at)
        at.number_input(key="retention_cost").set_value(25.0).run()
        assert badges(at) == ["Draft", "Draft"] and "Publishing this contacts" in text(at), name
        at.number_input(key="retention_cost").set_value(10.0).run()
    at.switch_page("explore.py").run()
    assert badges(at) == ["Published"]  # in the side bar


def test_the_draft_is_saved_and_published_in_one_dialog_that_says_what_it_changes(saved_page, keep, store, workspace):
    spring = keep("Spring", threshold=0.3)
    store.publish(0.3, who="Ben", campaign_id=spring.id)
    at = press(saved_page(budget="20000"), "Publish …")
    plan = Plan.from_dict({"budget": 20_000.0})
    here = workspace.still_here
    found = recommend(here, plan)
    clv = plan.campaign.clv(here.worth.amount)
    told = difference(here.probability, clv, here.probability >= 0.3, found.contact, plan.campaign)
    more = f"{abs(told.contacts):,} {'more' if told.contacts > 0 else 'fewer'}"
    gained = f"+{dollars(told.expected_profit)}" if told.expected_profit > 0 else f"{dollars(-told.expected_profit)} less"
    said = f"Publishing this contacts {more}; expected {gained}."
    assert unescaped(text(at)).count(said) == 2  # at the headline and in the dialog
    assert len(store.history()) == 1
    at.text_input(key="publish_name").set_value("Within the budget")
    at.text_input(key="publish_reason").set_value("agreed")
    confirm(at)
    saved, published = store.campaigns()[0], store.published()
    assert (saved.name, saved.plan, saved.threshold) == ("Within the budget", plan, found.best.threshold)
    assert (published.campaign_id, published.reason, published.published_by) == (saved.id, "agreed", "Ada")
    assert not any(button.label == "Publish" for button in at.button)  # the dialog is closed


def test_undo_is_one_click_and_says_what_comes_back(saved_page, keep, store):
    spring = keep("Spring", threshold=0.3)
    store.publish(0.3, who="Ben", campaign_id=spring.id)
    at = publish(saved_page(), "Publish …", who="Ada")
    undo = at.button(key="undo_at_headline")
    assert undo.label == "Undo: publish 30.0% again" and "by Ben" in undo.help
    undo.click().run()
    back = store.history()[0]
    assert (back.threshold, back.campaign_id, back.published_by, back.restores) == (0.3, spring.id, "Ada", 1)
    assert badges(at) == ["Draft", "Draft"]


def test_before_anything_is_published_the_badge_says_draft(saved_page):
    at = saved_page()
    assert badges(at) == ["Draft", "Draft"] and "Nothing is published yet" in text(at)


def test_where_no_contact_pays_nothing_can_be_published(saved_page, store):
    store.publish(0.3, who="Ben")
    at = saved_page(success_rate="0")
    assert at.button(key="publish_draft").disabled and "No contact pays, so this cannot be published." in text(at)


@pytest.mark.parametrize(
    "contacts, others, profit, said",
    [
        (2_100, 2_100, 30_000.0, "contacts 2,100 more; expected +$30,000"),
        (-1, 1, -3_000.0, "contacts 1 fewer; expected $3,000 less"),
        (0, 4, 500.0, "contacts as many, but others; expected +$500"),
        (3, 3, 0.0, "contacts 3 more; the expected profit stays"),
        (0, 0, 0.0, "contacts the same customers as what is published"),
    ],
)
def test_what_publishing_changes_is_one_sentence_and_nothing_negative_is_more(contacts, others, profit, said):
    changes = Difference(contacts=contacts, others=others, expected_profit=profit, expected_spend=0.0)
    assert publishing(changes) == f"Publishing this {said}"
