"""Customers with a known outcome, and where they come from."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.data import telco_source as telco
from churn_core.data.cleaning.account import shown
from churn_core.data.cleaning.table import clean
from churn_core.data.columns import find_columns
from churn_core.data.left_alone import LeftAlone, arms_said, left_alone_by
from churn_core.data.quality import MISSING, UNKNOWN, QualityReport
from churn_core.data.reading.reader import read_content, read_table
from churn_core.data.synthetic import generate
from churn_core.errors import DataError, DataUnavailable, noting
from churn_core.files import PRIVATE, write_whole
from churn_core.formats import count, counted, listed, short_percent
from churn_core.jobs import Report, silent
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO

OWN = "own"  # the folder of training files in the data folder
_EXAMPLES = 3  # words of each kind; enough to recognise what was written
_DIGITS = 16  # of a hash, in a file's name


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Cleaned customers with their outcome, the schema by which they were read, and their origin.

    ``generated`` is True for invented customers; then ``notice`` is the one line that every page shows. ``left_alone``: who of them
    was in a campaign and who not, ``None`` where that is not known of anybody.
    """

    name: str
    schema: Schema
    customers: pd.DataFrame
    quality: QualityReport
    sha256: str
    generated: bool = False
    notice: str = ""
    left_alone: LeftAlone | None = None

    def with_left_alone(self, left_alone: LeftAlone | None) -> "Dataset":
        """The same customers, and who of them was left alone; what is learnt from whom is then among the notes on their quality."""
        if left_alone is None:
            return self
        return replace(
            self, left_alone=left_alone, quality=replace(self.quality, notes=(*self.quality.notes, left_alone.in_words()))
        )

    @property
    def weight(self) -> npt.NDArray[np.float64] | None:
        """How many customers each stands for (n,), 0 of whom nothing is learnt; ``None``: each for one."""
        return None if self.left_alone is None else self.left_alone.weight

    @property
    def churn_rate(self) -> float:
        """The share who left of those who were left alone, each by the own weight; 0–1."""
        return float(np.average(self.customers[self.schema.target], weights=self.weight))


def telco_dataset(folder: Path, report: Callable[[str], None] = lambda sentence: None) -> Dataset:
    """The real Telco customers, or generated ones that say so if the file cannot be obtained."""
    try:
        path = telco.obtain(folder, report)
    except DataUnavailable as unavailable:
        report(str(unavailable))
        return generated_dataset()
    return read_dataset(path, schema=TELCO)


def generated_dataset() -> Dataset:
    """Generated customers, the same every time, labelled as generated."""
    raw = generate(settings.GENERATED_ROWS, settings.SEED, TELCO)
    customers, quality = clean(raw, TELCO)
    return Dataset(
        name="Generated customers",
        schema=TELCO,
        customers=customers,
        quality=quality,
        sha256=hashlib.sha256(raw.to_csv(index=False).encode()).hexdigest(),
        generated=True,
        notice="These customers are generated, not real: the Telco data could not be fetched. "
        "Connect to the internet, run `python -m churn_core data`, then start the dashboard again.",
    )


def read_dataset(source: Path | bytes, name: str = "", *, schema: Schema, report: Report = silent) -> Dataset:
    """Customers with a known outcome from a file, or from its content. ``report`` may raise to stop.

    Raises ``DataError`` if the file has no outcome column or no usable row.
    """
    if isinstance(source, bytes):
        content = source
    else:
        content, name = read_content(source), name or Path(source).name
    table = read_table(content, schema, report)
    if schema.target not in find_columns(table.frame.columns, schema).at:
        left, stayed = (schema[schema.target].word(flag) for flag in (1, 0))
        raise DataError(f"{name} has no column '{schema.target}'. Add it: {left} for each customer who left, else {stayed}.")
    with noting(table.notices):
        customers, quality = clean(table.frame, schema, table.decimal, report=report)
        quality = quality.with_unread(table.rejects)
        if customers.empty:
            raise DataError(f"No row of {name} can be used; row {quality.rejects.row[0]}: {quality.rejects.problem[0]}.")
    quality = replace(quality, notes=(*quality.notes, *about_outcomes(quality, schema)))
    dataset = Dataset(name=name, schema=schema, customers=customers, quality=quality, sha256=_hash(content))
    return dataset.with_left_alone(left_alone_by(arms_said(table.frame, customers.index, schema)))


def about_outcomes(quality: QualityReport, schema: Schema) -> tuple[str, ...]:
    """A sentence about the outcomes that could not be read, if any: their share, examples and the mend."""
    column = schema[schema.target]
    of_target = [f for f in quality.found if f.column == column.name and f.kind in (MISSING, UNKNOWN)]
    unread = [f for f in of_target if not f.values or not set(f.values) <= set(column.neither)]
    if not unread:
        return ()
    many = sum(f.count for f in unread)
    examples = listed(shown(word) for f in unread for word in list(f.values)[:_EXAMPLES])
    return (
        f"{counted(many, 'outcome')} of {count(quality.rows)} ({short_percent(many / quality.rows)}) could not be read ({examples}): "
        f"nothing is learnt from these customers. Write {column.word(1)} for each customer who left, else {column.word(0)}.",
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r", b"")).hexdigest()


def keep(content: bytes, name: str, folder: Path) -> Path:
    """Keep a training file unchanged under its hash, so that its customers can be shown and trained on again."""
    harmless = re.sub(r"[^A-Za-z0-9_.-]", "_", Path(name).name)[-80:]
    return write_whole(Path(folder) / OWN / f"{_hash(content)[:_DIGITS]}-{harmless}", content, PRIVATE)


def kept_dataset(folder: Path, sha256: str, name: str, schema: Schema) -> Dataset | None:
    """The customers of a kept file; ``None`` if the file is gone."""
    for path in (Path(folder) / OWN).glob(f"{sha256[:_DIGITS]}-*"):
        if _hash(path.read_bytes()) == sha256:
            return read_dataset(path.read_bytes(), name, schema=schema)
    return None
