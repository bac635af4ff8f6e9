"""Forged requests against both servers as they are started, over plain sockets that no polite client would use.

``python -m tests.benchmarks.forged_requests``: starts ``serve``, the dashboard, the dashboard behind a name of
``CHURN_ALLOWED_HOSTS``, with a login, and as the container starts it, all on free ports of this machine and with the trained
state of ``CHURN_HOME``. Prints how many forged requests were refused and how many honest ones were served, each that was not,
and exits with 1 if there is one.
"""

import base64
import itertools
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from churn_core import settings

ROOT, NAME = settings.CHECKOUT, "churn.example.org"
REFUSED = ("400", "403", "421")  # 400 where the server does not even take it for HTTP
Headers = list[tuple[str, str]]

HOSTS = [
    *("evil.example", "EVIL.EXAMPLE:{port}", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.1.nip.io:{port}"),
    *("evil.example.localhost", "localhost@evil.example", "evil.example@localhost", "user:secret@localhost:{port}"),
    *("localhost..", "evil.example.", "localhostx", "xlocalhost", "localhost%00.evil.example", "localhost%2eevil.example"),
    *("localhost,evil.example", "localhost evil.example", "localhost\tevil.example", "localhost/evil.example", "localhost#x"),
    *("2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "0", "0.0.0.0:{port}", "00000000"),
    *("10.0.0.1", "169.254.169.254", "[2001:db8::1]:{port}", "[::]", "[::ffff:10.0.0.1]", "[::1]evil.example", "[::1"),
    *("[::1%25eth0]", "[fe80::1]", "::1]", "1270.0.0.1", "127.0.0.256", "127.0.0.1:99999999", "localhost:evil"),
    *("", " ", ".", ":{port}", "http://localhost", "//localhost", "l\u00f6calhost", "\u2460\u2461\u2466.0.0.1", "loc\u0430lhost"),
]
OWN_HOSTS = ["localhost:{port}", "LOCALHOST:{port}", "localhost.:{port}", "127.0.0.1:{port}", "127.0.0.2", "[::1]:{port}"]
ORIGINS = [
    *("http://evil.example", "https://evil.example:{port}", "null", "NULL", "", "http://localhost", "http://localhost:1"),
    *("http://localhost.evil.example:{port}", "http://localhost:{port}.evil.example", "http://127.0.0.1.nip.io:{port}"),
    *("http://localhost:{port}@evil.example", "http://evil.example#http://localhost:{port}", "//localhost:{port}"),
    *("http://localhost:{port}/", "localhost:{port}", "file://", "chrome-extension://localhost:{port}", "HTTP://EVIL.EXAMPLE"),
    *(
        "http://2130706433:{port}",
        "http://0x7f000001:{port}",
        "http://[::]:{port}",
        "http://localhost:{port} http://evil.example",
    ),
    *("ftp://localhost:{port}", "data:text/html,x", "http://0.0.0.0:{port}", "http://10.0.0.1:{port}"),
]
FORWARDED: list[Headers] = [
    [("X-Forwarded-Host", "localhost")],
    [("Forwarded", "host=localhost;proto=http;for=127.0.0.1"), ("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")],
    [("X-Host", "localhost"), ("X-Original-Host", "localhost"), ("X-HTTP-Host-Override", "localhost")],
]
OF_BOTH = ["/health", "/predict", "/predict_batch", "/update_threshold", "/metrics", "/docs", "/openapi.json", "/nowhere"]
OF_THE_DASHBOARD = [
    *("/", "/campaign", "/people", "/_stcore/health", "/_stcore/host-config", "/_stcore/script-health-check", "/_stcore/metrics"),
    *("/_stcore/upload_file/session/file", "/_stcore/stream", "/_stcore/allowed-message-origins", "/healthz", "/index.html"),
    *("/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json", "/_stcore/bidi-components/a/b.js"),
    *("/media/0123456789abcdef.csv", "/component/a.b/index.html", "/static/js/index.js", "/app/static/a.png", "/favicon.png"),
    *("/auth/login", "/auth/logout", "/oauth2callback?code=a&state=b", "/campaign/_stcore/stream", "/campaign/_stcore/health"),
]
SOCKETS = ["/_stcore/stream", "/campaign/_stcore/stream", "/"]
CHANGES = ["POST", "PUT", "DELETE", "PATCH"]
JSON, PUBLISH = ("Content-Type", "application/json"), json.dumps({"threshold": 0.9}).encode()


@dataclass
class Tally:
    """What was tried, and what ended otherwise than it must."""

    forged: int = 0
    honest: int = 0
    failed: list[str] = field(default_factory=list)

    def refused(self, server: str, what: str, status: str) -> None:
        self.forged += 1
        if status not in REFUSED:
            self.failed.append(f"{server}: {what} was answered with {status or 'nothing'}")

    def served(self, server: str, what: str, status: str, *expected: str) -> None:
        self.honest += 1
        if status not in expected:
            self.failed.append(f"{server}: {what} should be {' or '.join(expected)}, and was {status or 'nothing'}")


def ask(port: int, line: str, headers: Headers, body: bytes = b"", address: str = "127.0.0.1") -> tuple[str, str]:
    """The status of the answer, and its head; both empty where the connection is closed without one."""
    length = [("Content-Length", str(len(body)))] if body else []
    head = "".join(f"{name}: {value}\r\n" for name, value in [*headers, ("Connection", "close"), *length])
    with socket.create_connection((address, port), timeout=20) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\n{head}\r\n".encode() + body)
        received = b""
        while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
            received += part
    found = re.match(rb"HTTP/1\.1 (\d{3})", received)
    return (found[1].decode() if found else "", received.partition(b"\r\n\r\n")[0].decode("latin-1").lower())


def handshake(headers: Headers) -> Headers:
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key)]
    return [*headers, *upgrade]


def open_socket(port: int, path: str, headers: Headers) -> str:
    length = "".join(f"{name}: {value}\r\n" for name, value in handshake(headers))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{length}\r\n".encode())
        found = re.match(rb"HTTP/1\.1 (\d{3})", connection.recv(65536))
    return found[1].decode() if found else ""


# What is tried


def at(text: str, port: int) -> str:
    return text.replace("{port}", str(port))


def own(port: int) -> Headers:
    return [("Host", f"localhost:{port}")]


def forge(server: str, port: int, paths: list[str], sockets: list[str], tally: Tally) -> None:
    """Every forged host, target and origin on every path."""
    forge_hosts(server, port, paths, tally)
    forge_targets(server, port, paths, tally)
    forge_origins(server, port, paths, tally)
    forge_sockets(server, port, sockets, tally)


def forge_hosts(server: str, port: int, paths: list[str], tally: Tally) -> None:
    for path in paths:
        for host, method in itertools.product(HOSTS, ("GET", "POST")):
            given = [("Host", at(host, port))]
            tally.refused(server, f"{method} {path} for Host {host!r}", ask(port, f"{method} {path}", given)[0])
        for host, method in itertools.product(("evil.example", f"evil.example:{port}"), ("HEAD", "OPTIONS", *CHANGES)):
            given = [("Host", host), ("Origin", f"http://{host}"), JSON]
            tally.refused(server, f"{method} {path} by rebinding", ask(port, f"{method} {path}", given, PUBLISH)[0])
        for extra in FORWARDED:
            given = [("Host", "evil.example"), *extra]
            tally.refused(server, f"{path} with {extra[0][0]}", ask(port, f"GET {path}", given)[0])


def forge_targets(server: str, port: int, paths: list[str], tally: Tally) -> None:
    """No host, two of them, one with a blank behind its name, and targets that name a host themselves."""
    evil, mine = [("Host", "evil.example")], own(port)
    for path in paths:
        for headers in (
            [],
            [*evil, *mine],
            [*mine, *evil],
            [*mine, ("host", "evil.example")],
            [*mine, *mine],
            [*evil, ("Host ", "localhost")],
        ):
            tally.refused(server, f"{path} with the headers {headers}", ask(port, f"GET {path}", headers)[0])
        for host in (
            "http://evil.example",
            f"http://evil.example:{port}",
            "HTTP://user@evil.example",
            f"http://localhost:{port}@evil.example",
        ):
            for headers in (mine, evil):
                tally.refused(server, f"{host}{path} for {headers}", ask(port, f"GET {host}{path}", headers)[0])
        tally.refused(server, f"own target, {path}", ask(port, f"GET http://localhost:{port}{path}", evil)[0])


def forge_origins(server: str, port: int, paths: list[str], tally: Tally) -> None:
    """Nobody else's page changes anything, and none is told that it may read."""
    for path in paths:
        for origin, method in itertools.product(ORIGINS, CHANGES):
            given = [*own(port), ("Origin", at(origin, port)), JSON]
            tally.refused(server, f"{method} {path} from {origin!r}", ask(port, f"{method} {path}", given, PUBLISH)[0])
        head = ask(port, f"GET {path}", [*own(port), ("Origin", "http://evil.example")])[1]
        shown = re.search(r"access-control-allow-origin: (\*|http://evil)", head)
        tally.served(server, f"{path} shown to another site", "yes" if shown else "no", "no")


def forge_sockets(server: str, port: int, paths: list[str], tally: Tally) -> None:
    evil, mine = [("Host", "evil.example")], own(port)
    for path in paths:
        for host in HOSTS:
            tally.refused(server, f"a WebSocket for Host {host!r}", open_socket(port, path, [("Host", at(host, port))]))
        for origin in ORIGINS:
            given = [*mine, ("Origin", at(origin, port))]
            tally.refused(server, f"a WebSocket from {origin!r}", open_socket(port, path, given))
        for headers in ([], [*evil, *mine], [*mine, *evil]):
            tally.refused(server, f"a WebSocket with {headers}", open_socket(port, path, headers))
        target = f"http://evil.example:{port}{path}"
        tally.refused(server, f"a WebSocket for {target}", open_socket(port, target, mine))


def be_honest(server: str, port: int, dashboard: bool, tally: Tally) -> None:
    """What must go on to work: every spelling of loopback, programs without an origin, the product's own pages."""
    customer = json.dumps({"customerID": "A"}).encode()
    for host in (at(text, port) for text in OWN_HOSTS):
        tally.served(server, f"/health for Host {host}", ask(port, "GET /health", [("Host", host)])[0], "200")
        given = [("Host", host), JSON]
        tally.served(server, f"/predict for Host {host}", ask(port, "POST /predict", given, customer)[0], "400")
        if dashboard:
            tally.served(server, f"the page for Host {host}", ask(port, "GET /", [("Host", host)])[0], "200")
            for origin in ([], [("Origin", f"http://localhost:{port}")] if str(port) in host else []):
                status = open_socket(port, "/_stcore/stream", [("Host", host), *origin])
                tally.served(server, f"the page's WebSocket for Host {host}", status, "101")


def behind_a_proxy(server: str, port: int, tally: Tally) -> None:
    """A proxy that passes the public name on, as OPERATING.md asks for: it works, and no other name does."""
    forwarded = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.9")]
    for host in (NAME, f"{NAME}:{port}", NAME.upper()):
        given = [("Host", host), ("Origin", f"https://{host}"), *forwarded]
        tally.served(server, f"the page for Host {host}", ask(port, "GET /campaign", given)[0], "200")
        tally.served(server, f"/predict for Host {host}", ask(port, "POST /predict", given, b"{}")[0], "400")
        tally.served(server, f"a WebSocket for Host {host}", open_socket(port, "/_stcore/stream", given), "101")
        upload = ask(port, "PUT /_stcore/upload_file/a/b", given, b"x")
        tally.served(server, f"an upload for Host {host}", upload[0], "403")  # by Streamlit, for its own token
        tally.served(server, f"an upload for Host {host}", str("churn_allowed_hosts" in upload[1]), "False")
    for name in (f"evil.{NAME}", f"{NAME}.evil.example", "example.org"):
        tally.refused(server, f"Host {name}", ask(port, "GET /", [("Host", name)])[0])
        foreign = [("Host", NAME), ("Origin", f"https://{name}"), *forwarded]
        tally.refused(server, f"a change from {name}", ask(port, "POST /predict", foreign, b"{}")[0])
        tally.refused(server, f"a WebSocket from {name}", open_socket(port, "/_stcore/stream", foreign))
    remote = [("Host", NAME), JSON, *forwarded]
    status = ask(port, "POST /update_threshold", remote, b'{"threshold": 0.5}')[0]
    tally.served(server, "a threshold from behind the proxy, without a token", status, "401")


def as_the_container(server: str, port: int, tally: Tally) -> None:
    """Bound to every address, as the Dockerfile has it: by the machine's own address nobody comes in whose name is not listed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.connect(("192.0.2.1", 9))  # sends nothing; asks which address would be used (RFC 5737 has no such host)
        address = found.getsockname()[0]
    if address.startswith("127."):
        print("This machine has no address but loopback, so the container's is not tried.")
        return
    for host in (address, f"{address}:{port}"):
        tally.refused(server, f"Host {host}", ask(port, "GET /", [("Host", host)], address=address)[0])
    for headers in ([], [("X-Forwarded-For", "127.0.0.1")], [("X-Forwarded-For", "::1"), ("X-Real-IP", "127.0.0.1")]):
        given = [*own(port), JSON, *headers]
        status = ask(port, "POST /update_threshold", given, PUBLISH, address)[0]
        tally.served(server, f"a threshold from another address with {headers}", status, "401")
        tally.served(server, "the page through a published port", ask(port, "GET /", given[:1], address=address)[0], "200")


# The servers


@contextmanager
def running(arguments: list[str], **environment: str) -> Iterator[int]:
    """A server on a free port, once it answers that it is healthy; the port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    arguments = [at(argument, port) for argument in arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHURN_") and name != "DATABASE_URL"}
    environment = {**kept, "CHURN_HOME": str(settings.home()), **environment}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=said, stderr=said)
        try:
            for _ in range(480):
                try:
                    if ask(port, "GET /health", [("Host", "localhost")])[0] == "200":
                        break
                except OSError:
                    pass
                time.sleep(0.25)
            else:
                said.seek(0)
                raise SystemExit(f"{arguments} did not come up:\n{said.read().decode()}")
            yield port
        finally:
            process.terminate()
            process.wait(20)


def container() -> list[str]:
    """The arguments of the Dockerfile's CMD, on another port."""
    command = json.loads(re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1])
    return ["-m", *[re.sub(r"^--server.port=.*", "--server.port={port}", part) for part in command]]


def main() -> int:
    tally, dashboard = Tally(), ["-m", "streamlit", "run", "app.py", "--server.port={port}"]
    with running(["-m", "churn_core", "serve", "--port", "{port}"]) as port:
        forge("serve", port, OF_BOTH, ["/", "/health"], tally)
        be_honest("serve", port, False, tally)
    with running(dashboard) as port:
        forge("dashboard", port, [*OF_BOTH, *OF_THE_DASHBOARD], SOCKETS, tally)
        be_honest("dashboard", port, True, tally)
    with running(dashboard, CHURN_ALLOWED_HOSTS=f"{NAME},other.example:8443") as port:
        behind_a_proxy("behind a proxy", port, tally)
        forge("behind a proxy", port, ["/", "/update_threshold", "/_stcore/upload_file/a/b"], SOCKETS[:1], tally)
        be_honest("behind a proxy", port, True, tally)
    with tempfile.TemporaryDirectory() as folder:
        secrets = Path(folder) / "secrets.toml"
        login = {
            "redirect_uri": f"https://{NAME}/oauth2callback",
            "cookie_secret": "c" * 40,
            "client_id": "a",
            "client_secret": "b",
        }
        login["server_metadata_url"] = "http://127.0.0.1:9/.well-known/openid-configuration"
        secrets.write_text("[auth]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in login.items()))
        with running([*dashboard, f"--secrets.files={shlex.quote(str(secrets))}"], CHURN_ALLOWED_HOSTS=NAME) as port:
            forge(
                "with a login", port, ["/", "/auth/login", "/auth/logout", "/oauth2callback?code=a&state=b"], SOCKETS[:1], tally
            )
            be_honest("with a login", port, True, tally)
            for host in (NAME, f"localhost:{port}"):
                status = ask(port, "GET /oauth2callback?code=a&state=b", [("Host", host)])[0]
                tally.served("with a login", f"the way back from the provider for Host {host}", status, "302", "303", "307")
    with running(container()) as port:
        as_the_container("container", port, tally)
        forge("container", port, ["/", "/update_threshold"], SOCKETS[:1], tally)
        be_honest("container", port, True, tally)
    print(*tally.failed, sep="\n")
    print(f"{tally.forged:,} forged and {tally.honest:,} honest requests: {len(tally.failed):,} ended otherwise than they must.")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
