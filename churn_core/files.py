"""Files are written whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new one, never a part."""
    write_together({Path(path): content})
    return Path(path)


def write_together(contents: dict[Path, bytes]) -> None:
    """Write several files, each whole; if one of them cannot be written, none is.

    The bytes go to temporary files beside their targets, are flushed to the disk, and take their names when all are
    there. Missing parent folders are made; a link is followed. Raises ``OSError`` with the name of the target.
    """
    ready: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            try:
                ready[path] = _temporary(path.resolve(), content)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(path)) from error
        for path, temporary in ready.items():
            os.replace(temporary, path.resolve())
    except BaseException:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        raise
    for folder in {path.resolve().parent for path in contents}:
        sync_folder(folder)


class Unfinished:
    """A file that is written bit by bit to ``stream`` and takes its name, whole, with ``finish``; until then, and if it never
    comes to that, what stood at ``path`` is untouched. Raises ``OSError`` with the name of the target.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        target = self.path.resolve()
        try:
            self.stream, self._temporary = _begun(target)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error

    def __enter__(self) -> "Unfinished":
        return self

    def __exit__(self, *error) -> None:
        self.stream.close()
        self._temporary.unlink(missing_ok=True)

    def finish(self) -> None:
        target = self.path.resolve()
        try:
            _flushed(self.stream, self._temporary)
            os.replace(self._temporary, target)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        sync_folder(target.parent)


def _begun(path: Path) -> tuple[BinaryIO, Path]:
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "That is a folder or a device, not a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    return os.fdopen(handle, "wb"), Path(temporary)


def _flushed(file: BinaryIO, temporary: Path) -> None:
    with file:
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)


def _temporary(path: Path, content: bytes) -> Path:
    file, temporary = _begun(path)
    try:
        with file:
            file.write(content)
            _flushed(file, temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` survive a power cut (a no-op where folders cannot be opened)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
