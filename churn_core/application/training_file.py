"""A file to learn from → its customers: by a schema that is known, or by what is proposed for its columns."""

import json
from pathlib import Path

from churn_core.application.own_customers import OwnFile, own_dataset, read_own, schema_for
from churn_core.application.versions import is_of_the_sample, schema_in_use
from churn_core.data.columns import find_columns
from churn_core.data.dataset import Dataset, read_dataset
from churn_core.data.proposing import proposal as proposals
from churn_core.data.proposing.answers import NOTHING_SAID, Answers
from churn_core.errors import DataError
from churn_core.jobs import Report, silent
from churn_core.schema import Schema
from churn_core.schema.as_json import from_json
from churn_core.schema.telco import TELCO


def customers_to_learn_from(
    home: Path,
    content: bytes,
    name: str,
    answers: Answers = NOTHING_SAID,
    schema: Schema | None = None,
    report: Report = silent,
) -> Dataset:
    """The customers of a file with their outcome, and the schema by which they were read.

    That is the ``schema`` where one is given; without it and without ``answers`` the one of the version in production, or Telco's,
    where the file has its columns; else what is proposed. Raises ``DataError`` with everything that has to be asked, each with its
    option, and where no row can be used.
    """
    report(f"Reading {name} …")
    own = None
    if schema is None:
        own = _read(content, name, report) if answers == NOTHING_SAID else read_own(content, name, report)
        schema = _known(own, home) if answers == NOTHING_SAID else None
    if schema is None:
        assert own is not None  # noqa: S101  only a file that could be read has columns that nobody knows
        schema = schema_for(own.proposal(answers), name)
    return (
        read_dataset(content, name, schema=schema, report=report)
        if schema is TELCO
        else own_dataset(content, name, schema, report)
    )


def schema_of_file(path: Path, name: str) -> Schema:
    """The schema in a JSON file, as a version keeps it, or of a proposal that ``schema FILE --output`` wrote, for the file ``name``.

    Raises ``DataError`` where it is neither, and for a proposal that leaves something to ask.
    """
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{path.name} is no JSON. Write it with: python -m churn_core schema FILE --output {path.name}"
        ) from error
    if not isinstance(value, dict):
        raise DataError(f"{path.name} holds no schema. Write it with: python -m churn_core schema FILE --output {path.name}")
    if "customers" in value:
        return schema_for(proposals.from_json({**value, "output": None}), name)
    return from_json(value.get("schema", value))


def _read(content: bytes, name: str, report: Report) -> OwnFile | None:
    """``None`` for what only a reader that knows the columns may understand, or refuse in better words."""
    try:
        return read_own(content, name, report)
    except DataError:
        return None


def _known(own: OwnFile | None, home: Path) -> Schema | None:
    """The schema whose columns the file has: that of the version in production, else Telco's; the former for a file that cannot
    be read without.
    """
    in_use = schema_in_use(home)
    in_use = TELCO if is_of_the_sample(in_use) else in_use  # as the code has it now
    if own is None:
        return in_use
    names = own.table.frame.columns
    return next((each for each in (in_use, TELCO) if find_columns(names, each).are_customers(each)), None)
