"""Training on a table of one's own: a job of the process, so that it goes on when the browser is closed."""

from dataclasses import dataclass

from churn_core import settings
from churn_core.application.own_customers import train_own
from churn_core.application.versions import customers_of
from churn_core.data.dataset import Dataset
from churn_core.data.proposing.answers import Answers
from churn_core.jobs import Job
from churn_core.model.registry import Version
from pages.parts import jobs, people
from pages.parts.your_customers.work import Table

JOB = "own_customers"


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A version, the customers that it was trained on, and the name of their file."""

    version: Version
    dataset: Dataset | None
    name: str


def begin_training(read: Table, answers: Answers) -> None:
    """Start, unless a version is being trained. Raises ``NotAllowed``."""
    people.demand("train")
    jobs.start(JOB, lambda job: _train(job, read, answers))


def last() -> Trained | None:
    """What the last training came to, of anybody; ``None`` where it came to nothing, which is shown."""
    job = jobs.outcome(JOB)
    trained: Trained | None = None if job is None else job.result
    return trained


def _train(job: Job, read: Table, answers: Answers) -> Trained:
    version = train_own(settings.home(), read.content, read.name, answers, job.report)
    return Trained(version=version, dataset=customers_of(version, settings.home()), name=read.name)
