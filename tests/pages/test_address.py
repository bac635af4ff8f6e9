"""Every value in the address is taken by an input, or named as not understood; none breaks a page."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core import settings as house
from churn_core.campaign.plan import Plan
from pages.parts import address
from pages.parts.campaign_inputs import campaign_in_address
from pages.parts.campaign_words import RULES
from tests.navigation import PAGES
from tests.pages.conftest import unescaped

NUMBERS = {  # of a cost from 0 to a thousand million → what it is taken for; ``None``: it is left out
    "5": 5.0, " 5 ": 5.0, "5.": 5.0, ".5": 0.5, "1e3": 1000.0, "1_000": 1000.0, "٣": 3.0, "１": 1.0, "-0": 0.0, "0": 0.0, "1e-6": 1e-6,
    "1e-320": 0.0, "5e-324": 0.0, "1e-7": 0.0,
    "1,5": None, "1e308": None, "1e400": None, "nan": None, "inf": None, "-Infinity": None, "-1": None, "0x10": None, "": None,
    " ": None,
    "\x00": None, "5\x00": None, "true": None, "9" * 5000: None, "x" * 5000: None, "<img src=x>": None, "½": None, "1__0": None,
}  # fmt: skip
TINY = ("1e-320", "5e-324", "1e-7")
USUAL = Plan().campaign.retention_cost
WORDS = [
    "",
    " ",
    "nan",
    "1e-320",
    "1e400",
    "-0",
    "\x00",
    "0",
    "x" * 3000,
    "True",
    "[a](http://elsewhere.example)",
    "1",
    "None",
    "[]",
]


def named(at) -> str:
    """What the page says of its address."""
    return "\n".join(unescaped(w.value) for w in at.warning if "link was understood" in unescaped(w.value))


def test_a_link_that_is_understood_is_not_talked_about(open_page):
    everything = {"retention_cost": "5", "rule": "Customer by customer", "currency": "€", "back_test": "true", "budget": "1e5"}
    at = open_page("explore", **everything, filter_Contract="Two year", filter_SeniorCitizen="Yes", embed="true")
    assert not at.exception and named(at) == ""


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: ascii(value)[:20])
def test_a_number_is_taken_or_named(open_page, value):
    at = open_page("campaign", retention_cost=value)
    assert not at.exception and not at.error
    taken = NUMBERS[value]
    assert address.settled(at.session_state["retention_cost"]) == (USUAL if taken is None else taken)
    assert ("retention_cost" in named(at)) is (taken is None or value in TINY)
    assert ("left out" in named(at)) is (taken is None)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("value", ["1e-320", "5e-324", "-0", "nan", "1e308", "1,5", "\x00", ""], ids=ascii)
def test_no_value_breaks_a_page(open_page, name, value):
    parameters = dict.fromkeys([*campaign_in_address(), "back_test", "filter_Contract", "filter_tenure", "elsewhere"], value)
    at = open_page(name, **parameters)
    assert not at.exception and not at.error
    assert "Not all of the link was understood" in named(at)


@pytest.mark.parametrize("key", [*campaign_in_address(), "back_test"])
@pytest.mark.parametrize("value", ["1e-320", "0", "1"])
def test_no_extreme_of_one_input_breaks_the_campaign(open_page, key, value):
    at = open_page("campaign", **{key: value})
    assert not at.exception and not at.error


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_an_address_holds_a_page_draws_and_says_what_it_left_out(open_page, data):
    keys = [
        *campaign_in_address(),
        "back_test",
        "filter_Contract",
        "filter_tenure",
        "filter_MonthlyCharges",
        "filter_SeniorCitizen",
        "x",
    ]
    values = st.one_of(st.sampled_from([*NUMBERS, *WORDS]), st.text(max_size=8), st.floats().map(str))
    query = data.draw(st.dictionaries(st.sampled_from(keys), st.lists(values, min_size=1, max_size=3), max_size=4))
    at = open_page("explore", **{key: given if len(given) > 1 else given[0] for key, given in query.items()})
    assert not at.exception and not at.error
    if "x" in query:
        assert "“x” is no input of this page" in named(at)
    for key, parameter in campaign_in_address().items():
        if key in query and not parameter.takes(query[key][-1:]) and len(query) <= 4:
            assert f"{key} is “" in named(at)


@pytest.mark.parametrize(
    "parameter", ["clv_months", "success_rate", "margin", "budget", "min_roi", "rule", "currency", "back_test"]
)
def test_what_is_left_out_is_named_on_every_page_with_what_would_do(open_page, parameter):
    for name in PAGES:
        told = named(open_page(name, **{parameter: "Weekly"}))
        assert f"{parameter} is “Weekly”, which is left out: only " in told, name


def test_a_name_that_no_input_has_is_named(open_page):
    assert "“utm_source” is no input of this page" in named(open_page("overview", utm_source="mail"))
    assert "“filter_Contract” is no input of this page" in named(open_page("model", filter_Contract="One year"))


def test_a_customer_in_the_address_is_taken_and_an_id_that_nobody_has_is_named(open_page, workspace):
    one = workspace.customers[workspace.schema.id].iloc[3]
    at = open_page("customers", customer=one)
    assert at.selectbox(key="customer").value == one and named(at) == ""
    assert "customer is “0000-NOONE”, which is left out: only the id of a customer" in named(
        open_page("customers", customer="0000-NOONE")
    )


def test_of_a_number_that_stands_twice_the_last_counts_and_it_is_said(open_page):
    at = open_page("campaign", retention_cost=["5", "7"])
    assert at.session_state["retention_cost"] == 7 and "only the last counts" in named(at)


@pytest.mark.parametrize(
    "ends", [["5", "nan"], ["nan", "nan"], ["5"], ["5", "6", "7"], ["-1", "5"], ["x", "5"], ["5", "999"]], ids=str
)
def test_the_ends_of_a_filter_that_are_no_two_numbers_are_named(open_page, ends):
    at = open_page("explore", filter_tenure=ends if len(ends) > 1 else ends[0])
    assert not at.exception and "filter_tenure is “" in named(at)


def test_the_ends_of_a_filter_are_taken(open_page):
    at = open_page("explore", filter_tenure=["5", "20"])
    assert at.session_state["filter_tenure"] == (5, 20) and named(at) == ""


def test_it_is_said_until_another_page_is_opened(open_page):
    at = open_page("campaign", retention_cost="1e400")
    assert "retention_cost" in named(at.run())
    assert named(at.switch_page("model.py").run()) == ""


def test_of_a_very_long_link_the_first_five_are_named(open_page):
    told = named(open_page("campaign", **{f"name_{i}": "1" for i in range(12)}, **{"y" * 3000: "1"}))
    assert told.count("is no input") == 5 and "And 8 more." in told


@given(st.one_of(st.text(max_size=12), st.floats().map(repr), st.sampled_from(list(NUMBERS))))
def test_a_text_is_a_number_exactly_where_streamlit_takes_it_for_a_finite_one(text):
    """Streamlit reads with ``float``."""
    low, high = 0.0, house.MAX_MONEY
    try:
        taken = math.isfinite(float(text)) and low <= float(text) <= high
    except ValueError:
        taken = False
    assert address.number(low, high).takes([text]) is taken


def test_every_choice_that_an_input_offers_is_understood():
    known = campaign_in_address()
    assert all(known["rule"].takes([words]) for words in RULES.values())
