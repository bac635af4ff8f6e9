"""The log: a file that rotates, for its owner and the group; and the console."""

import logging
import os
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core import logs
from tests.logs.conftest import all_lines, lines, log_file

log = logging.getLogger("churn_core.tests")
OURS = (logs._Json, logs._Readable)


@pytest.mark.parametrize("mask", [0o022, 0])
def test_the_group_may_read_it_and_nobody_else(tmp_path, mask, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 300)
    before = os.umask(mask)
    try:
        logs.set_up(tmp_path, console=False)
        for n in range(5):
            log.info("Hello.", extra={"n": n})
    finally:
        os.umask(before)
    found = list((tmp_path / "data" / "logs").iterdir())
    assert len(found) > 1 and {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o640}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=10))
def test_rotation_keeps_every_line_in_order_and_no_file_beyond_the_limit(tmp_path, sizes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "_MOST_BYTES", 1200)
        logs.set_up(tmp_path / str(len(list(tmp_path.iterdir()))), console=False)
        for n, size in enumerate(sizes):
            log.info("x" * size, extra={"n": n})
    assert [line["n"] for line in all_lines()] == list(range(len(sizes)))
    assert all(path.stat().st_size <= 1200 for path in log_file().parent.iterdir())


def test_a_line_longer_than_a_file_may_be_is_kept_and_puts_nothing_empty_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 500)
    logs.set_up(tmp_path, console=False)
    for n in range(5):
        log.info("x" * 1000, extra={"n": n})
    assert [line["n"] for line in all_lines()] == list(range(5))


def test_only_so_many_files_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 500)
    logs.set_up(tmp_path, console=False)
    for n in range(60):
        log.info("x" * 300, extra={"n": n})
    assert [line["n"] for line in all_lines()] == list(range(54, 60))  # the file and five put aside, a line each


def test_programs_that_each_write_one_line_do_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 500)
    for n in range(6):
        logs.set_up(tmp_path / "other", console=False)
        logs.set_up(tmp_path, console=False)  # opened anew, as by another process
        log.info("x" * 150, extra={"n": n})
    assert log_file().stat().st_size <= 500 and [line["n"] for line in all_lines()] == list(range(6))


def test_an_older_log_is_continued(home):
    log.info("One.")
    logs.set_up(home / "elsewhere", console=False)
    log.info("Two.")
    logs.set_up(home, console=False)
    log.info("Three.")
    assert [line["message"] for line in lines()] == ["One.", "Three."]
    assert [line["message"] for line in lines(home / "elsewhere" / "data" / "logs" / logs.FILE)] == ["Two."]


def test_set_up_twice_writes_each_line_once(tmp_path):
    for home in (tmp_path, tmp_path, tmp_path / "other", tmp_path):
        logs.set_up(home)
    log.warning("Once.")
    ours = [handler for handler in logging.getLogger("churn_core").handlers if isinstance(handler.formatter, OURS)]
    assert len(lines()) == 1 and len(ours) == 2


def test_nothing_is_made_before_there_is_something_to_log(home):
    assert list(home.iterdir()) == [] and logs.trouble() == ""


# The console


def test_the_console_reads_one_line_without_anything_unprintable(tmp_path, capsys):
    logs.set_up(tmp_path)
    log.info("Hello\n12:00:00 ERROR   Forged.\x1b[31m", extra={"why": "a\nb\x00"})
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and told[:-1].isprintable() and "why=a b" in told


def test_an_error_that_quotes_a_stranger_forges_no_line_of_the_console(tmp_path, capsys):
    logs.set_up(tmp_path)
    try:
        raise ValueError("x\n12:00:00 ERROR   Forged.\x1b[2J\u202e")
    except ValueError:
        log.exception("Failed.")
    first, *others = capsys.readouterr().err.splitlines()
    assert "Failed." in first and all(line.startswith("  ") and line.isprintable() for line in others)


def test_answers_are_on_the_console_only_where_the_service_is_to_blame(tmp_path, capsys):
    logs.set_up(tmp_path)
    log.info("Answered.", extra={"milliseconds": 1})
    log.warning("Answered.", extra={"milliseconds": 1, "status": 503})
    assert capsys.readouterr().err.count("Answered.") == 1 and len(lines()) == 2


def test_programs_that_write_to_one_log_put_it_aside_once_and_lose_no_line(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 1500)
    monkeypatch.setattr(logs, "_LOOK_EVERY", -1.0)
    logs.set_up(tmp_path, console=False)
    programs = [logs._file, logs._File(logs._file.folder), logs._File(logs._file.folder)]
    for n in range(36):
        programs[n % 3].emit(logging.makeLogRecord({"msg": "x" * 150, "levelno": 20, "levelname": "INFO", "n": n}))
    for program in programs[1:]:
        program.close()
    assert [line["n"] for line in all_lines()] == list(range(36))
    sizes = [path.stat().st_size for path in log_file().parent.iterdir()]
    assert max(sizes) <= 1500 and sorted(sizes)[1] > 1000  # each but the last is full
