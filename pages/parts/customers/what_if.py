"""What could be changed for one customer: account, services, charge; or, of any schema, what tells those who left apart."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.schema import Column, Schema
from pages.parts import words
from pages.parts.customers.by_kind import value_input
from pages.parts.explore.columns import by_hand, strengths

_FRONT = 6  # of the strongest columns; all others are folded away


def what_if_inputs(customer: pd.Series, workspace: Workspace, schema: Schema) -> dict[str, object]:
    """One input per thing that can be changed, set to what the customer has now. Returns the value of each column. ``schema``: that of
    the workspace, with the day to which the customer's dates are counted.
    """
    values = _by_hand(customer, schema) if by_hand(schema) else _all_columns(customer, workspace, schema)
    for name in (schema.monthly_charge, schema.clv_column):
        if name is not None:
            values[name] = _worth(schema[name], customer, schema)
    return values


def _by_hand(customer: pd.Series, schema: Schema) -> dict[str, object]:
    """What somebody has grouped: the account, and the services as one choice."""
    values: dict[str, object] = {column.name: value_input(column, customer, schema) for column in _choices(schema)}
    services = _services(schema)
    if services:
        has = st.pills(
            "Services",
            [column.name for column in services],
            selection_mode="multi",
            format_func=lambda name: words.markdown(schema[name].label),
            default=[column.name for column in services if customer[column.name] == _yes(column)],
            key=f"what_if_services_{customer[schema.id]}",
        )
        values |= {column.name: _yes(column) if column.name in has else _no(column) for column in services}
    return values


def _all_columns(customer: pd.Series, workspace: Workspace, schema: Schema) -> dict[str, object]:
    """Every column that a model learns from, the strongest in front."""
    columns = [schema[each.column.name] for each in strengths(workspace)]
    columns += [column for column in schema.inputs if column not in columns]
    told = [column for column in columns if column.kind != "text" and column.role in ("feature", "tenure")]
    values = {column.name: value_input(column, customer, schema) for column in told[:_FRONT]}
    if told[_FRONT:]:
        with st.expander(f"{words.counted(len(told[_FRONT:]), 'more column')}", icon=":material/tune:"):
            values |= {column.name: value_input(column, customer, schema) for column in told[_FRONT:]}
    return values


def _worth(column: Column, customer: pd.Series, schema: Schema) -> float:
    """The charge or the lifetime value; it may be any amount."""
    unit = f"{words.currency() or 'money'} per month" if column.name == schema.monthly_charge else words.currency() or "money"
    value = float(customer[column.name])
    moves = "The charge moves the lifetime value" if column.name == schema.monthly_charge else "It moves what a save is worth"
    return st.number_input(
        words.markdown(f"{column.label} ({unit})"),
        min_value=min(0.0, value),
        value=value,
        step=5.0,
        key=f"what_if_{column.name}_{customer[schema.id]}",
        help=f"{moves}, and with it the break-even.",
    )


def put_what_if(customer: pd.Series, values: dict[str, object], schema: Schema) -> None:
    """Set the inputs to what the customer has now, but for ``values``."""
    wanted = {**customer.to_dict(), **values}
    for column in _choices(schema):
        st.session_state[f"what_if_{column.name}_{customer[schema.id]}"] = wanted[column.name]
    st.session_state[f"what_if_services_{customer[schema.id]}"] = [
        column.name for column in _services(schema) if wanted[column.name] == _yes(column)
    ]


def _services(schema: Schema) -> list[Column]:
    """What a customer has or has not."""
    return [column for column in schema.grouped("service") if column.kind == "flag" or "Yes" in column.allowed]


def _choices(schema: Schema) -> list[Column]:
    """Columns with several values to choose from."""
    services = _services(schema)
    return [c for c in (*schema.grouped("account"), *schema.grouped("service")) if c not in services]


def _yes(column: Column) -> str | int:
    return 1 if column.kind == "flag" else "Yes"


def _no(column: Column) -> str | int:
    return 0 if column.kind == "flag" else "No"
