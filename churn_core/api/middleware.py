"""Around every request: time, count, log, security headers, and an answer in JSON whatever happens. Also reads bodies, with
limits on size, time and encoding that do not rely on what the client says.
"""

import asyncio
import functools
import hmac
import ipaddress
import itertools
import logging
import math
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping

from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from churn_core import logs
from churn_core.api import strict_json
from churn_core.api.metrics import Metrics
from churn_core.errors import ChurnError, RequestError
from churn_core.formats import count

log = logging.getLogger(__name__)

MOST_BYTES = 5 * 2**20  # bytes of a body (CONTRACT.md)
LARGE = 50_000  # bytes of a body; a larger one is read in a thread, so that other requests do not wait for it
_BODY_SECONDS = 10.0  # seconds within which a whole body has to arrive
API_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
]
_PAGE_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
]
_PROCESS, _NUMBERS = secrets.token_hex(4), itertools.count(1)  # together they identify a request
_UPDATES, _PER_SECOND = 30, 1.0  # threshold updates at once, and how many more each second


Told = Mapping[str, str | float]


class Answer(Response):
    """A JSON value as an answer; ``told``: what the line of the log has besides."""

    media_type = "application/json"

    def __init__(
        self, content: object, status_code: int = 200, headers: dict[str, str] | None = None, told: Told | None = None
    ) -> None:
        super().__init__(content, status_code, headers)
        self.told: Told = told or {}

    def render(self, content: object) -> bytes:
        return strict_json.dumps(content)


class SecurityHeaders:
    """ASGI middleware that adds the security headers of the dashboard; answers of the API have their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((n, v) for n, v in _PAGE_HEADERS if n not in there)]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def refusal(sentence: str, status: int, headers: dict[str, str] | None = None, **more: object) -> Answer:
    """The JSON of every error: ``error``, a sentence that says the mend, and what ``more`` there is."""
    return Answer({"error": sentence, **more}, status_code=status, headers=headers)


def new_request_id() -> str:
    """An id for one request, unique across restarts; it is in the answer and in the log."""
    return f"{_PROCESS}-{next(_NUMBERS):x}"


def with_headers(answer: Response, request_id: str) -> Response:
    """The answer with the headers that every answer of the API has."""
    answer.raw_headers += [*API_HEADERS, (b"x-request-id", request_id.encode())]
    return answer


Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(handler: Endpoint, path: str, metrics: Metrics, quiet: bool = False) -> Endpoint:
    """``handler(request)`` as an endpoint that always answers in JSON; a ``quiet`` one is logged only when it fails."""

    async def endpoint(request: Request) -> Response:
        started, request_id = time.perf_counter(), new_request_id()
        try:
            answer: Response = await handler(request)
        except RequestError as error:
            answer = refusal(str(error), error.status, error.headers)
        except ClientDisconnect:
            answer = refusal("The client went away before its request was complete.", 400)
        except ChurnError as error:
            answer = refusal(str(error), 503)
        except Exception:  # the details go to the log, never to the client
            log.exception("A request failed.", extra={"path": path, "request_id": request_id})
            answer = refusal("This request failed for a reason that the log of the service has. Please report it.", 500)
        with_headers(answer, request_id)
        seconds = time.perf_counter() - started
        metrics.answered(path, answer.status_code, seconds)
        if not quiet or answer.status_code not in (200, 503):  # a probe of a service that is still starting needs no line
            told = answer.told if isinstance(answer, Answer) else {}
            answer.background = _Line(path, answer.status_code, seconds, request_id, told)
        return answer

    return endpoint


class _Line(BackgroundTask):
    """The line of the log for one answer. Nobody has to wait for it: it is written once the answer is on its way."""

    def __init__(self, path: str, status: int, seconds: float, request_id: str, told: Told) -> None:
        self._is_failure = status >= 500
        self._told = {"path": path, "status": status, "milliseconds": round(1e3 * seconds, 3), "request_id": request_id, **told}

    async def __call__(self) -> None:
        if self._is_failure:
            log.warning("Answered.", extra=self._told)
        else:
            logs.answered(log, "Answered.", self._told)


async def read_json(request: Request) -> object:
    """The JSON value of a request. Raises ``RequestError``: 400 for what is not JSON or not sent as JSON, 408 for a body that
    takes too long, 413 for one that is too large.
    """
    return await parsed(await read_body(request))


async def parsed(body: bytes) -> object:
    """The JSON value of a body. Raises ``RequestError`` (400)."""
    return strict_json.loads(body) if len(body) < LARGE else await asyncio.to_thread(strict_json.loads, body)


async def read_body(request: Request) -> bytes:
    """The body of a request that is sent as JSON. Raises ``RequestError`` as above."""
    kind, length, encoding = b"", b"", b"identity"
    for name, value in reversed(request.scope["headers"]):  # of a header that comes twice the first counts
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
        elif name == b"content-encoding":
            encoding = value
    problem = _no_json(kind, encoding)
    if problem:
        raise RequestError(problem)
    if length.isdigit() and int(length[:20]) > MOST_BYTES:
        raise _too_large()
    message = _already_there(request.receive)
    if message is not None and not message.get("more_body", False) and message["type"] == "http.request":
        body: bytes = message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise _too_large()
        return body
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            parts, size, more = [], 0, True
            while more:
                message = message or await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > MOST_BYTES:
                    raise _too_large()
                message = None
    except TimeoutError as error:
        raise RequestError(
            f"The body did not arrive within {count(_BODY_SECONDS)} seconds. Send it at once.", 408, {"Connection": "close"}
        ) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _already_there(receive: Receive) -> Message | None:
    """The next message where nobody has to wait for it, so that no time has to be taken; most bodies come with their head."""
    waiting = receive()
    if not isinstance(waiting, Coroutine):
        return None
    try:
        waiting.send(None)
    except StopIteration as done:
        message: Message = done.value
        return message
    waiting.close()  # asked again, it waits
    return None


@functools.lru_cache(maxsize=64)  # the requests of a program all say the same
def _no_json(kind: bytes, encoding: bytes) -> str:
    """What is wrong with these values of ``Content-Type`` and ``Content-Encoding``; empty for JSON in UTF-8."""
    name, *parameters = (part.strip() for part in kind.decode("latin-1").lower().split(";"))
    if name != "application/json":
        return "Send the body as JSON, with the header Content-Type: application/json."
    if any(p.startswith("charset=") and p.removeprefix("charset=").strip('"') not in ("utf-8", "utf8") for p in parameters):
        return "Send the body in UTF-8: Content-Type: application/json; charset=utf-8."
    if encoding.decode("latin-1").strip().lower() not in ("", "identity"):
        return "Send the body as it is, without Content-Encoding."
    return ""


def _too_large() -> RequestError:
    return RequestError(
        f"The body is larger than {MOST_BYTES // 2**20} MiB. Send fewer customers at once.", 413
    )  # the connection stays open, so that a client that is still sending reads this instead of a broken pipe


def demand_token(request: Request) -> None:
    """Check that the client may change the threshold: with ``CHURN_API_TOKEN`` set it has to send that token, without it has to
    be on this machine. Raises ``RequestError`` (401).
    """
    token = os.environ.get("CHURN_API_TOKEN", "").strip()
    if token:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode("latin-1"), token.encode())  # headers come as Latin-1
        if kind.lower() != "bearer" or not right:
            raise RequestError(
                "This needs the token of the service. Send it as Authorization: Bearer TOKEN.",
                401,
                {"WWW-Authenticate": "Bearer"},
            )
    elif not is_loopback(request.client.host if request.client else ""):
        raise RequestError(
            "Without a token the threshold is changed from the service's own machine only. Set CHURN_API_TOKEN there.",
            401,
            {"WWW-Authenticate": "Bearer"},
        )


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine; ``False`` for what is not an IP address.

    >>> [is_loopback(a) for a in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "testclient")]
    [True, True, True, False, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


class Allowance:
    """A token bucket: ``most`` requests at once, and ``per_second`` more each second."""

    def __init__(self, most: int = _UPDATES, per_second: float = _PER_SECOND) -> None:
        self._most, self._per_second = most, per_second
        self._left, self._at = float(most), time.monotonic()

    @classmethod
    def of_one(cls, workers: int) -> "Allowance":
        """That of one of so many processes: together they grant as many as one process does."""
        return cls(max(1, _UPDATES // workers), _PER_SECOND / workers)

    def take(self) -> None:
        """Use one request up. Raises ``RequestError`` (429) with the wait in seconds where none is left."""
        now = time.monotonic()
        self._left, self._at = min(self._most, self._left + (now - self._at) * self._per_second), now
        if self._left < 1:
            wait = max(1, math.ceil((1 - self._left) / self._per_second))
            raise RequestError(f"Too many threshold updates. Try again in {wait} seconds.", 429, {"Retry-After": str(wait)})
        self._left -= 1
