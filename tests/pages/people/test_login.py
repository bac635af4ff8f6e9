"""The login: nobody sees anything before it, where one is set up."""

import ast
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import frame
from tests.navigation import NAVIGATION, PAGES
from tests.pages.conftest import unescaped
from tests.pages.people.conftest import (
    ADA,
    AUTH,
    BEN,
    NOBODY,
    at_page,
)


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
