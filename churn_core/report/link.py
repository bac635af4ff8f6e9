"""The address at which the dashboard opens exactly this campaign again."""

from typing import Any
from urllib.parse import urlencode

from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE
from churn_core.campaign.offers.in_text import as_text
from churn_core.campaign.offers.offer import OF_ONE_OFFER
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan

BASE = "http://localhost:8501"  # where Streamlit listens unless it is told otherwise
PAGE = "campaign"
ALWAYS = ("retention_cost", "success_rate", "clv_months")  # said even where they are the defaults, which may change

RULES = {ONE_THRESHOLD: "One threshold for everybody", PER_CUSTOMER: "Customer by customer"}
AFTER_SAVE = {
    STAYS: "Stays for the whole horizon",
    OWN_RISK: "Keeps their own risk of leaving",
    TENURE: "Stays like an average customer of the same tenure",
}


def address_of(plan: Plan, base: str = BASE, for_life: bool = False, back_test: bool = False) -> str:
    """``base`` with the page *Campaign* and the plan's values as the pages read them; what is at its default is left out.

    ``for_life``: of customers with a lifetime value, whom no horizon concerns; ``back_test``: of all customers.

    >>> address_of(Plan.from_dict({"retention_cost": 25, "rule": "per_customer"}), "https://keep.example")
    'https://keep.example/campaign?retention_cost=25&success_rate=0.3&clv_months=12&rule=Customer+by+customer'
    """
    usual = Plan().as_dict()
    told = {name: value for name, value in plan.as_dict().items() if name != "tenure_curve"}
    silent = {*(("clv_months",) if for_life else ()), *(OF_ONE_OFFER if plan.offers else ())}
    values = {name: told[name] for name in ALWAYS if name not in silent}
    values |= {name: value for name, value in told.items() if name not in (*ALWAYS, "offers") and value != usual.get(name)}
    if plan.offers:
        values["offers"] = as_text(plan.offers)
    if back_test:
        values["back_test"] = True
    return f"{base.rstrip('/')}/{PAGE}?{urlencode({name: _as_read(value) for name, value in values.items()})}"


def _as_read(value: Any) -> str:
    """As Streamlit reads it: a choice by its words on screen."""
    if isinstance(value, bool):
        return str(value).lower()
    return {**RULES, **AFTER_SAVE}.get(value, value) if isinstance(value, str) else str(value).removesuffix(".0")
