"""The real server in a process of its own, and ways to talk to it over a socket as no polite client would."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
PATIENCE = 20  # seconds until what does not happen fails the test; never waited for otherwise
TO_START = 90  # the same until a server answers: on a busy machine each of its processes takes long to load its libraries
MIB = 2**20  # bytes
MOST = 5 * MIB  # bytes of a body (CONTRACT.md)
SECONDS = 1.0  # seconds that heads and bodies may take in the server of the tests
QUICK = f"""
import sys
from churn_core.api import middleware, server
from churn_core.cli import commands
server._HEAD_SECONDS = middleware._BODY_SECONDS = {SECONDS}
sys.exit(commands.main(sys.argv[1:]))
"""  # the command, but that slow clients are dropped sooner


def until(happens: Callable[[], object], what: str, patience: float = PATIENCE) -> object:
    """Ask again and again, until it is so."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = happens()
        if found:
            return found
        time.sleep(0.02)
    pytest.fail(f"{what} did not happen within {patience} seconds")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Server:
    """``python -m churn_core serve`` on a free port, with ``home`` as its state folder."""

    def __init__(self, home: Path, *start: str, options: tuple[str, ...] = (), **environment: str) -> None:
        self.home, self.port = home, free_port()
        self.log = open(home / "console.txt", "wb")  # noqa: SIM115 - closed in ``stop``
        start = start or ("-m", "churn_core")
        clean = {k: v for k, v in os.environ.items() if k not in ("CHURN_API_TOKEN", "DATABASE_URL")}
        self.process = subprocess.Popen(
            [sys.executable, *start, "serve", "--port", str(self.port), *options],
            cwd=CHECKOUT,
            env={**clean, "CHURN_HOME": str(home), **environment},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def ready(self) -> "Server":
        until(lambda: self.process.poll() is not None or self._healthy(), "a healthy server", TO_START)
        assert self.process.poll() is None, (self.home / "console.txt").read_text()
        return self

    def _healthy(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/health")[0] == 200
        return False

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], object]:
        """Status, headers and JSON of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            given = {"Content-Type": "application/json"} if content is not None else {}
            connection.request(method, path, content, given | {k.replace("_", "-"): v for k, v in headers.items()})
            return _read(connection.getresponse())
        finally:
            connection.close()

    @contextmanager
    def connected(self, *first: bytes) -> Iterator[socket.socket]:
        """A connection on which something was sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as wire:
            for part in first:
                wire.sendall(part)
            yield wire

    def accepts(self) -> bool:
        with suppress(OSError), self.connected():
            return True
        return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; its exit code."""
        try:
            if self.process.poll() is None:
                self.process.send_signal(how)
            return self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()


def _read(answer: http.client.HTTPResponse) -> tuple[int, dict[str, str], object]:
    text = answer.read()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, headers, json.loads(text) if headers.get("content-type") == "application/json" and text else text


def answer_on(wire: socket.socket) -> tuple[int, dict[str, str], object]:
    """The next answer on a connection."""
    answer = http.client.HTTPResponse(wire)
    answer.begin()
    return _read(answer)


def is_dropped(wire: socket.socket) -> bool:
    """The other end closes the connection, whatever it says before; fails where it does not."""
    with suppress(ConnectionError):
        while wire.recv(65536):
            pass
    return True  # a connection that stays open ends in a TimeoutError of the socket


def head(path: str = "/predict", method: str = "POST", **headers: object) -> bytes:
    given = {"Host": "localhost", "Content-Type": "application/json", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def error_of(answer) -> str:
    _status, headers, body = answer
    assert headers["content-type"] == "application/json" and list(body) == ["error"], answer
    return body["error"]


@pytest.fixture(scope="session")
def home(workspace_home, tmp_path_factory) -> Path:
    return Path(shutil.copytree(workspace_home, tmp_path_factory.mktemp("serve") / "home"))


@pytest.fixture(scope="session")
def server(home) -> Iterator[Server]:
    """One for all tests that do not stop it: what is slow is dropped after a second."""
    started = Server(home, "-c", QUICK)
    try:
        yield started.ready()
    finally:
        started.stop()


@pytest.fixture
def patient(server):
    """The server answers others before and after, whatever a test does to it."""
    assert server.ask("GET", "/health")[0] == 200
    yield server
    assert server.ask("GET", "/health")[0] == 200 and server.process.poll() is None


@pytest.fixture
def start(workspace_home, tmp_path) -> Iterator[Callable[..., Server]]:
    """Starts servers of a test's own, all on one state folder."""
    started: list[Server] = []
    home = tmp_path / "home"

    def begin(*how: str, options: tuple[str, ...] = (), **environment: str) -> Server:
        if not home.exists():
            shutil.copytree(workspace_home, home)
        started.append(Server(home, *how, options=options, **environment))
        return started[-1].ready()

    yield begin
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def customer(telco_path) -> dict:
    """The first customer of the Telco file as a request."""
    header, first = telco_path.read_text().splitlines()[:2]
    row = dict(zip(header.split(","), first.split(","), strict=True))
    del row["Churn"]
    return row | {name: int(row[name]) for name in ("SeniorCitizen", "tenure")} | {"MonthlyCharges": float(row["MonthlyCharges"])}
