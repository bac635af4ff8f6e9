"""The front door: dashboard and JSON API, one ASGI application, one port. ``streamlit run app.py``."""

import asyncio
import functools
import gc
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from churn_core import settings
from churn_core.api.app import PATHS, create_api
from churn_core.api.hosts import AllowedHosts
from churn_core.api.middleware import SecurityHeaders
from pages.parts.failures import page_failed
from pages.parts.frame import preparation

PAGES = Path(__file__).resolve().parent / "pages"


_application = functools.cache(create_api)


class Api:
    """The API over the service of this process; an object, because ``Route`` passes an ASGI request on only to objects."""

    async def __call__(self, scope, receive, send) -> None:
        await _application(preparation(settings.home()))(scope, receive, send)


@asynccontextmanager
async def lifespan(app: st.App):
    service = preparation(settings.home())
    settled = asyncio.create_task(_freeze_when(service))
    yield
    settled.cancel()
    service.close()


async def _freeze_when(service) -> None:
    """Exclude what is loaded for good from the garbage collection that Streamlit does after every run (STREAMLIT.md)."""
    while not service.finished.is_set():
        await asyncio.sleep(0.2)
    gc.collect()
    gc.freeze()


app = st.App(
    PAGES / "navigation.py",
    lifespan=lifespan,
    on_script_error=page_failed,
    routes=[Route(path, endpoint=Api()) for path in PATHS],
    middleware=[Middleware(SecurityHeaders), Middleware(AllowedHosts)],
)
