"""How the server starts, where it cannot, and how it stops."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from churn_core.cli import main

from .conftest import CHECKOUT, PATIENCE, QUICK, answer_on, free_port, head, is_dropped, until

pytestmark = pytest.mark.slow

# Stopping


def test_sigterm_lets_running_requests_end_and_takes_no_new_ones(start, customer):
    server, body = start(), json.dumps(customer).encode()
    with server.connected(head(Content_Length=len(body)), body[:10]) as wire, server.connected() as idle:
        assert server.ask("GET", "/health")[0] == 200  # by now the half request is being read
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not server.accepts(), "a closed door")
        assert is_dropped(idle)
        wire.sendall(body[10:])
        status, _, said = answer_on(wire)
        assert status == 200 and 0 < said["churn_probability"] < 1
        assert is_dropped(wire)
    assert server.process.wait(PATIENCE) in (0, -signal.SIGTERM)
    assert "Traceback" not in (server.home / "console.txt").read_text()


def test_what_was_acknowledged_outlives_kill_9(start, customer):
    for threshold in (0.21, 0.22):
        server = start()
        acknowledged = []

        def write(server=server, threshold=threshold, acknowledged=acknowledged) -> None:
            try:
                for step in range(25):
                    status, _, said = server.ask("POST", "/update_threshold", {"threshold": threshold + step / 1e4})
                    if status == 200:
                        acknowledged.append(said["new_threshold"])
            except (OSError, http.client.HTTPException):
                pass  # it was killed

        writer = threading.Thread(target=write)
        writer.start()
        until(lambda acknowledged=acknowledged: len(acknowledged) >= 5, "an acknowledged threshold")
        server.process.kill()
        writer.join()
        server.stop()
        found = start().ask("POST", "/predict", customer)[2]["threshold"]
        # The last acknowledged one, or the one that was written as the process was killed.
        assert found in (acknowledged[-1], threshold + len(acknowledged) / 1e4)


# Starting


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_without_a_token_it_binds_loopback_only(host, monkeypatch, capsys):
    monkeypatch.delenv("CHURN_API_TOKEN", raising=False)
    assert main(["serve", "--host", host, "--port", str(free_port())]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("error: ") and "CHURN_API_TOKEN" in err


def refused_start(home, *options: str) -> str:
    """What ``serve`` says where it cannot start."""
    done = subprocess.run(
        [sys.executable, "-c", QUICK, "serve", *options],
        check=False,
        cwd=CHECKOUT,
        env={**os.environ, "CHURN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr and done.stderr.strip().splitlines()[-1].startswith("error: ")
    return done.stderr.strip().splitlines()[-1]


def test_a_port_that_is_taken_is_one_line_and_exit_2(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in refused_start(home, "--port", port)


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_port_that_is_none_is_one_line_and_exit_2(home, port):
    assert "65535" in refused_start(home, f"--port={port}")
