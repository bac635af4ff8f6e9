"""The numbers of a chart as a table, folded below it: for whoever does not see the chart, or wants to copy what it says."""

import streamlit as st

from churn_core.charts.numbers import Numbers
from churn_core.live import component


@st.cache_resource(show_spinner=False)
def _component():
    html, css = component.file("numbers.html"), component.file("numbers.css")
    return st.components.v2.component("numbers", html=html, css=css, js=script())


def script() -> str:
    """The browser's part as one module, as Streamlit takes it."""
    return component.module("table", "numbers")


def numbers_below(message: str, numbers: Numbers, key: str) -> None:
    """The numbers of the chart with this ``message`` and ``key``."""
    _component()(key=f"{key}_numbers", data=data_of(message, numbers))


def data_of(message: str, numbers: Numbers) -> dict[str, object]:
    """What the browser writes: every word and number."""
    tables = [{"columns": table.columns, "rows": table.rows, "about": table.about} for table in numbers.tables]
    return {"message": message, "tables": tables, "marks": numbers.marks}
