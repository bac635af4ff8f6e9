"""The service's own figures, from its log."""

from pathlib import Path

import streamlit as st

from churn_core import logs, settings
from churn_core.application.usage import ServiceRecord, service_record
from churn_core.charts.monitoring import service_figure
from pages.parts import words
from pages.parts.frame import chart, palette


@st.cache_data(show_spinner="Reading the log …", max_entries=2, ttl=60)
def _record(folder: Path) -> ServiceRecord:
    return service_record(folder)


def service_tab() -> None:
    record = _record(settings.home() / "data" / "logs")
    if logs.trouble():
        st.warning(words.markdown(logs.trouble()), icon=":material/warning:")
    if record.since is None or not record.requests:
        st.info(
            "The API has had no requests in the last seven days. It listens on the port of this dashboard: /health, /predict, /docs.",
            icon=":material/info:",
        )
        return
    with st.container(horizontal=True):
        st.metric("Requests in seven days", words.count(record.requests), border=True)
        st.metric("Customers scored by the API", words.count(record.customers), border=True)
        st.metric("Median time to the answer", words.decimal(record.median_ms, 1, "ms"), border=True)
        st.metric("95% within", words.decimal(record.p95_ms, 1, "ms"), border=True)
        st.metric("Refused (4xx)", words.count(record.refused), border=True)
        st.metric("Failed (5xx)", words.count(record.errors), border=True)
    busiest = record.hours.loc[record.hours["requests"].idxmax()]
    chart(
        f"Most requests in an hour: {words.count(busiest.requests)}, {words.moment(busiest.hour)}",
        service_figure(record.hours, palette()),
        key="service",
        caption=f"The last seven days, from the log in data/logs, which begins {words.moment(record.since)}. "
        "/metrics gives the same to Prometheus.",
    )
