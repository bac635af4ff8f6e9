"""Numbers in Parquet's encoding DELTA_BINARY_PACKED: the first one, then differences in blocks of as few bits as they need.

Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/
"""

import numpy as np
import numpy.typing as npt

from churn_core.data.reading.thrift import Compact, Malformed

_MOST_BITS = 33  # of a difference of lengths, which have 31


def lengths(data: bytes, at: int, most: int) -> npt.NDArray[np.int64]:
    """The lengths that are encoded from ``at`` on. Raises ``Malformed`` if they are none, or more than ``most``.

    >>> lengths(bytes([128, 1, 4, 3, 10, 1, 1, 0, 0, 0, 0b10, 0, 0, 0]), 0, 3)  # 5, then 5 − 1 + 0 and 4 − 1 + 1
    array([5, 4, 4])
    """
    read = Compact(data, at)
    block, parts, count, first = read.unsigned(), read.unsigned(), read.unsigned(), read.signed()
    if not 0 < parts <= block <= 2**16 or block % parts or block // parts % 8:
        raise Malformed("its lengths are not in blocks")
    if count > most:
        raise Malformed("it has more lengths than values")
    found, missing = [np.array([first][:count], dtype=np.int64)], count - 1
    while missing > 0:
        least = read.signed()
        widths = data[read.at : read.at + parts]
        if len(widths) < parts or abs(least) >> _MOST_BITS:
            raise Malformed("its lengths end too early")
        read.at += parts
        for width in widths:
            if missing <= 0:
                break
            size = block // parts * width // 8
            if width > _MOST_BITS or read.at + size > len(data):
                raise Malformed("its lengths end too early")
            packed = np.frombuffer(data, np.uint8, size, read.at)
            found.append(least + _unpacked(packed, width, block // parts)[:missing])
            read.at, missing = read.at + size, missing - block // parts
    all_lengths = np.concatenate(found).cumsum()
    if count and all_lengths.min() < 0:
        raise Malformed("a length is below zero")
    return all_lengths


def _unpacked(packed: npt.NDArray[np.uint8], width: int, count: int) -> npt.NDArray[np.int64]:
    if not width:
        return np.zeros(count, dtype=np.int64)
    bits = np.unpackbits(packed, bitorder="little").reshape(count, width)
    return bits @ (np.int64(1) << np.arange(width, dtype=np.int64))
