"""How columns look in tables: the same name, unit and format everywhere."""

import streamlit as st

from churn_core.schema import TELCO
from pages.parts import words

_number, _text = st.column_config.NumberColumn, st.column_config.TextColumn


def _money(label: str, help: str = "") -> st.column_config.NumberColumn:
    return _number(f"{label} ({words.currency() or 'money'})", format="localized", help=help or None, step=0.01)


def decision_columns() -> dict:
    """The columns of scored customers."""
    return {
        "rank": _number("Rank", width="small"),
        TELCO.id: _text("Customer"),
        TELCO.monthly_charge: _money("Monthly charge"),
        TELCO.tenure: _number("Tenure (months)"),
        "churn_probability": st.column_config.ProgressColumn("Churn probability", format="percent", min_value=0.0, max_value=1.0),
        "break_even_probability": _number("Break-even", format="percent", help="Contacting pays above this probability."),
        "expected_profit": _money("Expected profit", "Of contacting this customer, against not."),
        "contact": st.column_config.CheckboxColumn("Contact"),
        "reason_1": _text("Reason 1"),
        "reason_2": _text("Reason 2"),
        "reason_3": _text("Reason 3"),
    }


def policy_columns() -> dict:
    """The columns of ``policies``."""
    return {
        "policy": _text("Contact"),
        "contacted": _number("Customers", format="localized"),
        "expected_profit": _number(f"Expected profit ({words.currency() or 'money'})", format="localized", step=1),
        "expected_spend": _number(f"Expected spend ({words.currency() or 'money'})", format="localized", step=1),
        "roi": _number("ROI", format="percent"),
        "threshold": _number("Threshold", format="percent"),
    }
