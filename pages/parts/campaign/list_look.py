"""The workbook of a contact list for people: what its columns are called, and how its numbers are written."""

from churn_core.application.drawn_list import formats_of
from churn_core.data.columns import find_columns
from churn_core.data.writing.workbook import Look
from churn_core.report.link import AFTER_SAVE, RULES
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.campaign_words import LABELS

# A file that comes back is read by the same names, so the arm is called as ``measure`` knows it.
_COLUMNS = {
    "rank": "Rank",
    "week": "Week",
    "offer": "Offer",
    "clv": "Lifetime value",
    "churn_probability": "Churn probability",
    "break_even_probability": "Break-even",
    "expected_profit": "Expected profit",
    "reason_1": "Reason 1",
    "reason_2": "Reason 2",
    "reason_3": "Reason 3",
    "arm": "Test group",
    "why_not": "Why not contacted",
    "stratum": "Tenth of risk",
    "threshold": "Threshold",
}
_ABOUT = {
    "name": "What",
    "value": "Value",
    "campaign": "Name of the list",
    "campaign_id": "Kept as campaign",
    "sheet Call": "Sheet “Call”",
    "sheet Do not call": "Sheet “Do not call”",
    "afterwards": "When the campaign is over",
    "rule": "Whom to contact",
    "contacted": "Customers to contact",
    "left_alone": "Customers left alone",
    "expected_spend": "Expected spend",
    "roi": "ROI",
    "range_low": "Expected profit, 95% range from",
    "range_high": "Expected profit, 95% range to",
    "range_if_exact_low": "The same if the success rate is exactly right, from",
    "range_if_exact_high": "The same if the success rate is exactly right, to",
    "window_months": "Churn window of the data in months",
    "customers": "Customers still here",
    "model_id": "Version of the model",
    "control_share": "Share to leave alone",
    "control_salt": "Word by which lots were drawn",
    "contacts_per_week": "Contacts per week",
    "weeks": "Weeks",
    "cost_of_waiting": "Cost of waiting",
    "not_reached_in_time": "Customers not reached in time",
}


def look_of_list(schema: Schema) -> Look:
    """Headings and formats. A column of the customers is called as on the pages where a file that comes back may call it so, too."""
    labels = {name: schema[name].label for name in (schema.id, schema.monthly_charge, schema.clv_column, schema.tenure) if name}
    known = {name: label if name in find_columns([label], schema).at else name for name, label in labels.items()}
    inputs = {name: label for name, (label, _) in LABELS.items()}
    return Look(
        headings={**inputs, **_ABOUT, **_COLUMNS, **known},
        formats=formats_of(schema, words.currency()),
        choices={"after_save": AFTER_SAVE, "rule": RULES},
    )
