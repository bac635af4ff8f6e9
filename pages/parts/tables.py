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
        "control_group": st.column_config.CheckboxColumn("Control group", help="Leave alone, to measure what contacts change."),
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


def success_rate_columns() -> dict:
    """The columns of ``if_success_rate_differs``."""
    unit = words.currency() or "money"
    return {
        "success_rate": _number("If it is", format="percent"),
        "expected_profit": _number(f"Today's threshold earns ({unit})", format="localized", step=1),
        "best_threshold": _number("Best threshold then", format="percent"),
        "best_contacted": _number("Contacts then", format="localized"),
        "best_profit": _number(f"and earns ({unit})", format="localized", step=1),
    }


def compared_columns() -> dict:
    """The columns of saved campaigns side by side."""
    unit = words.currency() or "money"
    return {
        "campaign": _text("Campaign"),
        "threshold": _number("Best threshold", format="percent"),
        "contacted": _number("Contacts", format="localized"),
        "expected_profit": _number(f"Expected profit ({unit})", format="localized", step=1),
        "low": _number(f"Realised, from ({unit})", format="localized", step=1),
        "high": _number(f"to ({unit})", format="localized", step=1),
        "expected_spend": _number(f"Expected spend ({unit})", format="localized", step=1),
        "roi": _number("ROI", format="percent"),
        "in_words": _text("Assumptions"),
        "rule": _text("Rule"),
    }


def history_columns() -> dict:
    """The columns of what was put into force."""
    return {
        "published_at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": _text("What"),
        "threshold": _number("Threshold", format="percent"),
        "campaign": _text("Campaign"),
        "published_by": _text("Who"),
        "reason": _text("Why"),
        "source": _text("Where"),
    }
