"""The zip archive of an Excel file: its parts, read block by block and told."""

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from churn_core.data.reading.xml_parts import damaged
from churn_core.errors import DataError
from churn_core.formats import count
from churn_core.jobs import Report

_MOST_DIRECTORY = 4 * 2**20  # bytes; a list of some 50,000 parts
_MOST_TIMES = 200  # no unit; customers compress 5 to 40 times, the content of a bomb a thousand times
_HARMLESS = 8 * 2**20  # bytes; a part of any archive may unpack to this
_SMALLEST_BLOCK, _BLOCK = 2**14, 2**17  # bytes; the first block is small, since often it is enough
# zipfile, zlib and the codecs of names raise all of these at damaged archives.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OSError,
    OverflowError,
)


class Archive:
    """The parts of an archive by their names, of which letter case does not matter.

    Raises ``DataError`` if it is damaged, encrypted, or has the same part twice or tens of thousands.
    """

    def __init__(self, stream: BinaryIO, size: int, report: Report) -> None:
        self._size, self._report = size, report
        report("Opening the Excel file")
        try:
            self._zip = zipfile.ZipFile(_Guarded(stream))
        except DataError:
            raise
        except _BROKEN as error:
            raise DataError(
                "The Excel file is damaged, or the file is a damaged archive. Save it again, or save it as CSV."
            ) from error
        self._parts: dict[str, list[zipfile.ZipInfo]] = {}
        for part in self._zip.infolist():
            self._parts.setdefault(_key(part.filename), []).append(part)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def check(self, name: str, most: int) -> None:
        """Raises ``DataError`` if the part is there and unpacks to more than ``most`` bytes or far more than customers do.

        Afterwards no more bytes come than the archive declares: a size that lies is found out.
        """
        for part in self._parts.get(_key(name), ()):
            if part.file_size > most or (part.file_size > _HARMLESS and part.file_size > _MOST_TIMES * self._size):
                raise DataError(
                    f"The Excel file unpacks to {count(part.file_size / 2**20)} MB and is too large to be read. "
                    "Split it into smaller files with the same header, or save it as CSV."
                )

    def blocks(self, name: str, told: str, is_stage: bool = False) -> Iterator[bytes]:
        """The content of a part; ``told`` is reported before each block, and the share of the part where reading it ``is_stage``: work
        of its own.
        """
        parts = self._parts.get(_key(name), [])
        if len(parts) != 1:
            raise damaged(f"Its part {posixpath.basename(name)[:40]!r} is {'there twice' if parts else 'missing'}")
        (part,) = parts
        if part.flag_bits & 1:
            raise DataError("The Excel file is encrypted. Open it in Excel, remove the password and save it again.")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others take any amount of memory
            raise DataError("The Excel file is packed in a way that Excel does not use. Save it again, or save it as CSV.")
        source, size, done = None, _SMALLEST_BLOCK, 0
        while True:
            self._report(told, min(done / max(part.file_size, 1), 1.0) if is_stage else None)
            try:
                source = source or self._zip.open(part)
                block = source.read(size)
            except _BROKEN as error:
                raise damaged() from error
            if not block:
                return
            yield block
            done += len(block)
            size = min(2 * size, _BLOCK)


def _key(name: str) -> str:
    return name.lower().lstrip("/")


class _Guarded:
    """A stream for ``zipfile``, which reads the list of the parts at once, however long the archive says it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_DIRECTORY:
            raise DataError(
                "The file is an archive of tens of thousands of files, not a table. Unpack it, or save its table as CSV or "
                "Excel (.xlsx)."
            )
        return self._stream.read(size)
