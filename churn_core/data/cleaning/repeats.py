"""Which rows repeat the customer of an earlier row, for files of any length; exact except for chance collisions of hashes."""

import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from churn_core.data.cleaning.text_hashes import hashes_of

_IN_MEMORY = 4 * 2**20  # bytes; more goes to an unnamed file, which vanishes with the process
_AT_ONCE = 2**20  # rows; read in one step and sorted in one pass, with 40 MB, where the parts of the file are no longer there
_WORKERS = 2  # that sort; numpy lets go of the interpreter meanwhile
_ROW = np.dtype([("hash", np.uint64), ("row", np.int64)])


def hashed(ids: pd.Series) -> npt.NDArray[np.void]:
    """Ids as ``Repeats`` takes them, each with its row, the label; may run in any thread."""
    rows = np.empty(len(ids), dtype=_ROW)
    texts = pa.array(ids, type=pa.large_string())
    rows["hash"] = hashes_of(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)
    rows["row"] = ids.index.to_numpy()
    return rows


class Repeats:
    """Takes ids with their rows and finds the repeated ones. Ids are kept as hashes of 64 bits: among ten million ids two
    agree by chance in one of 370,000 files.

    >>> with Repeats() as repeats:
    ...     repeats.add(hashed(pd.Series(["a", "b", "a", "a"], index=[2, 3, 4, 5])))
    ...     repeats.found()
    (2, (4, 5))
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed by __exit__
        self._rows = 0

    def __enter__(self) -> "Repeats":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, rows: npt.NDArray[np.void]) -> None:
        """What ``hashed`` made of the ids of some rows."""
        self._file.write(rows.view(np.uint8).data)
        self._rows += len(rows)

    def found(self, most: int = 3) -> tuple[int, tuple[int, ...]]:
        """The number of rows that repeat the id of an earlier row, and the first ``most`` of them."""
        passes = max(1, -(-self._rows // _AT_ONCE))
        count, again = 0, list[int]()
        for number in range(passes):
            rows = self._with_remainder(number, passes)
            ranked = _sorted(rows["hash"])
            twice = ranked[1:][ranked[1:] == ranked[:-1]]
            if not len(twice):  # the usual case; sorting only the hashes takes a third of the time
                continue
            rows = rows[np.isin(rows["hash"], twice)]
            rows = rows[np.lexsort((rows["row"], rows["hash"]))]
            repeated = rows["row"][1:][rows["hash"][1:] == rows["hash"][:-1]]
            count += len(repeated)
            again = sorted([*again, *np.sort(repeated)[:most].tolist()])[:most]
        return count, tuple(again)

    def _with_remainder(self, number: int, passes: int) -> npt.NDArray[np.void]:
        self._file.seek(0)
        parts = []
        while content := self._file.read(_AT_ONCE * _ROW.itemsize):
            rows = np.frombuffer(content, dtype=_ROW)
            parts.append(rows if passes == 1 else rows[rows["hash"] % np.uint64(passes) == number])
        return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype=_ROW), *parts])


def _sorted(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    hashes = np.array(hashes)
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(np.ndarray.sort, np.array_split(hashes, _WORKERS)))
    hashes.sort(kind="stable")  # merges what is sorted already
    return hashes
