"""Explore takes its columns from any schema: what splits customers at a glance, and nothing that is not there."""

from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO
from pages.parts.explore.columns import compared, crossed, person_flag
from tests.gym import GYM


def schema(*columns: Column) -> Schema:
    return Schema(name="any", columns=(*columns, Column(name="left", label="Left", kind="flag", role="target")))


def category(name: str, values: int, **more) -> Column:
    return Column(name=name, label=name, kind="category", allowed=tuple("abcdef"[:values]), **more)


def names(columns) -> list[str]:
    return [column.name for column in columns]


def test_of_the_sample_they_are_contract_internet_service_payment_and_senior_citizen():
    assert names(crossed(TELCO)) == ["Contract", "InternetService"] and names(compared(TELCO)) == ["Contract", "PaymentMethod"]
    assert person_flag(TELCO).name == "SeniorCitizen"


def test_of_a_gym_they_are_its_own():
    assert names(crossed(GYM)) == ["membership", "age_group"] and names(compared(GYM)) == ["membership"]
    assert person_flag(GYM).name == "student"


def test_columns_of_no_group_are_crossed_where_there_are_no_others():
    assert names(crossed(schema(category("x", 3), category("y", 4), category("z", 5)))) == ["x", "y"]
    assert names(crossed(schema(category("x", 3), category("y", 3, group="service")))) == ["y", "x"]


def test_what_does_not_split_or_is_not_there_is_left_out():
    few = schema(category("x", 2, group="account"), category("y", 3, group="service", needs="x", without="c"))
    assert crossed(few) == compared(few) == () and person_flag(few) is None
