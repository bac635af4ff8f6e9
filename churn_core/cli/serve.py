"""The command ``serve``: the JSON API alone."""

import argparse
import os
import socket

from churn_core import logs, settings
from churn_core.api.middleware import is_loopback
from churn_core.api.server import serve as serve_api
from churn_core.api.workers import serve_by
from churn_core.application.service import Service
from churn_core.errors import ChurnError
from churn_core.formats import visible

_WAITING = 2048  # connections that wait to be accepted
_MOST_WORKERS = 64


def serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=5000, help="default: %(default)s")
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes that answer on the port; default: %(default)s"
    )


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise ChurnError(f"--port must be between 0 and 65535, got {port}. Write one that is free, like 5000.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as error:
        why = error.strerror or error
        raise ChurnError(f"serve cannot use port {port} of {host} ({why}). Choose another with --port.") from error


def serve(options: argparse.Namespace) -> None:
    if not is_loopback("127.0.0.1" if options.host == "localhost" else options.host) and not os.environ.get("CHURN_API_TOKEN"):
        raise ChurnError(f"serve binds {options.host} only with a token. Set CHURN_API_TOKEN, or use --host 127.0.0.1")
    if not 1 <= options.workers <= _MOST_WORKERS:
        raise ChurnError(
            f"--workers must be between 1 and {_MOST_WORKERS}, got {options.workers}. Write one for each core, like 4."
        )
    if options.workers > 1 and os.name == "nt":
        raise ChurnError("serve --workers needs Linux or macOS, where processes share a port. Leave it out.")
    home, listening = settings.home(), _listen(options.host, options.port)
    if options.workers > 1:
        logs.set_up(home)
        serve_by(options.workers, home, listening, lambda step: print(visible(step)))
        return
    listening.close()
    logs.set_up(home)
    serve_api(Service(home, report=lambda step: print(visible(step)), training="first").start(), options.host, options.port)
