"""A real login in a real browser, against a small OpenID provider that these tests run themselves."""

import base64
import json
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Locator, Page, expect

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.storage.store import Store, open_store
from tests.browser.conftest import App, at_rest, running, until
from tests.navigation import PAGES

CLIENT, PASSWORD = "whom-to-keep", "a secret between the dashboard and the provider"
ADA = {"sub": "u-1", "name": "Ada Lovelace", "email": "ada@example.org", "groups": ["retention", "staff"]}
BEN = {"sub": "u-2", "email": "ben@example.org", "groups": ["staff"]}


class Provider(ThreadingHTTPServer):
    """OpenID Connect as far as a login needs it; whoever comes is ``person``, without being asked for a password."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.signing_key = self.key
        self.person: dict = ADA
        self.asked: dict[str, dict] = {}  # code → what the dashboard asked for
        self.issued: list[str] = []
        self.logged_out: list[dict] = []

    def id_token(self, asked: dict) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person}
        self.issued.append(jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key))
        return self.issued[-1]


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query, url = {name: values[0] for name, values in parse_qs(asked.query).items()}, self.server.url
        if asked.path == "/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "jwks_uri": f"{url}/keys",
                    "end_session_endpoint": f"{url}/logout",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        elif asked.path == "/keys":
            self._json({"keys": [self.server.key.as_dict(private=False)]})
        elif asked.path == "/authorize":
            code = secrets.token_urlsafe(8)
            self.server.asked[code] = query
            self._redirect(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")
        elif asked.path == "/logout":
            self.server.logged_out.append(query)
            self._redirect(query["post_logout_redirect_uri"])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.asked.pop(form.get("code", [""])[0], None)
        name_and_password = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
        if asked is None or self.headers.get("Authorization") != f"Basic {name_and_password}":
            self.send_error(400)
            return
        token = self.server.id_token(asked)
        self._json({"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _json(self, answer: dict) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said) -> None:
        pass


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    started = Provider()
    threading.Thread(target=started.serve_forever, daemon=True).start()
    yield started
    started.shutdown()
    started.server_close()


@pytest.fixture(scope="module")
def guarded(
    workspace_home: Path, provider: Provider, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[App]:
    """The app with a login: who is in the group ``retention`` may publish, and nobody may promote or train."""
    home = tmp_path_factory.mktemp("guarded") / "home"
    shutil.copytree(workspace_home, home, ignore=shutil.ignore_patterns("churn.db*"))
    file = home / "secrets.toml"
    file.write_text(
        f"""
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{secrets.token_urlsafe(32)}"
client_id = "{CLIENT}"
client_secret = "{PASSWORD}"
server_metadata_url = "{provider.url}/.well-known/openid-configuration"

[people]
claim = "groups"
publish = ["retention"]
"""
    )
    with running(home, STREAMLIT_SECRETS_FILES=str(file)) as started:
        until(lambda: started.health() == 200, "the app to be ready")
        yield started


@pytest.fixture
def store(guarded: App, workspace: Workspace) -> Iterator[Store]:
    """The database of the app, with one saved campaign."""
    opened = open_store(guarded.home)
    if not opened.campaigns():
        numbers = {"threshold": 0.25, "contacted": 10, "expected_profit": 500.0, "expected_spend": 100.0}
        whose = {"model_id": workspace.version.model_id, "data_sha256": workspace.dataset.sha256, "who": "Eve"}
        opened.save("Spring", Plan(), **numbers, **whose)
    yield opened
    opened.close()


def log_in(page: Page, guarded: App, provider: Provider, person: dict) -> None:
    provider.person, provider.signing_key = person, provider.key
    page.goto(guarded.url)
    page.get_by_role("button", name="Log in").click()
    page.get_by_test_id("stMetricValue").first.wait_for()


def side_bar(page: Page):
    return page.get_by_test_id("stSidebar")


def open_tab(page: Page, on: str, name: str) -> Locator:
    """The panel of the tab ``name`` of the page ``on``."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=on).click()
    tab = page.get_by_role("tab", name=name)
    tab.first.wait_for()
    at_rest(page)
    tab.click()
    return page.get_by_role("tabpanel", name=name)


def open_saved(page: Page) -> Locator:
    panel = open_tab(page, "Campaign", "Saved campaigns")
    expect(panel.get_by_role("combobox", name=re.compile("^Campaign")).first).to_be_visible()
    return panel


@pytest.mark.parametrize("name", PAGES)
def test_every_deep_link_shows_the_login_and_nothing_else(guarded, page, name):
    page.goto(f"{guarded.url}/{PAGES[name]}?retention_cost=50")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.get_by_test_id("stMetricValue").count() == page.get_by_test_id("stPlotlyChart").count() == 0
    assert page.get_by_role("button", name="Log out").count() == 0
    assert "7,043" not in page.inner_text("body")


def test_who_is_in_the_group_publishes_in_the_name_of_the_login(guarded, provider, store, page):
    log_in(page, guarded, provider, ADA)
    expect(side_bar(page)).to_contain_text("Logged in as Ada Lovelace")
    open_saved(page)
    assert page.get_by_label("Your name").count() == 0
    page.get_by_role("button", name=re.compile("Publish its threshold")).click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label("Your name").count() == 0
    dialog.get_by_role("textbox", name="Reason").fill("before Easter")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    published = until(store.published, "the threshold to be published")
    assert (published.threshold, published.published_by, published.reason) == (0.25, "Ada Lovelace", "before Easter")
    expect(dialog).to_be_hidden()
    at_rest(page).get_by_label("Name", exact=True).fill("Summer")
    page.get_by_role("button", name="Save", exact=True).click()
    saved = until(lambda: [c for c in store.campaigns() if c.name == "Summer"], "the campaign to be saved")
    assert saved[0].saved_by == "Ada Lovelace"


def test_who_is_outside_the_group_looks_and_is_told_why_there_is_no_more(guarded, provider, store, page):
    log_in(page, guarded, provider, BEN)
    expect(side_bar(page)).to_contain_text("Logged in as ben@example.org")
    saved = open_saved(page)
    expect(saved.get_by_text("to publish a threshold or take it back is not among your rights").first).to_be_visible()
    expect(saved.get_by_role("button", name="Save", exact=True).first).to_be_visible()
    assert at_rest(page).get_by_role("button", name=re.compile("Publish|Undo")).count() == 0
    train = open_tab(page, "Model", "Train on your customers")
    expect(train.get_by_text("to upload training data, train or compare models is not among your rights").first).to_be_visible()
    assert at_rest(page).get_by_test_id("stFileUploader").count() == 0


def test_a_login_holds_for_deep_links_and_ends_with_the_log_out(guarded, provider, page):
    log_in(page, guarded, provider, ADA)
    page.goto(f"{guarded.url}/customers")
    expect(page.get_by_role("heading", name="Score a file").first).to_be_visible()
    at_rest(page).get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    until(lambda: provider.logged_out, "the provider to hear of it")
    page.goto(f"{guarded.url}/customers")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert page.get_by_role("heading", name="Score a file").count() == 0


def test_a_login_that_somebody_else_signed_is_none(guarded, provider, page):
    provider.person, before = ADA, len(provider.issued)
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    page.goto(guarded.url)
    with page.expect_navigation(url=f"{guarded.url}/"):
        page.get_by_role("button", name="Log in").click()
    assert len(provider.issued) == before + 1
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert not [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user") and cookie["value"]]


def test_a_cookie_that_was_changed_is_no_login(guarded, provider, page):
    log_in(page, guarded, provider, BEN)
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "_streamlit_user"]
    value = cookie["value"].strip('"')
    page.context.add_cookies([{**cookie, "value": ("B" if value[20] != "B" else "C").join((value[:20], value[21:]))}])
    page.goto(f"{guarded.url}/model")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
