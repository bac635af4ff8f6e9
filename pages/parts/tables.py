"""Name, unit and format of each column of each table, the same everywhere."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from churn_core.model.evaluate import CAMPAIGNS
from churn_core.schema import Schema
from pages.parts import words

_text = st.column_config.TextColumn
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class _Worded(dict):
    """A column of numbers: what Streamlit is told of it, and how one of its numbers is read."""

    in_words: Callable[[float], str]


def _column(in_words: Callable[[float], str], label: str, help: str = "", **told: Any) -> _Worded:
    column = _Worded(st.column_config.NumberColumn(label, help=words.markdown(help) or None, **told))
    column.in_words = in_words
    return column


def _count(label: str, help: str = "") -> _Worded:
    return _column(words.count, label, help, format="localized")


def _percent(label: str, help: str = "", decimals: int = 1) -> _Worded:
    return _column(lambda share: words.percent(share, decimals), label, help, format="percent")


def _difference(label: str, help: str = "") -> _Worded:
    return _column(lambda share: words.percent(share, 1, signed=True), label, help)


def _decimal(label: str, decimals: int, help: str = "") -> _Worded:
    return _column(lambda value: words.decimal(value, decimals), label, help, format=f"%.{decimals}f")


def _money(label: str, help: str = "", cents: bool = False) -> _Worded:
    """Whole amounts, or cents for one customer; the unit stands in the heading."""
    named, decimals = f"{label} ({words.currency() or 'money'})", 2 if cents else 0
    return _column(lambda value: words.decimal(value, decimals), named, help, format="localized", step=0.01 if cents else 1)


def show_table(table: pd.DataFrame, columns: Mapping[str, Any], key: str, **how: Any) -> Any:
    """``st.dataframe`` with each number as sentences write it; sorted by the number all the same. ``columns``: one of the
    functions below. Streamlit's own formats cut digits off, follow the language of the browser and know no real minus.
    """
    worded = {
        name: _or_text(column.in_words) for name, column in columns.items() if isinstance(column, _Worded) and name in table
    }
    told: Any = {
        name: {**column, "type_config": {**column["type_config"], "format": None}} if name in worded else column
        for name, column in columns.items()
    }
    shown = table.style.format(worded) if worded else table
    return st.dataframe(shown, hide_index=True, column_config=told, key=key, placeholder=words.NOTHING, **how)


def _or_text(in_words: Callable[[float], str]) -> Callable[[Any], Any]:
    """``in_words`` for a number as a file writes it, too; what is no number is shown as it stands in the file."""

    def worded(value: Any) -> Any:
        if isinstance(value, str):
            return in_words(float(value)) if _NUMBER.fullmatch(value) else value
        return in_words(value)

    return worded


def decision_columns(schema: Schema) -> dict:
    """The columns of scored customers."""
    return {
        "rank": _column(words.count, "Rank", width="small"),
        schema.id: _text(schema[schema.id].label),
        **{name: _money(schema[name].label, cents=True) for name in (schema.monthly_charge, schema.clv_column) if name},
        **{name: _column(words.plain_number, words.with_unit(schema[name].label, "months")) for name in (schema.tenure,) if name},
        "churn_probability": st.column_config.ProgressColumn(
            "Churn probability", help=words.of_leaving(schema), format="percent", min_value=0.0, max_value=1.0
        ),
        "break_even_probability": _percent("Break-even", "Contacting pays above this probability."),
        "expected_profit": _money("Expected profit", "Of contacting this customer, against not.", cents=True),
        "arm": _text("Group", help="Control: leave alone, to measure what contacts change."),
        "contact": st.column_config.CheckboxColumn("Contact"),
        "why_not": _text("Why not contacted", help="Of customers with an expected profit."),
        "reason_1": _text("Reason 1", help="Empty where no single thing raises the probability beyond chance."),
        "reason_2": _text("Reason 2"),
        "reason_3": _text("Reason 3"),
    }


def columns_as_in_the_file(schema: Schema) -> dict:
    """The columns that the file has in another unit than customers have once they are clean: as they are, under their labels."""
    amounts = (schema.tenure, schema.monthly_charge, schema.clv_column)
    names = [name for name in amounts if name and schema[name].stated]
    return {name: st.column_config.Column(words.with_unit(schema[name].label, schema[name].stated)) for name in names}


def plain_columns(schema: Schema, names: Iterable[str]) -> dict:
    """Columns of the schema as the file has them, under their labels."""
    return {name: st.column_config.Column(schema[name].label) for name in names if name not in decision_columns(schema)}


def policy_columns() -> dict:
    """The columns of ``policies``."""
    return {
        "policy": _text("Contact"),
        "contacted": _count("Customers"),
        "expected_profit": _money("Expected profit"),
        "expected_spend": _money("Expected spend"),
        "roi": _percent("ROI", decimals=0),
        "threshold": _percent("Threshold"),
        "forbidden_by": _text("Limits", help="What the limits of the campaign say of this choice."),
    }


def success_rate_columns() -> dict:
    """The columns of ``if_success_rate_differs``."""
    return {
        "success_rate": _percent("If it is"),
        "expected_profit": _money("Today's threshold earns"),
        "best_threshold": _percent("Best threshold then"),
        "best_contacted": _count("Contacts then"),
        "best_profit": _money("and earns"),
    }


def compared_columns() -> dict:
    """The columns of saved campaigns side by side."""
    return {
        "campaign": _text("Campaign"),
        "threshold": _percent("Best threshold"),
        "contacted": _count("Contacts"),
        "expected_profit": _money("Expected profit"),
        "low": _money("Realised, from"),
        "high": _money("to"),
        "expected_spend": _money("Expected spend"),
        "roi": _percent("ROI", decimals=0),
        "in_words": _text("Assumptions"),
        "rule": _text("Rule"),
    }


def history_columns() -> dict:
    """The columns of what was published."""
    return {
        "published_at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": _text("What"),
        "threshold": _percent("Threshold"),
        "campaign": _text("Campaign"),
        "published_by": _text("Who"),
        "reason": _text("Why"),
        "source": _text("Where"),
    }


def candidate_columns() -> dict:
    """The columns of the comparison of candidates."""
    profit = {f"profit {c}": _money(f"Profit at {c}", "Realised per 1,000 customers, customer by customer.") for c in CAMPAIGNS}
    return {
        "model": _text("Model"),
        "auc": _decimal("AUC", 4),
        "average_precision": _decimal("Average precision", 4),
        "log_loss": _decimal("Log loss", 4),
        "brier": _decimal("Brier", 4),
        "pooled_calibration_error": _decimal("Calibration error", 4, "15 equal-mass bins, pooled over the folds."),
        **profit,
        "seconds": _decimal("Seconds", 1, "Of one core, to fit and predict all folds."),
    }


def side_by_side_columns() -> dict:
    """The columns of ``side_by_side``."""
    return {
        "model": _text("Model"),
        "auc": _decimal("AUC", 4),
        "log_loss": _decimal("Log loss", 4),
        "calibration_error": _decimal("Calibration error", 4),
        "mean_probability": _percent("Mean probability"),
        "threshold": _percent("Best threshold", "By what the model itself expects."),
        "contacted": _count("Contacts"),
        "expected_profit": _money("Expects"),
        "realised_profit": _money("Realised", "By the same contacts, by who left."),
        "per_customer_profit": _money("One by one", "Realised, deciding customer by customer."),
    }


def group_columns() -> dict:
    """The columns of ``treatment``."""
    return {
        "column": _text("By"),
        "group": _text("Group"),
        "customers": _count("Customers"),
        "contacted": _count("Contacted"),
        "contact_rate": _percent("Contact rate"),
        "churn_rate": _percent("Churn rate"),
        "mean_probability": _percent("Mean probability"),
        "calibration_gap": _percent("Apart", "Mean probability minus churn rate."),
        "found": _percent("Found"),
        "in_vain": _percent("In vain"),
        "realised_profit_per_1000": _money("Profit per 1,000", "Realised, without fixed cost."),
    }


def version_columns() -> dict:
    """The columns of the list of versions."""
    return {
        "in_use": st.column_config.CheckboxColumn("In production"),
        "model_id": _text("Version"),
        "data": _text("Customers"),
        "auc": _decimal("AUC", 4),
        "log_loss": _decimal("Log loss", 4),
        "brier": _decimal("Brier", 4),
        "pooled_calibration_error": _decimal("Calibration error", 4),
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
        "coefficient": _decimal("Coefficient", 3),
        "odds_ratio": _decimal("Odds ratio", 2),
        "low": _decimal("from", 2, "95% interval of the odds ratio."),
        "high": _decimal("to", 2),
        "meaning": _text("What it means", help="What the term does to the odds of leaving, all else equal."),
    }


def rule_columns() -> dict:
    """The columns of the rules of a readable card."""
    return {
        "rule": _text("Where", width="large"),
        "odds": _column(
            words.plain_number, "Odds of leaving, times", "Against customers for whom it does not hold, all else equal."
        ),
        "share": _percent("Of all customers"),
    }


def equation_columns(versions: Iterable[str]) -> dict:
    """The coefficients of several versions, term by term."""
    return {"term": _text("Term"), **{name: _decimal(name, 3, "Coefficient.") for name in versions}}


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
        "rows": _count("Rows"),
        "kept": _count("Usable"),
        "repaired": _count("Values repaired"),
        "contacts": _count("To contact"),
        "expected_profit": _money("Expected profit"),
        "level": _text("Verdict"),
        "sentence": _text("Why", width="large"),
        "who": _text("Who"),
        "model_id": _text("Version"),
    }


def drift_columns() -> dict:
    """The columns of ``drift``."""
    return {
        "label": _text("Column"),
        "psi": _decimal("PSI", 3),
        "psi_by_chance": _decimal("By chance", 3, "The PSI that chance alone does not exceed in 95% of files of this size."),
        "p_adjusted": _decimal("p", 3, "Adjusted for the number of columns (Holm 1979)."),
        "level": _text("Level"),
        "moved": _text("What moved most"),
        "reference_share": _percent("From"),
        "current_share": _percent("To"),
        "reference_mean": _decimal("Mean before", 2),
        "current_mean": _decimal("Mean now", 2),
    }


def quality_columns() -> dict:
    """The columns of what was found in a file, and what was done about it."""
    return {
        "kind": _text("Kind"),
        "column": _text("Column"),
        "what": _text("What"),
        "count": _count("Rows"),
        "example": _text("For example"),
        "done": _text("What was done"),
    }


def reject_columns() -> dict:
    """The columns of the rows that could not be used."""
    return {"row": _column(str, "Line in the file", width="small"), "problem": _text("Problem")}


def result_columns() -> dict:
    """The columns of finished campaigns."""
    return {
        "name": _text("Campaign"),
        "measured_at": st.column_config.DatetimeColumn("Measured", format="YYYY-MM-DD"),
        "treated": _count("Contacted"),
        "control": _count("Left alone"),
        "kept": _count("Customers kept"),
        "success_rate": _percent("Success rate", "Of those who would have left, the share that the contact kept.", 0),
        "success_rate_low": _percent("from", "95% interval.", 0),
        "success_rate_high": _percent("to", "", 0),
        "expected": _money("Expected profit"),
        "realised_profit": _money("Realised profit", "Against the customers left alone."),
        "realised_profit_low": _money("from", "95% interval."),
        "realised_profit_high": _money("to"),
    }


def control_columns() -> dict:
    """The columns of the sizes of a control group."""
    return {
        "share": _percent("Left alone", "Share of the list.", 0),
        "control": _count("Customers"),
        "precision": _percent("Measures to ±", "The success rate, with 95%, if it is the one you plan with."),
        "power": _percent("Shows that it works", "The chance that the whole interval will lie above 0.", 0),
        "power_break_even": _percent(
            "Shows that it pays", "The chance that the whole interval will lie above the rate at which the list earns nothing.", 0
        ),
        "harm_noticed": _percent(
            "Notices harm from",
            "If contacts drive customers away, a success rate this far below 0 would be noticed 80 of 100 times.",
            0,
        ),
        "cost": _money("Costs now", "Expected profit forgone on those who are left alone."),
        "worth": _money("Worth later", "What knowing the rate better adds to the later campaigns, expected."),
        "net": _money("Net"),
    }


def waiting_columns() -> dict:
    """The columns of campaigns that wait for their result."""
    return {
        "name": _text("Campaign"),
        "drawn_at": st.column_config.DatetimeColumn("List drawn", format="YYYY-MM-DD"),
        "treated": _count("To contact"),
        "control": _count("Left alone"),
        "expected_profit": _money("Expected profit"),
        "ends": st.column_config.DateColumn("Measure from", format="YYYY-MM-DD", help="The window is over then."),
    }


def tenth_columns() -> dict:
    """The columns of a campaign's levels of risk."""
    return {
        "stratum": _column(words.count, "Level of risk", "1 is the tenth with the highest churn probabilities."),
        "treated": _count("Contacted"),
        "churn_treated": _percent("of them left"),
        "control": _count("Left alone"),
        "churn_control": _percent("of them left"),
        "effect": _difference("Fewer left", "Churn of those left alone minus that of the contacted."),
        "low": _difference("from", "95% interval."),
        "high": _difference("to"),
        "may_harm": st.column_config.CheckboxColumn("May harm"),
    }
