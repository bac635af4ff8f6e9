"""The files of the dashboard, compressed: a browser that opens it for the first time loads a third of the bytes.

Streamlit sends its scripts and style sheets as they are. Their names change with their content, so each is compressed once and kept.
"""

import asyncio
import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = "/static/"
_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")  # what is not compressed already
_LEAST = 1000  # bytes; below that compressing saves nothing
_MOST_KEPT = 32 * 2**20  # bytes of compressed files in memory: many times what Streamlit has


class CompressedAssets:
    """ASGI middleware that sends the static texts of the dashboard as gzip to whoever takes it. All else goes through as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed: dict[str, bytes] = {}  # by path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        takes = scope["type"] == "http" and scope["method"] == "GET" and STATIC in scope["path"] and _takes_gzip(scope)
        await self._app(scope, receive, _Compressing(scope["path"], self._compressed, send) if takes else send)


class _Compressing:
    """Collects an answer that is worth it, and sends it compressed."""

    def __init__(self, path: str, kept: dict[str, bytes], send: Send) -> None:
        self._path, self._kept, self._send = path, kept, send
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_worth_it(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_compressed(self._start)

    async def _send_compressed(self, start: Message) -> None:
        body = self._kept.get(self._path)
        if body is None:
            body = await asyncio.to_thread(gzip.compress, bytes(self._body), 9, mtime=0)
            if sum(map(len, self._kept.values())) + len(body) <= _MOST_KEPT:
                self._kept[self._path] = body
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Encoding"], headers["Content-Length"] = "gzip", f"{len(body)}"
        headers.add_vary_header("Accept-Encoding")
        if (tag := headers.get("ETag", "")).startswith('"'):
            headers["ETag"] = f"W/{tag}"  # the same content in other bytes
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _takes_gzip(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "gzip" in headers.get("Accept-Encoding", "") and "Range" not in headers


def _is_worth_it(start: Message) -> bool:
    """A whole text that is not compressed yet and long enough."""
    headers = Headers(raw=start["headers"])
    length = headers.get("Content-Length", "")
    return (
        start["status"] == 200
        and "Content-Encoding" not in headers
        and headers.get("Content-Type", "").startswith(_TEXTS)
        and length.isdecimal()
        and int(length) >= _LEAST
    )
