"""The tickets for files that are made while they are sent: pages give them out, the server takes them in (``app.py``)."""

import streamlit as st

from churn_core.api.streamed import Tickets


@st.cache_resource(show_spinner=False)
def tickets() -> Tickets:
    """One for everybody; a ticket itself nobody can guess."""
    return Tickets()
