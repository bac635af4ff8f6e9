"""The rows that come back after a campaign, matched to the customers who were drawn: LOOP.md §2."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.errors import DataError
from churn_core.experiment.adjust import Values
from churn_core.experiment.draw import lot
from churn_core.formats import short_percent

LEAST_MATCHED = 0.8  # share of the drawn customers; LOOP.md §2: under it nothing is estimated
LOT_BYTES = 16  # of a lot, kept in place of an id: two of a million customers share them with a chance of 10⁻²⁷

Lots = npt.NDArray[np.uint8]


def lots_of(ids: Sequence[str], salt: str) -> Lots:
    """The first bytes of each customer's lot; (n, 16)."""
    joined = b"".join(lot(salt, each)[:LOT_BYTES] for each in ids)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(ids), LOT_BYTES)


def folded(ids: Sequence[str]) -> list[str]:
    """The ids without their case, for a second look."""
    return [each.casefold() for each in ids]


@dataclass(frozen=True, kw_only=True, eq=False)
class Returned:
    """One row per customer (m,). ``left``, ``reached`` and ``control`` (marked as left alone) are 1, 0 or NaN; ``cost`` money or NaN.

    A column that the file does not have is ``None``. ``repeated``: rows that were joined to another of the same customer;
    ``contradicted``: customers whose rows tell different outcomes, which are unknown then.
    """

    ids: tuple[str, ...]
    left: Values
    control: Values | None = None
    reached: Values | None = None
    cost: Values | None = None
    repeated: int = 0
    contradicted: int = 0


def one_per_customer(
    ids: Sequence[str],
    left: Values,
    control: Values | None = None,
    reached: Values | None = None,
    cost: Values | None = None,
) -> Returned:
    """Join the rows of a customer: the outcome that they tell, reached if any was, all costs; identical rows are one contact.

    >>> one_per_customer(["a", "a", "b"], np.array([1.0, np.nan, 0.0]), cost=np.array([5.0, 7.0, 5.0])).cost.tolist()
    [12.0, 5.0]
    """
    columns = {"left": left, "control": control, "reached": reached, "cost": cost}
    rows = pd.DataFrame({"id": list(ids), **{name: values for name, values in columns.items() if values is not None}})
    distinct = rows.drop_duplicates()
    groups = distinct.groupby("id", sort=False)
    least, most = groups.min(), groups.max()

    def agreed(name: str) -> Values:
        return np.where(least[name] == most[name], most[name], np.nan)

    return Returned(
        ids=tuple(least.index),
        left=agreed("left"),
        control=None if control is None else agreed("control"),
        reached=None if reached is None else most["reached"].to_numpy(dtype=float),
        cost=None if cost is None else groups["cost"].sum(min_count=1).to_numpy(dtype=float),
        repeated=len(rows) - len(least),
        contradicted=int((least["left"] != most["left"])[least["left"].notna()].sum()),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Match:
    """``row`` (n,): the row of each drawn customer, −1 for one who is not in the file. ``by_case``: found when upper and lower case
    were ignored; ``not_drawn``: customers of the file who are not on the list.
    """

    row: npt.NDArray[np.intp]
    by_case: int
    not_drawn: int

    @property
    def share(self) -> float:
        """The drawn customers who are in the file, 0–1."""
        return float((self.row >= 0).mean()) if len(self.row) else 0.0

    def of(self, values: Values | None) -> Values | None:
        """A column of the file for each drawn customer; NaN for those who are not in it."""
        if values is None:
            return None
        if not len(values):
            return np.full(len(self.row), np.nan)
        return np.where(self.row >= 0, values[self.row], np.nan)

    def require(self) -> None:
        """Raises ``DataError`` where too few of the list are in the file: then it is about other customers, or a part of them."""
        if self.share < LEAST_MATCHED:
            raise DataError(
                f"Only {short_percent(self.share)} of the customers on the list are in this file, so nothing is estimated from it. "
                "Send one row for each customer of the list, those left alone too, with the id as on the list."
            )


def match(lots: Lots, lots_folded: Lots, ids: Sequence[str], salt: str) -> Match:
    """Find each drawn customer (n, 16) among the ``ids`` of a file: as written, then without case where that is unique on both
    sides.
    """
    row = _found(_keys(lots), _keys(lots_of(ids, salt)))
    missing = np.flatnonzero(row < 0)
    by_case = 0
    if len(missing):
        free = np.setdiff1d(np.arange(len(ids)), row)
        names = folded(ids)
        again = _found_once(_keys(lots_folded), _keys(lots_of(names, salt)), missing, free)
        by_case = int((again >= 0).sum())
        row[missing] = again
    return Match(row=row, by_case=by_case, not_drawn=len(ids) - len(np.unique(row[row >= 0])))


def _keys(lots: Lots) -> npt.NDArray[np.void]:
    """Each lot as one value that can be compared."""
    return np.ascontiguousarray(lots).view(np.dtype((np.void, LOT_BYTES))).ravel()


def _found(wanted: npt.NDArray[np.void], among: npt.NDArray[np.void]) -> npt.NDArray[np.intp]:
    at = pd.Index([key.tobytes() for key in among])
    return np.asarray(at.get_indexer([key.tobytes() for key in wanted]), dtype=np.intp)


def _found_once(
    wanted: npt.NDArray[np.void], among: npt.NDArray[np.void], missing: npt.NDArray[np.intp], free: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """For the missing ones, where a lot occurs once on either side, in all of the list and all of the file."""
    of_list = pd.Series([key.tobytes() for key in wanted])
    of_file = pd.Series([key.tobytes() for key in among])
    once = of_file[~of_file.duplicated(keep=False)]
    once = once[once.index.isin(free)]
    found = pd.Series(once.index, index=once.to_numpy()).reindex(of_list.iloc[missing]).to_numpy()
    repeated = of_list.duplicated(keep=False).to_numpy()[missing]
    return np.where(np.isnan(found.astype(float)) | repeated, -1, np.nan_to_num(found.astype(float))).astype(np.intp)
