"""Name, unit and format of each column of each table, the same everywhere."""

import streamlit as st

from churn_core.model.evaluate import CAMPAIGNS
from churn_core.schema import Schema
from pages.parts import words

_number, _text = st.column_config.NumberColumn, st.column_config.TextColumn


def _money(label: str, help: str = ""):
    return _number(f"{label} ({words.currency() or 'money'})", format="localized", help=help or None, step=0.01)


def decision_columns(schema: Schema) -> dict:
    """The columns of scored customers."""
    return {
        "rank": _number("Rank", width="small"),
        schema.id: _text(schema[schema.id].label),
        schema.monthly_charge: _money(schema[schema.monthly_charge].label),
        schema.tenure: _number(f"{schema[schema.tenure].label} (months)"),
        "churn_probability": st.column_config.ProgressColumn("Churn probability", format="percent", min_value=0.0, max_value=1.0),
        "break_even_probability": _number("Break-even", format="percent", help="Contacting pays above this probability."),
        "expected_profit": _money("Expected profit", "Of contacting this customer, against not."),
        "control_group": st.column_config.CheckboxColumn("Control group", help="Leave alone, to measure what contacts change."),
        "contact": st.column_config.CheckboxColumn("Contact"),
        "why_not": _text("Why not contacted", help="Of customers with an expected profit."),
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
        "forbidden_by": _text("Limits", help="What the limits of the campaign say of this choice."),
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
    """The columns of what was published."""
    return {
        "published_at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": _text("What"),
        "threshold": _number("Threshold", format="percent"),
        "campaign": _text("Campaign"),
        "published_by": _text("Who"),
        "reason": _text("Why"),
        "source": _text("Where"),
    }


def candidate_columns() -> dict:
    """The columns of the comparison of candidates."""
    profit = {
        f"profit {c}": _number(
            f"Profit at {c}", format="localized", step=1, help="Realised per 1,000 customers, customer by customer."
        )
        for c in CAMPAIGNS
    }
    return {
        "model": _text("Model"),
        "auc": _number("AUC", format="%.4f"),
        "average_precision": _number("Average precision", format="%.4f"),
        "log_loss": _number("Log loss", format="%.4f"),
        "brier": _number("Brier", format="%.4f"),
        "pooled_calibration_error": _number(
            "Calibration error", format="%.4f", help="15 equal-mass bins, pooled over the folds."
        ),
        **profit,
        "seconds": _number("Seconds", format="%.1f", help="Of one core, to fit and predict all folds."),
    }


def side_by_side_columns() -> dict:
    """The columns of ``side_by_side``."""
    unit = words.currency() or "money"
    return {
        "model": _text("Model"),
        "auc": _number("AUC", format="%.4f"),
        "log_loss": _number("Log loss", format="%.4f"),
        "calibration_error": _number("Calibration error", format="%.4f"),
        "mean_probability": _number("Mean probability", format="percent"),
        "threshold": _number("Best threshold", format="percent", help="By what the model itself expects."),
        "contacted": _number("Contacts", format="localized"),
        "expected_profit": _number(f"Expects ({unit})", format="localized", step=1),
        "realised_profit": _number(f"Realised ({unit})", format="localized", step=1, help="By the same contacts, by who left."),
        "per_customer_profit": _number(
            f"One by one ({unit})", format="localized", step=1, help="Realised, deciding customer by customer."
        ),
    }


def group_columns() -> dict:
    """The columns of ``treatment``."""
    return {
        "column": _text("By"),
        "group": _text("Group"),
        "customers": _number("Customers", format="localized"),
        "contacted": _number("Contacted", format="localized"),
        "contact_rate": _number("Contact rate", format="percent"),
        "churn_rate": _number("Churn rate", format="percent"),
        "mean_probability": _number("Mean probability", format="percent"),
        "calibration_gap": _number("Apart", format="percent", help="Mean probability minus churn rate."),
        "found": _number("Found", format="percent"),
        "in_vain": _number("In vain", format="percent"),
        "realised_profit_per_1000": _number(
            f"Profit per 1,000 ({words.currency() or 'money'})", format="localized", step=1, help="Realised, without fixed cost."
        ),
    }


def version_columns() -> dict:
    """The columns of the list of versions."""
    return {
        "in_use": st.column_config.CheckboxColumn("In production"),
        "model_id": _text("Version"),
        "data": _text("Customers"),
        "auc": _number("AUC", format="%.4f"),
        "log_loss": _number("Log loss", format="%.4f"),
        "brier": _number("Brier", format="%.4f"),
        "pooled_calibration_error": _number("Calibration error", format="%.4f"),
        "created_at": st.column_config.DatetimeColumn("Trained (UTC)", format="YYYY-MM-DD HH:mm"),
    }


def promotion_columns() -> dict:
    """The columns of what was in production."""
    return {
        "at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": _text("What"),
        "model_id": _text("Version"),
        "who": _text("Who"),
    }


def term_columns() -> dict:
    """The columns of the equation."""
    return {
        "term": _text("Term"),
        "coefficient": _number("Coefficient", format="%.3f"),
        "odds_ratio": _number("Odds ratio", format="%.2f"),
        "low": _number("from", format="%.2f", help="95% interval of the odds ratio."),
        "high": _number("to", format="%.2f"),
        "meaning": _text("What it means", help="What the term does to the odds of leaving, all else equal."),
    }


def bar_columns() -> dict:
    """The columns of what the production model has to reach."""
    return {
        "what": _text("Measure"),
        "value": _text("Value", alignment="right"),
        "bar": _text("Bar", alignment="right"),
        "met": st.column_config.CheckboxColumn("Met"),
    }


def file_columns() -> dict:
    """The columns of the files that were scored or checked."""
    return {
        "at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": _text("What"),
        "name": _text("File"),
        "rows": _number("Rows", format="localized"),
        "kept": _number("Usable", format="localized"),
        "repaired": _number("Values repaired", format="localized"),
        "contacts": _number("To contact", format="localized"),
        "expected_profit": _number(f"Expected profit ({words.currency() or 'money'})", format="localized", step=1),
        "level": _text("Verdict"),
        "sentence": _text("Why", width="large"),
        "who": _text("Who"),
        "model_id": _text("Version"),
    }


def drift_columns() -> dict:
    """The columns of ``drift``."""
    return {
        "label": _text("Column"),
        "psi": _number("PSI", format="%.3f"),
        "psi_by_chance": _number(
            "By chance", format="%.3f", help="The PSI that chance alone does not exceed in 95% of files of this size."
        ),
        "p_adjusted": _number("p", format="%.3f", help="Adjusted for the number of columns (Holm 1979)."),
        "level": _text("Level"),
        "moved": _text("What moved most"),
        "reference_share": _number("From", format="percent"),
        "current_share": _number("To", format="percent"),
        "reference_mean": _number("Mean before", format="%.2f"),
        "current_mean": _number("Mean now", format="%.2f"),
    }
