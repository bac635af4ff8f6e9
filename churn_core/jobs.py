"""Work in the background: what it is doing, how far it is, and how it ended."""

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from churn_core.errors import ChurnError, Stopped
from churn_core.formats import count, counted

_LOOKING = 0.2  # seconds until work that waits looks whether it was stopped


class Report(Protocol):
    """Whoever waits for long work is told its steps, and the share of the whole that is done (0–1) where that is known."""

    def __call__(self, sentence: str, share: float | None = None) -> None: ...


def silent(sentence: str, share: float | None = None) -> None:
    """The report of whoever is not waiting."""


class Pace:
    """How fast a stage of the work goes, from what it did since it first told something: what came before says nothing of it."""

    def __init__(self) -> None:
        self._first: tuple[float, int, float] | None = None

    def told(self, rows: int, share: float) -> str:
        """The rows so far and, from the second time on, how many a second and the time until this stage is over; ``share`` of it is
        done (0–1).
        """
        now = time.perf_counter()
        if self._first is None:
            self._first = now, rows, share
        at, rows_at, share_at = self._first
        if now <= at or share <= share_at:
            return counted(rows, "row")
        to_go = f", {count((1 - share) * (now - at) / (share - share_at))} s to go" if share < 1 else ""
        return f"{counted(rows, 'row')}, {count((rows - rows_at) / (now - at))} a second{to_go}"


class Job:
    """``work(job)`` in a thread.

    The work reports its steps with ``report``. Once ``finished`` is set, ``result`` holds what it returned, or ``error`` a
    sentence and ``failure`` the ``ChurnError`` behind it, if it was one. ``stop()`` asks the work to end: its next
    ``report`` raises ``Stopped``.
    """

    def __init__(self, work: Callable[["Job"], Any], told: Callable[[str], None] = lambda sentence: None) -> None:
        self.steps: list[str] = []
        self._step = ""
        self.share = 0.0
        self.result: Any = None
        self.error = ""
        self.failure: ChurnError | None = None
        self.stopped = False
        self.finished = threading.Event()
        self._work, self._told, self._asked_to_stop = work, told, threading.Event()

    def start(self) -> "Job":
        """Begin in a thread of its own, or once more after it has ended; returns itself."""
        self.steps, self._step, self.share, self.error, self.failure, self.stopped = [], "", 0.0, "", None, False
        self.finished.clear()
        threading.Thread(target=self._run, name=type(self).__name__, daemon=True).start()
        return self

    def stop(self) -> None:
        """Ask the work to end at its next ``report``."""
        self._asked_to_stop.set()

    def report(self, sentence: str, share: float | None = None) -> None:
        """Called by the work: the step in a sentence, and the share of the whole that is done (0–1)."""
        if self._asked_to_stop.is_set():
            raise Stopped("Stopped.")
        self.share = self.share if share is None else share
        if sentence not in (self._step if share is None else "", *self.steps[-1:]):
            self.steps.append(sentence)
            self._told(sentence)
        if share is None:  # what is told again and again between shares is still the same step
            self._step = sentence

    def _run(self) -> None:
        try:
            self.result = self._work(self)
        except Stopped as stopped:
            self.stopped, self.error = True, str(stopped)
        except ChurnError as error:
            self.error, self.failure = str(error), error
        except OSError as error:  # a full disk, a folder that may not be written
            self.error = (
                f"The state folder cannot be used ({error.strerror or error}). Point CHURN_HOME to a folder that can be written."
            )
        except Exception:  # whatever it is, nobody may wait for ever
            self.error = "This failed for a reason that the console shows. Please report it."
            traceback.print_exc()
        finally:
            self.finished.set()


class Turns:
    """Work of which at most ``at_once`` runs in a process; what comes later waits, says so, and can be stopped meanwhile."""

    def __init__(self, at_once: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)

    def take(self, job: Job, work: Callable[[Job], Any]) -> Any:
        """What the work returns, once it is its turn."""
        while not self._free.acquire(timeout=_LOOKING):
            job.report("Waiting until another file is done …")
        try:
            return work(job)
        finally:
            self._free.release()
