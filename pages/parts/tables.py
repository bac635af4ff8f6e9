"""Name, unit and format of each column of each table, the same everywhere."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from churn_core.model.evaluate import CAMPAIGNS
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.column_kinds import Worded, column, count, decimal, money, percent, text
from pages.parts.worded_cells import in_words


def show_table(table: pd.DataFrame, columns: Mapping[str, Any], key: str, **how: Any) -> Any:
    """``st.dataframe`` with each number as sentences write it; sorted by the number all the same. ``columns``: one of the
    functions below; with a ``column_order`` no other column is sent. Streamlit's own formats cut digits off, follow the language of
    the browser and know no real minus.
    """
    if "column_order" in how:
        table = table[[name for name in how["column_order"] if name in table]]
    worded = {name: column.in_words for name, column in columns.items() if isinstance(column, Worded) and name in table}
    told: Any = {
        name: {**column, "type_config": {**column["type_config"], "format": None}} if name in worded else column
        for name, column in columns.items()
    }
    shown = in_words(table, worded) if worded else table
    return st.dataframe(shown, hide_index=True, column_config=told, key=key, placeholder=words.NOTHING, **how)


def decision_columns(schema: Schema) -> dict:
    """The columns of scored customers."""
    return {
        "rank": column(words.count, "Rank", width="small"),
        "week": column(words.count, "Week", "In which week to contact the customer; empty: not at all.", width="small"),
        schema.id: text(schema[schema.id].label),
        "offer": text("Offer"),
        **{name: money(schema[name].label, cents=True) for name in (schema.monthly_charge, schema.clv_column) if name},
        **{name: column(words.plain_number, words.with_unit(schema[name].label, "months")) for name in (schema.tenure,) if name},
        "churn_probability": st.column_config.ProgressColumn(
            "Churn probability", help=words.of_leaving(schema), format="percent", min_value=0.0, max_value=1.0
        ),
        "break_even_probability": percent("Break-even", "Contacting pays above this probability."),
        "expected_profit": money("Expected profit", "Of contacting this customer, against not.", cents=True),
        "arm": text("Group", help="Control: leave alone, to measure what contacts change."),
        "contact": st.column_config.CheckboxColumn("Contact"),
        "why_not": text("Why not contacted", help="Of customers with an expected profit."),
        "reason_1": text("Reason 1", help="Empty where no single thing raises the probability beyond chance."),
        "reason_2": text("Reason 2"),
        "reason_3": text("Reason 3"),
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
        "policy": text("Contact"),
        "contacted": count("Customers"),
        "expected_profit": money("Expected profit"),
        "expected_spend": money("Expected spend"),
        "roi": percent("ROI", decimals=0),
        "threshold": percent("Threshold"),
        "forbidden_by": text("Limits", help="What the limits of the campaign say of this choice."),
    }


def offer_columns() -> dict:
    """The columns of what each of several offers does."""
    return {
        "offer": text("Offer"),
        "customers": count("Customers"),
        "capacity": text("Capacity used"),
        "expected_profit": money("Expected profit", "Without the fixed cost, which belongs to the campaign as a whole."),
        "expected_spend": money("Spend"),
        "roi": percent("ROI", decimals=0),
    }


def control_of_offers_columns(shares: Iterable[float]) -> dict:
    """How well each of several offers is measured, by the share of its customers who are left alone."""
    alone = {f"{share}": percent(f"± with {words.as_set(share)} left alone", decimals=1) for share in shares}
    return {"offer": text("Offer"), "customers": count("Customers"), **alone}


def missing_offer_columns() -> dict:
    """The columns of ``without_each``."""
    return {
        "offer": text("Without the offer"),
        "contacted": count("Customers with another"),
        "expected_profit": money("The others earn"),
        "lost": money("It adds"),
    }


def success_rates_of_offers_columns() -> dict:
    """The success rate of each offer, and how far it can fall."""
    return {"offer": text("Offer"), "success_rate": column(words.as_set, "Success rate"), "break_even": percent("Break-even")}


def success_rate_columns() -> dict:
    """The columns of ``if_success_rate_differs``."""
    return {
        "success_rate": column(words.as_set, "If it is"),
        "expected_profit": money("Today's threshold earns"),
        "best_threshold": percent("Best threshold then"),
        "best_contacted": count("Contacts then"),
        "best_profit": money("and earns"),
    }


def compared_columns() -> dict:
    """The columns of saved campaigns side by side."""
    return {
        "campaign": text("Campaign"),
        "threshold": percent("Best threshold"),
        "contacted": count("Contacts"),
        "expected_profit": money("Expected profit"),
        "low": money("Realised, from"),
        "high": money("to"),
        "expected_spend": money("Expected spend"),
        "roi": percent("ROI", decimals=0),
        "in_words": text("Assumptions"),
        "rule": text("Rule"),
    }


def history_columns() -> dict:
    """The columns of what was published."""
    return {
        "published_at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": text("What"),
        "threshold": percent("Threshold"),
        "campaign": text("Campaign"),
        "published_by": text("Who"),
        "reason": text("Why"),
        "source": text("Where"),
    }


def candidate_columns() -> dict:
    """The columns of the comparison of candidates."""
    profit = {f"profit {c}": money(f"Profit at {c}", "Realised per 1,000 customers, customer by customer.") for c in CAMPAIGNS}
    return {
        "model": text("Model"),
        "auc": decimal("AUC", 4),
        "average_precision": decimal("Average precision", 4),
        "log_loss": decimal("Log loss", 4),
        "brier": decimal("Brier", 4),
        "pooled_calibration_error": decimal("Calibration error", 4, "15 equal-mass bins, pooled over the folds."),
        **profit,
        "seconds": decimal("Seconds", 1, "Of one core, to fit and predict all folds."),
    }


def side_by_side_columns() -> dict:
    """The columns of ``side_by_side``."""
    return {
        "model": text("Model"),
        "auc": decimal("AUC", 4),
        "log_loss": decimal("Log loss", 4),
        "calibration_error": decimal("Calibration error", 4),
        "mean_probability": percent("Mean probability"),
        "threshold": percent("Best threshold", "By what the model itself expects."),
        "contacted": count("Contacts"),
        "expected_profit": money("Expects"),
        "realised_profit": money("Realised", "By the same contacts, by who left."),
        "per_customer_profit": money("One by one", "Realised, deciding customer by customer."),
    }


def group_columns() -> dict:
    """The columns of ``treatment``."""
    return {
        "column": text("By"),
        "group": text("Group"),
        "customers": count("Customers"),
        "contacted": count("Contacted"),
        "contact_rate": percent("Contact rate"),
        "churn_rate": percent("Churn rate"),
        "mean_probability": percent("Mean probability"),
        "calibration_gap": percent("Apart", "Mean probability minus churn rate."),
        "found": percent("Found"),
        "in_vain": percent("In vain"),
        "realised_profit_per_1000": money("Profit per 1,000", "Realised, without fixed cost."),
    }


def version_columns() -> dict:
    """The columns of the list of versions."""
    return {
        "in_use": st.column_config.CheckboxColumn("In production"),
        "model_id": text("Version"),
        "data": text("Customers"),
        "auc": decimal("AUC", 4),
        "log_loss": decimal("Log loss", 4),
        "brier": decimal("Brier", 4),
        "pooled_calibration_error": decimal("Calibration error", 4),
        "created_at": st.column_config.DatetimeColumn("Trained (UTC)", format="YYYY-MM-DD HH:mm"),
    }


def promotion_columns() -> dict:
    """The columns of what was in production."""
    return {
        "at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": text("What"),
        "model_id": text("Version"),
        "who": text("Who"),
    }


def term_columns() -> dict:
    """The columns of the equation."""
    return {
        "term": text("Term"),
        "coefficient": decimal("Coefficient", 3),
        "odds_ratio": decimal("Odds ratio", 2),
        "low": decimal("from", 2, "95% interval of the odds ratio."),
        "high": decimal("to", 2),
        "meaning": text("What it means", help="What the term does to the odds of leaving, all else equal."),
    }


def rule_columns() -> dict:
    """The columns of the rules of a readable card."""
    return {
        "rule": text("Where", width="large"),
        "odds": column(
            words.plain_number, "Odds of leaving, times", "Against customers for whom it does not hold, all else equal."
        ),
        "share": percent("Of all customers"),
    }


def equation_columns(versions: Iterable[str]) -> dict:
    """The coefficients of several versions, term by term."""
    return {"term": text("Term"), **{name: decimal(name, 3, "Coefficient.") for name in versions}}


def bar_columns() -> dict:
    """The columns of what the production model has to reach."""
    return {
        "what": text("Measure"),
        "value": text("Value", alignment="right"),
        "bar": text("Bar", alignment="right"),
        "met": st.column_config.CheckboxColumn("Met"),
    }


def file_columns() -> dict:
    """The columns of the files that were scored or checked."""
    return {
        "at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        "what": text("What"),
        "name": text("File"),
        "rows": count("Rows"),
        "kept": count("Usable"),
        "repaired": count("Values repaired"),
        "contacts": count("To contact"),
        "expected_profit": money("Expected profit"),
        "level": text("Verdict"),
        "sentence": text("Why", width="large"),
        "who": text("Who"),
        "model_id": text("Version"),
    }


def drift_columns() -> dict:
    """The columns of ``drift``."""
    return {
        "label": text("Column"),
        "psi": decimal("PSI", 3),
        "psi_by_chance": decimal("By chance", 3, "The PSI that chance alone does not exceed in 95% of files of this size."),
        "p_adjusted": decimal("p", 3, "Adjusted for the number of columns (Holm 1979)."),
        "level": text("Level"),
        "moved": text("What moved most"),
        "reference_share": percent("From"),
        "current_share": percent("To"),
        "reference_mean": decimal("Mean before", 2),
        "current_mean": decimal("Mean now", 2),
    }


def quality_columns() -> dict:
    """The columns of what was found in a file, and what was done about it."""
    return {
        "kind": text("Kind"),
        "column": text("Column"),
        "what": text("What"),
        "count": count("Rows"),
        "example": text("For example"),
        "done": text("What was done"),
    }


def reject_columns() -> dict:
    """The columns of the rows that could not be used."""
    return {"row": column(str, "Line in the file", width="small"), "problem": text("Problem")}


def control_columns() -> dict:
    """The columns of the sizes of a control group."""
    return {
        "share": column(words.as_set, "Left alone", "Share of the list."),
        "control": count("Customers"),
        "precision": percent("Measures to ±", "The success rate, with 95%, if it is the one you plan with."),
        "power": percent("Shows that it works", "The chance that the whole interval will lie above 0.", 0),
        "power_break_even": percent(
            "Shows that it pays", "The chance that the whole interval will lie above the rate at which the list earns nothing.", 0
        ),
        "harm_noticed": percent(
            "Notices harm from",
            "If contacts drive customers away, a success rate this far below 0 would be noticed 80 of 100 times.",
            0,
        ),
        "cost": money("Costs now", "Expected profit forgone on those who are left alone."),
        "worth": money("Worth later", "What knowing the rate better adds to the later campaigns, expected."),
        "net": money("Net"),
    }
