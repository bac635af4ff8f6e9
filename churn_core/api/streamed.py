"""Files that are made while they are sent. A list of half a million customers need never be in memory as a whole.

A download button of Streamlit holds whatever it is given as bytes and sends them as one answer. So it is given a ticket instead, and
whoever fetches that ticket gets the file in its place, piece by piece.
"""

import secrets
import threading
from collections.abc import Callable, Iterable

from starlette.concurrency import iterate_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Pieces = Callable[[], Iterable[bytes]]

_MARK = b"a file that is made while it is sent: "  # what a ticket begins with
_LETTERS = 64  # of the secret behind it
_LASTS = 600.0  # seconds; our choice: a browser that lost the connection asks again
_MOST = 16  # tickets at once; our choice: what one holds on to may take twenty megabytes
_GONE = "This file was offered too long ago. Press the button again.\n"


class Tickets:
    """Who has a ticket may fetch its file, for ten minutes. Of more than a few at once the oldest go.

    ``lasts``: seconds that one is good for.
    """

    def __init__(self, lasts: float = _LASTS) -> None:
        self._lasts = lasts
        self._files: dict[bytes, Pieces] = {}
        self._changing = threading.Lock()

    def ticket(self, pieces: Pieces) -> bytes:
        """A ticket that nobody can guess for the file of these ``pieces``, which are made each time that it is fetched."""
        ticket = _MARK + secrets.token_hex(_LETTERS // 2).encode()
        with self._changing:
            self._files[ticket] = pieces
            while len(self._files) > _MOST:
                del self._files[next(iter(self._files))]
        end = threading.Timer(self._lasts, self._forget, [ticket])
        end.daemon = True
        end.start()
        return ticket

    def pieces(self, ticket: bytes) -> Pieces | None:
        """What makes this ticket's file; ``None`` where it is good no longer."""
        with self._changing:
            return self._files.get(ticket)

    def _forget(self, ticket: bytes) -> None:
        with self._changing:
            self._files.pop(ticket, None)


class StreamedFiles:
    """ASGI middleware: an attachment that is a ticket goes out as its file, chunk by chunk under the name and type of the ticket, and
    as 410 where the ticket is good no longer. All else goes through as it is.

    Streamlit's script looks whether a file is there before it lets the browser download it. It reads no further than the status, so
    where the browser says that a script asks the ticket will do. A piece that cannot be made breaks the connection off, so that a
    browser never takes a part for the whole.
    """

    def __init__(self, app: ASGIApp, tickets: Tickets) -> None:
        self._app, self._tickets = app, tickets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or Headers(scope=scope).get("Sec-Fetch-Mode") == "cors":
            await self._app(scope, receive, send)
            return
        looking = _Looking(send)
        await self._app(scope, receive, looking)
        if looking.ticket is None:
            return
        pieces = self._tickets.pieces(looking.ticket)  # what it holds on to stays until the last piece is sent
        if pieces is None:
            await PlainTextResponse(_GONE, status_code=410)(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(looking.headers))
        for name in ("Content-Length", "Accept-Ranges"):
            del headers[name]
        headers["Cache-Control"] = "no-store"
        answer = StreamingResponse(iterate_in_threadpool(pieces()), headers=dict(headers))
        await answer(scope, receive, send)


class _Looking:
    """Passes an answer on unless it is a ticket; then it keeps the ``ticket`` and the ``headers`` it came with."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self.ticket: bytes | None = None
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_ticket(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
        elif (body := message.get("body", b"")).startswith(_MARK):
            self.ticket, self.headers = body, start["headers"]
        else:
            await self._send(start)
            await self._send(message)


def _may_be_ticket(start: Message) -> bool:
    """A whole attachment of just that length."""
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and headers.get("Content-Disposition", "").startswith("attachment")
        and headers.get("Content-Length") == f"{len(_MARK) + _LETTERS}"
    )
