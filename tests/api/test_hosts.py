"""Loopback is no credential: which Host and which Origin a request may have, on both servers and on the dashboard's WebSocket."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from churn_core.api import server
from churn_core.api.hosts import AllowedHosts
from churn_core.application.service import Service
from tests.api.conftest import HEADERS, HERE, call, ok, refused
from tests.conftest import run_apart

NAME = "churn.example.org"
LOOPBACK = [
    "localhost",
    "LocalHost",
    "localhost.",
    "127.0.0.1",
    "127.8.9.10",
    "[::1]",
    "::1",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
]
PORTS = ["localhost:8501", "127.0.0.1:5000", "[::1]:8501", "localhost:80", "localhost:"]
FORGED = [
    "evil.example",
    "evil.example:8501",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example.localhost",
    "localhostx",
    "10.0.0.1",
    "192.168.1.7:8501",
    "0.0.0.0:8501",
    "[2001:db8::1]:8501",
    "[::]",
    "testserver",
]
UNREADABLE = [
    "",
    " ",
    ".",
    ":8501",
    "[localhost]",
    "[::1",
    "::1]",
    "[::1%25lo]",
    "localhost@evil.example",
    "evil.example#localhost",
    "localhost/evil.example",
    "localhost, evil.example",
    "localhost evil.example",
    "http://localhost",
    "localhost:80:80",
    "localhost:http",
    "localhost:123456",
    "l\xf6calhost",
    "localhost" * 1000,
]
FOREIGN = [
    "http://evil.example",
    "https://evil.example:8501",
    "http://localhost:3000",  # another service of this machine
    "http://localhost",
    "http://localhost.evil.example:8501",
    "http://localhost:8501@evil.example",
    "http://localhost:8501.evil.example",
    "http://localhost:8501/path",
    "null",
    "",
    "localhost:8501",
    "file://",
    "chrome-extension://localhost:8501",
    "http://",
]
OWN = ["http://localhost:8501", "https://localhost:8501", "http://127.0.0.1:8501", "http://[::1]:8501", "HTTP://LOCALHOST:8501"]
CHANGES = ("POST", "PUT", "DELETE", "PATCH")


@pytest.fixture(autouse=True)
def nothing_listed(monkeypatch):
    monkeypatch.delenv("CHURN_ALLOWED_HOSTS", raising=False)


@pytest.fixture
def listed(monkeypatch):
    return lambda *names: monkeypatch.setenv("CHURN_ALLOWED_HOSTS", ",".join(names))


def opened(client, path="/ws", **headers) -> bool:
    """Whether a WebSocket is accepted; what refuses it is JSON."""
    try:
        with client.websocket_connect(path, headers=headers):
            return True
    except WebSocketDenialResponse as denied:
        refused(denied, 421 if headers["host"] != "localhost:8501" else 403)
        return False


@pytest.fixture
def client():
    """Behind the check, an application that takes everything."""

    async def take(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    methods = ["GET", "HEAD", "OPTIONS", *CHANGES]
    everything = Route("/", lambda request: PlainTextResponse("taken"), methods=methods)
    return TestClient(AllowedHosts(Starlette(routes=[everything, WebSocketRoute("/ws", take)])), client=HERE)


# Host


@pytest.mark.parametrize("host", LOOPBACK + PORTS)
def test_every_spelling_of_loopback_is_served(client, host):
    assert client.get("/", headers={"host": host}).text == "taken"
    assert client.post("/", headers={"host": host}).text == "taken"
    assert opened(client, host=host)


@pytest.mark.parametrize("host", FORGED)
def test_another_name_is_refused_with_the_mend(client, host):
    for method in ("GET", "OPTIONS", *CHANGES):
        answer = client.request(method, "/", headers={"host": host})
        assert "CHURN_ALLOWED_HOSTS" in refused(answer, 421) and "localhost" in answer.text
    assert not opened(client, host=host)


@pytest.mark.parametrize("host", UNREADABLE)
def test_what_names_no_host_is_refused_and_not_repeated(client, host):
    sentence = refused(client.get("/", headers={"host": host.encode("latin-1")}), 421)
    assert "Host: localhost" in sentence and "evil" not in sentence and len(sentence) < 200


def test_a_request_without_a_host_or_with_two_is_refused():
    application = AllowedHosts(PlainTextResponse("taken"))
    assert call(application, "/")[0]["status"] == 421
    assert call(application, "/", headers=[(b"host", b"localhost")])[0]["status"] == 200
    assert call(application, "/", headers=[(b"host", b"localhost"), (b"host", b"evil.example")])[0]["status"] == 421


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://localhost/", 200),
        ("HTTP://[::1]:8501/x", 200),
        ("*", 200),
        ("http://evil.example/", 421),
        ("http://evil.example:8501/localhost", 421),
        ("https://localhost@evil.example/", 421),
        ("http://", 421),
        ("evil.example:443", 421),
        ("localhost.evil.example", 421),
    ],
)
def test_a_target_that_names_a_host_itself_names_this_one(target, status):
    own, forged = [(b"host", b"localhost")], [(b"host", b"evil.example")]
    assert call(AllowedHosts(PlainTextResponse("taken")), target, headers=own)[0]["status"] == status
    assert call(AllowedHosts(PlainTextResponse("taken")), target, headers=forged)[0]["status"] == 421
    assert call(AllowedHosts(PlainTextResponse("taken")), target)[0]["status"] == 421


def test_a_refusal_reads_no_body_and_has_the_headers_of_every_answer(client):
    assert call(AllowedHosts(PlainTextResponse("taken")), "/", headers=[(b"host", b"evil.example")])[1] == 0
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.headers["x-request-id"] and HEADERS.items() <= dict(answer.headers).items()


def test_a_listed_name_is_served_on_every_port(client, listed):
    listed("other.example", f" {NAME.upper()}. ", "10.0.0.7", "2001:db8::7", "")
    for host in (NAME, f"{NAME}:8501", f"{NAME}:443", NAME.upper(), "10.0.0.7:8501", "[2001:db8::7]:8501", "other.example"):
        assert client.get("/", headers={"host": host}).text == "taken"
        assert opened(client, host=host)
    for host in (f"www.{NAME}", f"{NAME}.evil.example", "example.org", "10.0.0.8", "[2001:db8::8]"):
        refused(client.get("/", headers={"host": host}), 421)
    assert client.get("/", headers={"host": "localhost"}).text == "taken"


@pytest.mark.parametrize(
    ("entry", "taken", "other"),
    [
        (f"{NAME}:8443", [f"{NAME}:8443"], [NAME, f"{NAME}:8501"]),
        (f"{NAME}:443", [f"{NAME}:443", NAME], [f"{NAME}:8443"]),  # clients leave 443 out
        ("[2001:db8::7]:8443", ["[2001:db8::7]:8443"], ["[2001:db8::7]", "[2001:db8::7]:8501"]),
    ],
)
def test_a_name_listed_with_its_port_is_served_on_that_port_alone(client, listed, entry, taken, other):
    listed(entry)
    assert [client.get("/", headers={"host": host}).status_code for host in taken] == [200] * len(taken)
    assert [client.get("/", headers={"host": host}).status_code for host in other] == [421] * len(other)


@pytest.mark.parametrize(
    "entry", ["*", "*.example.org", "https://churn.example.org", "churn.example.org/", ".example.org", " , ,"]
)
def test_only_exact_names_can_be_listed(client, listed, entry):
    listed(entry)
    refused(client.get("/", headers={"host": NAME}), 421)
    assert client.get("/", headers={"host": "localhost"}).text == "taken"


# Origin


@pytest.mark.parametrize("origin", OWN)
def test_a_page_of_this_service_may_change_it(client, origin):
    for method in CHANGES:
        assert client.request(method, "/", headers={"host": "localhost:8501", "origin": origin}).text == "taken"
    assert opened(client, host="localhost:8501", origin=origin)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_may_change_nothing_and_open_no_websocket(client, origin):
    for method in CHANGES:
        answer = client.request(method, "/", headers={"host": "localhost:8501", "origin": origin})
        assert "CHURN_ALLOWED_HOSTS" in refused(answer, 403)
    assert not opened(client, host="localhost:8501", origin=origin)


def test_reading_is_for_every_page_because_browsers_keep_the_answer_from_it(client):
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = client.request(method, "/", headers={"host": "localhost:8501", "origin": "http://evil.example"})
        assert answer.status_code == 200 and "access-control-allow-origin" not in answer.headers


def test_programs_send_no_origin_and_are_served(client):
    assert client.post("/", headers={"host": "localhost:8501"}).text == "taken"


def test_one_foreign_origin_of_two_is_enough():
    both = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"origin", b"http://evil.example")]
    assert call(AllowedHosts(PlainTextResponse("taken")), "/", headers=both)[0]["status"] == 403
    assert call(AllowedHosts(PlainTextResponse("taken")), "/", headers=both[:2])[0]["status"] == 200


def test_a_server_that_cannot_send_a_refusal_closes_the_handshake(client):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/ws", "headers": [(b"host", b"evil.example")]}
    run_apart(client.app(scope, None, send))
    assert sent == [{"type": "websocket.close"}]  # ASGI: before the handshake is accepted this is a 403


# Behind a proxy


def test_behind_a_proxy_the_public_name_has_to_be_listed(client, listed):
    passed_on = {"host": NAME, "origin": f"https://{NAME}", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    refused(client.post("/", headers=passed_on), 421)
    assert not opened(client, **passed_on)
    listed(NAME)
    assert client.post("/", headers=passed_on).text == "taken" and opened(client, **passed_on)
    refused(client.post("/", headers=passed_on | {"origin": "https://evil.example"}), 403)


def test_behind_a_proxy_that_names_itself_the_origin_has_to_be_listed(client, listed):
    rewritten = {"host": "localhost:8501", "origin": f"https://{NAME}", "x-forwarded-host": NAME}
    refused(client.post("/", headers=rewritten), 403)
    listed(NAME)
    assert client.post("/", headers=rewritten).text == "taken"


def test_what_a_client_says_was_forwarded_counts_for_nothing(client):
    said = {"x-forwarded-host": "localhost", "forwarded": "host=localhost", "x-forwarded-for": "127.0.0.1", "x-host": "localhost"}
    refused(client.get("/", headers=said | {"host": "evil.example"}), 421)


# Both servers


@pytest.fixture(scope="module")
def serving(workspace, tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("serving"))
    service.result = workspace
    return TestClient(server.application(service), client=HERE, base_url="http://localhost:5000")


@pytest.fixture(params=["serving", "dashboard"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_health_check_of_the_container_and_loopback_are_served(either, customer):
    for host in ("127.0.0.1:8501", "localhost:8501", "[::1]:8501", "localhost"):
        assert ok(either.get("/health", headers={"host": host}))["status"] == "healthy"
        ok(either.post("/predict", json=customer(), headers={"host": host}))


@pytest.mark.parametrize("path", ["/health", "/metrics", "/docs", "/predict", "/update_threshold", "/nowhere"])
def test_a_forged_host_reaches_no_path(either, path):
    for method in ("GET", "POST"):
        refused(either.request(method, path, headers={"host": "evil.example:8501"}), 421)


def test_by_dns_rebinding_no_threshold_is_published(either):
    before = ok(either.post("/update_threshold", json={"threshold": 0.4}))["new_threshold"]
    for forged in ({"host": "evil.example:8501", "origin": "http://evil.example:8501"}, {"origin": "http://evil.example"}):
        answer = either.post("/update_threshold", json={"threshold": 0.9}, headers=forged)
        refused(answer, 421 if "host" in forged else 403)
    assert ok(either.post("/update_threshold", json={"threshold": 0.4}))["previous_threshold"] == before


@pytest.mark.parametrize(
    "path", ["/", "/campaign", "/_stcore/health", "/_stcore/host-config", "/static/index.js", "/auth/login", "/oauth2callback"]
)
def test_a_forged_host_opens_no_page_of_the_dashboard(dashboard, path):
    refused(dashboard.get(path, headers={"host": "evil.example:8501"}), 421)
    assert dashboard.get("/", headers={"host": "localhost:8501"}).headers["content-type"].startswith("text/html")


def test_a_foreign_page_uploads_nothing_to_the_dashboard(dashboard):
    for method in ("PUT", "POST", "DELETE"):
        answer = dashboard.request(method, "/_stcore/upload_file/a/b", headers={"origin": "http://evil.example"})
        refused(answer, 403)


def test_the_dashboards_websocket_takes_its_own_page_and_no_other(dashboard, listed):
    stream = "/_stcore/stream"
    assert opened(dashboard, stream, host="localhost:8501", origin="http://localhost:8501")
    assert not opened(dashboard, stream, host="localhost:8501", origin="http://evil.example")
    behind_a_proxy = {"host": NAME, "origin": f"https://{NAME}"}
    assert not opened(dashboard, stream, **behind_a_proxy)
    listed(NAME)
    assert opened(dashboard, stream, **behind_a_proxy)
    assert dashboard.get("/oauth2callback", headers={"host": NAME}, follow_redirects=False).status_code != 421
