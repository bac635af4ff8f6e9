"""The segments that were found of the customers in use: searched once for each version and for everybody, in the background."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.segments.find import find_segments
from churn_core.decisions.segments.found import FoundSegments
from churn_core.jobs import Job
from pages.parts import own_work, people, words


@st.cache_resource(show_spinner=False, max_entries=2)
def _search(data: str, model_id: str, _workspace: Workspace) -> Job:
    customers, schema, weight = _workspace.customers, _workspace.schema, _workspace.dataset.weight
    return Job(lambda job: find_segments(customers, schema, weight=weight, report=job.report)).start()


def begin_to_search(workspace: Workspace) -> Job:
    """The search, which is begun if it was not."""
    return _search(workspace.dataset.sha256, workspace.version.model_id, workspace)


def segments_at_hand(workspace: Workspace) -> FoundSegments | None:
    """What was found; ``None`` while the search still runs, and where it ended without a result: nothing is shown of it."""
    job = begin_to_search(workspace)
    job.finished.wait(own_work.AT_ONCE)
    return job.result


def segments_in_the_end(workspace: Workspace) -> FoundSegments:
    """What was found, however long the search takes; nothing where it ended without a result. For work that no page waits for."""
    job = begin_to_search(workspace)
    job.finished.wait()
    return job.result or FoundSegments()


def segments_or_progress(workspace: Workspace) -> FoundSegments | None:
    """The same; shows how far the search is, or how it ended."""
    found, job = segments_at_hand(workspace), begin_to_search(workspace)
    if not job.finished.is_set():
        _progress(job)
    elif found is None:
        told = "The search for segments was stopped." if job.stopped else words.unchanged(job.error)
        st.info(words.markdown(told), icon=":material/info:")
        st.button("Search again", key="search_segments_again", icon=":material/refresh:", on_click=_search.clear)
    return found


@st.fragment(run_every=1.0)
def _progress(job: Job) -> None:
    """The bar; the whole page follows when it is full."""
    if job.finished.is_set():
        st.rerun()
    st.progress(min(max(job.share, 0.0), 1.0), text=words.markdown(job.steps[-1] if job.steps else "Looking for segments"))
    if people.may("train") and st.button("Stop", key="stop_segments", icon=":material/stop_circle:"):
        job.stop()
        st.caption("Stopping after the step that is running …")
