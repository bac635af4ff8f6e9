"""The link of a campaign: one function writes it for pages and files, and each value in it is one that the pages take."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from churn_core.campaign.offers.in_text import offers_of
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.report.link import AFTER_SAVE, BASIC, RULES, address_of
from churn_core.schema.telco import TELCO
from pages.parts.campaign_inputs import campaign_in_address
from tests.report.test_memo import OFFERS

FOR_LIFE = replace(TELCO, columns=tuple(c for c in TELCO.columns if c.name != TELCO.monthly_charge), clv=500.0)
PLANS = [
    {},
    {"retention_cost": 25.5, "success_rate": 1 / 3, "clv_months": 7.5, "success_rate_give_or_take": 0.05},
    {"budget": 20000.0, "min_roi": 1.5, "min_marginal_roi": 0.25},
    {"margin": 0.4, "annual_discount": 0.08, "monthly_survival": 0.985},
    {"margin_stated": True},
    {"after_save": "own_risk", "window": 3.0},
    {"after_save": "tenure"},
    {"incentive": 12.34, "incentive_uptake": 0.7, "backfire_rate": 0.001, "fixed_cost": 900.0},
    {"rule": PER_CUSTOMER},
    {"offers": OFFERS, "budget": 9000.0, "retention_cost": 25.0, "rule": PER_CUSTOMER},
]


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def read(told: dict[str, str]) -> Plan:
    """The plan that the pages read from an address."""
    names = {words: name for choices in (RULES, AFTER_SAVE) for name, words in choices.items()}
    values = {name: names.get(value, value) for name, value in told.items() if name not in ("currency", "back_test", "offers")}
    values = {name: value if name in ("rule", "after_save") else value == "true" if name == "margin_stated" else float(value)
              for name, value in values.items()}  # fmt: skip
    offers = offers_of(told["offers"]) if "offers" in told else ()
    return replace(Plan.from_dict(values), offers=offers)


@pytest.mark.parametrize("values", PLANS, ids=str)
def test_the_link_holds_the_very_same_plan_in_values_that_the_pages_take(values):
    plan = Plan.from_dict(values)
    told, known = query_of(address_of(plan, TELCO)), campaign_in_address()
    assert read(told) == plan
    assert set(told) <= set(known) and all(not known[name].complaint(name, [value]) for name, value in told.items())
    assert set(told) == {*BASIC, *values}


@pytest.mark.parametrize("values", PLANS, ids=str)
def test_of_customers_with_a_lifetime_value_it_holds_nothing_that_no_input_takes(values):
    told, known = query_of(address_of(Plan.from_dict(values), FOR_LIFE)), campaign_in_address(for_life=True)
    assert set(told) <= set(known) and "retention_cost" in told and "clv_months" not in told


def test_the_label_of_money_is_written_where_it_is_not_the_usual_one():
    kroner = replace(TELCO, currency="kr")
    assert "currency" not in address_of(Plan(), TELCO, currency="$") + address_of(Plan(), kroner, currency="kr")
    assert query_of(address_of(Plan(), TELCO, currency="€"))["currency"] == "€"
    assert query_of(address_of(Plan(), kroner, currency="$"))["currency"] == "$"
    assert query_of(address_of(Plan(), TELCO, currency=""))["currency"] == "none"
    assert "currency" not in address_of(Plan(), TELCO, currency="CHF")  # no page offers it


def test_it_begins_where_the_dashboard_is():
    assert address_of(Plan(), TELCO, "http://keep.example:1/churn/").startswith(
        "http://keep.example:1/churn/campaign?retention_cost=10&"
    )
    assert query_of(address_of(Plan(), TELCO, back_test=True))["back_test"] == "true"
