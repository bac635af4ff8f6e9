"""The customers of a file as those of the dashboard are: cleaned, with their probabilities, without those who have left."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from churn_core.data.reading.reader import read_content, read_table
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.population import HERE, Population
from churn_core.decisions.score_table import nothing_scored, understand
from churn_core.formats import counted
from churn_core.jobs import Report, silent
from churn_core.model.registry import Version


@dataclass(frozen=True, kw_only=True, eq=False)
class FilePopulation:
    """Who of a file can be contacted, how many have ``left`` by its own outcome, and sentences about the file."""

    population: Population
    left: int
    sha256: str
    warnings: tuple[str, ...]


def population_of_file(path: Path, version: Version, report: Report = silent) -> FilePopulation:
    """Raises ``DataError`` where the file is no table of customers, ``NothingScored`` where no row can be used."""
    content, schema = read_content(path), version.schema
    report(f"Reading {path.name} …")
    understood = understand(read_table(content, schema, report), schema)
    customers, rejects = understood.customers, understood.quality.rejects
    if customers.empty:
        raise nothing_scored(len(rejects), rejects)
    here = ~understood.left
    population = Population(
        which=HERE,
        customers=customers[here],
        probability=churn_probability(version.model, customers)[here],
        churned=None,
        schema=schema,
    )
    warnings = (*understood.warnings, *understood.quality.warnings)
    if len(rejects):
        warnings += (f"{counted(len(rejects), 'row')} of {path.name} cannot be used and {_is(len(rejects))} not on the list.",)
    return FilePopulation(
        population=population, left=int(understood.left.sum()), sha256=hashlib.sha256(content).hexdigest(), warnings=warnings
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
