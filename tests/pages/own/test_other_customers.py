"""A version of other customers is put into production while somebody looks: every page turns to them, and keeps nothing that was
chosen among the customers before.
"""

import pytest

from churn_core.model.registry import Registry
from pages.parts.frame import preparation
from tests.pages.conftest import side_bar, text, to_page, unescaped
from tests.pages.own.test_pages import OTHER_PAGES, holds


@pytest.fixture
def turned(home_of_both, open_page_at):
    """A session that filtered the shop's customers and looked at one of them, when the insurer's come into production."""
    home, versions = home_of_both
    at = open_page_at(home, "overview")
    to_page(at, "customers").run()
    at.selectbox(key="customer").select("row 9").run()
    to_page(at, "explore").run()
    at.slider(key="filter_orders").set_value((0, 2)).run()
    assert "shop.csv" in unescaped(side_bar(at))
    Registry(home / "models").promote(versions["insurer"])
    preparation(home).look()
    return at


@pytest.mark.slow
def test_every_page_turns_to_the_other_customers(turned):
    for name in ["explore", *(name for name in OTHER_PAGES if name != "explore")]:
        at = to_page(turned, name).run()
        holds(at)
        assert "insurer.csv, 500 customers" in unescaped(side_bar(at)), name


@pytest.mark.slow
def test_amounts_have_the_label_of_the_other_customers_and_no_filter_is_left(turned):
    at = turned.run()
    assert "**500** of 500 customers chosen" in text(at)
    assert "$10 per contact" in unescaped(side_bar(at)) and "€" not in text(at)
