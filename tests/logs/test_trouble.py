"""The log: where it cannot be written nothing fails, and it is said why."""

import errno
import json
import logging
import os
import shutil
import subprocess
import tempfile

import pytest

from churn_core import logs
from tests.logs.conftest import all_lines, lines, log_file

log = logging.getLogger("churn_core.tests")


def in_the_way(home, what: str) -> None:
    path = {"the folder": home / "data" / "logs", "its parent": home / "data", "the file": home / "data" / "logs" / logs.FILE}[
        what
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir() if what == "the file" else path.write_text("in the way")


@pytest.mark.parametrize("what", ["the folder", "its parent", "the file"])
def test_where_something_is_in_the_way_nothing_fails_and_it_is_said_why_until_it_is_gone(home, what, capsys):
    in_the_way(home, what)
    for _ in range(3):
        log.info("Lost.")
        assert logs.trouble().startswith("The log cannot be written (") and str(home) not in logs.trouble()
    shutil.rmtree(home / "data", ignore_errors=True)
    (home / "data").unlink(missing_ok=True)
    log.info("Kept.")
    assert logs.trouble() == "" and [line["message"] for line in lines()] == ["Kept."]
    assert capsys.readouterr().err == ""


def _mount(home) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(home)]
    return shutil.which("mount") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _can_mount() -> bool:
    with tempfile.TemporaryDirectory() as home:
        return _mount(home) and subprocess.run(["umount", home], check=True).returncode == 0


def where_disks_can_be_mounted(test):
    """A test that is there only where this machine mounts file systems for us; the other tests of a full disk are everywhere."""
    return test if _can_mount() else None


@pytest.fixture
def small_disk(tmp_path):
    """A home on a disk of 64 KiB."""
    home = tmp_path / "small"
    home.mkdir()
    assert _mount(home)
    yield home
    logs.set_up(tmp_path / "elsewhere", console=False)
    subprocess.run(["umount", home], check=True)


@where_disks_can_be_mounted
def test_on_a_full_disk_nothing_fails_and_once_there_is_room_lines_are_whole_again(small_disk):
    logs.set_up(small_disk, console=False)
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 40_000)
    n = 0
    while not logs.trouble():
        log.info("x" * 700, extra={"n": n})
        n += 1
        assert n < 1000
    assert logs.trouble() == "The log cannot be written (No space left on device)." or "OSError" in logs.trouble()
    for _ in range(3):
        log.info("x" * 700, extra={"n": -1})
        assert logs.trouble()
    filler.unlink()
    log.info("Room.", extra={"n": n})
    assert logs.trouble() == ""
    whole = []
    for line in log_file().read_bytes().splitlines():
        try:
            whole.append(json.loads(line)["n"])
        except ValueError:  # the one that was cut off
            continue
    assert whole == [*range(n - 1), n] and log_file().read_bytes().endswith(b"\n")


class Full:
    """A file on a disk that is full, or takes a part of a line."""

    def __init__(self, file, takes: int | None) -> None:
        self._file, self._takes = file, takes

    def write(self, content: bytes) -> int:
        if self._takes is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(content[: self._takes])

    def close(self) -> None:
        self._file.close()


@pytest.mark.parametrize("takes", [None, 0, 10])
def test_a_line_that_found_no_room_does_not_spoil_the_next(home, takes):
    log.info("One.")
    logs._file.raw = Full(logs._file.raw, takes)
    log.info("Two.")
    assert logs.trouble().startswith("The log cannot be written (") and "/" not in logs.trouble()
    log.info("Three.")
    log.info("Four.")
    assert logs.trouble() == ""
    content = log_file().read_bytes().splitlines()
    whole = [line for line in content if line.endswith(b"}")]
    assert [json.loads(line)["message"] for line in whole] == ["One.", "Three.", "Four."] and len(content) <= 4


def test_a_rotation_that_fails_costs_at_most_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 300)
    logs.set_up(tmp_path, console=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(PermissionError(errno.EACCES, "Permission denied")))
        for n in range(6):
            log.info("x" * 100, extra={"n": n})
        assert "Permission denied" in logs.trouble() or logs.trouble() == ""
    for n in range(6, 10):
        log.info("x" * 100, extra={"n": n})
    assert logs.trouble() == "" and [line["n"] for line in all_lines()][-4:] == [6, 7, 8, 9]
