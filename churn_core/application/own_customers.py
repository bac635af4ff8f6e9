"""Any company's file: what its columns are for, and a version that learns from it. Command line and pages share it."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from churn_core.application.left_alone import learning_from
from churn_core.application.train_version import train_version
from churn_core.data.dataset import Dataset, read_dataset
from churn_core.data.proposing.answers import NOTHING_SAID, Answers
from churn_core.data.proposing.looked import Looked, look
from churn_core.data.proposing.proposal import Proposal
from churn_core.data.proposing.propose import propose_looked, unread_in_words
from churn_core.data.proposing.reading import read_unknown
from churn_core.data.proposing.to_schema import schema_of
from churn_core.data.reading.reader import RawTable
from churn_core.data.seen import with_what_was_seen
from churn_core.jobs import Report, silent
from churn_core.model.registry import Version
from churn_core.schema import Schema

OWN_MODEL = "card"  # the candidate that learns from any company's customers


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnFile:
    """A file whose columns nobody has told yet: its ``content``, and its raw ``table``, read once for any number of proposals."""

    name: str
    content: bytes
    table: RawTable
    _looked: list[Looked] = field(default_factory=list)

    def look(self, report: Report = silent) -> Looked:
        """Its columns, looked at: once, when first asked for. ``report`` may raise to stop."""
        if not self._looked:
            self._looked.append(look(self.table.frame, report))
        return self._looked[0]

    def proposal(self, answers: Answers = NOTHING_SAID) -> Proposal:
        """What each column is for, by what somebody has said. Raises ``DataError`` where an answer names what is not there."""
        return propose_looked(self.look(), answers, (*self.table.notices, *unread_in_words(self.table.rejects)))


def read_own(content: bytes, name: str, report: Report = silent) -> OwnFile:
    """Read a file of any kind, whatever its columns are called. Raises ``DataError`` where it is no table."""
    return OwnFile(name=name, content=content, table=read_unknown(content, report))


def schema_for(proposal: Proposal, name: str) -> Schema:
    """The schema of a proposal, named after its file. Raises ``DataError`` with what still has to be said or cannot be done."""
    return schema_of(proposal, Path(name).name.split(".")[0] or "Own customers")


def own_dataset(content: bytes, name: str, schema: Schema, report: Report = silent) -> Dataset:
    """The customers of the file by this schema, which then also says what they had.

    Raises ``DataError`` where no row can be used.
    """
    dataset = read_dataset(content, name, schema=schema, report=report)
    return replace(dataset, schema=with_what_was_seen(schema, dataset.customers))


def train_own(
    home: Path, content: bytes, name: str, schema: Schema, report: Report = silent, model: str = OWN_MODEL
) -> tuple[Version, Dataset]:
    """Learn from the file by its schema and register the version; nothing else changes until it is promoted.

    Raises ``DataError`` where there are too few customers.
    """
    report(f"Reading {name} …")
    dataset = learning_from(own_dataset(content, name, schema, report), home)
    return train_version(home, dataset, model, report, content), dataset
