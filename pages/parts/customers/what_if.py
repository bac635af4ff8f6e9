"""What could be changed for one customer: account, services, charge."""

import pandas as pd
import streamlit as st

from churn_core.schema import Column, Schema
from pages.parts import words


def what_if_inputs(customer: pd.Series, schema: Schema) -> dict[str, object]:
    """One input per thing that can be changed, set to what the customer has now. Returns the value of each column."""
    values: dict[str, object] = {column.name: _choice(column, customer, schema) for column in _choices(schema)}
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
    charge = schema[schema.monthly_charge]
    values[charge.name] = st.number_input(
        words.markdown(f"{charge.label} ({words.currency() or 'money'} per month)"),
        min_value=0.0,
        value=float(customer[charge.name]),
        step=5.0,
        key=f"what_if_{charge.name}_{customer[schema.id]}",
        help="The charge moves the lifetime value, and with it the break-even.",
    )
    return values


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


def _choice(column: Column, customer: pd.Series, schema: Schema) -> object:
    values = [0, 1] if column.kind == "flag" else list(column.allowed)
    return st.selectbox(
        words.markdown(column.label),
        values,
        index=values.index(customer[column.name]),
        format_func=lambda value: {0: "No", 1: "Yes"}.get(value, value),
        key=f"what_if_{column.name}_{customer[schema.id]}",
    )
