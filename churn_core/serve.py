"""The API alone on a port: uvicorn, with clients dropped that do not get on with their request."""

import asyncio
import gc
import logging
import threading

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from churn_core.api import create_api
from churn_core.service import Service

_HEAD_SECONDS = 10.0  # seconds from the connection to a complete request head
_DRAIN_SECONDS = 10  # seconds that running requests may take after SIGTERM


class _Impatient(H11Protocol):
    """Drops a connection that has not sent a whole request head in time; uvicorn itself would wait for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._late = self.loop.call_later(_HEAD_SECONDS, self._drop)

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)

    def _drop(self) -> None:
        if self.cycle is None:
            self.transport.close()


def _settle(service: Service) -> None:
    """Take what is loaded for good out of the garbage collector's way: looking through it takes a tenth of a second."""
    service.finished.wait()
    gc.collect()
    gc.freeze()


def serve(service: Service, host: str, port: int) -> None:
    """Until it is told to stop; what is being answered then is answered still."""
    # What the log never shows need not be found out for every request (logging HOWTO, "Optimization").
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = logging.logAsyncioTasks = False
    threading.Thread(target=_settle, args=(service,), name="settle", daemon=True).start()
    uvicorn.run(
        create_api(service),
        host=host,
        port=port,
        http=_Impatient,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    service.close()
