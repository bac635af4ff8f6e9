"""Any number of customers in four megabytes, from which every campaign can still be worked out.

What a contact earns is bilinear in the churn probability p and the monthly charge v: u = a + b·p + c·v + d·p·v
(ECONOMICS.md), with coefficients that only the campaign knows. So a group of customers that is contacted as a whole needs
no more than n, Σp, Σv and Σpv, and what it earns is exact for every cost, success rate, horizon, incentive and uptake
chosen afterwards. A summary keeps these four sums for each *cell* of a grid over p and v, from which customers are
chosen one by one, and for each *bin* of a much finer grid over p alone, from which a threshold is. The variance of what a
contact earns has the squares of p and v too: a bin keeps their sums to seven digits, and a cell, on which p and v hardly
differ, those of its averages.

What is lost is the choice *inside* a cell or a bin that the border between paying and not paying runs through;
``optimise_summary`` says of each outcome how much that can be.

Where more cells or bins are occupied than fit, neighbours are put together two by two. How often depends on the customers
alone, not on how they were split or in which order they came; so summaries can be added as they come.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Squares
from churn_core.campaign.grid import LARGEST_CHARGE, bins_of, cells_of, rectangles
from churn_core.campaign.totals import Totals
from churn_core.errors import DataError
from churn_core.formats import count

MOST_CELLS, MOST_BINS = 56_000, 27_000  # no unit; our choice: at 36 and 72 bytes each just under 4 MB
_PIECE = 2**20  # customers that are sorted at once; some 100 MB of working memory, whatever the length of the list
_OF_LIFE = b"churn-summary-V\n"  # the same of lifetime values
_MAGIC = b"churn-summary-2\n"  # how the bytes begin: what they are, and the version of their format
_COUNTS = struct.Struct("<4q")  # how many cells and bins follow, and how often each were put together

_SUMS = ("contacted", "leaving", "value", "value_leaving")
_FIELDS = [("key", "<u4"), *zip(_SUMS, ("<i8", "<f8", "<f8", "<f8"), strict=True)]
_CELL = np.dtype(_FIELDS)
# And the range of p that was met inside, and Σp², Σv², Σp²v, Σpv², Σp²v².
_BIN = np.dtype([*_FIELDS, ("lowest", "<f8"), ("highest", "<f8"), ("squares", "<f4", (5,))])

Rows = npt.NDArray[np.void]  # a table of sums


class _Table(NamedTuple):
    """Rows that are to be added up: the place of each, how often neighbours were put together before, and columns."""

    key: npt.NDArray[np.integer]
    halvings: int
    columns: Rows | Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """What is kept of the customers. ``cells`` and ``bins`` are tables of sums, in rising order of their ``key``.

    ``coarse_cells`` and ``coarse_bins`` count how often neighbours had to be put together. ``for_life``: the values are lifetime
    values, else monthly charges.

    >>> one, other = Summary.of([0.9, 0.2], [70.0, 40.0]), Summary.of([0.01], [20.0])
    >>> (one + other).customers, Summary.from_bytes((one + other).to_bytes()).customers
    (3, 3)
    """

    cells: Rows
    bins: Rows
    coarse_cells: int = 0
    coarse_bins: int = 0
    for_life: bool = False

    @classmethod
    def of(cls, probability: npt.ArrayLike, monthly_charge: npt.ArrayLike, for_life: bool = False) -> "Summary":
        """The summary of customers with these churn probabilities (n,), 0–1, and monthly charges (n,), money, or lifetime values if
        they are ``for_life``; n may be 0.

        Raises ``DataError`` for a value that is missing or out of its range.
        """
        p, v = (np.asarray(values, dtype=np.float64, order="C") for values in (probability, monthly_charge))
        if p.ndim != 1 or p.shape != v.shape:
            raise DataError("Every customer needs one churn probability and one monthly charge: give two lists of one length.")
        _check(p, 1.0, "churn probability", "1")
        _check(v, LARGEST_CHARGE, "monthly charge", count(LARGEST_CHARGE))
        pieces = (cls._of_piece(p[at : at + _PIECE], v[at : at + _PIECE]) for at in range(0, len(p), _PIECE))
        return replace(reduce(cls.__add__, pieces, EMPTY), for_life=for_life)

    @classmethod
    def _of_piece(cls, p: npt.NDArray[np.float64], v: npt.NDArray[np.float64]) -> "Summary":
        sums = {"contacted": np.ones(len(p), dtype=np.int64), "leaving": p, "value": v, "value_leaving": p * v}
        of_bins = {**sums, "lowest": p, "highest": p, "squares": _squares(p, v)}
        return cls._added([_Table(cells_of(p, v), 0, sums)], [_Table(bins_of(p), 0, of_bins)])

    @classmethod
    def _added(cls, cells: list[_Table], bins: list[_Table]) -> "Summary":
        added_cells, coarse_cells = _added(cells, MOST_CELLS, _CELL)
        added_bins, coarse_bins = _added(bins, MOST_BINS, _BIN)
        return cls(cells=added_cells, bins=added_bins, coarse_cells=coarse_cells, coarse_bins=coarse_bins)

    def __add__(self, other: "Summary") -> "Summary":
        """The summary of both lists of customers; the same, but for the last digits of the sums, in whichever order."""
        if not isinstance(other, Summary):
            return NotImplemented
        if self.customers and other.customers and self.for_life != other.for_life:
            raise DataError(
                "One of two summaries is of monthly charges, the other of lifetime values. Add up summaries of one kind."
            )
        added = self._added(
            [_Table(one.cells["key"], one.coarse_cells, one.cells) for one in (self, other)],
            [_Table(one.bins["key"], one.coarse_bins, one.bins) for one in (self, other)],
        )
        return replace(added, for_life=self.for_life or other.for_life)

    @property
    def customers(self) -> int:
        """How many customers are summarised."""
        return int(self.bins["contacted"].sum())

    @cached_property
    def everybody(self) -> Totals[float]:
        """The sums over all customers."""
        return self.edges.at(-1)

    @cached_property
    def edges(self) -> Totals[npt.NDArray[Any]]:
        """The sums over all customers from each bin up (k + 1,), from nobody to everybody."""
        from_nobody = np.concatenate([np.zeros(1, dtype=_BIN), self.bins[::-1]])
        return Totals(**{name: np.cumsum(sums) for name, sums in _sums_of(from_nobody).items()}, per_value=True)

    def valued_by(self, campaign: Campaign) -> Campaign:
        """The campaign by which the values of the summary become lifetime values: of those that are it already, one whose multiple
        is 1.
        """
        if not self.for_life:
            return campaign
        return replace(campaign, clv_months=1.0, margin=1.0, annual_discount=0.0, monthly_survival=1.0)

    def squares_from(self, threshold: float) -> Squares:
        """The sums of squares over the customers from this edge of a bin up."""
        chosen = self.bins[self.bins["lowest"] >= threshold]
        return Squares(*chosen["squares"].astype(float).sum(axis=0).tolist())

    @cached_property
    def threshold(self) -> npt.NDArray[np.float64]:
        """The lowest contacted probability at each edge (k + 1,); ``inf`` for nobody."""
        return np.append(np.inf, self.bins["lowest"][::-1])

    @cached_property
    def rectangles(self) -> tuple[npt.NDArray[np.float64], ...]:
        """The range of each cell: least p, largest p, least monthly charge, largest monthly charge; (j,) each."""
        return rectangles(self.cells["key"].astype(np.int64), self.coarse_cells)

    def to_bytes(self) -> bytes:
        """The summary for a file or a database, under 4 MB: a mark, the hash of what follows, the sizes and the tables."""
        counts = _COUNTS.pack(len(self.cells), len(self.bins), self.coarse_cells, self.coarse_bins)
        content = counts + self.cells.tobytes() + self.bins.tobytes()
        return (_OF_LIFE if self.for_life else _MAGIC) + hashlib.sha256(content).digest() + content

    @classmethod
    def from_bytes(cls, content: bytes) -> "Summary":
        """The summary of ``to_bytes``; no code in it is ever run. Raises ``DataError`` for other or damaged bytes."""
        mark = content[: len(_MAGIC)]
        if mark not in (_MAGIC, _OF_LIFE):
            raise DataError("This is no summary of customers, or one of another version. Summarise the customers again.")
        digest, content = content[len(_MAGIC) : len(_MAGIC) + 32], content[len(_MAGIC) + 32 :]
        if hashlib.sha256(content).digest() != digest or not cls._is_whole(content):
            raise DataError("The summary of customers is damaged. Summarise the customers again.")
        cells, _, coarse_cells, coarse_bins = _COUNTS.unpack_from(content)
        tables, end = content[_COUNTS.size :], cells * _CELL.itemsize
        return cls(
            cells=np.frombuffer(tables[:end], dtype=_CELL),
            bins=np.frombuffer(tables[end:], dtype=_BIN),
            coarse_cells=coarse_cells,
            coarse_bins=coarse_bins,
            for_life=mark == _OF_LIFE,
        )

    @staticmethod
    def _is_whole(content: bytes) -> bool:
        if len(content) < _COUNTS.size:
            return False
        cells, bins, coarse_cells, coarse_bins = _COUNTS.unpack_from(content)
        counted = 0 <= cells <= MOST_CELLS and 0 <= bins <= MOST_BINS and 0 <= coarse_cells < 64 and 0 <= coarse_bins < 32
        return bool(counted) and len(content) == _COUNTS.size + cells * _CELL.itemsize + bins * _BIN.itemsize


def is_summary(path: Path) -> bool:
    """Whether a file begins as ``to_bytes`` does."""
    try:
        with Path(path).open("rb") as file:
            return file.read(len(_MAGIC)) in (_MAGIC, _OF_LIFE)
    except OSError:  # the reader that comes next says what is wrong
        return False


EMPTY = Summary(cells=np.empty(0, dtype=_CELL), bins=np.empty(0, dtype=_BIN))


def sums_of_each(rows: Rows) -> Totals[npt.NDArray[Any]]:
    """The sums over the customers of each of these cells or bins; (k,) each."""
    return Totals(**_sums_of(rows), per_value=True)


def sums_of_all(rows: Rows) -> Totals[float]:
    """The sums over the customers of all of these cells or bins together."""
    return Totals(**{name: sums.sum() for name, sums in _sums_of(rows).items()}, per_value=True)


def _sums_of(rows: Rows) -> dict[str, npt.NDArray[Any]]:
    return {name: np.ascontiguousarray(rows[name]) for name in _SUMS}


def squares_of_cells(cells: Rows) -> Squares:
    """The sums of squares over the customers of these cells together, each customer as the average of the own cell."""
    n = cells["contacted"].astype(float)
    return Squares(*(n[:, None] * _squares(cells["leaving"] / n, cells["value"] / n)).sum(axis=0).tolist())


def _squares(p: npt.NDArray[np.float64], v: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """p², v², p²v, pv² and p²v² of each (n, 5)."""
    return np.stack([p**2, v**2, p**2 * v, p * v**2, (p * v) ** 2], axis=1)


def _check(values: npt.NDArray[np.float64], most: float, what: str, shown: str) -> None:
    wrong = np.flatnonzero(~((values >= 0) & (values <= most)))
    if len(wrong):
        raise DataError(f"The {what} of customer {count(wrong[0] + 1)} is {values[wrong[0]]}. It must be between 0 and {shown}.")


def _added(tables: list[_Table], most: int, dtype: np.dtype[np.void]) -> tuple[Rows, int]:
    """The rows of each place added up, in rising order; neighbours are put together until at most ``most`` rows are left.

    Returns the rows, and how often neighbours were put together.
    """
    halvings = max(table.halvings for table in tables)
    key = np.concatenate([table.key.astype(np.int64) >> (halvings - table.halvings) for table in tables])
    order = np.argsort(key, kind="stable")
    key = key[order]
    while np.count_nonzero(key[1:] != key[:-1]) >= most:
        key, halvings = key >> 1, halvings + 1  # what was in order stays in order
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, dtype=np.intp)
    added = np.empty(len(first), dtype=dtype)
    added["key"] = key[first]
    how = {"lowest": np.minimum, "highest": np.maximum}
    for name in (dtype.names or ())[1:]:
        column = np.concatenate([table.columns[name] for table in tables])[order]
        column = column.astype(float) if name == "squares" else column  # kept shorter than they are added
        added[name] = how.get(name, np.add).reduceat(column, first) if len(first) else 0
    return added, halvings
