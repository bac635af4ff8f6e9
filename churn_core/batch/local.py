"""A file of any length → a scored file, part by part: the same decisions as in one piece, in constant memory."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.batch.first_look import chosen_of_all, is_one_decision
from churn_core.batch.in_order import in_order
from churn_core.batch.spool import Spool
from churn_core.batch.target import Target
from churn_core.campaign.forecast import Contacts, Forecast
from churn_core.campaign.optimise import Outcome
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.repeats import Repeats, hashed
from churn_core.data.quality import QualityReport
from churn_core.data.reading.reader import RawTable, TableReader
from churn_core.decisions.decide import decision_columns
from churn_core.decisions.offers import ContactsOfOffers, no_contacts
from churn_core.decisions.outcomes import Unread, about_unread
from churn_core.decisions.published_limits import Limited
from churn_core.decisions.score_table import ScoredTable, nothing_scored, score_part, understand
from churn_core.errors import noting
from churn_core.formats import counted
from churn_core.jobs import Pace, Report, silent
from churn_core.model.protocol import Model
from churn_core.schema import Schema

_SHOWN = 1_000  # rows that are kept to be looked at

_Rows = TypeVar("_Rows", pd.DataFrame, npt.NDArray[np.bool_])
Observe = Callable[[ScoredTable, RawTable], Any]  # the value adds up: ``a + b`` is of both parts


@dataclass(frozen=True, kw_only=True)
class ScoredFile:
    """What came of a file. ``shown`` and ``rejects`` are its first rows, as in ``ScoredTable``; the files hold them all. ``customers``
    are the shown rows once they were cleaned.

    ``outcome`` and ``forecast``: what contacting those who are contacted does, and the ranges of what that will earn; ``contacts``:
    the sums over them, of each offer where there are several; ``limited``: what the limits of the plan changed of contacting
    everybody from the threshold up, if anything. ``left``: scored customers whose outcome says that they have left; they are not
    contacted, except in a ``back_test``. ``shown_left``: which of the shown rows these are. ``harmless``: cells that a spreadsheet
    would have run as a formula. ``observed``: what the observer returned, added up.
    """

    quality: QualityReport
    shown: pd.DataFrame
    customers: pd.DataFrame
    rejects: pd.DataFrame
    warnings: tuple[str, ...]
    outcome: Outcome
    forecast: Forecast
    contacts: Contacts | ContactsOfOffers
    left: int
    shown_left: npt.NDArray[np.bool_]
    back_test: bool
    harmless: int
    seconds: float
    limited: Limited | None = None
    observed: Any = None


def score_file(
    source: Path | bytes | TableReader,
    model: Model,
    plan: Plan,
    threshold: float | None = None,
    *,
    schema: Schema,
    scored: Target | None = None,
    rejects: Target | None = None,
    spool: Spool | None = None,
    back_test: bool = False,
    says_why: bool = False,
    report: Report = silent,
    observe: Observe = lambda scored, part: None,
) -> ScoredFile:
    """Score the customers of ``source`` and write them to ``scored``, in the order of the file; rows that cannot be scored go
    to ``rejects`` with the reason. Without targets nothing is written: for what the observer sees, and the account of the rows.

    ``spool`` keeps the scored parts for other formats. ``report`` is told how far it is; it may raise to stop. ``observe`` sees
    each part in which somebody was scored, and as it was read; what it returns, if anything, is added up. A plan with a limit,
    or without a threshold a fixed cost, is one decision over all customers: the file is then read twice, and some bytes of each
    customer are kept (``first_look``). Whoever has left by the file's outcome is scored and not contacted, unless it is a
    ``back_test``. ``says_why``: each row who pays and is not contacted says why, in a last column.
    Raises ``DataError`` if the file is no customer table, ``NothingScored`` (with the first rejects; ``rejects`` are written)
    if no row can be scored.
    """
    total = _Total(plan)
    reader = source if isinstance(source, TableReader) else TableReader(source, schema, report=report)
    chosen, limited = None, None
    if is_one_decision(plan, threshold):
        with noting(reader.notices):
            chosen, limited = chosen_of_all(reader, model, plan, threshold, report, schema, back_test)
        reader = reader.again()

    def work(part: RawTable, number: int) -> _Worked:
        of_part = None if chosen is None else chosen[number]
        understood = understand(part, schema, is_part=True)
        result = score_part(understood, model, plan, threshold, of_part, schema=schema, back_test=back_test, says_why=says_why)
        read = result.scored.shape[1] - len(decision_columns(plan)) - says_why
        return _Worked(
            result=result
            if spool
            else replace(result, lines=None),  # they have been written, and take as much memory as the file
            read=read,
            scored=scored.encoded(result.scored, result.lines, read) if scored else None,
            rejects=rejects.encoded(result.rejects) if rejects else None,
            ids=hashed(result.customers[schema.id]) if len(result.customers) else None,
            contacts=result.contacts(schema),
            observed=observe(result, part) if len(result.scored) else None,
        )

    looked, pace = 0.0 if chosen is None else 0.5, Pace()  # share of the work that is done by now
    with ExitStack() as stack:
        stack.enter_context(noting(reader.notices))
        out = stack.enter_context(scored.opened()) if scored else None
        out_rejects = stack.enter_context(rejects.opened()) if rejects else None
        repeats = stack.enter_context(Repeats())
        for worked, share in in_order(reader, work):
            result = worked.result
            if out:
                out.append(worked.scored, result.scored.columns)
            if out_rejects:
                out_rejects.append(worked.rejects, result.rejects.columns)
            if spool and len(result.scored):
                spool.append(result.scored, result.lines, worked.read)
            if worked.ids is not None:
                repeats.add(worked.ids)
            total.add(worked)
            report(pace.told(total.quality.rows, share), looked + (1 - looked) * share)
        quality = total.quality.with_repeats(repeats.found(), schema.id)
        if not quality.rows:
            understand(RawTable(frame=pd.DataFrame(columns=reader.columns)), schema)  # raises: a header and no rows
        if out_rejects and not quality.kept:
            out_rejects.close()
        if not quality.kept:
            raise nothing_scored(quality.rows, total.rejects())
        if out:
            out.close()
        if out_rejects:
            out_rejects.close(columns=["row", "problem", *reader.columns, "text"])
    return ScoredFile(
        quality=quality,
        shown=total.shown(),
        customers=total.customers(),
        rejects=total.rejects(),
        warnings=tuple(
            dict.fromkeys(
                (
                    *reader.notices,
                    *total.warnings,
                    *about_left(total.left, back_test),
                    *about_unread(total.unread, schema),
                    *quality.warnings,
                )
            )
        ),
        outcome=total.contacts.outcome(plan.campaign),
        forecast=total.contacts.forecast(plan.campaign),
        contacts=total.contacts,
        limited=limited,
        left=total.left,
        shown_left=total.shown_left(),
        back_test=back_test,
        harmless=out.harmless if out else 0,
        seconds=total.seconds,
        observed=total.observed,
    )


@dataclass(frozen=True, kw_only=True)
class _Worked:
    """A part, scored and ready to be written; the first ``read`` columns of the scored are the file's own."""

    result: ScoredTable
    read: int
    scored: Any
    rejects: Any
    ids: Any
    contacts: Contacts | ContactsOfOffers
    observed: Any


def about_left(left: int, back_test: bool) -> tuple[str, ...]:
    """What is said of so many customers who have left by the file's own outcome."""
    if not left:
        return ()
    have = f"{counted(left, 'customer has', 'customers have')} left by the file's own outcome"
    if back_test:
        return (f"Back-test: {have}, and all are decided as if they were still here. This is no contact list.",)
    return (f"{have}: scored, and not contacted. A back-test decides them as if they were still here.",)


class _Total:
    """What the parts come to, so far."""

    def __init__(self, plan: Plan) -> None:
        self._started = time.perf_counter()
        self.quality = QualityReport(rows=0, kept=0)
        self.warnings: dict[str, None] = {}
        self.contacts, self.left, self.unread = no_contacts(plan), 0, Unread()
        self.observed: Any = None
        self._shown: list[pd.DataFrame] = []
        self._customers: list[pd.DataFrame] = []
        self._shown_left: list[npt.NDArray[np.bool_]] = []
        self._rejects: list[pd.DataFrame] = []

    def add(self, worked: "_Worked") -> None:
        result, observed = worked.result, worked.observed
        _keep(self._shown, result.scored)
        _keep(self._customers, result.customers)
        _keep(self._shown_left, result.left)
        _keep(self._rejects, result.rejects)
        self.quality = self.quality + result.quality
        self.warnings |= dict.fromkeys(result.notes)
        self.contacts = self.contacts + worked.contacts  # type: ignore[operator]
        self.left += int(result.left.sum())
        self.unread += result.outcomes.unread
        if observed is not None:
            self.observed = observed if self.observed is None else self.observed + observed

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    def shown(self) -> pd.DataFrame:
        return _joined(self._shown)

    def customers(self) -> pd.DataFrame:
        return _joined(self._customers)

    def shown_left(self) -> npt.NDArray[np.bool_]:
        return np.concatenate([np.zeros(0, dtype=bool), *self._shown_left])

    def rejects(self) -> pd.DataFrame:
        return _joined(self._rejects)


def _keep(kept: list[_Rows], rows: _Rows) -> None:
    room = _SHOWN - sum(map(len, kept))
    if room > 0 and len(rows):
        kept.append(rows.take(np.arange(min(room, len(rows)))))


def _joined(kept: list[pd.DataFrame]) -> pd.DataFrame:
    if not kept:
        return pd.DataFrame({"row": [], "problem": []})
    return kept[0] if len(kept) == 1 else pd.concat(kept)
