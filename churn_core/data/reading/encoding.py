"""Bytes in any usual encoding → UTF-8, in blocks that end with a line."""

import codecs
import re
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from churn_core.errors import DataError
from churn_core.formats import count

BLOCK = 3 * 2**20  # bytes; read in one step, and longer than any line may be
SAMPLE = 2**16  # bytes; they show the encoding, the line ends and the header
_MARKS = (  # byte order marks, the longer first
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_CONTROLS = bytes({*range(32)} - set(b"\t\n\v\f\r\x1a\x1b"))  # what no text has
_FEW = 4096  # bytes; they show what kind of text it is
_MOST_CONTROLS = 0.01  # of the sample; a stray byte costs its row only, more than this is no text


class Readable(Protocol):
    """A source of bytes: a file, or an archive that is unpacked while it is read."""

    def read(self, size: int, /) -> bytes: ...


def utf8_blocks(stream: Readable, notices: list[str], at_once: int = 1) -> Iterator[bytes]:
    """The content as UTF-8, so many blocks ``at_once``; another encoding is added to ``notices``. Content without a mark of another
    encoding passes unchanged: ``text_of`` finds its lines that are not UTF-8.

    Raises ``DataError`` if the content is not text, or is damaged in the middle of a character.
    """
    sample = stream.read(SAMPLE)
    encoding, name, mark = _encoding(sample)
    if name:
        notices.append(f"The file is encoded as {name}.")
    data = sample[len(mark) :] + stream.read(max(at_once * BLOCK - len(sample), 0))
    one_byte = encoding == "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)()
    # Old Macs end lines with a carriage return alone; a file put together from several may begin so.
    try:
        ending = re.match(rb"[^\r\n]*\r(?!\r*\n)", data if one_byte else decoder.decode(data).encode())
        returns_only = ending is not None and ending[0].count(b'"') % 2 == 0
        decoder.reset()
        while data:
            block = data if one_byte else decoder.decode(data).encode()
            yield block.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if returns_only else block
            data = stream.read(at_once * BLOCK)
        if not one_byte:
            decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise DataError(
            f"The file is marked as {name}, but is cut off or damaged in the middle of a character. Export it again as UTF-8."
        ) from error


def beginning(sample: bytes) -> str:
    """The first characters of content that begins with ``sample``; none if it is not text."""
    try:
        encoding, _, mark = _encoding(sample)
    except DataError:
        return ""
    return sample[len(mark) :][:_FEW].decode(encoding, errors="ignore")


def whole_lines(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks that end with a line, each with whether it is the last."""
    rest, before = b"", 0
    for data in blocks:
        cut = data.rfind(b"\n") + 1
        if not cut:
            rest += data
            if len(rest) > BLOCK:
                raise DataError(
                    f"A line, {count(before / 2**20)} MB into the file, is longer than {count(BLOCK / 2**20)} MB; no row of a table "
                    "of customers is. Export the table again, with a line for each customer."
                )
            continue
        block, rest = b"".join((rest, memoryview(data)[:cut])), data[cut:]
        before += len(block)
        yield block, False
    yield rest, True


def text_of(block: bytes) -> tuple[str, int]:
    """The text of a block, and how many of its lines are not UTF-8; they are read as Windows-1252, the usual other encoding."""
    try:
        return block.decode(), 0
    except UnicodeDecodeError:
        lines = [_utf8_line(line) for line in block.split(b"\n")]
    return "\n".join(text for text, _ in lines), sum(foreign for _, foreign in lines)


def _utf8_line(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode(), False
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), True


def _encoding(sample: bytes) -> tuple[str, str, bytes]:
    """The encoding, its name if the user should know it, and the mark at the beginning."""
    for mark, encoding, name in _MARKS:
        if sample.startswith(mark):
            return encoding, name, mark
    if b"\x00" in sample:
        zeros = np.frombuffer(sample[: len(sample) // 2 * 2], dtype=np.uint8).reshape(-1, 2) == 0
        low, high = zeros.mean(axis=0) if len(zeros) else (0, 0)
        if max(low, high) > 0.3 and min(low, high) < 0.05:
            return ("utf-16-le" if high > low else "utf-16-be"), "UTF-16", b""
        if len(sample) - len(sample.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(sample):
            raise DataError("The file is not text. Save the table as CSV, Parquet or Excel (.xlsx).")
    return "utf-8", "", b""
