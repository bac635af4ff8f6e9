"""Whose outcomes say what happens if nobody calls: who was left alone by the lists that were drawn, or by a column of the file."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from churn_core.data.dataset import Dataset
from churn_core.data.left_alone import LeftAlone, Values, arms_said
from churn_core.data.reading.reader import RawTable
from churn_core.decisions.score_table import ScoredTable
from churn_core.errors import ChurnError
from churn_core.experiment.draw import as_id
from churn_core.experiment.returned import Lots, folded, lots_of
from churn_core.monitoring.contacted import OF_THE_FILE, Listed
from churn_core.schema import Schema
from churn_core.storage.draws import DrawnCustomers, Draws, KeptDraw
from churn_core.storage.store import Store, open_store

log = logging.getLogger(__name__)
_WINDOWS = 2  # a list that was drawn longer ago than so many of its windows has no effect on the last one


@dataclass(frozen=True, kw_only=True, eq=False)
class _List:
    """A drawn list that can be looked up: keys of its lots in rising order, and who of them is left alone; likewise without case."""

    draw: KeptDraw
    keys: npt.NDArray[np.uint64]
    control: npt.NDArray[np.bool_]
    folded_keys: npt.NDArray[np.uint64]
    folded_control: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, draw: KeptDraw, customers: DrawnCustomers) -> "_List":
        keys, folded_keys = _keys(customers.lots), _keys(customers.lots_folded)
        order, once = np.argsort(keys), np.unique(folded_keys, return_index=True, return_counts=True)
        one = once[2] == 1
        return cls(
            draw=draw,
            keys=keys[order],
            control=customers.control[order],
            folded_keys=once[0][one],
            folded_control=customers.control[once[1][one]],
        )

    def treated(self, ids: Sequence[str]) -> Values:
        """1 who was treated, 0 who was left alone, NaN who is not on the list, (n,)."""
        found = _found(self.keys, self.control, _keys(lots_of(ids, self.draw.salt)))
        missing = np.flatnonzero(np.isnan(found)).tolist()
        others = folded([ids[i] for i in missing])
        found[missing] = _found(self.folded_keys, self.folded_control, _keys(lots_of(others, self.draw.salt)))
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnLists:
    """The lists of a company that may have had an effect on who has left by now; loaded once, looked up for any part of a file."""

    lists: tuple[_List, ...] = ()

    @classmethod
    def of(cls, store: Store, now: datetime | None = None) -> "DrawnLists":
        """Those of which the window overlaps the last one; of a list that has none nobody knows, so it counts."""
        draws, now = Draws(store), now or datetime.now(UTC)
        near = [
            each for each in draws.latest() if each.days is None or _aware(each.drawn_at) + _WINDOWS * timedelta(each.days) > now
        ]
        return cls(lists=tuple(_List.of(each, draws.customers(each)) for each in near))

    def listed(self, scored: ScoredTable, part: RawTable, schema: Schema) -> tuple[Listed, ...]:
        """On which lists the scored customers of a part of a file were: by a column of the file, else by the lists."""
        said = arms_said(part.frame, scored.customers.index, schema)
        if said is not None:
            return (Listed(key=OF_THE_FILE, treated=said),)
        return tuple(Listed(key=each.draw.id, treated=treated) for each, treated in self._of(scored.customers[schema.id]))

    def left_alone(self, dataset: Dataset) -> LeftAlone | None:
        """Who of a dataset was left alone: by a column of its file, else by the lists. A list of which nobody has left had no effect
        yet: it was drawn from customers who are still here, so the outcomes are those of the day of the draw or before it.
        """
        if dataset.left_alone is not None:
            return dataset.left_alone
        left = dataset.customers[dataset.schema.target].to_numpy() == 1
        treated, share_by_salt = np.full(len(left), np.nan), dict[str, Values]()
        for each, of_list in self._of(dataset.customers[dataset.schema.id]):
            if (left & ~np.isnan(of_list)).any():
                treated = np.fmax(treated, of_list)
                before = share_by_salt.get(each.draw.salt, np.ones(len(left)))
                # Lists of one salt leave the same customers alone, those of several salts each their own.
                share_by_salt[each.draw.salt] = np.where(of_list == 0, np.minimum(before, each.draw.share), before)
        return LeftAlone.of(treated, np.prod([np.ones(len(left)), *share_by_salt.values()], axis=0))

    def _of(self, ids: Sequence[object]) -> list[tuple[_List, Values]]:
        """The lists that have any of the customers."""
        if not self.lists:
            return []
        names = [as_id(each) for each in ids]
        found = ((each, each.treated(names)) for each in self.lists)
        return [(each, treated) for each, treated in found if not np.isnan(treated).all()]


NO_LISTS = DrawnLists()


def drawn_lists(home: Path, schema: Schema) -> DrawnLists:
    """The lists that were drawn of a company's customers; none where nothing was ever kept, or where the database cannot be used:
    then a file is scored and a version trained all the same.
    """
    if not os.environ.get("DATABASE_URL") and not (home / "data" / "churn.db").exists():
        return NO_LISTS
    try:
        store = open_store(home)
        try:
            return DrawnLists.of(store.of(schema))
        finally:
            store.close()
    except ChurnError as error:
        log.warning("The lists that were drawn cannot be looked up.", extra={"why": str(error)})
        return NO_LISTS


def learning_from(dataset: Dataset, home: Path) -> Dataset:
    """The dataset with who of it was left alone, as far as its file or a list says so."""
    if dataset.left_alone is not None:
        return dataset
    return dataset.with_left_alone(drawn_lists(home, dataset.schema).left_alone(dataset))


def _keys(lots: Lots) -> npt.NDArray[np.uint64]:
    """8 bytes of each lot as a number: a customer is taken for another of a million with a chance of 10⁻¹³."""
    return np.ascontiguousarray(lots[:, :8]).view("<u8").ravel().astype(np.uint64)


def _found(known: npt.NDArray[np.uint64], control: npt.NDArray[np.bool_], wanted: npt.NDArray[np.uint64]) -> Values:
    if not len(known):
        return np.full(len(wanted), np.nan)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, np.where(control[at], 0.0, 1.0), np.nan)


def _aware(moment: datetime) -> datetime:
    """SQLite gives moments without their zone, which is UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
