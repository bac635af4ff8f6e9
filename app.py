"""The front door: dashboard and JSON API, one ASGI application, one port. ``streamlit run app.py``."""

import asyncio
import functools
import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from churn_core import settings
from churn_core.api.app import PATHS, create_api
from churn_core.api.assets import CompressedAssets
from churn_core.api.hosts import AllowedHosts
from churn_core.api.middleware import SecurityHeaders
from churn_core.api.streamed import StreamedFiles
from churn_core.application.ahead import Figure
from churn_core.application.workspace import Workspace
from pages.parts import reachable
from pages.parts.failures import page_failed
from pages.parts.frame import preparation
from pages.parts.tickets import tickets

# Seconds that a thread may keep the interpreter. With the usual 5 ms a request waits that long a dozen times while files are
# being read: a 95th percentile of 700 ms instead of 210 for GET /health on two cores.
sys.setswitchinterval(0.0005)

_COLLECT_EVERY = 10  # seconds; our choice: a collection holds everybody up for some hundredths of a second

PAGES = Path(__file__).resolve().parent / "pages"


_application = functools.cache(create_api)


class Api:
    """The API over the service of this process; an object, because ``Route`` passes an ASGI request on only to objects."""

    async def __call__(self, scope, receive, send) -> None:
        await _application(preparation(settings.home()))(scope, receive, send)


@asynccontextmanager
async def lifespan(app: st.App):
    service = preparation(settings.home())
    if told := reachable.warning():
        logging.getLogger("churn_core").warning(told)  # to the log and to stderr
    service.ahead.start(_figures, first=_import_pages)  # while the customers are read
    collecting = asyncio.create_task(_collect_garbage(service))
    yield
    collecting.cancel()
    service.close()


def _import_pages() -> None:
    from pages.parts.ahead import import_pages  # with all that pages import, so not before the port is open

    import_pages()


def _figures(workspace: Workspace) -> Iterator[Figure]:
    from pages.parts.ahead import figures

    yield from figures(workspace)


async def _collect_garbage(service) -> None:
    """Once in a while, and not after every run, as Streamlit would (``postScriptGC``): that takes a fifth of a run. What is loaded for
    good is left out (STREAMLIT.md).
    """
    while not service.finished.is_set():
        await asyncio.sleep(0.2)
    gc.collect()
    gc.freeze()
    all_loaded = False
    while True:
        await asyncio.sleep(_COLLECT_EVERY)
        gc.collect()
        if service.ahead.done.is_set() and not all_loaded:  # what pages import came meanwhile
            gc.freeze()
            all_loaded = True


app = st.App(
    PAGES / "navigation.py",
    lifespan=lifespan,
    on_script_error=page_failed,
    routes=[Route(path, endpoint=Api()) for path in PATHS],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(AllowedHosts),
        Middleware(CompressedAssets),
        Middleware(StreamedFiles, tickets=tickets()),
    ],
)
