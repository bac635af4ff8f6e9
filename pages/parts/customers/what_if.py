"""What could be changed for one customer: contract, services, payment, charge."""

import pandas as pd
import streamlit as st

from churn_core.schema import Column
from churn_core.schema.telco import TELCO
from pages.parts import words


def what_if_inputs(customer: pd.Series) -> dict[str, object]:
    """One input per thing that can be changed, set to what the customer has now. Returns the value of each column."""
    yes_no = [c for c in TELCO.grouped("service") if "Yes" in c.allowed]
    choices = [c for c in (*TELCO.grouped("account"), *TELCO.grouped("service")) if c not in yes_no]
    values: dict[str, object] = {c.name: _choice(c, customer) for c in choices}
    has = st.pills(
        "Services",
        [c.name for c in yes_no],
        selection_mode="multi",
        format_func=lambda name: TELCO[name].label,
        default=[c.name for c in yes_no if customer[c.name] == "Yes"],
        key=f"what_if_services_{customer[TELCO.id]}",
    )
    values |= {c.name: "Yes" if c.name in has else "No" for c in yes_no}
    charge = TELCO[TELCO.monthly_charge]
    values[charge.name] = st.number_input(
        f"{charge.label} ({words.currency() or 'money'} per month)",
        min_value=0.0,
        value=float(customer[charge.name]),
        step=5.0,
        key=f"what_if_{charge.name}_{customer[TELCO.id]}",
        help="The charge moves the lifetime value, and with it the break-even.",
    )
    return values


def _choice(column: Column, customer: pd.Series) -> str:
    return st.selectbox(
        column.label,
        column.allowed,
        index=column.allowed.index(customer[column.name]),
        key=f"what_if_{column.name}_{customer[TELCO.id]}",
    )


def put_what_if(customer: pd.Series, values: dict[str, object]) -> None:
    """Set the inputs to what the customer has now, but for ``values``."""
    wanted = {**customer.to_dict(), **values}
    yes_no = [c.name for c in TELCO.grouped("service") if "Yes" in c.allowed]
    for column in (*TELCO.grouped("account"), *TELCO.grouped("service")):
        if column.name not in yes_no:
            st.session_state[f"what_if_{column.name}_{customer[TELCO.id]}"] = wanted[column.name]
    st.session_state[f"what_if_services_{customer[TELCO.id]}"] = [name for name in yes_no if wanted[name] == "Yes"]
