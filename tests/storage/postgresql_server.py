"""A PostgreSQL server of the tests' own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

DEBIAN = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "p@ss/w:rd?#%41"  # everything in it that an address has to quote
PATIENCE = 60  # seconds until what does not finish fails the test; never waited for otherwise
DROP_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'laws'"


def programs() -> Path | None:
    """Where ``initdb`` and ``postgres`` are: Debian's 15, else those on the PATH, else those that ``pg_config`` names."""
    on_path, config = shutil.which("postgres"), shutil.which("pg_config")
    named = subprocess.run([config, "--bindir"], check=False, capture_output=True, text=True).stdout.strip() if config else ""
    candidates = [DEBIAN, *([Path(on_path).resolve().parent] if on_path else []), *([Path(named)] if named else [])]
    return next((place for place in candidates if all((place / name).is_file() for name in ("initdb", "postgres"))), None)


def unprivileged() -> dict:
    """What makes a child run as somebody else where this is root, as whom PostgreSQL refuses to start."""
    if os.geteuid() != 0:
        return {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(folder: Path, bin_: Path) -> Iterator[str]:
    """A running PostgreSQL whose data are in ``folder``: its address, without the database."""
    as_whom, port, log = unprivileged(), free_port(), folder / "log"
    (folder / "password").write_text(PASSWORD)
    log.touch()
    if as_whom:
        for path in (folder, folder / "password", log):
            os.chown(path, as_whom["user"], as_whom["group"])
    child = {**as_whom, "cwd": folder, "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}}
    data = folder / "data"
    initdb = [bin_ / "initdb", "--pgdata", data, "--no-sync", "--encoding=UTF8", "--locale=C"]
    access = ["--username=churn", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
    made = subprocess.run([*initdb, *access], check=False, **child, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    # A zone that is not UTC: times must not depend on what the server thinks of them.
    options = {"fsync": "on", "timezone": "Asia/Kolkata", "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
    command = [bin_ / "postgres", "-D", data, "-p", str(port)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with log.open("w") as out:
        process = subprocess.Popen(command, **child, stdout=out, stderr=out, start_new_session=True)
    try:
        address = f"postgresql://churn:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
        until(lambda: process.poll() is not None or answers(f"{address}/postgres"), "PostgreSQL to listen")
        assert process.poll() is None, log.read_text()
        yield address
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody will read these data again
        process.wait(PATIENCE)


def answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=5).close()
        return True
    except psycopg.OperationalError:
        return False


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


def execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)
