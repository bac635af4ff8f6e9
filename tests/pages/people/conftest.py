"""What the tests of people share: who looks, what the secrets say, and which changes the pages offer."""

import json

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from churn_core.campaign.plan import Plan
from pages.parts import jobs, people
from tests.navigation import NAVIGATION
from tests.pages.conftest import to_page

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


CHANGES = {
    *("publish_campaign", "publish_draft", "rollback", "undo_at_headline", "duplicate_campaign", "archive_campaign"),
    *("promote", "roll_back_version", "compare"),
}
