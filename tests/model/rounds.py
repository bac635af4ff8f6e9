"""A small comparison to try things with, stopped after so many rounds where that is asked for."""

import copy
from pathlib import Path

import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import Dataset
from churn_core.data.synthetic import generate
from churn_core.errors import Stopped
from churn_core.model.compare import compare
from churn_core.model.cross_validation import Protocol
from churn_core.schema.telco import TELCO

PROTOCOL = Protocol(folds=3, repeats=2)
NAMES = ("logistic", "logistic_balanced")
ROUNDS = 3 * PROTOCOL.rounds  # with plain logistic regression
MEASURES = ("auc", "average_precision", "log_loss", "brier")


def dataset(seed: int = 1, rows: int = 300) -> Dataset:
    customers, quality = clean(generate(rows, seed=seed, schema=TELCO), TELCO)
    return Dataset(name=f"Company {seed}", customers=customers, quality=quality, sha256=f"{seed:064d}", schema=TELCO)


OURS = dataset()
CHURNED = OURS.customers[TELCO.target].to_numpy()


class Rounds:
    """A ``report`` that counts; raises ``Stopped`` after so many rounds."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop_after, self.sentences, self.shares = stop_after, [], []

    def __call__(self, sentence: str, share: float) -> None:
        self.sentences.append(sentence)
        self.shares.append(share)
        if len(self.shares) == self.stop_after:
            raise Stopped("Stopped.")

    @property
    def count(self) -> int:
        return len(self.shares)


def run(kept: Path, names=NAMES, of: Dataset = OURS, protocol: Protocol = PROTOCOL, report=None, cores: int = 1) -> dict:
    churned = of.customers[TELCO.target].to_numpy()
    return compare(names, of, churned, kept, protocol, report or Rounds(), cores=cores)


def stop(kept: Path, after: int, names=NAMES) -> None:
    with pytest.raises(Stopped):
        run(kept, names, report=Rounds(stop_after=after))


def rest(kept: Path, **options) -> int:
    """How many rounds the next run computes."""
    rounds = Rounds()
    run(kept, report=rounds, **options)
    return rounds.count


def measured(comparison: dict) -> dict:
    """Without what the clock says."""
    comparison = copy.deepcopy(comparison)
    for timed in (comparison, *comparison["models"].values()):
        timed.pop("made_at", None), timed.pop("seconds"), timed.pop("cores", None)
    return comparison


def kept_files(kept: Path) -> list[Path]:
    return sorted(path for path in kept.rglob("*") if path.is_file())
