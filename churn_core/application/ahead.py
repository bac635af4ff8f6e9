"""What pages show is worked out ahead: once there is something in use, and again when something else is."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from churn_core.application.workspace import Workspace

log = logging.getLogger(__name__)

Figure = Callable[[], object]  # works something out and keeps it where whoever shows it will look (``decisions.kept``)

_LOOK_EVERY = 1.0  # seconds between two looks at what is in use
_LOOK_FIRST = 0.05  # the same while nothing is: who waits for the start comes as soon as something is


class Ahead:
    """Works out figures of the workspace ``in_use``, one after another, in a thread of its own, until ``closed``.

    It gives way: none is begun while somebody is answered. Who asks for what is just being worked out waits for that, as for
    anybody else who asked first. An error is logged and ends nothing: who asks for that figure gets it in words.
    """

    def __init__(self, in_use: Callable[[], Workspace | None], closed: threading.Event, look_every: float = _LOOK_EVERY) -> None:
        self.done = threading.Event()
        self._in_use, self._closed, self._look_every = in_use, closed, look_every
        self._answered, self._changed = 0, threading.Condition()

    def start(
        self, figures: Callable[[Workspace], Iterable[Figure]], first: Callable[[], object] = lambda: None
    ) -> threading.Thread:
        """Begin with the ``figures`` of what is in use, in the thread that is returned; ``first`` is done before anything is. ``done``
        is set once they all were tried, and stays set.
        """
        thread = threading.Thread(target=self._follow, args=(figures, first), name="ahead", daemon=True)
        thread.start()
        return thread

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """While somebody is answered: nothing else is begun ahead."""
        with self._changed:
            self._answered += 1
        try:
            yield
        finally:
            with self._changed:
                self._answered -= 1
                self._changed.notify_all()

    def _follow(self, figures: Callable[[Workspace], Iterable[Figure]], first: Callable[[], object]) -> None:
        last: Workspace | None = None
        self._try(first)
        while not self._closed.is_set():
            workspace = self._in_use()
            if workspace is not None and workspace is not last:
                last = workspace
                self._work_out(figures, workspace)
                self.done.set()
            self._closed.wait(min(self._look_every, _LOOK_FIRST) if last is None else self._look_every)

    def _work_out(self, figures: Callable[[Workspace], Iterable[Figure]], workspace: Workspace) -> None:
        try:
            for figure in figures(workspace):
                self._wait()
                if self._closed.is_set() or self._in_use() is not workspace:
                    return
                self._try(figure)
        except Exception:  # whatever is wrong with what is asked for of one version, the next one has to be followed
            log.warning("What pages show could not be worked out ahead.", exc_info=True)

    def _try(self, figure: Figure) -> None:
        try:
            figure()
        except Exception:  # whatever is wrong with one figure, the others are asked for too
            log.warning("A figure could not be worked out ahead.", exc_info=True)

    def _wait(self) -> None:
        """Until nobody is answered."""
        with self._changed:
            while self._answered and not self._closed.is_set():
                self._changed.wait(self._look_every)
