"""The API alone on a port, by uvicorn. Clients that are too slow to send a request are dropped."""

import asyncio
import gc
import logging
import socket
import threading
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from churn_core.api.app import create_api
from churn_core.api.hosts import AllowedHosts
from churn_core.api.middleware import Allowance, new_request_id, refusal, with_headers
from churn_core.application.service import Service

_HEAD_SECONDS = 10.0  # seconds from the connection, or the answer before, to a complete request head
DRAIN_SECONDS = 10  # seconds that running requests may take after SIGTERM


class _HeadTimeout(H11Protocol):
    """Drops a connection that has not sent a whole request head in time, the first or a later one; uvicorn itself waits for
    ever. A request that is not HTTP is refused in JSON, as all others.
    """

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def send_400_response(self, msg: str) -> None:
        answer = refusal("This is not an HTTP request that can be read. Send HTTP/1.1.", 400, {"connection": "close"})
        with_headers(answer, new_request_id())
        for event in (
            h11.Response(status_code=400, headers=answer.raw_headers, reason=b"Bad Request"),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event))
        self.transport.close()

    def _wait(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = self.loop.call_later(_HEAD_SECONDS, self._drop)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _drop(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def _settle(service: Service) -> None:
    """Exclude what is loaded for good from garbage collection: a full collection over it takes a tenth of a second."""
    service.finished.wait()
    gc.collect()
    gc.freeze()


def application(service: Service, allowance: Allowance | None = None) -> ASGIApp:
    """What the server runs: the API, behind the check of hosts and origins."""
    return AllowedHosts(create_api(service, allowance=allowance))


def serve(service: Service, host: str, port: int) -> None:
    """Serve until the process is told to stop; requests that are running then are still answered."""
    _make_ready(service)
    uvicorn.run(application(service), host=host, port=port, **_settings())
    service.close()


def serve_on(service: Service, listening: socket.socket, allowance: Allowance) -> None:
    """The same on a socket that listens already, for one of several processes."""
    _make_ready(service)
    uvicorn.Server(uvicorn.Config(application(service, allowance), **_settings())).run(sockets=[listening])
    service.close()


def _make_ready(service: Service) -> None:
    # The log never shows these fields, so they are not looked up for every request (logging HOWTO, "Optimization").
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # from Python 3.12
    threading.Thread(target=_settle, args=(service,), name="settle", daemon=True).start()


def _settings() -> dict[str, Any]:
    return {
        "http": _HeadTimeout,
        "log_level": "warning",
        "server_header": False,
        "timeout_graceful_shutdown": DRAIN_SECONDS,
    }
