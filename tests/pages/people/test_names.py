"""Whose name a change carries."""

import json

import pytest

from churn_core.model.registry import PRODUCTION, Registry
from churn_core.model.train import train
from churn_core.storage.checks import LONGEST_NAME
from tests.pages.conftest import open_tab
from tests.pages.people.conftest import ADA, AUTH, EVE, answers, keys


@pytest.mark.parametrize(
    "claims, name",
    [
        ({}, "Ada Lovelace"),
        ({"name": "  Ada \n Lovelace\t"}, "Ada Lovelace"),
        ({"name": ""}, "ada@example.org"),
        ({"name": None}, "ada@example.org"),
        ({"name": ["Ada"]}, "ada@example.org"),
        ({"name": " ", "email": 5}, "u-1"),
        ({"name": "A" * 500}, "A" * LONGEST_NAME),
        ({"name": {}, "email": {}, "sub": {}}, ""),
    ],
)
def test_the_name_of_a_login_is_the_name_else_the_address_else_the_subject(claims, name):
    said = answers({**ADA, **claims}, {"auth": AUTH})
    assert said["name"] == said["who"] == name


def test_a_campaign_is_saved_duplicated_published_and_taken_back_in_the_name_of_the_login(visit, store, spring):
    at = open_tab(visit("campaign", ADA), "Saved campaigns")
    assert "who" not in keys(at)
    at.text_input(key="campaign_name").set_value("Summer")
    next(button for button in at.button if button.label == "Save").click().run()
    at.button(key="duplicate_campaign").click().run()
    at.selectbox(key="saved_campaign").set_value(spring.id).run()
    at.button(key="publish_campaign").click().run()
    assert "publish_who" not in keys(at)
    next(button for button in at.button if button.label == "Publish").click().run()
    assert not at.exception and not at.error
    assert store.published().published_by == "Ada Lovelace" and store.published().threshold == 0.25
    at.button(key="rollback").click().run()
    assert {publication.published_by for publication in store.history()} == {"Ada Lovelace"} and len(store.history()) == 2
    assert {campaign.name: campaign.saved_by for campaign in store.campaigns()} == {
        "Spring": "Somebody", "Summer": "Ada Lovelace", "Copy of Summer": "Ada Lovelace",
    }  # fmt: skip


def promotions(at):
    return next(table.value for table in at.dataframe if "what" in table.value)


def test_a_promotion_and_its_rollback_carry_the_name_and_show_it(visit, own_home, telco):
    registry = Registry(own_home / "models")
    second = train(telco, registry, "logistic_plain").model_id
    at = visit("model", EVE)
    at.session_state["model_tab"] = "Versions"
    at.run().selectbox(key="version").select(second).run()
    at.button(key="promote").click().run()
    at.button(key="roll_back_version").click().run()
    assert not at.exception and not at.error
    assert [(line["what"], line["who"]) for line in registry.history()] == [
        ("first", ""), ("promoted", "Eve"), ("rolled back", "Eve"),
    ]  # fmt: skip
    assert promotions(at)["who"].tolist() == ["Eve", "Eve", ""]


def test_without_a_login_a_promotion_carries_the_name_that_was_given(own_home, open_page_at, store, telco):
    registry = Registry(own_home / "models")
    registry.promote(train(telco, registry, "logistic_plain").model_id)
    at = open_tab(open_page_at(own_home, "campaign"), "Saved campaigns")
    at.text_input(key="who").set_value("Ada").run()
    at.switch_page("model.py").run()
    at.session_state["model_tab"] = "Versions"
    at.run().button(key="roll_back_version").click().run()
    assert not at.exception and not at.error
    assert [line["who"] for line in registry.history()] == ["", "", "Ada"]


def test_a_history_of_before_there_were_names_is_shown_as_it_is(visit, own_home):
    registry, pointer = Registry(own_home / "models"), own_home / "models" / PRODUCTION
    old = json.loads(pointer.read_text())
    for line in old["history"]:
        del line["who"]
    pointer.write_text(json.dumps(old))
    at = visit("model", EVE)
    at.session_state["model_tab"] = "Versions"
    assert not at.run().exception and promotions(at)["who"].tolist() == [""]
    registry.promote(registry.production_id(), who="Eve")  # already is
    assert registry.history() == old["history"]
