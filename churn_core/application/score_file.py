"""A file in, a scored file out, judged beside the customers its version was trained on, and remembered: what the command
line and the pages share. Checking a file is the same without an output.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from churn_core.application.left_alone import NO_LISTS, DrawnLists
from churn_core.application.limits import Limits
from churn_core.batch import local
from churn_core.batch.local import ScoredFile
from churn_core.batch.spool import Spool
from churn_core.batch.target import Target
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.campaign.worth import worth_of
from churn_core.data.cleaning.day_values import day_said
from churn_core.data.reading.reader import RawTable, TableReader
from churn_core.decisions.score_table import ScoredTable
from churn_core.errors import DataError
from churn_core.jobs import Report, silent
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Judgement, Watch, Watched
from churn_core.storage.files_seen import CHECKED, SCORED, FileRecord, ScoredFiles
from churn_core.storage.publications import Decision


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A file beside the customers of a version: ``what`` was done with it, scored or only checked, what to say of it, and
    the ``day`` to which its dates were counted, if it has any.
    """

    what: str
    model_id: str
    file: ScoredFile
    judgement: Judgement
    day: str = ""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A scored file. ``limits``: those of the campaign that decided it, beside what the file comes to. ``judged`` is ``None`` where
    there was no watch, ``summary`` where none was asked for.
    """

    file: ScoredFile
    limits: Limits
    judged: Judged | None
    summary: Summary | None


def score_file(
    source: Path | bytes | TableReader,
    version: Version,
    decision: Decision,
    *,
    watch: Watch | None,
    lists: DrawnLists = NO_LISTS,
    scored: Target,
    rejects: Target | None = None,
    spool: Spool | None = None,
    summarise: bool = False,
    back_test: bool = False,
    says_why: bool = False,
    report: Report = silent,
) -> Scored:
    """Score a file by the decision, as ``batch.local.score_file`` does, and judge it. Raises what that raises.

    What customers did who were on one of the ``lists``, or whom the file says to be contacted, is not judged.
    The summary is of the customers who can be contacted, in a ``back_test`` of all.
    """
    seen = _Observer(watch=watch, lists=lists, version=version, summarise=summarise, back_test=back_test)
    file = local.score_file(
        source,
        version.model,
        decision.applied,
        decision.threshold,
        schema=version.schema,
        scored=scored,
        rejects=rejects,
        spool=spool,
        back_test=back_test,
        says_why=says_why,
        report=report,
        observe=seen,
    )
    found: _Seen = file.observed
    judged = None
    if watch and found.watched:
        judged = Judged(
            what=SCORED, model_id=version.model_id, file=file, judgement=watch.judge(found.watched), day=version.schema.day
        )
    limits = Limits(
        decision=decision,
        expected_profit=file.outcome.expected_profit,
        expected_spend=file.outcome.expected_spend,
        limited=file.limited,
    )
    return Scored(file=file, limits=limits, judged=judged, summary=found.summary)


def on_day(version: Version, day: str) -> Version:
    """The version for a file of that day (YYYY-MM-DD): its dates are counted to it, and not to the day of the customers that the
    version was trained on. Empty: that day.

    Raises ``DataError`` for what is no day, and where the schema has no dates.
    """
    if not day:
        return version
    if not version.schema.day:
        raise DataError("--day is about dates, and these customers have none. Leave it out.")
    return replace(version, schema=version.schema.on_day(day_said(day)))


def about_day(version: Version, of: Version) -> tuple[str, ...]:
    """To which day dates were counted by ``version``, that is ``of`` for the day of a file; nothing where there are none."""
    day, usual = version.schema.day, of.schema.day
    if not day:
        return ()
    if day != usual:
        return (f"Dates are counted to {day}; in training they were counted to {usual}.",)
    return (f"Dates are counted to {day}, as in training. Of a later file say its day: --day",)


def check_file(
    source: Path | bytes | TableReader,
    version: Version,
    *,
    watch: Watch,
    lists: DrawnLists = NO_LISTS,
    report: Report = silent,
) -> Judged:
    """Judge a file without writing anything. Who would be contacted is not told, so the campaign does not matter here.

    What customers did who were on one of the ``lists``, or whom the file says to be contacted, is not judged.
    """
    schema = version.schema
    file = local.score_file(
        source,
        version.model,
        Plan(),
        schema=schema,
        report=report,
        observe=lambda scored, part: watch.observe(scored, lists.listed(scored, part, schema)),
    )
    return Judged(
        what=CHECKED, model_id=version.model_id, file=file, judgement=watch.judge(file.observed), day=version.schema.day
    )


def remember(judged: Judged, name: str, who: str, files: ScoredFiles) -> FileRecord:
    """Keep what is known of a judged file; durable when this returns. Raises ``StoreError`` where the database cannot be used."""
    file, is_scored = judged.file, judged.what == SCORED
    return files.add(
        what=judged.what,
        name=name,
        who=who,
        model_id=judged.model_id,
        rows=file.quality.rows,
        kept=file.quality.kept,
        repaired=file.quality.repaired,
        judgement={**judged.judgement.as_dict(), **({"day": judged.day} if judged.day else {})},
        profile=judged.judgement.profile.as_dict(),
        contacts=file.outcome.contacted if is_scored else None,
        expected_profit=file.outcome.expected_profit if is_scored else None,
    )


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What is kept of the customers of a part, for the watch and for the campaign; ``a + b`` is of both parts."""

    watched: Watched | None
    summary: Summary | None

    def __add__(self, other: "_Seen") -> "_Seen":
        return _Seen(watched=_added(self.watched, other.watched), summary=_added(self.summary, other.summary))


def _added(a: Any, b: Any) -> Any:
    return None if a is None else a + b


@dataclass(frozen=True, kw_only=True)
class _Observer:
    watch: Watch | None
    lists: DrawnLists
    version: Version
    summarise: bool
    back_test: bool

    def __call__(self, scored: ScoredTable, part: RawTable) -> _Seen:
        here = np.ones(len(scored.scored), dtype=bool) if self.back_test else ~scored.left
        probability = scored.scored["churn_probability"].to_numpy()[here]
        worth = worth_of(scored.customers, self.version.schema, None).of(here)
        lists = self.lists.listed(scored, part, self.version.schema) if self.watch else ()
        return _Seen(
            watched=self.watch.observe(scored, lists) if self.watch else None,
            summary=Summary.of(probability, worth.amount, for_life=worth.for_life) if self.summarise else None,
        )
