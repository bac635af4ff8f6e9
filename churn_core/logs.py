"""One log: news in readable lines on the console, everything in JSON lines in a file that rotates.

Fields go through ``extra=``: ``log.info("Threshold changed.", extra={"threshold": 0.35})`` is one line with the fields
beside the time, the level and the sentence. No customer, no charge and no token is ever a field. A log that cannot be
written never fails what is logged: ``trouble()`` then says why, and so does ``/health``.

The formatter is our own, 40 lines, because a line of it is JSON whatever a field holds and no field can pass for the
level. python-json-logger 4.2.0 and structlog 26.1.0 let a field named ``level`` replace the level, write NaN, and lose the
line where a value refers to itself, has a key that is no text, or does not fit its message; they would need the same
lines again as a subclass. A line takes 7.6 µs here, 10.2 µs and 21.0 µs there.
"""

import contextlib
import functools
import json
import logging
import logging.handlers
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec

from churn_core.formats import visible

if sys.platform != "win32":
    import fcntl

FILE = "churn.jsonl"
_MOST_BYTES, _KEPT = 10 * 2**20, 5  # bytes of a file before it is put aside; files put aside that are kept
_LOOK_EVERY = 1.0  # seconds between two looks at whether another process has put the file aside
_MODE = 0o640  # readable by the owner's group, who run the log shipper, and by nobody else
_OWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}  # what every record has; the rest are fields

_LOGGER = logging.getLogger("churn_core")
_file: "_File | None" = None


def set_up(home: Path, console: bool = True) -> None:
    """Log to the console (stderr) and to ``data/logs`` under ``home``. Called again, it only follows another ``home``."""
    global _file
    folder = Path(home) / "data" / "logs"
    if _file is not None:
        if _file.folder == folder:
            return
        _LOGGER.removeHandler(_file)
        _file.close()
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False
    if console and not any(isinstance(handler.formatter, _Readable) for handler in _LOGGER.handlers):
        readable = logging.StreamHandler(sys.stderr)
        readable.setFormatter(_Readable())
        readable.addFilter(_is_news)
        _LOGGER.addHandler(readable)
    _file = _File(folder)
    _LOGGER.addHandler(_file)


def answered(logger: logging.Logger, message: str, told: Mapping[str, str | float]) -> None:
    """``logger.info(message, extra=told)`` for what is logged at every request and is no news. Where only our own file takes it, it is
    written past ``logging``, in a third of the time.
    """
    if _file is None or _LOGGER.propagate or not all(map(_is_ours, _LOGGER.handlers)) or not logger.isEnabledFor(logging.INFO):
        logger.info(message, extra=told)
    else:
        _file.write_news(logger.name, message, told)


def _is_ours(handler: logging.Handler) -> bool:
    return handler is _file or isinstance(handler.formatter, _Readable)


def trouble() -> str:
    """Why the log cannot be written at the moment; empty where it can."""
    return _file.trouble if _file is not None else ""


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of a record: what was given through ``extra=``."""
    return {name: value for name, value in vars(record).items() if name not in _OWN}


_encode = json.JSONEncoder(default=str, allow_nan=False, separators=(",", ":")).encode


def _moment(seconds: float) -> str:
    whole, thousandths = divmod(int(1_000 * seconds), 1_000)
    return f"{_second(whole)}.{thousandths:03}+00:00"


@functools.lru_cache(maxsize=2)
def _second(second: int) -> str:
    """Formatted once for all lines of that second."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _loggable(value: object) -> object:
    """The value as it is where JSON can hold it, else in words: whatever a field holds, its line is written."""
    try:
        _encode(value)
        return value
    except Exception:  # any: ``default=str`` runs the value's own __str__, which may raise whatever it likes
        try:
            return repr(value)
        except Exception:  # any: and so may its __repr__
            return f"({type(value).__name__})"


class _Json(logging.Formatter):
    """One JSON object per line: whatever a text holds, a line feed in it cannot forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):  # its values do not fit
            message = f"{record.msg} {record.args}"
        own = {
            "at": _moment(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        line = {**own, **fields(record), **own}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return _encode(line)
        except Exception:  # NaN, an endless list, a key that is no text: field by field
            return _encode({name: _loggable(value) for name, value in line.items()})


class _Readable(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = " ".join(f"{name}={value}" for name, value in fields(record).items())
        at = f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S}"
        line = visible(f"{at} {record.levelname:7} {record.getMessage()} {told}".rstrip())
        trace = self.formatException(record.exc_info).splitlines() if record.exc_info else ()
        return "".join([line, *(f"\n  {visible(part)}" for part in trace)])  # indented: an error's words forge no line


class _File(logging.handlers.RotatingFileHandler):
    """A file that rotates, and that keeps ``trouble`` instead of failing where the disk is full or the folder may not be written.

    The parent's text ``stream`` stays closed: lines go to ``raw``, which tells how much of a line found room.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.trouble = folder, ""
        self.raw: FileIO | None = None
        self._size, self._looked = 0, 0.0
        super().__init__(folder / FILE, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        self.setFormatter(_Json())

    def _open_raw(self) -> FileIO:
        for folder in (self.folder.parent, self.folder):  # which their owner alone may change, whatever the umask
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        handle = os.open(self.baseFilename, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
        self._size = os.fstat(handle).st_size
        if self._size and os.pread(handle, 1, self._size - 1) != b"\n":  # a line was cut off where the disk was full
            try:
                self._size += os.write(handle, b"\n")
            except OSError:
                os.close(handle)
                raise
        return os.fdopen(handle, "ab", buffering=0)

    def _in_place(self) -> FileIO | None:
        """The open file, unless another process has put it aside; asked once a second. Its size counts what others wrote as well."""
        now = time.monotonic()
        if self.raw is not None and now - self._looked > _LOOK_EVERY:
            self._looked, found = now, os.fstat(self.raw.fileno())
            self._size = found.st_size
            try:
                there = os.path.samestat(found, os.stat(self.baseFilename))
            except FileNotFoundError:
                there = False
            if not there:
                self._close_raw()
        return self.raw

    def _put_aside(self) -> None:
        """Of several processes one puts the file aside; the others, who wait for it, find another in its place."""
        with contextlib.ExitStack() as held:
            if sys.platform != "win32":
                lock = os.open(self.folder, os.O_RDONLY)
                held.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._looked = 0.0
            if self._in_place() is not None and self._size:
                self._close_raw()
                self.doRollover()

    def _close_raw(self) -> None:
        raw, self.raw = self.raw, None
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.close()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line at once. Unlike the parent this formats it once and does not ask the file for its size."""
        try:
            self.write(self.format(record).encode())
        except Exception:  # a full disk, a folder that may not be written: what is logged goes on
            self.handleError(record)

    def write(self, line: bytes) -> None:
        line += b"\n"
        self.raw = self._in_place() or self._open_raw()
        if self._size and self._size + len(line) > self.maxBytes:
            self._put_aside()
            self.raw = self._open_raw()
        if self.raw.write(line) != len(line):
            raise OSError("no room for a whole line")
        self._size += len(line)
        self.trouble = ""

    def write_news(self, logger: str, message: str, told: Mapping[str, str | float]) -> None:
        """What ``emit`` writes of such a record of level INFO, without making one."""
        with self.lock or contextlib.nullcontext():
            try:
                own = {"at": _moment(time.time()), "level": "INFO", "logger": logger, "message": message}
                self.write(msgspec.json.encode({**own, **told}))
            except Exception:  # as above
                self.fail()

    def handleError(self, record: logging.LogRecord) -> None:
        self.fail()

    def fail(self) -> None:
        """Remember the error that is being handled."""
        error = sys.exc_info()[1]
        self.trouble = f"The log cannot be written ({getattr(error, 'strerror', None) or type(error).__name__})."
        self._close_raw()  # opened again at the next line: the disk may have room by then

    def close(self) -> None:
        self.acquire()
        try:
            self._close_raw()
            super().close()
        finally:
            self.release()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a record goes to the console: of the answers of the API only those that failed on the service's side do."""
    return not (hasattr(record, "milliseconds") and record.levelno < logging.WARNING)
