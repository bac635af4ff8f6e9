"""What a customer of a request says, by the columns of the schema of the version in use, and the clean customer that it is."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from churn_core.data.cleaning.fields import is_blank, other_names, shown
from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.values import read_flag
from churn_core.errors import DataError, RequestError
from churn_core.schema import Schema


def record_of(customer: object, schema: Schema, notes: Counter[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a customer says, by column, and the clean customer."""
    if not isinstance(customer, dict):
        raise RequestError(
            f"A customer is a JSON object with the columns of the schema {schema.name}, and this is {shown(customer)}."
        )
    try:
        return by_column(customer, schema), clean_record(customer, schema, notes)
    except DataError as error:
        raise RequestError(str(error)) from error


def by_column(customer: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """What a customer says, by column, whatever its fields are called."""
    others = other_names(customer, schema)
    return {**customer, **{name: named.first(customer, schema[name]) for name, named in others.items()}} if others else customer


def has_left(fields: Mapping[str, Any], schema: Schema, notes: Counter[str]) -> bool:
    """Whether the customer's own outcome says so; one that is missing or unknown does not. An outcome that is no word that is known is
    counted in ``notes``; a blank one says nothing.
    """
    if schema.target not in fields:
        return False
    value, column = fields[schema.target], schema[schema.target]
    outcome = read_flag(value, column)
    if outcome not in (0, 1) and not is_blank(value, column) and not column.says_neither(value):
        notes[f"{column.name}: {shown(value)} could not be read, counted as still here"] += 1
    return outcome == 1


def number(value: float) -> float | None:
    """JSON knows no NaN."""
    return None if math.isnan(value) else value
