"""A log of the test's own, and what is in it."""

import json
import logging
from pathlib import Path

import pytest

from churn_core import logs


@pytest.fixture(autouse=True)
def as_before():
    """Whatever log was set up before is there again afterwards."""
    logger = logging.getLogger("churn_core")
    before = logs._file, list(logger.handlers), logger.level, logger.propagate
    logs._file, logger.handlers = None, []
    yield
    if logs._file is not None:
        logs._file.close()
    logs._file, logger.handlers, logger.level, logger.propagate = before


@pytest.fixture
def home(tmp_path):
    logs.set_up(tmp_path, console=False)
    return tmp_path


def log_file() -> Path:
    return logs._file.folder / logs.FILE


def strict(constant: str):
    raise AssertionError(f"{constant} is no JSON")


def lines(path=None) -> list[dict]:
    content = (path or log_file()).read_bytes()
    assert content == b"" or content.endswith(b"\n")
    return [json.loads(line, parse_constant=strict) for line in content.splitlines()]


def all_lines() -> list[dict]:
    """Of the file and those put aside, oldest first."""
    aside = sorted(log_file().parent.glob(f"{logs.FILE}.*"), key=lambda path: -int(path.suffix[1:]))
    return [line for path in (*aside, log_file()) for line in lines(path)]
