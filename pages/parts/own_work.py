"""Work on a file of this session alone: how far it is, a button that stops it, and its end when the browser goes."""

import threading
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from churn_core.jobs import Job, Turns
from pages.parts import words

AT_ONCE = 1.5  # seconds that a page waits before it shows how far the work is
ABSENCE = 5.0  # seconds without a browser until the work is stopped; a connection that broke is back by then

_TURNS = Turns(2)  # files of a process that are worked on; more would slow the API and every page, and each other


class OwnWork:
    """The jobs of a session by name, one for each kind of work, with what they came to."""

    def __init__(self) -> None:
        self._jobs: dict[str, tuple[Hashable, Job]] = {}
        self._leaving: threading.Timer | None = None

    def job(self, name: str, key: Hashable, work: Callable[[Job], Any]) -> Job:
        """The job for this key, which is started if it is new; another one of the name is stopped and forgotten."""
        last = self._jobs.get(name)
        if last is None or last[0] != key:
            self.forget(name)
            self._jobs[name] = (key, Job(lambda job: _TURNS.take(job, work)).start())
        return self._jobs[name][1]

    def get(self, name: str) -> Job | None:
        """The job of that name, if there is one."""
        last = self._jobs.get(name)
        return None if last is None else last[1]

    def forget(self, name: str) -> None:
        """Stop the job and let go of what it came to."""
        last = self._jobs.pop(name, None)
        if last is not None:
            last[1].stop()

    def leave(self) -> None:
        """The browser is gone: everything ends soon, unless it comes back."""
        self._leaving = threading.Timer(ABSENCE, self.end)
        self._leaving.daemon = True
        self._leaving.start()

    def stay(self) -> None:
        """The browser is there."""
        if self._leaving is not None:
            self._leaving.cancel()

    def end(self) -> None:
        """Stop and forget everything; files that a result holds open go with it."""
        for name in list(self._jobs):
            self.forget(name)


@st.cache_resource(scope="session", show_spinner=False, on_release=OwnWork.leave)
def _present(_work: OwnWork) -> OwnWork:
    """Kept as long as the browser is connected, whether its tab is in front or not: this is how one learns that it has gone."""
    _work.stay()
    return _work


def own_work() -> OwnWork:
    """The work of this session."""
    return _present(st.session_state.setdefault("own_work", OwnWork()))


def result(name: str, job: Job, again: str) -> Any:
    """What the job came to; ``None`` where there is nothing yet or nothing at all, which is shown. ``again``: how to have it after
    all. Raises the ``ChurnError`` that ended it.
    """
    if not job.finished.wait(AT_ONCE):
        _progress(name)
    elif job.stopped:
        st.info(words.markdown(f"Stopped. Nothing was kept. {again}"), icon=":material/stop_circle:")
    elif job.failure is not None:
        raise job.failure
    elif job.result is None:
        st.error(words.markdown(job.error), icon=":material/error:")
    return job.result if job.finished.is_set() else None


@st.fragment(run_every=0.5)
def _progress(name: str) -> None:
    """The bar; the whole page follows when it is full."""
    job = own_work().get(name)
    if job is None or job.finished.is_set():
        st.rerun()
    st.progress(min(max(job.share, 0.0), 1.0), text=words.markdown(job.steps[-1] if job.steps else "Reading …"))
    if st.button("Stop", key=f"stop_{name}", icon=":material/stop_circle:"):
        job.stop()
        st.caption("Stopping after the step that is running …")
