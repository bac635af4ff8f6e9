"""The address at which the dashboard opens exactly this campaign again: what a page offers to share, and what a file links to."""

from typing import Any
from urllib.parse import urlencode

from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE
from churn_core.campaign.offers.in_text import as_text
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.campaign.worth import OF_REVENUE
from churn_core.schema import Schema

BASE = "http://localhost:8501"  # where Streamlit listens unless it is told otherwise
PAGE = "campaign"
BASIC = (
    "retention_cost",
    "success_rate",
    "success_rate_give_or_take",
    "clv_months",
)  # said even at their defaults, which may change

RULES = {ONE_THRESHOLD: "One threshold for everybody", PER_CUSTOMER: "Customer by customer"}
AFTER_SAVE = {
    STAYS: "Stays for the whole horizon",
    OWN_RISK: "Keeps their own risk of leaving",
    TENURE: "Stays like an average customer of the same tenure",
}
NO_LABEL = "none"  # how the choice of a currency says that money has no label
CURRENCIES = ("$", "€", "£", NO_LABEL)


def usual_currency(schema: Schema) -> str:
    """The label of money where nobody has chosen another: that of the customers' data, if it comes with one."""
    return schema.currency or CURRENCIES[0]


def address_of(plan: Plan, schema: Schema, base: str = BASE, *, currency: str | None = None, back_test: bool = False) -> str:
    """``base`` with the page *Campaign* and the plan's values as the pages read them: the basic ones always, others where they differ
    from their defaults. ``schema``: of the customers, who may be worth a lifetime value that no horizon changes.

    ``currency``: the label of money, "" for none and ``None`` for the usual one; one that the pages do not offer is left out.
    ``back_test``: of all customers.

    >>> shop = Schema(name="shop", columns=(), clv=100.0)
    >>> address_of(Plan.from_dict({"retention_cost": 25, "rule": "per_customer"}), shop, "https://keep.example")
    'https://keep.example/campaign?retention_cost=25&success_rate=0.3&success_rate_give_or_take=0.2&rule=Customer+by+customer'
    """
    usual, told = Plan().as_dict(), plan.as_dict()
    silent = {"tenure_curve", "offers", *((*OF_REVENUE, "margin_stated") if schema.monthly_charge is None else ())}
    values = {name: value for name, value in told.items() if name not in silent and (name in BASIC or value != usual.get(name))}
    if plan.offers:
        values["offers"] = as_text(plan.offers)
    label = NO_LABEL if currency == "" else currency
    if label in CURRENCIES and label != usual_currency(schema):
        values["currency"] = label
    if back_test:
        values["back_test"] = True
    return f"{base.rstrip('/')}/{PAGE}?{urlencode({name: in_address(value) for name, value in values.items()})}"


def in_address(value: Any) -> str:
    """One value as Streamlit writes and reads it: a choice by its words on screen.

    >>> in_address(20000.0), in_address(0.3), in_address(True), in_address("per_customer")
    ('20000', '0.3', 'true', 'Customer by customer')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return {**RULES, **AFTER_SAVE}.get(value, value) if isinstance(value, str) else str(value).removesuffix(".0")
