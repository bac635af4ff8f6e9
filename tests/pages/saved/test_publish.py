"""Publishing a threshold and rolling it back."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from tests.navigation import PAGES
from tests.pages.conftest import figure, open_tab, side_bar, text, unescaped
from tests.pages.saved.conftest import TAB, choose, history, press, sentence


def test_a_published_threshold_is_in_force_everywhere_and_in_the_history(saved_page, keep, store):
    saved = keep("Spring", threshold=0.3125)
    at = saved_page()
    assert not any(button.label.startswith("Roll back") for button in at.button)
    at.text_input(key="publish_reason").set_value("after the pilot").run()
    press(at, "Publish its threshold, 31.2%")
    published = store.in_force()
    assert (published.threshold, published.campaign_id, published.published_by, published.reason, published.source) == (
        0.3125, saved.id, "Ada", "after the pilot", "dashboard",
    )  # fmt: skip
    told, day = unescaped(side_bar(at)), f"{published.published_at:%Y-%m-%d}"
    assert f"**Threshold in force** 31.2%, published {day} by Ada" in told
    assert "**In force: 31.2%** of *Spring*" in unescaped(text(at))
    row = history(at).iloc[0]
    assert (row["what"], row["threshold"], row["campaign"], row["published_by"], row["reason"]) == (
        "published", 0.3125, "Spring", "Ada", "after the pilot",
    )  # fmt: skip
    assert 0.3125 in [shape["x0"] for shape in figure(at, "profit_curve")["layout"]["shapes"]]
    for name in PAGES:
        at.switch_page(f"{name}.py").run()
        assert f"**Threshold in force** 31.2%, published {day} by Ada" in unescaped(side_bar(at)), name


def test_the_threshold_of_the_chosen_campaign_is_published_not_that_of_the_one_in_force(saved_page, keep, store):
    first, _ = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    press(choose(saved_page(retention_cost="99"), first), "Publish")
    assert (store.in_force().threshold, store.in_force().campaign_id) == (0.11, first.id)


def test_a_rollback_brings_back_what_stood_before_and_says_why(saved_page, keep, store):
    first, second = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    store.publish(0.11, who="Ben", campaign_id=first.id)
    store.publish(0.22, who="Ben", campaign_id=second.id)
    at = saved_page()
    at.text_input(key="rollback_reason").set_value("too few contacts").run()
    press(at, "Roll back")
    assert (store.in_force().threshold, store.in_force().campaign_id) == (0.11, first.id)
    assert "**In force: 11.0%** of *First*" in unescaped(text(at)) and "11.0%" in unescaped(side_bar(at))
    assert history(at)["what"].tolist() == ["rolled back", "published", "published"]
    assert history(at)["reason"][0] == "too few contacts"
    press(at, "Roll back")
    assert store.in_force() is None and "Nothing is published" in text(at)
    assert "none published yet" in unescaped(side_bar(at)) and len(history(at)) == 4


@pytest.mark.parametrize(
    "button, said",
    [("Publish", "Say who publishes it"), ("Roll back", "Say who publishes it"), ("Duplicate", "Say who saves it")],
)
def test_nothing_is_done_by_nobody_and_what_was_written_stays(saved_page, keep, store, button, said):
    first, _ = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    store.publish(0.4, who="Ben")
    at = choose(saved_page(""), first)
    at.text_input(key="rollback_reason").set_value("one reason")
    at.text_input(key="publish_reason").set_value("another reason").run()
    press(at, button)
    assert sentence(at).startswith(said)
    assert store.in_force().threshold == 0.4 and len(store.campaigns()) == 2 and len(store.history()) == 1
    assert at.text_input(key="rollback_reason").value == "one reason"
    assert at.text_input(key="publish_reason").value == "another reason"
    assert at.selectbox(key="saved_campaign").value == first.id


def test_what_was_published_elsewhere_is_told_too(saved_page, store):
    store.publish(0.35, who="service", source="api", reason="agreed")
    at = saved_page()
    assert "**In force: 35.0%**, published" in unescaped(text(at)) and history(at)["source"].tolist() == ["api"]


def test_the_campaign_that_is_in_force_keeps_its_name_when_it_is_archived(saved_page, keep, store):
    saved = keep("Spring")
    keep("Other")
    store.publish(0.25, who="Ben", campaign_id=saved.id)
    store.archive(saved.id)
    at = saved_page()
    assert "of *Spring*" in unescaped(text(at)) and history(at)["campaign"].tolist() == ["Spring"]


def test_a_published_campaign_decides_the_files_until_it_is_rolled_back(saved_page, keep, telco_path):
    keep("Spring", Plan(campaign=Campaign(retention_cost=30)), threshold=0.6)
    content = "\n".join(telco_path.read_text().splitlines()[:41]).encode()
    at = press(saved_page(), "Publish")

    def contacts(at):
        at.switch_page("customers.py").run()
        at.file_uploader(key="upload").upload("customers.csv", content).run()
        assert not at.exception and not at.error
        return next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)

    by_threshold = contacts(at)
    here = by_threshold["Churn"] != "Yes"  # whoever has left is scored and not contacted
    assert by_threshold["contact"].tolist() == (here & (by_threshold["churn_probability"] >= 0.6)).tolist()
    assert "of the campaign Spring" in unescaped(text(at))
    at.switch_page("campaign.py").run()
    press(open_tab(at, TAB), "Roll back")
    by_campaign = contacts(at)
    assert by_campaign["contact"].tolist() == (here & (by_campaign["expected_profit"] > 0)).tolist()
    assert by_campaign["contact"].sum() > by_threshold["contact"].sum()
