"""What the tests of the API share: a service in any state, requests, and what an answer has to be."""

import json
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pytest

from churn_core.api import middleware
from churn_core.api.app import PATHS, create_api
from churn_core.application.service import Service
from churn_core.schema.telco import TELCO
from tests.conftest import run_apart

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Using `httpx`")  # Starlette would rather have its successor
    from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]
POSTS = ("/predict", "/predict_batch", "/update_threshold")
GETS = tuple(path for path in PATHS if path not in POSTS)
HERE = ("127.0.0.1", 50000)  # a client on this machine
MIB = 2**20  # bytes
MOST = 5 * MIB  # bytes of a body (CONTRACT.md)
TEXTS = [c.name for c in TELCO.inputs if c.kind == "category"]
NUMBERS = ["tenure", "MonthlyCharges", "TotalCharges"]
WITHOUT = object()  # in place of a value: the field is left out
TOKEN = "correct-horse-battery-staple"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


@pytest.fixture
def service(tmp_path):
    """Not started: a test puts it into the state that it is about."""
    return Service(tmp_path)


@pytest.fixture
def client(service):
    return TestClient(create_api(service), client=HERE)


@pytest.fixture
def ready(service, workspace):
    """A service with the trained version, and a state folder of its own."""
    service.result = workspace
    return service


@pytest.fixture(scope="module")
def api(workspace, tmp_path_factory):
    """One for the tests that change nothing; it keeps its event loop, where others start one for each request."""
    service = Service(tmp_path_factory.mktemp("api"))
    service.result = workspace
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("churn_core.api.app.Allowance", lambda: middleware.Allowance(10**9))
        application = create_api(service)
    with TestClient(application, client=HERE) as client:
        yield client


@pytest.fixture(scope="package")
def running(workspace_home, tmp_path_factory):
    """The dashboard's own application on a trained home, and that home. Streamlit starts it once in a process."""
    import app
    from pages.parts.frame import preparation

    home = shutil.copytree(workspace_home, tmp_path_factory.mktemp("dashboard") / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHURN_HOME", str(home))
        patched.setattr(app, "_COLLECT_EVERY", 10**6)  # what all tests have loaded is looked through each time
        client = TestClient(app.app, client=HERE, base_url="http://localhost:8501").__enter__()
        assert preparation(home).finished.wait(60)
    yield client, home
    client.__exit__()


@pytest.fixture(scope="module")
def dashboard(running):
    """A client of the dashboard."""
    client, home = running
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHURN_HOME", str(home))
        yield client


@pytest.fixture(scope="module")
def raw(telco_path):
    """The Telco file, every value as its text."""
    return pd.read_csv(telco_path, dtype=str, keep_default_na=False).drop(columns="Churn")


@pytest.fixture(scope="module")
def customer(raw):
    """The first customer of the file as a request, with some fields changed."""

    def made(index: int = 0, **changed) -> dict:
        return {k: v for k, v in {**as_request(raw.iloc[index]), **changed}.items() if v is not WITHOUT}

    return made


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("CHURN_API_TOKEN", TOKEN)
    return TOKEN


def as_request(row) -> dict:
    """A row of text as JSON has it; the total charge stays text."""
    numbers = {"SeniorCitizen": int(row["SeniorCitizen"]), "tenure": int(row["tenure"])}
    return {**dict(row), **numbers, "MonthlyCharges": float(row["MonthlyCharges"])}


def strictly(text: str):
    """JSON as the standard has it: no NaN, no Infinity."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def ok(answer) -> dict:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return strictly(answer.text)


def refused(answer, status: int = 400) -> str:
    """The one sentence of a refusal."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/json"
    body = strictly(answer.text)
    assert list(body) == ["error"] and isinstance(body["error"], str) and len(body["error"]) > 10
    assert "Traceback" not in body["error"] and str(ROOT) not in body["error"] and ".py" not in body["error"]
    return body["error"]


def send(client, body: str | bytes, path: str = "/predict", kind: str = "application/json", **headers):
    """A body as it is."""
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    given = {"content-type": kind} if kind else {}
    return client.post(path, content=content, headers=given | {k.replace("_", "-"): v for k, v in headers.items()})


def padded(text: str, size: int) -> bytes:
    return text.encode() + b" " * (size - len(text.encode()))


def file_of(customers: pd.DataFrame) -> bytes:
    return customers.to_csv(index=False).encode()


def probability(api, asked: dict) -> float:
    return ok(api.post("/predict", json=asked))["churn_probability"]


def call(app, path: str, length: str = "2", client=HERE, headers=(), body: bytes = b"{}") -> tuple[dict, int]:
    """Past every HTTP client: the start of the answer, and how often the body was asked for."""
    asked, sent = [], []

    async def receive() -> dict:
        asked.append(1)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    named = [(b"content-type", b"application/json"), (b"content-length", length.encode("latin-1")), *headers]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "root_path": "", "scheme": "http"}
    scope |= {"headers": named, "client": client, "server": ("127.0.0.1", 5000), "http_version": "1.1"}
    run_apart(app(scope, receive, send))
    return {**sent[0], "body": sent[1]["body"]}, len(asked)
