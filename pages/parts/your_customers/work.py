"""The file of a session: read once, and looked at again after each correction, in the background."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.proposal import Proposal
from churn_core.data.proposing.propose import propose
from churn_core.data.proposing.raw_column import look_at
from churn_core.data.proposing.reading import read_unknown
from churn_core.jobs import Job
from pages.parts import words
from pages.parts.own_work import own_work, result

_PREVIEW = 5  # rows
_MOST_LABELS = 12  # values of an outcome to choose from
_AGAIN = "Drop the file again to go on."


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file as it came, and its raw table. ``notes`` are what its reader had to decide."""

    name: str
    content: bytes
    frame: pd.DataFrame
    notes: tuple[str, ...]

    def head(self) -> pd.DataFrame:
        """The first rows as text, under names that differ."""
        names = [f"{name}" for name in self.frame.columns]
        first = self.frame.head(_PREVIEW).astype(object)
        first = first.where(first.notna(), words.NOTHING).astype(str)
        return first.set_axis([name if name not in names[:i] else f"{name} ({i + 1})" for i, name in enumerate(names)], axis=1)

    def labels(self, column: str, decimal: str) -> tuple[str, ...]:
        """The values of an outcome, the most frequent first."""
        at = [" ".join(f"{name}".split()) for name in self.frame.columns].index(column)
        return look_at(column, at, self.frame.iloc[:, at], decimal).frequent(_MOST_LABELS)


def begin(upload: Any) -> None:
    """Read this file, unless it is being read or was."""
    content, name = upload.getvalue(), upload.name
    own_work().job("own_table", upload.file_id, lambda job: _read(job, content, name))


def is_begun() -> bool:
    return own_work().get("own_table") is not None


def table() -> Table | None:
    """The file that was read; ``None`` while it is, which is shown. Raises ``DataError`` where it cannot be read."""
    job = own_work().get("own_table")
    read: Table | None = None if job is None else result("own_table", job, _AGAIN)
    return read


def proposal(read: Table, answers: Answers) -> Proposal | None:
    """What its columns are for, by what was said; ``None`` while it is worked out, which is shown."""
    job = own_work().job("own_proposal", (id(read), answers), lambda job: _propose(job, read, answers))
    proposed: Proposal | None = result("own_proposal", job, _AGAIN)
    return proposed


def _read(job: Job, content: bytes, name: str) -> Table:
    raw = read_unknown(content, job.report)
    unread = (f"{words.counted(len(raw.rejects), 'line')} could not be read as rows.",) if len(raw.rejects) else ()
    return Table(name=name, content=content, frame=raw.frame, notes=(*raw.notices, *unread))


def _propose(job: Job, read: Table, answers: Answers) -> Proposal:
    job.report("Looking at the columns")
    return propose(read.frame, answers, read.notes)
