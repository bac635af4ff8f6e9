"""Which columns of a schema Explore shows, whatever the company: what filters, what is crossed, what is compared."""

from dataclasses import dataclass

from churn_core.application.workspace import Workspace
from churn_core.decisions.strongest import Strength, strongest
from churn_core.schema import Column, Schema

_GROUPS = ("account", "service", "person", "")
_CROSSED = 2  # columns; a heat map has two sides
_FILTERS = 5  # of the strongest columns; tenure and charge come on top


def by_hand(schema: Schema) -> bool:
    """Whether somebody has said what belongs to the account and to the services (Telco); of all others the strongest columns show."""
    return any(column.group in ("account", "service") for column in schema.columns)


def strengths(workspace: Workspace) -> tuple[Strength, ...]:
    """The columns that tell those who left apart, the strongest first; worked out once for everybody."""
    return workspace.figures.get("strongest", lambda: strongest(workspace.customers, workspace.schema))


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Columns by the input that filters by them: any of their values · between two ends · yes or no."""

    choices: tuple[Column, ...]
    spans: tuple[Column, ...]
    flags: tuple[Column, ...]


def filters_of(workspace: Workspace) -> Filters:
    """What filters these customers: what somebody has grouped, or the strongest columns; tenure and charge where there are."""
    schema = workspace.schema
    spans = tuple(schema[name] for name in (schema.tenure, schema.monthly_charge) if name is not None)
    if by_hand(schema):
        flag = person_flag(schema)
        return Filters(choices=crossed(schema), spans=spans, flags=() if flag is None else (flag,))
    columns = [each.column for each in strengths(workspace) if each.column not in spans][:_FILTERS]
    return Filters(
        choices=tuple(column for column in columns if column.kind == "category"),
        spans=spans + tuple(column for column in columns if column.kind not in ("category", "flag")),
        flags=tuple(column for column in columns if column.kind == "flag"),
    )


def crossed(schema: Schema) -> tuple[Column, ...]:
    """At most two columns that split customers at a glance (Telco: contract and internet service): the first of the account,
    then of the services, of the person, of no group; more of the same group where there are no others.
    """
    by_group = [[c for c in schema.grouped(group) if _splits(c)] for group in _GROUPS]
    first, more = [columns[:1] for columns in by_group], [columns[1:] for columns in by_group]
    return tuple(column for columns in (*first, *more) for column in columns)[:_CROSSED]


def compared(schema: Schema) -> tuple[Column, ...]:
    """The columns of the account that have a chart of their own (Telco: contract and payment method)."""
    return tuple(column for column in schema.grouped("account") if _splits(column))


def person_flag(schema: Schema) -> Column | None:
    """The first yes-or-no that says who a customer is (Telco: senior citizen), if the schema has one."""
    return next((column for column in schema.grouped("person") if column.kind == "flag"), None)


def _splits(column: Column) -> bool:
    """More than two values, each possible for everybody."""
    return len(column.allowed) > 2 and not column.needs
