"""Which columns of a schema Explore shows, whatever the company: what filters, what is crossed, what is compared."""

from churn_core.schema import Column, Schema

_GROUPS = ("account", "service", "person", "")
_CROSSED = 2  # columns; a heat map has two sides


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
