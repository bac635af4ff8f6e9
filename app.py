"""The front door: dashboard and JSON API, one ASGI application, one port. ``streamlit run app.py``."""

import asyncio
import gc
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.routing import Route

from churn_core import settings
from churn_core.api import PATHS, create_api
from pages.parts.frame import preparation

PAGES = Path(__file__).resolve().parent / "pages"


async def api(scope, receive, send) -> None:
    """The API, made on the first call: by then the lifespan has started the preparation that it reports on."""
    await create_api(preparation(settings.home()))(scope, receive, send)


@asynccontextmanager
async def lifespan(app: st.App):
    started = preparation(settings.home())
    settled = asyncio.create_task(_freeze_when(started))
    yield
    settled.cancel()


async def _freeze_when(started) -> None:
    """Streamlit collects garbage after every run: take what is loaded for good out of its way (STREAMLIT.md)."""
    while not started.finished.is_set():
        await asyncio.sleep(0.2)
    gc.collect()
    gc.freeze()


class _Api:
    """An object, not a function, so that ``Route`` hands the request through unchanged."""

    __call__ = staticmethod(api)


app = st.App(PAGES / "navigation.py", lifespan=lifespan, routes=[Route(path, endpoint=_Api()) for path in PATHS])
