"""The table of offers: what is typed is the offer, and what cannot be is named by offer and column with the mend."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.offers.in_text import as_text, offers_of
from churn_core.campaign.offers.offer import Offer
from churn_core.errors import CampaignError
from pages.parts.campaign.offers.rows import LABELS, MOST, offers_of_rows, rows_of, table_of, typed

PLAIN = {"name": "Call", "retention_cost": 12.0, "success_rate": 30.0, "success_rate_give_or_take": 20.0}


def shares(most: int = 1000) -> st.SearchStrategy[float]:
    return st.integers(0, most).map(lambda thousandths: thousandths / 1000)


@st.composite
def offers(draw) -> Offer:
    backfire = draw(shares(300))
    return Offer(
        name=draw(st.text("abcdefg ÄØ'\"<&$%", min_size=1, max_size=20).filter(str.strip)),
        retention_cost=draw(st.integers(0, 10_000)) / 100,
        success_rate=draw(shares()),
        success_rate_give_or_take=draw(shares()),
        incentive=draw(st.integers(0, 10_000)) / 100,
        incentive_uptake=draw(st.one_of(st.none(), shares(700))),
        backfire_rate=backfire,
        capacity=draw(st.one_of(st.none(), st.integers(0, 10_000))),
        only_if=draw(st.sampled_from(["", "Contract=Two year", "tenure>=12"])),
    )


lists = st.lists(offers(), min_size=1, max_size=4, unique_by=lambda offer: offer.name.casefold()).map(tuple)


@given(lists)
def test_a_table_holds_offers_to_the_last_bit(given_offers):
    assert offers_of_rows(typed(table_of(rows_of(given_offers)))) == given_offers


@given(lists)
def test_an_address_holds_offers_to_the_last_bit(given_offers):
    assert offers_of(as_text(given_offers)) == given_offers


@given(st.text())
def test_any_text_holds_offers_or_none(text):
    assert offers_of(text) is None or all(isinstance(offer, Offer) for offer in offers_of(text))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "1", "null", '["a"]', "[" * 5000, "9" * 5000, '[{"name":"a","capacity":1e400}]']
)
def test_what_is_no_list_of_offers_holds_none(text):
    assert offers_of(text) is None


@pytest.mark.parametrize(
    "changed, column, mend",
    [
        ({"success_rate": 130.0}, "success_rate", "Write a number from 0 to 100."),
        ({"success_rate": -1.0}, "success_rate", "Write a number from 0 to 100."),
        ({"success_rate_give_or_take": 101.0}, "success_rate_give_or_take", "Write a number from 0 to 100."),
        ({"incentive_uptake": 120.0}, "incentive_uptake", "Write a number from 0 to 100."),
        ({"backfire_rate": 101.0}, "backfire_rate", "Write a number from 0 to 100."),
        ({"retention_cost": -5.0}, "retention_cost", "Write a number from 0 to 1,000,000,000."),
        ({"incentive": 1e10}, "incentive", "Write a number from 0 to 1,000,000,000."),
        ({"capacity": -1.0}, "capacity", "Write a number from 0 to 1,000,000,000."),
        ({"retention_cost": None}, "retention_cost", "Write a number, like 10."),
        ({"success_rate": None}, "success_rate", "Write a number, like 30."),
    ],
)
def test_what_cannot_be_is_named_by_offer_and_column_with_the_mend(changed, column, mend):
    with pytest.raises(CampaignError, match="^Offer “Call” has") as told:
        offers_of_rows([{**PLAIN, **changed}])
    assert f"“{LABELS[column]}”" in str(told.value) and str(told.value).endswith(mend)


@pytest.mark.parametrize(
    "rows, told",
    [
        ([], "The table holds no offer. Add one, or switch “Several offers” off."),
        ([PLAIN, {"retention_cost": 5.0}], "Row 2 of the offers has no name. Write what the offer is called into “Offer”."),
        ([PLAIN, {**PLAIN, "name": " call "}], "Two offers are called 'Call'. Give each a name of its own."),
        ([{**PLAIN, "name": f"{k}"} for k in range(MOST + 1)], f"The table holds {MOST + 1} offers. Leave at most {MOST}."),
    ],
    ids=["none", "no name", "one name twice", "too many"],
)
def test_a_table_that_cannot_be_says_why(rows, told):
    with pytest.raises(CampaignError, match=f"^{re.escape(told)}$"):
        offers_of_rows(rows)


def test_what_is_left_empty_is_what_it_is_where_nobody_says_it():
    assert offers_of_rows([{name: PLAIN[name] for name in ("name", "retention_cost", "success_rate")}]) == (
        Offer(name="Call", retention_cost=12.0, success_rate=0.3),
    )


def test_an_empty_row_is_no_offer():
    empty = dict.fromkeys(LABELS)
    defaults = {"success_rate_give_or_take": 20.0, "incentive": 0.0, "incentive_uptake": 100.0, "backfire_rate": 0.0}
    assert typed(table_of([PLAIN, empty, {**empty, **defaults}])) == typed(table_of([PLAIN]))


def test_whoever_leaves_because_of_a_contact_takes_no_incentive():
    (offer,) = offers_of_rows([{**PLAIN, "incentive_uptake": 100.0, "backfire_rate": 5.0}])
    assert offer.incentive_uptake == 0.95
