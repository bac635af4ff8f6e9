"""A walk over every place where a stranger's text comes to light: an image, a link and a colour stay what was written."""

import re

import pandas as pd
import pytest

from churn_core.campaign.plan import Plan
from churn_core.settings import CHECKOUT
from churn_core.storage.store import open_store
from pages.parts import words
from tests.navigation import PAGES
from tests.pages.conftest import open_tab, unescaped
from tests.pages.people.conftest import ADA, AUTH, PEOPLE, at_page
from tests.pages.strangers import ALL, COLOUR, FILES, IMAGE, LINK, LIVE, TEXTS, is_shown, marked_up

NAME = f"{IMAGE} {LINK} {COLOUR}"
UPLOADS = {"customers": "upload", "monitoring": "check_upload", "model": "training_upload"}


@pytest.fixture(scope="module")
def some(telco_path) -> pd.DataFrame:
    return pd.read_csv(telco_path, dtype=str, keep_default_na=False).iloc[:300]


@pytest.mark.parametrize("text", TEXTS)
def test_the_walk_sees_what_is_not_escaped(text):
    assert LIVE.search(text) and not LIVE.search(words.markdown(text))


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("page", UPLOADS)
def test_what_a_file_holds_or_is_called_is_text(open_own, some, page, kind):
    make, ending = FILES[kind]
    at = open_own(page)
    if page == "model":
        at.session_state["model_tab"] = "Train on your customers"
        at.run()
    at.file_uploader(key=UPLOADS[page]).upload(f"{NAME}.{ending}", make(some)).run()
    for _ in range(40):  # a check and a scoring run beside the page
        if not at.get("progress"):
            break
        at.run()
    assert not at.exception
    assert marked_up(at) == []
    assert any(is_shown(at, text) for text in (IMAGE, LINK, COLOUR)), "nothing of it is shown, so nothing is proved"


@pytest.fixture
def saved(own_home):
    store = open_store(own_home)
    numbers = {"contacted": 10, "expected_profit": 500.0, "expected_spend": 100.0, "model_id": "m-0001", "data_sha256": "0" * 64}
    first = store.save(NAME, Plan(), note=ALL, threshold=0.25, who=NAME[:80], **numbers)
    store.save(NAME, Plan(), note=ALL, threshold=0.3, who=NAME[:80], **numbers)
    store.publish(0.25, who=NAME[:80], reason=ALL, campaign_id=first.id)
    store.close()
    return first


def test_the_names_and_notes_of_campaigns_are_text_on_every_page(open_own, saved, some):
    for name in PAGES:
        at = open_own(name)
        assert marked_up(at) == [], name
    for tab in ("Contact list", "Saved campaigns"):
        at = open_tab(open_own("campaign"), tab)
        assert not at.exception and marked_up(at) == [], tab
    assert is_shown(at, ALL) and is_shown(at, NAME)
    at.button(key="publish_campaign").click().run()
    assert not at.exception and marked_up(at) == []
    at = open_own("customers")
    at.file_uploader(key="upload").upload("customers.csv", some.iloc[:20].to_csv(index=False).encode()).run()
    assert marked_up(at) == [] and is_shown(at, NAME)


def test_a_user_is_called_what_the_provider_says_and_it_is_text(own_home, saved, monkeypatch):
    monkeypatch.setenv("CHURN_HOME", str(own_home))
    user = {**ADA, "name": ALL, "email": "me@elsewhere.example", "groups": ["retention"]}
    secrets = {"auth": AUTH, "people": {**PEOPLE, NAME: ["x"]}}
    for name in PAGES:
        at = at_page(name, user, secrets)
        assert not at.exception and marked_up(at) == [], name
    assert any(text.value.startswith("Logged in as ![x]") for text in at.text)


def test_a_provider_is_called_what_the_secrets_say(own_home, monkeypatch):
    monkeypatch.setenv("CHURN_HOME", str(own_home))
    two = {key: value for key, value in AUTH.items() if key in ("redirect_uri", "cookie_secret")}
    at = at_page("overview", {"is_logged_in": False}, {"auth": {**two, NAME: {"client_id": "a"}, "other": {"client_id": "b"}}})
    assert marked_up(at) == [] and is_shown(at, f"Log in with {NAME}")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_link_says_is_text(open_page, page):
    query = {
        "retention_cost": IMAGE,
        "rule": LINK,
        "currency": COLOUR,
        "filter_Contract": ALL,
        ALL: ALL,
        "customer": IMAGE,
        "budget": "€ [1](x)",
    }
    at = open_page(page, **query)
    assert not at.exception and marked_up(at) == []
    assert all(is_shown(at, text) for text in (IMAGE[:30], LINK, COLOUR))


def test_a_customer_that_is_asked_for_is_text(open_page):
    at = open_page("customers")
    for box in at.text_input:
        box.set_value(ALL).run()
    assert not at.exception and marked_up(at) == []


def test_a_reason_to_fail_is_text(monkeypatch, open_page):
    from churn_core.errors import ChurnError

    def fail(*_, **__):
        raise ChurnError(ALL)

    monkeypatch.setattr("churn_core.decisions.describe.churn_by_tenure_bucket", fail)
    at = open_page("explore")
    assert marked_up(at) == [] and ALL in unescaped(at.error[0].value)


MARK_UP = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|parseFromString|document\.write|srcdoc)\b(.*)"
)
LITERAL = re.compile(r" = '[^'+`]*'$")  # nothing is put into it
SCRIPTS = [*CHECKOUT.glob("churn_core/live/*.js"), *CHECKOUT.glob("pages/live/*.js")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_component_is_given_is_text_as_its_script_writes_no_mark_up_but_its_own(script):
    assert len(SCRIPTS) > 5
    written = [match.group(1) for match in MARK_UP.finditer(script.read_text(encoding="utf-8"))]
    assert [each for each in written if not LITERAL.fullmatch(each)] == []


def test_mark_up_with_something_in_it_is_found():
    for line in ("a.innerHTML = `<b>${name}</b>`", "a.innerHTML = '<b>' + name", "a.insertAdjacentHTML('beforeend', name)"):
        assert not LITERAL.fullmatch(MARK_UP.search(line).group(1))
    assert LITERAL.fullmatch(MARK_UP.search("a.innerHTML = '<b></b>'").group(1))
