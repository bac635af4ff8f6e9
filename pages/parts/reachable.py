"""Whether others can reach a dashboard that asks nobody to log in: said once at the start, and on every page."""

import streamlit as st

from churn_core.api.hosts import read
from pages.parts import people


def warning() -> str:
    """The sentence and the mend; empty where a login is set up, or where only this machine reaches the dashboard."""
    address = str(st.get_option("server.address") or "0.0.0.0")  # noqa: S104  Streamlit binds every address where it is told none
    host = read(address)
    if address.startswith("unix://") or (host is not None and host.is_loopback):
        return ""
    if people.login_is_set_up() or people.unreadable():  # what cannot be read closes the pages
        return ""
    return (
        f"This dashboard listens on {address} and asks nobody to log in: whoever reaches it may look at every customer. "
        "Set up a login (OPERATING.md, People), or let it be reached from its own machine alone (Who can reach it)."
    )
