"""A page that fails: one line in the log, and a sentence with its number for the user. A fragment, a dialog or a callback, too.

Streamlit calls ``page_failed`` with whatever a script raises. The line holds what helps to find the mistake: the page, the kind of
the error and where it was raised. It does not hold the error's own words, which may quote a customer.
"""

import logging
import traceback
from pathlib import Path

import streamlit as st

from churn_core import settings
from churn_core.api.middleware import new_request_id
from pages.parts import words

log = logging.getLogger("churn_core.pages")


def page_failed(error: Exception) -> bool:
    """Log the error and tell the user its number. Returns ``True``: Streamlit's own box is not shown."""
    number = new_request_id()
    log.error(
        "A page failed.",
        extra={"page": _page(), "error": _kind(error), "raised_at": _raised_at(error), "request_id": number},
    )
    st.error(
        f"This page failed. Tell whoever runs it the number {words.markdown(number)}: the log has a line with it. "
        "Nothing was changed by what failed; load the page again to go on.",
        icon=":material/error:",
    )
    return True


def _page() -> str:
    return st.session_state.get("campaign_is_on") or "overview"


def _kind(error: Exception) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _raised_at(error: Exception) -> str:
    """The innermost place in our own code, as ``module:line``: no path of this machine."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [(Path(frame.filename), frame.lineno) for frame in frames]
    within = [(path.relative_to(settings.CHECKOUT), line) for path, line in ours if path.is_relative_to(settings.CHECKOUT)]
    if not within:
        return ""
    path, line = within[-1]
    return f"{'.'.join(path.with_suffix('').parts)}:{line}"
