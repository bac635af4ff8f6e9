"""What a customer table is."""

import pandas as pd
import pytest

from churn_core.schema import Column, Schema, Segment
from churn_core.schema.telco import TELCO

FIBRE = TELCO.segments[0]


def test_each_column_is_there_once_and_the_file_has_twenty_one():
    names = [column.name for column in TELCO.columns]
    assert len(names) == len(set(names)) == 21


@pytest.mark.parametrize("role", ["id", "target", "tenure", "monthly_charge", "total_charge"])
def test_each_role_is_played_by_exactly_one_column(role):
    assert [column.name for column in TELCO.columns if column.role == role] == [TELCO.named(role)]


def test_a_role_that_nobody_plays_is_named():
    with pytest.raises(KeyError, match="no column with the role target"):
        Schema(name="Bare", columns=(Column(name="x", label="X", kind="text", role="id"),)).named("target")


def test_the_inputs_are_every_column_but_the_target():
    assert [c.name for c in TELCO.inputs] == [c.name for c in TELCO.columns if c.name != TELCO.target]


@pytest.mark.parametrize("column", [c for c in TELCO.columns if c.kind == "category"], ids=lambda c: c.name)
def test_every_allowed_value_has_words_of_its_own(column):
    assert set(column.phrases) == set(column.allowed)
    assert len(set(column.phrases.values())) == len(column.allowed) > 1


@pytest.mark.parametrize("column", [c for c in TELCO.columns if c.needs], ids=lambda c: c.name)
def test_what_builds_on_a_service_names_it_and_the_value_for_its_absence(column):
    assert column.without in column.allowed
    assert "No" in TELCO[column.needs].allowed


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("tenure", 0, "just joined"),
        ("tenure", 1, "1 month with us"),
        ("tenure", 12, "12 months with us"),
        ("SeniorCitizen", 1, "senior citizen"),
        ("Contract", "Month-to-month", "month-to-month contract"),
        ("MonthlyCharges", 70.35, "monthly charge: 70.35"),
    ],
)
def test_a_value_in_words(name, value, words):
    assert TELCO[name].phrase(value) == words


def test_a_segment_and_the_others_share_the_wider_group_without_overlap():
    services = ["No", "Yes", "No internet service"]
    customers = pd.DataFrame(
        [(net, s, "No", "No", "No") for net in TELCO["InternetService"].allowed for s in services],
        columns=["InternetService", *FIBRE.where],
    )
    inside, others = FIBRE.members(customers), FIBRE.others(customers)
    assert not (inside & others).any()
    assert ((inside | others) == (customers["InternetService"] == "Fiber optic")).all()
    assert customers[inside].values.tolist() == [["Fiber optic", "No", "No", "No", "No"]]


def test_every_segment_is_spelt_with_values_that_exist():
    for segment in TELCO.segments:
        for name, values in {**segment.within, **segment.where}.items():
            assert set(values) <= set(TELCO[name].allowed)


def test_a_segment_without_conditions_is_everybody():
    everybody = Segment(name="All", definition="", rest="", within={}, where={})
    customers = pd.DataFrame({"x": [1, 2]})
    assert everybody.members(customers).all() and not everybody.others(customers).any()
