"""Which hosts a request may name. A browser sends what any page tells it to: by DNS rebinding a page of a stranger reaches this
machine under a name of its own, and a page of another site can post here. Such requests come from loopback like honest ones, so
``Host`` and ``Origin`` are checked before anything else is. https://datatracker.ietf.org/doc/html/rfc9110#section-7.4
"""

import functools
import ipaddress
import logging
import os
import re
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from churn_core.api.middleware import is_loopback, new_request_id, refusal, with_headers

log = logging.getLogger(__name__)

_SAFE = ("GET", "HEAD", "OPTIONS")  # methods that change nothing
_DEFAULT_PORTS = ("", "80", "443")  # clients leave these out
_LONGEST = 300  # characters; a name of the DNS has 253
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::([0-9]{0,5}))?")
_ORIGIN = re.compile(r"https?://(.+)", re.IGNORECASE)


class Authority(NamedTuple):
    """A host, a name in lower case or an IP address in its usual spelling, and its port; the default ports are ``""``."""

    host: str
    port: str

    @property
    def is_loopback(self) -> bool:
        return self.host == "localhost" or is_loopback(self.host)


class AllowedHosts:
    """ASGI middleware that refuses requests and WebSocket handshakes in JSON.

    421 where ``Host`` is neither loopback nor in ``CHURN_ALLOWED_HOSTS``. 403 where the ``Origin`` of a change or of a WebSocket
    is foreign: it is neither the one that ``Host`` names nor in ``CHURN_ALLOWED_HOSTS``. ``X-Forwarded-Host`` counts for nothing,
    because every client can send it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refused(scope) if scope["type"] in ("http", "websocket") else None
        if refused is None:
            await self._app(scope, receive, send)
            return
        request_id = new_request_id()
        log.warning("Refused a host or an origin.", extra={"status": refused.status_code, "request_id": request_id})
        if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close"})  # the server then answers the handshake with a 403 of its own
        else:
            await with_headers(refused, request_id)(scope, receive, send)


def _refused(scope: Scope) -> Response | None:
    listed = _listed(os.environ.get("CHURN_ALLOWED_HOSTS", ""))
    named = _values(scope, b"host")
    host, *targets = [read(name) for name in (*named, *_of_target(scope["path"]))] or [None]
    if host is None or len(named) != 1 or None in targets:
        return refusal("The request does not say which host it is for. Send one header Host, such as Host: localhost.", 421)
    for asked in (host, *filter(None, targets)):
        if not asked.is_loopback and not _is_in(listed, asked):
            return refusal(
                f"This service does not answer to the name {asked.host}. Open it as localhost on its own machine, or add "
                f"{asked.host} to CHURN_ALLOWED_HOSTS, names separated by commas, and start it again.",
                421,
            )
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return None
    if all(_is_own(origin, host, listed) for origin in _values(scope, b"origin")):
        return None
    return refusal(
        "The request comes from a page of another site. Use a page of this service, or add the name of that site to "
        "CHURN_ALLOWED_HOSTS and start the service again.",
        403,
    )


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for found, value in scope["headers"] if found.lower() == name]


def _of_target(path: str) -> list[str]:
    """The host of a target in absolute form, ``GET http://host/path``, which clients send to a proxy: it counts beside ``Host``."""
    return [] if path[:1] in ("", "/", "*") else [path.split("://", 1)[-1].partition("/")[0]]


def _is_own(origin: str, host: Authority, listed: frozenset[Authority]) -> bool:
    """Whether a page may send changes to ``host``. All names of loopback are one host; another port is another service."""
    site = _ORIGIN.fullmatch(origin.strip())
    page = read(site[1]) if site else None
    if page is None:
        return False
    return page == host or (page.is_loopback and host.is_loopback and page.port == host.port) or _is_in(listed, page)


def _is_in(listed: frozenset[Authority], asked: Authority) -> bool:
    return asked in listed or asked._replace(port="*") in listed


@functools.lru_cache(maxsize=8)
def _listed(setting: str) -> frozenset[Authority]:
    """The hosts of ``CHURN_ALLOWED_HOSTS``; the port ``*`` stands for any. What is no host matches none, and is logged."""
    found = set()
    for entry in filter(None, map(str.strip, setting.split(","))):
        one = read(entry)
        if one is None:
            log.warning(
                "An entry of CHURN_ALLOWED_HOSTS is no host. Write the name alone: churn.example.org", extra={"entry": entry}
            )
        else:
            found.add(one if entry.rpartition("]")[2].count(":") == 1 else one._replace(port="*"))
    return frozenset(found)


@functools.lru_cache(maxsize=256)
def read(written: str) -> Authority | None:
    """The host and port that a header names; ``None`` where it names none.

    >>> read("LocalHost.:8501"), read("[0:0:0:0:0:0:0:1]"), read("127.0.0.1:80")
    (Authority(host='localhost', port='8501'), Authority(host='::1', port=''), Authority(host='127.0.0.1', port=''))
    >>> read("localhost@evil.example"), read("localhost, evil.example"), read("")
    (None, None, None)
    """
    text = written.strip().lower()
    found = _AUTHORITY.fullmatch(f"[{text}]" if text.count(":") > 1 and "[" not in text else text)  # IPv6 without brackets
    if found is None or len(text) > _LONGEST:
        return None
    address, name, port = found.groups(default="")
    try:
        host = _usual(ipaddress.IPv6Address(address)) if address else name.removesuffix(".")
    except ValueError:
        return None
    return Authority(host, "" if port in _DEFAULT_PORTS else port) if host else None


def _usual(address: ipaddress.IPv6Address) -> str:
    return str(address.ipv4_mapped or address)
