"""One of several processes that answer on one port: ``python -m churn_core.api.worker SOCKET WORKERS``, started by ``workers``."""

import os
import signal
import socket
import sys
import threading

from churn_core import logs, settings
from churn_core.api.middleware import Allowance
from churn_core.api.server import serve_on
from churn_core.application.service import Service

_LOOK_EVERY = 0.5  # seconds between two looks at which version is in production: within a second all workers use the same


def _stop_with_the_parent() -> None:
    """Wait until the pipe from the parent ends, which it does with the parent."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main(listening: int, workers: int) -> None:
    """Answer on a socket that is inherited, of which ``listening`` is the descriptor."""
    threading.Thread(target=_stop_with_the_parent, name="parent", daemon=True).start()
    home = settings.home()
    logs.set_up(home)
    service = Service(home, training="never", look_every=_LOOK_EVERY).start()
    serve_on(service, socket.socket(fileno=listening), Allowance.of_one(workers))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
