"""Several processes that answer on one port. The parent listens and answers nothing: it starts the workers, puts another in the place
of one that ends, and stops them all.

Each worker accepts from the parent's socket when it has time. They share what is in the state folder and nothing else: the version
in production is looked for twice a second and the published threshold at every answer, so all of them decide alike. Counts are summed
over the workers (``Metrics``), and the limit of threshold updates is shared out among them.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from churn_core.api.metrics import SHARED
from churn_core.api.server import DRAIN_SECONDS
from churn_core.application.workspace import Preparation
from churn_core.model.registry import Registry
from churn_core.settings import CHECKOUT

log = logging.getLogger(__name__)

_LOOK_EVERY = 0.2  # seconds between two looks at whether a worker has ended
_AGAIN_AFTER = 2.0  # seconds between two starts in one place: a worker that cannot start is not tried all the time
_LONGER = 5.0  # seconds beyond what running requests may take, until a worker that does not stop is killed


def serve_by(workers: int, home: Path, listening: socket.socket, report: Callable[[str], None]) -> None:
    """Serve on this socket by so many processes until this one is told to stop; running requests are still answered."""
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if Registry(home / "models").production_id() is None:
        Preparation(home, report, "first").start()  # once, here: the workers answer that there is no version until they see it
    with tempfile.TemporaryDirectory(prefix="churn-metrics-") as counts:
        running = [_Worker(workers, listening, counts) for _ in range(workers)]
        while not stopping.wait(_LOOK_EVERY):
            for place, worker in enumerate(running):
                if worker.process.poll() is not None and time.monotonic() - worker.started > _AGAIN_AFTER:
                    log.warning("A worker ended. Another takes its place.", extra={"pid": worker.process.pid})
                    running[place] = _Worker(workers, listening, counts)
        listening.close()  # who connects now is refused as soon as the workers have closed theirs
        for worker in running:
            worker.process.terminate()
        end = time.monotonic() + DRAIN_SECONDS + _LONGER
        for worker in running:
            worker.wait(end - time.monotonic())


class _Worker:
    """One process of its own. Its standard input is a pipe that ends with this process, however that ends; then the worker stops."""

    def __init__(self, workers: int, listening: socket.socket, counts: str) -> None:
        self.started = time.monotonic()
        path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "churn_core.api.worker", f"{listening.fileno()}", f"{workers}"],
            env={**os.environ, SHARED: counts, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            start_new_session=True,  # Ctrl-C in a terminal is for the parent
        )
        log.info("A worker was started.", extra={"pid": self.process.pid})

    def wait(self, seconds: float) -> None:
        try:
            self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        finally:
            if self.process.stdin is not None:
                self.process.stdin.close()
