"""Training on a table of one's own: a job of the process, so that it goes on when the browser is closed."""

from churn_core import settings
from churn_core.application.own_customers import OwnFile, train_own
from churn_core.data.dataset import Dataset
from churn_core.model.registry import Version
from churn_core.schema import Schema
from pages.parts import jobs, people

JOB = "own_customers"


def begin_training(read: OwnFile, schema: Schema) -> None:
    """Start, unless a version is being trained. Raises ``NotAllowed``."""
    people.demand("train")
    content, name = read.content, read.name
    jobs.start(JOB, lambda job: train_own(settings.home(), content, name, schema, job.report))


def last() -> tuple[Version, Dataset] | None:
    """What the last training came to, of anybody; ``None`` where it came to nothing."""
    job = jobs.finished(JOB)
    trained: tuple[Version, Dataset] | None = None if job is None else job.result
    return trained
