"""Work that takes longer than a page may wait: a progress bar, a button that stops it, and the result."""

from collections.abc import Callable

import streamlit as st

from churn_core.jobs import Job
from pages.parts import people, words


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job]:
    """The jobs of this process by name; all users see the same ones."""
    return {}


def start(name: str, work: Callable[[Job], object]) -> None:
    """Begin the work, unless it is running already."""
    if not is_running(name):
        _jobs()[name] = Job(work).start()


def is_running(name: str) -> bool:
    job = _jobs().get(name)
    return job is not None and not job.finished.is_set()


def forget(name: str) -> None:
    _jobs().pop(name, None)


def finished(name: str) -> Job | None:
    """The job once it is finished."""
    job = _jobs().get(name)
    return job if job is not None and job.finished.is_set() else None


def outcome(name: str) -> Job | None:
    """The job once it is finished; shows that it was stopped, or its error."""
    job = finished(name)
    if job is None:
        return None
    if job.stopped:
        st.info(
            "Stopped. Nothing was changed; what was measured is kept, and the next run goes on from there.",
            icon=":material/stop_circle:",
        )
    elif job.error:
        st.error(words.markdown(words.unchanged(job.error)), icon=":material/error:")
    return job


@st.fragment(run_every=1.0)
def progress(name: str) -> None:
    """The bar; the whole page follows when it is full."""
    job = _jobs().get(name)
    if job is None or job.finished.is_set():
        st.rerun()
    st.progress(min(max(job.share, 0.0), 1.0), text=words.markdown(job.steps[-1] if job.steps else "Starting …"))
    if people.may("train") and st.button("Stop", key=f"stop_{name}", icon=":material/stop_circle:"):
        job.stop()
        st.caption("Stopping after the step that is running …")
