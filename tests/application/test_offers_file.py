"""OFFERS.csv: what a file of offers may look like, and what is refused with which sentence."""

import pytest

from churn_core.application.offers_file import COLUMNS, read_offers
from churn_core.campaign.offers.offer import Offer
from churn_core.data.writing.workbook import to_xlsx
from churn_core.errors import DataError


def read(text: str) -> tuple[Offer, ...]:
    return read_offers(text.encode(), "offers.csv").offers


def refused(text: str) -> str:
    with pytest.raises(DataError) as error:
        read(text)
    return str(error.value)


def test_a_line_is_an_offer_and_a_blank_is_the_default():
    call, discount = read(
        "offer,retention_cost,incentive,success_rate,success_rate_give_or_take,incentive_uptake,backfire_rate,capacity,only_if\n"
        "Call,25,,0.4,0.1,,0.01,1200,\nDiscount,2,30,0.35,,0.6,,,Contract=Two year\n"
    )
    assert call == Offer(
        name="Call", retention_cost=25, success_rate=0.4, success_rate_give_or_take=0.1, backfire_rate=0.01, capacity=1200
    )
    assert discount == Offer(
        name="Discount", retention_cost=2, incentive=30, success_rate=0.35, incentive_uptake=0.6, only_if="Contract=Two year"
    )


def test_the_columns_are_those_of_an_offer_and_only_the_name_is_needed():
    assert set(COLUMNS) == {"offer", *Offer(name="a", incentive_uptake=0.5, capacity=1, only_if="a=b").as_dict()} - {"name"}
    assert read("offer,capacity\nCall,\n") == (Offer(name="Call"),)


@pytest.mark.parametrize(
    "text",
    [
        "offer,retention_cost,success_rate\nCall,10.5,0.29\n",
        "Offer;Retention cost;Success Rate\nCall;10,5;0,29\n",
        "OFFER\tcost\tsuccess rate\nCall\t$10.50\t29%\n",
        "success_rate, Retention_Cost ,offer\n29 %,10.5, Call \n\n",
        '[{"offer": "Call", "retention_cost": 10.5, "success_rate": 0.29}]',
    ],
)
def test_delimiter_spelling_percent_and_decimal_mark_do_not_matter(text):
    assert read(text) == (Offer(name="Call", retention_cost=10.5, success_rate=0.29),)


def test_a_workbook_is_read_too():
    import pandas as pd

    content = to_xlsx({"Offers": pd.DataFrame({"offer": ["Call"], "success_rate": [0.29], "capacity": [5]})})[0]
    assert read_offers(content).offers == (Offer(name="Call", success_rate=0.29, capacity=5),)


def test_columns_that_no_offer_has_are_named_and_left_out():
    found = read_offers(b"offer,owner,capacity\nCall,Ada,5\n", "offers.csv")
    assert found.offers == (Offer(name="Call", capacity=5),)
    assert "'owner'" in " ".join(found.notices)


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is empty"),
        ("offer,capacity\n", "no offers"),
        ("what,capacity\nCall,5\n", "no column 'offer'"),
        ("offer,capacity,Capacity\nCall,5,6\n", "more than once"),
        ("offer,success_rate (%)\nCall,30\n", "Call it success_rate"),
        ("offer,success_rate\nCall,30\n", "Line 2 of offers.csv: Offer 'Call': success_rate must be between 0 and 1, got 30."),
        ("offer,success_rate\nCall,0.3\nMail,often\n", "Line 3 of offers.csv: success_rate is 'often'"),
        ("offer,retention_cost\nCall,10%\n", "retention_cost is '10%'"),
        ("offer,capacity\nCall,-1\n", "capacity must be a number of customers"),
        ("offer,incentive_uptake,backfire_rate\nCall,0.95,0.1\n", "Lower incentive_uptake to 0.9"),
        ("offer,only_if\nCall,Contract\n", "Line 2 of offers.csv: Offer 'Call': The rule 'Contract' is no condition"),
        ("offer,capacity\n,5\n", "Line 2 of offers.csv: The offer has no name."),
        ("offer,capacity\nnone,5\n", "The offer has no name."),
        ("offer,capacity\nCall,5\n call ,6\n", "Line 3 of offers.csv: Two offers are called"),
        ("offer,capacity\nCall,5,6\n", "Line 2 of offers.csv"),
    ],
)
def test_every_mistake_is_one_sentence_with_line_column_and_mend(text, said):
    assert said in refused(text)
