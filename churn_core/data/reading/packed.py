"""gzip and zip → the file inside, measured by what it really unpacks to."""

import gzip
import io
import math
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from churn_core.data.reading.encoding import SAMPLE
from churn_core.errors import DataError
from churn_core.formats import count, listed
from churn_core.jobs import Report

ZIP, PARQUET = b"PK\x03\x04", b"PAR1"
_GZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x05\x06"
_MOST_TIMES = 200  # no unit; customers compress 5 to 40 times, the content of a bomb a thousand times
_HARMLESS = 64 * 2**20  # bytes; an archive of any size may unpack to this
_MOST_OF_A_DIRECTORY = 4 * 2**20  # bytes; the names of some ten thousand files
_MOST_SPOOLED = 200 * 2**20  # bytes of a workbook or a Parquet file in an archive, which is unpacked as a whole
_STEP = 2**20  # bytes that are unpacked in one step
_TABLES = {".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xlsm", ".gz"}
_DOCUMENTS = (  # a file in the archive, what the archive is, the mend
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", "Open it in Excel, and save it as .xlsx."),
    ("word/document.xml", "a Word document", "Save its table as CSV or Excel (.xlsx)."),
    ("ppt/presentation.xml", "a PowerPoint document", "Save its table as CSV or Excel (.xlsx)."),
    ("Index/Document.iwa", "a document of Apple Numbers, Pages or Keynote", "Export it from there as CSV or Excel (.xlsx)."),
    ("content.xml", "an OpenDocument file (.ods, .odt)", "Open it in LibreOffice, and save its table as .xlsx or CSV."),
)


class _Packed(io.RawIOBase):
    """A packed stream. It gives no more than ``allowed`` bytes in all, and no piece that is larger than a directory should be."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.given, self.allowed = stream, 0, math.inf

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_OF_A_DIRECTORY:
            raise DataError("The zip archive holds tens of thousands of files. Unpack it, and use the table inside.")
        data = self._stream.read(size)
        self.given += len(data)
        if self.given > self.allowed:
            raise OSError("An archive of nothing takes more bytes than it gives.")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return self._stream.seekable()


def unpacked(stream: BinaryIO, notices: list[str], report: Report, closing: ExitStack) -> tuple[BinaryIO, bytes]:
    """The file in ``stream``, or the one that is packed in it, and its first bytes. A workbook or a Parquet file can be sought in.
    ``notices`` say which file of an archive is read; ``closing`` closes what was opened.

    Raises ``DataError`` if an archive is damaged or protected, holds no table, several or another archive, and while reading
    if it unpacks out of proportion.
    """
    packed_in: list[str] = []
    while True:
        head = _head(stream)
        if head.startswith((ZIP, PARQUET)) and not stream.seekable():
            stream = _spooled(stream, report, closing)
        kind = "gzip file" if head.startswith(_GZIP) else "zip archive" if _is_archive(stream, head) else ""
        if not kind:
            return stream, head
        if kind in packed_in:
            raise DataError(f"The {kind} holds another {kind}. Unpack it, and use the table inside.")
        packed_in.append(kind)
        packed, content = _gzip(stream) if kind == "gzip file" else _member(stream, notices, closing)
        stream = closing.enter_context(io.BufferedReader(_Unpacked(content, packed, kind), SAMPLE))


def _head(stream: BinaryIO) -> bytes:
    if not stream.seekable():
        return stream.peek(SAMPLE)  # type: ignore[attr-defined, no-any-return]
    head = stream.read(SAMPLE)
    stream.seek(0)
    return head


def _is_archive(stream: BinaryIO, head: bytes) -> bool:
    """Whether it is a zip archive of files. A workbook is none; what is damaged is told by its reader."""
    if head.startswith(_EMPTY_ZIP):
        raise DataError("The zip archive is empty. Put the table into it, or use the table itself.")
    if not head.startswith(ZIP):
        return False
    try:
        with _archive(_Packed(stream)) as archive:
            names = set(archive.namelist())
        stream.seek(0)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        if isinstance(error, DataError):
            raise
        stream.seek(0)
        return False
    if any(name.lower().startswith("xl/workbook") and not name.endswith(".bin") for name in names):
        return False
    for name, what, mend in _DOCUMENTS:
        if name in names:
            raise DataError(f"The file is {what}, not a table. {mend}")
    return True


def _archive(stream: _Packed) -> zipfile.ZipFile:
    stream.seek(0)
    return zipfile.ZipFile(stream)  # it is asked for what a file of bytes can do


def _gzip(stream: BinaryIO) -> tuple[_Packed, Any]:
    packed = _Packed(stream)
    return packed, gzip.GzipFile(fileobj=packed)


def _member(stream: BinaryIO, notices: list[str], closing: ExitStack) -> tuple[_Packed, Any]:
    """The only table of an archive, opened."""
    packed = _Packed(stream)
    archive = closing.enter_context(_archive(packed))
    files = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_side_file(entry.filename)]
    tables = files if len(files) == 1 else [entry for entry in files if PurePosixPath(entry.filename).suffix.lower() in _TABLES]
    if len(tables) != 1:
        if not files:
            raise DataError("The zip archive holds no file. Put the table into it, or use the table itself.")
        of_them = tables or files
        names = listed(repr(_end(entry.filename)) for entry in of_them[:5]) + (", …" if len(of_them) > 5 else "")
        raise DataError(
            f"The zip archive holds {count(len(of_them))} files ({names}), and one table is read. "
            "Unpack it, and use the table of customers alone."
        )
    (entry,) = tables
    if entry.flag_bits & 1:
        raise DataError("The zip archive is protected by a password. Unpack it, and use the table inside.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("The zip archive is compressed in an unusual way. Unpack it, and use the table inside.")
    notices.append(f"The file {_end(entry.filename)!r} of the zip archive is read.")
    with _or_damaged("zip archive"):
        return packed, closing.enter_context(archive.open(entry))


def _is_side_file(name: str) -> bool:
    """What systems put beside the files of people."""
    *folders, last = PurePosixPath(name).parts or ("",)
    return "__MACOSX" in folders or last.startswith(".") or last.lower() in ("thumbs.db", "desktop.ini")


def _end(name: str) -> str:
    return name if len(name) <= 60 else "…" + name[-59:]


@contextmanager
def _or_damaged(kind: str) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:  # zipfile raises all of them
        raise DataError(f"The {kind} is damaged or cut off. Pack it again, or unpack it and use the file inside.") from error


class _Unpacked(io.RawIOBase):
    """The content of an archive. Raises ``DataError`` when it grows out of proportion to the archive."""

    def __init__(self, content: Any, packed: _Packed, kind: str) -> None:
        self._content, self._packed, self._kind, self._given = content, packed, kind, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._packed.allowed = self._packed.given + 4 * len(buffer) + _STEP
        with _or_damaged(self._kind):
            data = self._content.read(len(buffer))
        self._given += len(data)
        if self._given > _HARMLESS and self._given > _MOST_TIMES * self._packed.given:
            raise DataError(
                f"The {self._kind} unpacks to more than {_MOST_TIMES} times its size; no table of customers does. "
                "Unpack it yourself and look at what is inside."
            )
        if not data and not self._given:
            raise DataError(f"The file in the {self._kind} is empty. Export the customers again.")
        buffer[: len(data)] = data
        return len(data)


def _spooled(stream: BinaryIO, report: Report, closing: ExitStack) -> BinaryIO:
    """The content in an unnamed file, which can be sought in."""
    file, size = closing.enter_context(tempfile.TemporaryFile()), 0  # noqa: SIM115  it is closed with the reader
    while data := stream.read(_STEP):
        report("Unpacking the file")
        size += len(data)
        if size > _MOST_SPOOLED:
            most = count(_MOST_SPOOLED / 2**20)
            raise DataError(f"The archive unpacks to more than {most} MB. Unpack it, and use the file inside.")
        file.write(data)
    file.seek(0)
    return file
