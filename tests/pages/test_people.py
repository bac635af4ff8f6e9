"""Who sees the pages, who may change what, and whose name a change carries."""

import ast
import json
from pathlib import Path

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit import config
from streamlit.testing.v1 import AppTest

from churn_core.campaign.plan import Plan
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import NotAllowed
from churn_core.model.registry import PRODUCTION, Registry
from churn_core.model.train import train
from churn_core.schema.telco import TELCO
from churn_core.storage.checks import LONGEST_NAME
from churn_core.storage.store import Store, open_store
from pages.parts import frame, jobs, people
from tests.navigation import NAVIGATION, PAGES
from tests.pages.conftest import open_tab, text, to_page, unescaped

EVERYTHING = (people.SAVE, *people.RIGHTS)
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "a long secret of the tests",
    "client_id": "whom-to-keep",
    "client_secret": "another",
    "server_metadata_url": "http://localhost:1/.well-known/openid-configuration",
}
PEOPLE = {"claim": "groups", "publish": ["retention"], "promote": ["analysts"], "train": ["analysts", "retention"]}
ADA = {"is_logged_in": True, "sub": "u-1", "name": "Ada Lovelace", "email": "ada@example.org", "groups": ["retention"]}
EVE = {"is_logged_in": True, "sub": "u-2", "name": "Eve", "groups": ["analysts"]}
BEN = {"is_logged_in": True, "sub": "u-3", "email": "ben@example.org"}
NOBODY = {"is_logged_in": False}


def asks() -> None:
    """A page that asks for every right and every name."""
    import json

    import streamlit as st

    from pages.parts import people

    why = {right: people.why_not(right) for right in ("save", *people.RIGHTS)}
    st.text(json.dumps({"why": why, "name": people.name(), "who": people.who()}))


def answers(user: dict, secrets: dict) -> dict:
    at = AppTest.from_function(asks)
    at.user, at.secrets = user, secrets
    at.run()
    assert not at.exception
    return json.loads(at.text[0].value)


def rights(user: dict, table: object = PEOPLE) -> set[str]:
    """What this person may, by that table [people]."""
    return {right for right, why in answers(user, {"auth": AUTH, "people": table})["why"].items() if not why}


def at_page(name: str, user: dict, secrets: dict | None = None) -> AppTest:
    at = AppTest.from_file(str(NAVIGATION), default_timeout=60)
    at.secrets, at.user = secrets or {"auth": AUTH, "people": PEOPLE}, user
    return to_page(at, name).run()


@pytest.fixture
def visit(own_home, monkeypatch):
    """``visit("campaign", ADA)``: the page as this person sees it, on a state folder of its own."""
    monkeypatch.setenv("CHURN_HOME", str(own_home))
    yield at_page
    st.cache_resource.clear()
    for name in ("comparison", "training"):
        jobs.forget(name)


@pytest.fixture
def store(own_home) -> Store:
    opened = open_store(own_home)
    yield opened
    opened.close()


@pytest.fixture
def spring(store):
    """A campaign that somebody saved."""
    numbers = {"threshold": 0.25, "contacted": 10, "expected_profit": 500.0, "expected_spend": 100.0}
    return store.save("Spring", Plan(), **numbers, model_id="m-0001", data_sha256="0" * 64, who="Somebody")


@pytest.fixture
def secrets_file(tmp_path):
    """Writes Streamlit's secrets file."""
    path, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    yield path
    config.set_option("secrets.files", before)
    st.secrets._reset()


@pytest.fixture
def from_elsewhere(monkeypatch):
    monkeypatch.setattr(type(st.context), "ip_address", "192.0.2.7")


def keys(at) -> set[str]:
    return {widget.key for widget in (*at.button, *at.text_input, *at.get("file_uploader")) if widget.key}


CHANGES = {"publish_campaign", "rollback", "duplicate_campaign", "archive_campaign", "promote", "roll_back_version", "compare"}


# The login


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("way", ["navigation", "the page alone"])
@pytest.mark.parametrize("user", [NOBODY, {"email": "ada@example.org"}, {"is_logged_in": "yes", "groups": ["retention"]}])
def test_who_is_not_logged_in_sees_the_login_and_nothing_is_computed(name, way, user, monkeypatch):
    monkeypatch.setattr(frame, "preparation", lambda home: pytest.fail("the page went on"))
    if way == "navigation":
        at = at_page(name, user)
    else:
        at = AppTest.from_file(str(NAVIGATION.parent / f"{name}.py"))
        at.secrets, at.user = {"auth": AUTH}, user
        at.run()
    assert not at.exception and not at.error
    assert [button.label for button in at.button] == ["Log in"] and [title.value for title in at.title] == ["Whom to keep"]
    assert not at.metric and not at.dataframe and not at.get("plotly_chart") and not at.sidebar.caption


@pytest.mark.parametrize("path", sorted(NAVIGATION.parent.glob("*.py")), ids=lambda path: path.stem)
def test_a_page_does_nothing_outside_its_frame(path: Path):
    if path == NAVIGATION:
        return
    quiet = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign)
    body = ast.parse(path.read_text(encoding="utf-8")).body[1:]  # the first is the docstring
    (does,) = [node for node in body if not isinstance(node, quiet)]
    assert isinstance(does, ast.With) and does.items[0].context_expr.func.id == "page_frame"


@pytest.mark.parametrize("name", PAGES)
def test_who_is_logged_in_sees_every_page_and_their_name_beside_it(visit, name):
    at = visit(name, BEN)
    assert not at.exception and not at.error and at.title[0].value != "Whom to keep"
    assert [said.value for said in at.sidebar.text] == ["Logged in as ben@example.org"]


def test_logging_out_leads_back_to_the_login(visit):
    at = visit("overview", ADA)
    at.button(key="log_out").click().run()
    assert not at.exception and [button.label for button in at.button] == ["Log in"] and not at.metric


@pytest.mark.parametrize(
    "auth, labels",
    [
        (AUTH, {None: "Log in"}),
        ({"client_kwargs": {"prompt": "login"}, **AUTH}, {None: "Log in"}),
        ({"cookie_secret": "x", "default": AUTH}, {None: "Log in"}),
        ({"google": AUTH, "okta": AUTH}, {"google": "Log in with google", "okta": "Log in with okta"}),
        ({}, {None: "Log in"}),
        ("yes", {None: "Log in"}),
    ],
)
def test_each_provider_has_its_button(monkeypatch, auth, labels):
    asked = []
    monkeypatch.setattr(st, "login", asked.append)
    at = at_page("overview", NOBODY, {"auth": auth})
    assert [button.label for button in at.button] == list(labels.values())
    for position in range(len(labels)):
        at.button[position].click().run()
    assert asked == list(labels) and not at.exception


@pytest.mark.parametrize("auth", [{}, {"client_id": 5}, "yes", 0, [], {"google": {}}])
def test_a_login_that_cannot_work_is_said_in_a_sentence(auth):
    at = at_page("overview", NOBODY, {"auth": auth})
    at.button[0].click().run()
    assert not at.exception and unescaped(at.error[0].value).startswith("The login is not set up completely.")


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


# Whose name a change carries


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
    assert not at.exception and not at.error
    assert store.in_force().published_by == "Ada Lovelace" and store.in_force().threshold == 0.25
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


@pytest.mark.parametrize("label", ["Save", "Publish", "Duplicate", "Archive", "Roll back"])
def test_no_button_of_the_saved_campaigns_gets_past_the_right(visit, store, spring, from_elsewhere, every_button_shows, label):
    before = store.publish(0.4, who="Somebody")
    at = open_tab(visit("campaign", {}, {"other": 1}), "Saved campaigns")
    at.text_input(key="who").set_value("Mallory")
    at.text_input(key="campaign_name").set_value("Mine")
    next(button for button in at.button if button.label.startswith(label)).click().run()
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
