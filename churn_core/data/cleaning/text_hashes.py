"""Texts → hashes of 64 bits, all at once: pandas hashes them one by one, and holds the interpreter meanwhile."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

_BYTES = 8  # of a text, mixed in by each step
_MOST_STEPS = 8  # of a longer text pandas makes the hash: it takes a step for each text, not one for all
_KEPT = np.array([2 ** (8 * n) - 1 for n in range(_BYTES + 1)], dtype=np.uint64)  # what so many bytes of a number can hold
_MIXING = ((0xFF51AFD7ED558CCD, 33), (0xC4CEB9FE1A85EC53, 29))  # odd factors of many bits, and shifts


def hashes_of(texts: pa.LargeStringArray) -> npt.NDArray[np.uint64]:
    """A hash of each text (n,), equal for texts of equal bytes; two others agree with a chance of 2⁻⁶⁴.

    From the length on, eight bytes at a time are mixed in: h ← mix(h xor bytes). ``mix`` has an inverse, so two texts of one length
    up to eight bytes never agree.

    >>> a, b, again = hashes_of(pa.array(["7590-VHVEG", "5575-GNVDE", "7590-VHVEG"], pa.large_string()))
    >>> bool(a == again), bool(a == b)
    (True, False)
    """
    if not len(texts):  # Arrow gives it no bounds either
        return np.zeros(0, dtype=np.uint64)
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    begin, length = ends[:-1] - ends[0], np.diff(ends)
    text = np.append(np.frombuffer(data or b"", dtype=np.uint8)[ends[0] : ends[-1]], np.zeros(_BYTES, np.uint8))
    eights = np.ndarray(len(text) - _BYTES + 1, dtype="<u8", buffer=text, strides=(1,))  # those that begin at each byte
    hashes, steps = np.empty(len(texts), dtype=np.uint64), (length + _BYTES - 1) // _BYTES
    for count in np.flatnonzero(np.bincount(np.minimum(steps, _MOST_STEPS + 1))):
        if count > _MOST_STEPS:
            long = steps > _MOST_STEPS
            hashes[long] = pd.util.hash_array(texts.filter(pa.array(long)).to_numpy(zero_copy_only=False), categorize=False)
            break
        these = steps == count
        at, left = begin[these], length[these]
        mixed = _mix(left.astype(np.uint64))
        for _ in range(count):
            mixed ^= eights[at] & _KEPT[np.minimum(left, _BYTES)]
            _mix(mixed)
            at, left = at + _BYTES, left - _BYTES
        hashes[these] = mixed
    return hashes


def _mix(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The numbers, each changed in all its bits."""
    for factor, shift in _MIXING:
        numbers *= np.uint64(factor)
        numbers ^= numbers >> np.uint64(shift)
    return numbers
