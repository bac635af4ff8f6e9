"""The customers at hand with what is known of where they come from."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from churn_core import settings
from churn_core.data import telco
from churn_core.data.clean import clean
from churn_core.data.quality import QualityReport
from churn_core.data.read import read_table
from churn_core.data.synthetic import generate
from churn_core.errors import DataError, DataUnavailable
from churn_core.schema import TELCO


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Cleaned customers with outcome, and their origin.

    ``generated`` is True for invented customers; then ``notice`` is the one line that every page shows.
    """

    name: str
    customers: pd.DataFrame
    quality: QualityReport
    sha256: str
    generated: bool = False
    notice: str = ""


def telco_dataset(folder: Path, report: Callable[[str], None] = lambda sentence: None) -> Dataset:
    """The real Telco customers; where they cannot be had, generated ones that say so."""
    try:
        path = telco.obtain(folder, report)
    except DataUnavailable as unavailable:
        report(str(unavailable))
        return generated_dataset()
    return read_dataset(path)


def generated_dataset() -> Dataset:
    """Invented customers, the same every time, labelled as such."""
    raw = generate(settings.GENERATED_ROWS, settings.SEED)
    customers, quality = clean(raw)
    return Dataset(
        name="Generated customers",
        customers=customers,
        quality=quality,
        sha256=hashlib.sha256(raw.to_csv(index=False).encode()).hexdigest(),
        generated=True,
        notice="These customers are generated, not real: the Telco data could not be fetched. "
        "Connect to the internet, run `python -m churn_core data`, then start the dashboard again.",
    )


def read_dataset(path: Path) -> Dataset:
    """Customers with a known outcome from a file. Raises ``DataError`` if it holds none, or no outcome column."""
    table = read_table(path)
    if TELCO.target not in table.frame:
        raise DataError(f"{path.name} has no column '{TELCO.target}'. Add it: Yes for each customer who left, else No.")
    customers, quality = clean(table.frame)
    quality = quality.with_unread(table.rejects)
    if customers.empty:
        raise DataError(f"No row of {path.name} can be used; row {quality.rejects.row[0]}: {quality.rejects.problem[0]}.")
    content = Path(path).read_bytes().replace(b"\r", b"")
    return Dataset(name=path.name, customers=customers, quality=quality, sha256=hashlib.sha256(content).hexdigest())
