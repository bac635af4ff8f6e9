"""Whom an offer is for: rules on the columns of clean customers, and of a file as it came."""

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.offers.offer import Offer
from churn_core.decisions.only_if import check_rules, may_get, may_get_in_file
from churn_core.errors import CampaignError
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, RAW

LISTED = pd.DataFrame(
    {
        "churn_probability": ["0.1"] * 4,
        "segment": ["North", " north", "South", ""],
        "may call": ["yes", "No", "1", "true"],
        "visits": ["1", "2.5", "1,250.5", "1,000"],
    }
)


def meets(rule: str, customers: pd.DataFrame = CUSTOMERS) -> np.ndarray:
    return may_get([Offer(name="a", only_if=rule)], customers, TELCO)[0]


def listed(rule: str) -> list[bool]:
    return may_get_in_file([Offer(name="a", only_if=rule)], LISTED, TELCO)[0].tolist()


def refused(rule: str) -> str:
    with pytest.raises(CampaignError) as error:
        meets(rule)
    return str(error.value)


def test_an_offer_without_a_rule_is_for_everybody():
    assert may_get([Offer(name="a"), Offer(name="b", only_if="gender=Male")], CUSTOMERS, TELCO)[0].all()


@pytest.mark.parametrize(
    "rule, expected",
    [
        ("Contract=Two year", CUSTOMERS["Contract"] == "Two year"),
        ("contract = TWO-YEAR", CUSTOMERS["Contract"] == "Two year"),
        ("Senior Citizen=Yes", CUSTOMERS["SeniorCitizen"] == 1),
        ("SeniorCitizen=0", CUSTOMERS["SeniorCitizen"] == 0),
        ("InternetService=fibre", CUSTOMERS["InternetService"] == "Fiber optic"),
        ("tenure>=12", CUSTOMERS["tenure"] >= 12),
        ("MonthlyCharges<70.5", CUSTOMERS["MonthlyCharges"] < 70.5),
        (f"customerID={CUSTOMERS[TELCO.id].iloc[3]}", CUSTOMERS[TELCO.id] == CUSTOMERS[TELCO.id].iloc[3]),
    ],
)
def test_a_file_as_it_came_and_its_clean_customers_meet_the_same_rules(rule, expected):
    assert meets(rule).tolist() == expected.tolist()
    assert may_get_in_file([Offer(name="a", only_if=rule)], RAW, TELCO)[0].tolist() == expected.tolist()


@pytest.mark.parametrize(
    "rule, expected",
    [
        ("segment=NORTH", [True, True, False, False]),
        ("May_call=1", [True, False, True, True]),
        ("may call=no", [False, True, False, False]),
        ("visits>=2", [False, True, True, False]),
        ("visits=1.0", [True, False, False, False]),
        ("segment=West", [False] * 4),
    ],
)
def test_a_column_that_no_schema_knows_is_read_as_words_yes_and_no_and_numbers(rule, expected):
    assert listed(rule) == expected


@pytest.mark.parametrize(
    "rule, said",
    [
        ("Colour=red", "There is no column 'Colour', on which the rule 'Colour=red' rests. Use one of customerID, gender,"),
        ("Churn=Yes", "There is no column 'Churn'"),
        ("Contract=Weekly", "Contract has no value 'Weekly'. Use one of Month-to-month, One year and Two year."),
        ("SeniorCitizen=perhaps", "SeniorCitizen has no value 'perhaps'. Use one of"),
        ("Contract>=2", "Contract holds no numbers"),
        ("tenure>=long", "which is not a number"),
    ],
)
def test_an_unknown_column_or_value_is_a_sentence_that_names_the_allowed_ones(rule, said):
    assert said in refused(rule) and refused(rule).startswith("Offer 'a': ")
    with pytest.raises(CampaignError):
        check_rules([Offer(name="a", only_if=rule)], TELCO)


def test_a_value_that_cannot_be_read_meets_no_rule():
    raw = RAW.head(3).assign(tenure=["12", "many", "40"])
    assert may_get_in_file([Offer(name="a", only_if="tenure>=1")], raw, TELCO)[0].tolist() == [True, False, True]
