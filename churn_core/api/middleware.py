"""Around every request: time, count, log, security headers, and an answer in JSON whatever happens. Also reads bodies, with
limits on size, time and encoding that do not rely on what the client says.
"""

import asyncio
import hmac
import ipaddress
import itertools
import json
import logging
import math
import os
import secrets
import time
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from churn_core.api import strict_json
from churn_core.api.metrics import Metrics
from churn_core.errors import ChurnError, RequestError
from churn_core.formats import count

log = logging.getLogger(__name__)

MOST_BYTES = 5 * 2**20  # bytes of a body (CONTRACT.md)
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


_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class Answer(Response):
    """JSON in ASCII: an id with half a surrogate pair is echoed as it came, where UTF-8 would fail."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return _encode(content).encode("ascii")


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
            log.log(
                logging.WARNING if answer.status_code >= 500 else logging.INFO,
                "Answered.",
                extra={
                    "path": path,
                    "status": answer.status_code,
                    "milliseconds": round(1e3 * seconds, 3),
                    "request_id": request_id,
                    **getattr(request.state, "told", {}),
                },
            )
        return answer

    return endpoint


async def read_json(request: Request) -> object:
    """The JSON value of a request. Raises ``RequestError``: 400 for what is not JSON or not sent as JSON, 408 for a body that
    takes too long, 413 for one that is too large.
    """
    kind, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    if kind != "application/json":
        raise RequestError("Send the body as JSON, with the header Content-Type: application/json.")
    if any(p.startswith("charset=") and p.removeprefix("charset=").strip('"') not in ("utf-8", "utf8") for p in parameters):
        raise RequestError("Send the body in UTF-8: Content-Type: application/json; charset=utf-8.")
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise RequestError("Send the body as it is, without Content-Encoding.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MOST_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            more = True
            while more:
                part = await request.receive()
                if part["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += part.get("body", b"")
                more = part.get("more_body", False)
                if len(body) > MOST_BYTES:
                    raise _too_large()
    except TimeoutError as error:
        raise RequestError(
            f"The body did not arrive within {count(_BODY_SECONDS)} seconds. Send it at once.", 408, {"Connection": "close"}
        ) from error
    if len(body) < 50_000:
        return strict_json.loads(bytes(body))
    return await asyncio.to_thread(strict_json.loads, bytes(body))


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

    def take(self) -> None:
        """Use one request up. Raises ``RequestError`` (429) with the wait in seconds where none is left."""
        now = time.monotonic()
        self._left, self._at = min(self._most, self._left + (now - self._at) * self._per_second), now
        if self._left < 1:
            wait = max(1, math.ceil((1 - self._left) / self._per_second))
            raise RequestError(f"Too many threshold updates. Try again in {wait} seconds.", 429, {"Retry-After": str(wait)})
        self._left -= 1
