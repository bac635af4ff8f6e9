"""What one may: by a claim of the login, or by sitting at this machine; a right is asked for where the change is made."""

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import NotAllowed
from churn_core.model.registry import Registry
from churn_core.model.train import train
from churn_core.schema.telco import TELCO
from pages.parts import frame, jobs, people
from tests.navigation import NAVIGATION, PAGES
from tests.pages.conftest import open_tab, text, unescaped
from tests.pages.people.conftest import ADA, AUTH, BEN, CHANGES, EVE, EVERYTHING, NOBODY, PEOPLE, answers, keys, rights

# What one may


@pytest.mark.parametrize(
    "groups, may",
    [
        (["retention"], {"publish", "train"}),
        ("retention", {"publish", "train"}),
        (["staff", "analysts"], {"promote", "train"}),
        (["analysts", "retention"], set(people.RIGHTS)),
        (["Retention", "retention ", "ret", "retention,analysts"], set()),
        ([], set()),
        ("", set()),
        (None, set()),
        (5, set()),
        (True, set()),
        ({"retention": True}, set()),
        ([["retention"], {"a": 1}, None, 7], set()),
        ([None, "retention"], {"publish", "train"}),
    ],
)
def test_a_right_comes_from_the_claim_one_text_or_a_list(groups, may):
    assert rights({**BEN, "groups": groups}) == {people.SAVE} | may


def test_without_the_claim_one_may_look_and_save():
    assert rights(BEN) == {people.SAVE}


values = some.one_of(some.none(), some.booleans(), some.integers(), some.text("ab ", max_size=2))
odd = some.one_of(values, some.lists(values, max_size=3), some.dictionaries(some.text("ab", max_size=1), values, max_size=2))


@given(held=odd, needed=odd)
def test_a_right_is_a_text_that_claim_and_setting_share_and_nothing_else_gives_one(held, needed):
    def texts(value) -> set:
        return {v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str) and v.strip()}

    may = rights({**BEN, "groups": held}, {"claim": "groups", "publish": needed})
    assert may == {people.SAVE} | ({"publish"} if texts(held) & texts(needed) else set())


@pytest.mark.parametrize(
    "table, said",
    [
        (None, "the secrets have no table [people]"),
        ("retention", "the secrets have no table [people]"),
        ([PEOPLE], "the secrets have no table [people]"),
        ({}, '"claim" in [people] of the secrets has to be the name of a claim'),
        ({**PEOPLE, "claim": ["groups"]}, '"claim" in [people]'),
        ({**PEOPLE, "claim": 5}, '"claim" in [people]'),
        ({**PEOPLE, "publish": 5}, '"publish" in [people] of the secrets has to be a list of texts'),
        ({**PEOPLE, "publish": {"retention": True}}, '"publish" in [people]'),
        ({**PEOPLE, "publish": [["retention"], 7]}, '"publish" in [people]'),
        ({"claim": "groups", "publishes": ["retention"]}, "publishes is none of them"),
        ({"claim": "groups"}, "Ask whoever runs this dashboard"),
        ({"claim": "roles", "publish": ["retention"]}, "Ask whoever runs this dashboard"),
        ({"claim": "groups", "publish": []}, "Ask whoever runs this dashboard"),
    ],
)
def test_settings_that_give_no_right_are_said_to_who_lacks_it(table, said):
    secrets = {"auth": AUTH} if table is None else {"auth": AUTH, "people": table}
    why = answers(ADA, secrets)["why"]
    assert why[people.SAVE] == "" and said in why["publish"] and why["publish"].startswith("You may look; to publish")


@pytest.mark.parametrize("right", EVERYTHING)
def test_who_has_logged_out_meanwhile_may_nothing(right):
    assert "not logged in" in answers({**ADA, "is_logged_in": False}, {"auth": AUTH, "people": PEOPLE})["why"][right]


# Without a login


@pytest.mark.parametrize(
    "address, here",
    [
        (None, True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::FFFF:127.0.0.1", True),
        ("192.0.2.7", False),
        ("172.17.0.1", False),
        ("::ffff:192.0.2.7", False),
        ("fe80::1", False),
        ("0.0.0.0", False),
        ("", False),
        ("127.0.0.1.example.org", False),
        ("127.0.0.1\n", False),
        ("localhost", False),
        ("testclient", False),
    ],
)
@pytest.mark.parametrize("secrets", [{}, {"people": PEOPLE}])
def test_without_a_login_changes_are_taken_from_this_machine_only(monkeypatch, address, here, secrets):
    monkeypatch.setattr(type(st.context), "ip_address", address)
    assert set(answers(ADA, secrets)["why"].values()) == ({""} if here else {people.ONE_MACHINE})


def test_from_elsewhere_the_pages_are_looked_at_and_say_so_where_a_change_would_be(visit, store, spring, from_elsewhere):
    store.publish(0.4, who="Somebody")
    saved = open_tab(visit("campaign", {}, {"other": 1}), "Saved campaigns")
    assert [caption.value for caption in saved.caption].count(people.ONE_MACHINE) == 1
    assert not keys(saved) & {*CHANGES, "who", "publish_reason", "campaign_name"} and "open_campaign" in keys(saved)
    at = visit("model", {}, {"other": 1})
    for tab in ("Candidates", "Versions", "Train on your customers"):
        at.session_state["model_tab"] = tab
        at.run()
        assert not at.exception and [caption.value for caption in at.caption].count(people.ONE_MACHINE) == 1, tab
        assert not keys(at) & {*CHANGES, "training_upload"}, tab


# A secrets file that cannot be read


@pytest.mark.parametrize("name", PAGES)
def test_with_a_damaged_secrets_file_nobody_sees_anything(secrets_file, name, monkeypatch):
    secrets_file.write_text("[auth\n")
    monkeypatch.setattr(frame, "preparation", lambda home: pytest.fail("the page went on"))
    at = AppTest.from_file(str(NAVIGATION.parent / f"{name}.py")).run()
    assert not at.exception and [error.value for error in at.error] == [people.UNREADABLE]
    assert not at.metric and not at.button and not at.title


@pytest.mark.parametrize(
    "content, may",
    [("[auth\n", set()), (None, set(EVERYTHING)), ("", set(EVERYTHING)), ("a = 1", set(EVERYTHING)), ("[auth]\n", set())],
)
def test_a_secrets_file_is_no_login_only_where_it_can_be_read_and_names_none(secrets_file, content, may):
    if content is not None:
        secrets_file.write_text(content)
    assert {right for right, why in answers({}, {})["why"].items() if not why} == may


# A right is asked for where the change is made


@pytest.mark.parametrize("user", [BEN, NOBODY])
def test_a_change_is_refused_in_words_by_the_core_error(monkeypatch, user):
    def demands() -> None:
        import streamlit as st

        from pages.parts import people
        from pages.parts.frame import errors_in_words

        for right in people.RIGHTS:
            with errors_in_words():
                people.demand(right)
                st.text("went on")

    at = AppTest.from_function(demands)
    at.secrets, at.user = {"auth": AUTH, "people": PEOPLE}, user
    at.run()
    assert not at.exception and not at.text and len(at.error) == len(people.RIGHTS)
    assert issubclass(NotAllowed, PermissionError)


@pytest.fixture
def every_button_shows(monkeypatch):
    """As if hiding had been forgotten."""
    monkeypatch.setattr(people, "may", lambda right: True)


@pytest.mark.parametrize("label", ["Save", "Publish …", "Publish its", "Duplicate", "Archive", "Undo"])
def test_no_button_of_the_saved_campaigns_gets_past_the_right(visit, store, spring, from_elsewhere, every_button_shows, label):
    before = store.publish(0.4, who="Somebody")
    at = open_tab(visit("campaign", {}, {"other": 1}), "Saved campaigns")
    at.text_input(key="who").set_value("Mallory")
    at.text_input(key="campaign_name").set_value("Mine")
    begins = [button for button in at.button if button.label.startswith(label)]
    min(begins, key=lambda button: button.label != label).click().run()
    if label.startswith("Publish"):
        next(button for button in at.button if button.label == "Publish").click().run()
    assert not at.exception and people.ONE_MACHINE in unescaped(text(at)) and len(at.error) == 1
    assert store.campaigns(archived=True) == [spring] and store.history() == [before]


def test_no_button_of_the_model_page_gets_past_the_right(visit, own_home, telco, every_button_shows):
    registry = Registry(own_home / "models")
    first, second = registry.production_id(), train(telco, registry, "logistic_plain").model_id
    registry.promote(second)
    before = registry.history()

    def refused(at, key: str, tab: str) -> None:
        at.button(key=key).click().run()
        assert not at.exception and any("is not among your rights" in error.value for error in at.error), key
        at.session_state["model_tab"] = tab

    at = visit("model", BEN)
    refused(at, "compare", "Versions")
    at.run().selectbox(key="version").select(first).run()
    refused(at, "promote", "Versions")
    refused(at, "roll_back_version", "Train on your customers")
    at.run().file_uploader(key="training_upload").upload("ours.csv", to_csv(generate(400, seed=5, schema=TELCO))[0])
    at.run()
    refused(at, "train", "Candidates")
    assert registry.history() == before and not jobs.is_running("training") and not jobs.is_running("comparison")
    assert len(registry.versions()) == 2


def test_who_may_not_train_sees_no_upload_and_who_may_not_promote_no_button(visit):
    for user, may in (
        (BEN, set()),
        (ADA, {"training_upload", "compare"}),
        (EVE, {"training_upload", "compare", "roll_back_version"}),
    ):
        at, found = visit("model", user), set()
        for tab in ("Candidates", "Versions", "Train on your customers"):
            at.session_state["model_tab"] = tab
            found |= keys(at.run()) & {"training_upload", "compare", "roll_back_version"}
            assert not at.exception
        assert found == may
