"""Files are written whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

SHARED, PRIVATE = 0o644, 0o640  # modes: for everybody on the machine; for the owner and the owner's group, whatever the umask


def write_whole(path: Path, content: bytes, mode: int = SHARED) -> Path:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new one, never a part.

    Missing parent folders are made; a link is followed. Raises ``OSError`` with the name of ``path``.
    """
    with _named(path), Unfinished(path, mode) as unfinished:
        unfinished.stream.write(content)
        unfinished.finish()
    return unfinished.path


class Unfinished:
    """A file that is written bit by bit to ``stream`` and takes its name, whole, with ``finish``; until then, and if it never
    comes to that, what stood at ``path`` is untouched.

    The bytes go to a temporary file beside the target and are flushed to the disk before it takes the name. Missing parent
    folders are made; a link is followed. Raises ``OSError`` with the name of the target.
    """

    def __init__(self, path: Path, mode: int = SHARED) -> None:
        self.path, self._mode = Path(path), mode
        with _named(self.path):
            self.stream, self._temporary = _begun(self.path.resolve())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        with suppress(OSError):  # unless it is finished nobody wants what was still to be written
            self.stream.close()
        self._temporary.unlink(missing_ok=True)

    def finish(self) -> None:
        """Flush what was written to the disk and give it its name."""
        target = self.path.resolve()
        with _named(self.path):
            with self.stream:
                self.stream.flush()
                os.fsync(self.stream.fileno())
            os.chmod(self._temporary, self._mode)
            os.replace(self._temporary, target)
        sync_folder(target.parent)


def begin_to_flush(stream: BinaryIO, start: int = 0) -> int:
    """Have the system begin to write to the disk what stands behind the first ``start`` bytes of a file, so that little is left for
    the flush at its end; nobody waits. What is there by now leaves the memory: to use that again costs less than to find other.
    Returns how many bytes there are by now. What is no file, and a system without such advice, are left alone.
    """
    if not hasattr(os, "posix_fadvise"):
        return start
    try:
        end = os.fstat(stream.fileno()).st_size
        if end > start:
            # Linux begins to write what has changed, and lets go of what has not.
            os.posix_fadvise(stream.fileno(), start, end - start, os.POSIX_FADV_DONTNEED)
    except OSError:  # it is in memory, or takes no advice
        return start
    return end


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """An ``OSError`` in here names the target, not the temporary file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _begun(path: Path) -> tuple[BinaryIO, Path]:
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "That is a folder or a device, not a file")
    make_folder(path.parent)
    handle, temporary = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    return os.fdopen(handle, "wb"), Path(temporary)


def make_folder(folder: Path) -> None:
    """Make a folder and those that it lies in, where they are missing: whatever the umask, their owner alone may change what is in
    them. Raises ``OSError``.
    """
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            try:
                each.mkdir(mode=0o755, exist_ok=True)  # another process may make it meanwhile
            except FileExistsError:
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(each)) from None


def make_private(path: Path) -> None:
    """Make an empty file that only its owner and the owner's group can read, for what opens it by name; one that is there is
    left alone. Raises ``OSError``.
    """
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT, PRIVATE))


def sync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` survive a power cut (a no-op where folders cannot be opened)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
