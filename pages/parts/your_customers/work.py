"""The file of a session: read once, and looked at again after each correction, in the background."""

from typing import Any

import pandas as pd

from churn_core.application.own_customers import OwnFile, read_own
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.proposal import Proposal
from churn_core.jobs import Job
from pages.parts import words
from pages.parts.own_work import own_work, result

_PREVIEW = 5  # rows
_MOST_LABELS = 12  # values of an outcome to choose from
_AGAIN = "Drop the file again to go on."


def begin(upload: Any) -> None:
    """Read this file, unless it is being read or was."""
    content, name = upload.getvalue(), upload.name
    own_work().job("own_file", upload.file_id, lambda job: _read(job, content, name))


def _read(job: Job, content: bytes, name: str) -> OwnFile:
    read = read_own(content, name, job.report)
    read.look(job.report)
    return read


def is_begun() -> bool:
    """Whether there is a file."""
    return own_work().get("own_file") is not None


def forget() -> None:
    """Let go of the file."""
    own_work().forget("own_file")
    own_work().forget("own_proposal")


def file_at_hand() -> OwnFile | None:
    """The file that was read; ``None`` while it is, which is shown. Raises ``DataError`` where it cannot be read."""
    job = own_work().get("own_file")
    read: OwnFile | None = None if job is None else result("own_file", job, _AGAIN)
    return read


def proposal(read: OwnFile, answers: Answers) -> Proposal | None:
    """What its columns are for, by what was said; ``None`` while it is worked out, which is shown."""
    job = own_work().job("own_proposal", (id(read), answers), lambda job: _propose(job, read, answers))
    proposed: Proposal | None = result("own_proposal", job, _AGAIN)
    return proposed


def _propose(job: Job, read: OwnFile, answers: Answers) -> Proposal:
    job.report("Looking at the columns")
    proposed = read.proposal(answers)
    read.look().kinds(job.report)  # worked out once, and here, so that no page waits for it
    return proposed


def first_rows(read: OwnFile) -> pd.DataFrame:
    """The first rows as text, under names that differ."""
    frame = read.table.frame
    names = [f"{name}" for name in frame.columns]
    first = frame.head(_PREVIEW).astype(object)
    first = first.where(first.notna(), words.NOTHING).astype(str)
    return first.set_axis([name if name not in names[:i] else f"{name} ({i + 1})" for i, name in enumerate(names)], axis=1)


def labels(read: OwnFile, column: str) -> tuple[str, ...]:
    """The values of an outcome, the most frequent first."""
    return next(each for each in read.look().columns if each.name == column).frequent(_MOST_LABELS)
