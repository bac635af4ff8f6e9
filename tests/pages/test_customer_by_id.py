"""Of very many customers the browser does not get every id: one customer is opened by typing the id."""

import pytest

from pages.parts.customers import lookup, open_customer
from tests.pages.conftest import text, unescaped

ID, WHAT_IF = "7590-VHVEG", "**What if?**"


@pytest.fixture(autouse=True)
def very_many(monkeypatch):
    for module in (lookup, open_customer):
        monkeypatch.setattr(module, "MOST_TO_CHOOSE_FROM", 1000)


def box(at):
    return at.text_input(key="customer")


def test_no_input_offers_the_ids_and_the_first_customer_is_shown(open_page, workspace):
    at = open_page("customers", customers_tab="One customer")
    first = workspace.customers[workspace.schema.id].iloc[0]
    assert not [each for each in at.selectbox if each.key == "customer"] and box(at).value == first
    assert WHAT_IF in text(at) and not at.warning


def test_the_address_opens_a_customer_as_before(open_page):
    at = open_page("customers", customers_tab="One customer", customer=ID)
    assert box(at).value == ID and WHAT_IF in text(at) and not at.warning and not at.error


def test_a_typed_id_opens_its_customer_blanks_around_it_or_not(open_page):
    at = open_page("customers", customers_tab="One customer", customer="5575-GNVDE")
    before = text(at)
    box(at).set_value(f" {ID} ").run()
    assert not at.exception and not at.warning and WHAT_IF in text(at) and text(at) != before


@pytest.mark.parametrize("customer", ["0000-NOBODY", "7590-vhveg", "<b>*x*</b>"])
def test_an_id_that_nobody_has_is_said_once_and_no_customer_is_shown(open_page, customer):
    at = open_page("customers", customers_tab="One customer", customer=customer)
    assert not at.exception and not at.error and WHAT_IF not in text(at)
    (warning,) = at.warning
    assert f"No customer here has the id “{customer}”" in unescaped(warning.value)


def test_an_empty_box_asks_for_an_id(open_page):
    at = open_page("customers", customers_tab="One customer", customer=ID)
    box(at).set_value("").run()
    assert not at.exception and "Type the id of a customer." in [each.value for each in at.info]
